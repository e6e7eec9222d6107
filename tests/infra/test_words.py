"""How mlcl infra says what changes and what it costs: nothing is guessed, and words instead of Terraform's."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import pytest

from mlcl.cli import infra_words
from mlcl.infra import changes, prices, work


def test_every_price_names_its_page_and_date() -> None:
    table = tomllib.loads(resources.files("mlcl.infra").joinpath("prices.toml").read_text("utf-8"))
    things = [thing for kind in ("idle", "use") for region in table[kind].values() for thing in region.values()]
    pages = [*things, *table["sagemaker"]]
    assert len(pages) > 20
    assert [page for page in pages if not page["source"].startswith("https://") or not page["date"]] == []
    figures = [
        usd for page in pages for usd in (page["usd"].values() if isinstance(page["usd"], dict) else [page["usd"]])
    ]
    assert all(isinstance(usd, float) and usd > 0 for usd in figures)
    told = [
        (page["region"], use, instance)
        for page in table["sagemaker"]
        for use in page["uses"]
        for instance in page["usd"]
    ]
    assert len(told) == len(set(told)), "one figure for one thing"


def test_an_unknown_price_stays_unknown() -> None:
    endpoint = {"vpc_endpoint_type": "Interface", "subnet_ids": ["a", "b"]}
    found = [
        {"type": "aws_kms_key", "values": {}},
        {"type": "aws_vpc_endpoint", "values": endpoint},
        {"type": "aws_vpc_endpoint", "values": {"vpc_endpoint_type": "Gateway"}},
        {"type": "aws_iam_role", "values": {}},
        {"type": "aws_sagemaker_notebook_instance", "values": {"instance_type": "ml.t3.medium"}},
    ]
    here = prices.idle(found, "us-east-1", {})
    assert here.known == pytest.approx(1.00 + 2 * 7.30 + 730 * 0.05)
    assert here.unknown == []
    elsewhere = prices.idle(found, "eu-central-1", {})
    assert elsewhere.known == pytest.approx(1.00), "the price of a key is the same everywhere; the rest is not known"
    assert [words for words in elsewhere.unknown if "notebook" in words]
    assert prices.run("eu-central-1", {}).usd is None
    assert prices.run("us-east-1", {}).usd == pytest.approx((2 * 0.115 + 0.23) * 5 / 60)


def test_an_environment_states_prices_of_its_own() -> None:
    """Where the table knows none, and before it where it does: a contract may be cheaper."""
    stated = {"ml.m5.large": 0.14, "ml.m5.xlarge": 0.28}
    assert prices.run("eu-central-1", stated).usd == pytest.approx((2 * 0.14 + 0.28) * 5 / 60)
    assert prices.machine("training", "ml.m5.xlarge", "us-east-1", stated) == 0.28
    notebook = {"type": "aws_sagemaker_notebook_instance", "values": {"instance_type": "ml.m5.large"}}
    [item] = prices.idle([notebook], "eu-central-1", stated).items
    assert item.month == pytest.approx(730 * 0.14)
    assert "terraform.tfvars" in item.source


def test_what_is_unknown_is_said_with_what_to_do() -> None:
    bill = prices.idle([{"type": "aws_kms_key", "values": {}}], "eu-central-1", {})
    told = infra_words.planned(
        work.Planned(changes.Changes((), (), ()), bill, prices.run("eu-central-1", {})), "staging"
    )
    assert "no published price found for ml.m5.large (processing), ml.m5.xlarge (training) in eu-central-1" in told
    assert "State it in infra/staging/terraform.tfvars" in told
    assert "mlcl infra apply --env staging" in told


def test_changes_in_words() -> None:
    def change(address: str, kind: str, *actions: str, **before: str) -> dict[str, Any]:
        return {
            "address": address,
            "mode": "managed",
            "type": kind,
            "change": {"actions": list(actions), "before": before},
        }

    bucket = "module.mlcl.module.storage.module.data_bucket.aws_s3_bucket.bucket"
    plan = {
        "resource_changes": [
            change(bucket, "aws_s3_bucket", "delete", bucket="mlcl-dev-data"),
            change(
                "module.mlcl.module.api.aws_api_gateway_deployment.this",
                "aws_api_gateway_deployment",
                "create",
                "delete",
            ),
            change("module.mlcl.aws_ssm_parameter.settings", "aws_ssm_parameter", "update"),
            change("module.mlcl.module.network.aws_vpc.vpc", "aws_vpc", "no-op"),
        ]
    }
    found = changes.of(plan)
    assert [part.module for part in found.parts] == ["storage", "api", ""]
    assert found.loses == ("bucket mlcl-dev-data",)
    assert found.total == 4
    assert [one.action for one in found.each] == ["remove", "replace", "change"]


def test_what_is_on_loopback_is_not_said_to_cost() -> None:
    found = work.Planned(
        changes.Changes((), (), ()), prices.Bill("eu-west-1", ()), prices.Run(10, None, ("ml.m5.large",))
    )
    assert "On loopback nothing of this costs anything." in infra_words.planned(found, "sandbox")
    assert "loopback" not in infra_words.planned(found, "dev")


def test_what_still_costs_after_a_destruction_is_said() -> None:
    gone = work.Ending(changes.Changes((), (), ()), (), ())
    said = infra_words.ended(gone, "dev", "")
    assert "--state" in said
    assert "its key costs 1 USD a month" in said
    assert "costs 1 USD" not in infra_words.ended(gone, "dev", "mlcl-state-123456789012-us-east-1")
