"""What an environment costs while nothing runs, and what a run costs: from prices.toml, never by guess.

An unknown price stays unknown: it is listed, and the sum is said to be without it. What an environment states about its
own machines (`prices` in terraform.tfvars) goes before the table.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from mlcl.infra.terraform import managed

Resource = Mapping[str, Any]  # one of Terraform's: type, address, values
Stated = Mapping[str, float]  # instance type -> US dollars an hour, whatever it is used for
_OWN = "stated by this environment (prices in terraform.tfvars)"


class Item(NamedTuple):
    """So many of one thing. usd: a month of one, None = unknown; source: page and its date."""

    thing: str
    words: str
    number: float
    usd: float | None
    source: str

    @property
    def month(self) -> float | None:
        return None if self.usd is None else self.usd * self.number


class Bill(NamedTuple):
    """known: US dollars a month of everything whose price is known; unknown: the rest, in words."""

    region: str
    items: tuple[Item, ...]

    @property
    def known(self) -> float:
        return sum(item.month or 0.0 for item in self.items)

    @property
    def unknown(self) -> list[str]:
        return [item.words for item in self.items if item.usd is None]

    def as_dict(self) -> dict[str, Any]:
        items = [{**item._asdict(), "month": item.month} for item in self.items]
        return {"currency": "USD", "region": self.region, "month": self.known, "unknown": self.unknown, "items": items}


WORDS = {
    "kms_key": "encryption key",
    "interface_endpoint": "private way to a service, per zone",
    "nat_gateway": "NAT gateway",
    "load_balancer": "load balancer of the page's server",
    "fargate_vcpu": "processor of the page's server",
    "fargate_gb": "GB of memory of the page's server",
    "alarm_metric": "metric watched by an alarm",
    "dashboard": "dashboard",
    "web_acl": "firewall of the API",
    "web_acl_rule": "rule of the firewall",
    "notebook": "notebook, while it runs (it stops when idle)",
}


@cache
def table() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("prices.toml").read_text("utf-8"))


def idle(found: Iterable[Resource], region: str, stated: Stated) -> Bill:
    """The bill of a month in which nobody does anything, for resources as Terraform plans or keeps them."""
    counts: defaultdict[str, float] = defaultdict(float)
    for resource in found:
        for thing, count in _things(resource):
            counts[thing] += count
    return Bill(region, tuple(_item(thing, count, region, stated) for thing, count in sorted(counts.items()) if count))


def machine(use: str, instance: str, region: str, stated: Stated) -> float | None:
    """US dollars an hour of a SageMaker machine (use: processing, training, hosting, notebook); None = unknown."""
    return _machine(use, instance, region, stated)[0]


def _machine(use: str, instance: str, region: str, stated: Stated) -> tuple[float | None, str]:
    """The price and where it stands."""
    if instance in stated:
        return stated[instance], _OWN
    for page in table()["sagemaker"]:
        if page["region"] == region and use in page["uses"] and instance in page["usd"]:
            return page["usd"][instance], _source(page)
    return None, ""


def how_to_state(environment: str) -> str:
    """What to do about an unknown price."""
    return (
        f'State it in infra/{environment}/terraform.tfvars, in US dollars an hour: prices = {{ "ml.m5.large" = ... }} '
        "(from https://aws.amazon.com/sagemaker/ai/pricing, for your region); "
        f"then: mlcl infra apply --env {environment}"
    )


def use(region: str) -> list[str]:
    """What is billed by use alone, in words with price and source."""
    found = table()["use"].get(region, {}).values()
    return [f"{one['usd']:.2f} USD per {one['per']}: {_source(one)}" for one in found]


class Run(NamedTuple):
    """A run of so many minutes in each of its jobs. usd None = unknown, and `missing` says of which machines."""

    minutes: int
    usd: float | None
    missing: tuple[str, ...]


# The machines that a run takes unless [aws] of the problem file names others, and an example of how long.
_JOBS = (("processing", "ml.m5.large"), ("training", "ml.m5.xlarge"), ("processing", "ml.m5.large"))


def run(region: str, stated: Stated, minutes: int = 5) -> Run:
    """What a run costs whose jobs (data, training, verdict) take `minutes` each."""
    hourly = [(f"{instance} ({use})", machine(use, instance, region, stated)) for use, instance in _JOBS]
    missing = tuple(dict.fromkeys(name for name, price in hourly if price is None))
    usd = None if missing else sum(price or 0.0 for _, price in hourly) * minutes / 60
    return Run(minutes, usd, missing)


def resources_of(plan: Mapping[str, Any]) -> Iterator[Resource]:
    """Everything that a plan leaves in place."""
    yield from managed(plan.get("planned_values", {}).get("root_module", {}))


def _things(resource: Resource) -> Iterator[tuple[str, float]]:
    values = resource.get("values") or {}
    match resource["type"]:
        case "aws_kms_key":
            yield "kms_key", 1
        case "aws_vpc_endpoint" if values.get("vpc_endpoint_type") == "Interface":
            # Subnets are not known before they are made; Terraform leaves the list out then.
            yield "interface_endpoint", len(values.get("subnet_ids") or ()) or ZONES
        case "aws_nat_gateway":
            yield "nat_gateway", 1
        case "aws_lb":
            yield "load_balancer", 1
        case "aws_ecs_task_definition":
            yield "fargate_vcpu", float(values.get("cpu") or 0) / 1024
            yield "fargate_gb", float(values.get("memory") or 0) / 1024
        case "aws_cloudwatch_metric_alarm":
            yield "alarm_metric", max(1, sum(1 for query in values.get("metric_query") or () if query.get("metric")))
        case "aws_cloudwatch_dashboard":
            yield "dashboard", 1
        case "aws_wafv2_web_acl":
            yield "web_acl", 1
            yield "web_acl_rule", len(values.get("rule") or ())
        case "aws_sagemaker_notebook_instance":
            yield f"notebook {values.get('instance_type')}", 1


ZONES = 2  # the modules' least number of zones


def _item(thing: str, count: float, region: str, stated: Stated) -> Item:
    if thing.startswith("notebook "):
        instance = thing.removeprefix("notebook ")
        hourly, source = _machine("notebook", instance, region, stated)
        usd = None if hourly is None else hourly * table()["hours_per_month"]
        return Item(thing, f"{WORDS['notebook']}: {instance}", count, usd, source)
    prices = table()["idle"]
    place = next((place for place in (region, "any") if thing in prices.get(place, {})), None)
    if not place:
        return Item(thing, WORDS[thing], count, None, "")
    found = prices[place][thing]
    return Item(thing, WORDS[thing], count, found["usd"], _source(found))


def _source(found: Mapping[str, Any]) -> str:
    return f"{found['source']} ({found['date']})"
