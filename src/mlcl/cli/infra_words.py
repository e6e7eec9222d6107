"""How `mlcl infra` says what it found: plain words, no Terraform."""

from __future__ import annotations

import os
from typing import Any

from mlcl.infra import prices
from mlcl.infra.doctor import Check
from mlcl.infra.places import SANDBOX
from mlcl.infra.prices import Bill, Run
from mlcl.infra.work import Ending, Planned

_MARKS = {"ok": "✓", "warning": "!", "missing": "✗", "unknown": "?"}
_FEW = 8


def planned(found: Planned, env: str) -> str:
    if not found.changes.total:
        lines = [f"The environment {env} is as it should be: nothing to change."]
    else:
        lines = [_part(part) for part in found.changes.parts]
        lines += [f"! This deletes {thing}." for thing in found.changes.loses]
    free = ["On loopback nothing of this costs anything. The same in AWS:"] if env == SANDBOX else []
    return "\n".join([*lines, "", *free, *cost(found.bill), *run(found.run, found.bill.region, env)])


def _part(part: Any) -> str:
    numbers = (("make", part.make), ("change", part.change), ("replace", part.replace), ("remove", part.remove))
    text = ", ".join(f"{verb} {number}" for verb, number in numbers if number)
    return f"{text:<22} {part.words}"


def cost(bill: Bill) -> list[str]:
    """The idle cost, item by item; what has no known price is named."""
    known = sorted((item for item in bill.items if item.month is not None), key=lambda item: -(item.month or 0))
    lines = [f"While nothing runs, it costs about {bill.known:,.2f} USD a month ({bill.region}, before taxes):"]
    lines += [f"  {item.month:>8.2f}  {item.number:g} x {item.words}" for item in known]
    for item in bill.items:
        if item.usd is None:
            lines.append(
                f"  {'unknown':>8}  {item.number:g} x {item.words}: no published price found for {bill.region}"
            )
    dates = sorted({item.source for item in known})
    lines += ["Prices from:", *(f"  {source}" for source in dates)] if dates else []
    used = prices.use(bill.region)
    return [*lines, "Beside it, by use:", *(f"  {one}" for one in used)] if used else lines


def run(found: Run, region: str, env: str) -> list[str]:
    if found.usd is None:
        missing = ", ".join(found.missing)
        return [
            f"A run: unknown; no published price found for {missing} in {region}.",
            f"  {prices.how_to_state(env)}",
        ]
    return [f"A run whose three jobs take {found.minutes} minutes each: {found.usd:.3f} USD."]


def applied(outputs: dict[str, Any], env: str) -> str:
    settings = outputs["settings"]
    start = settings["model_package_group"].removesuffix("models")
    lines = [
        f"The environment {env} is ready.",
        f"  store        {settings['store']}",
        f"  new data     s3://{settings['data_bucket']}",
        f"  predictions  {_address(settings, env)}/predict/{start}PROBLEM",
    ]
    lines += [f"  page         {outputs['page_url']}"] if outputs.get("page_url") else []
    if not settings["image"]:
        lines.append(f"Next, its container image: mlcl infra image --env {env}")
    else:
        lines.append(f"Next: mlcl run problem.toml --on aws:{env}")
    return "\n".join(lines)


def _address(settings: dict[str, Any], env: str) -> str:
    """Of the predictions; the sandbox's API answers on loopback, under its name."""
    url, stage = str(settings["api"]["url"]), settings["api"]["stage"]
    if env != SANDBOX:
        return url
    name = settings["model_package_group"].removesuffix("models")
    return f"{os.environ.get('AWS_ENDPOINT_URL', '')}/_aws/execute-api/{name}api/{stage}"


def ending(found: Ending, env: str) -> str:
    lines = []
    costing = [one for one in found.costs if one.costs]
    if found.costs:
        rest = len(found.costs) - min(len(found.costs), _FEW)
        shown = [*costing, *(one for one in found.costs if not one.costs)][:_FEW]
        lines += ["Ends what mlcl made there:", *(f"  {one.kind} {one.name}" for one in shown)]
        lines += [f"  and {rest} more"] if rest else []
    lines += [_part(part) for part in found.changes.parts]
    lines += [f"! This deletes {thing} with all that is in it." for thing in found.changes.loses]
    lines += [f"Keeps the bucket {bucket}, because it holds data, and its key." for bucket in found.keeps]
    return "\n".join(lines) if lines else f"There is nothing of {env} to destroy."


def ended(found: Ending, env: str, state: str) -> str:
    if found.keeps:
        lines = [
            f"The environment {env} is gone but for its data:",
            *(f"  bucket {bucket}: costs what it holds; its key costs 1 USD a month" for bucket in found.keeps),
            f"Delete them, too: mlcl infra destroy --env {env} --data",
        ]
    else:
        lines = [
            f"The environment {env} is gone; nothing of it costs any more. Its encryption keys wait, free of charge,"
        ]
        lines.append("for the end of their grace period.")
    if state:
        lines.append(f"Terraform's state went, too: {state}.")
    elif not found.keeps and env != "sandbox":
        lines.append(
            f"When no environment is left: mlcl infra destroy --env {env} --state takes the bucket of Terraform's"
            " state, too (its key costs 1 USD a month)."
        )
    return "\n".join(lines)


def check(found: Check) -> str:
    lines = [f"{_MARKS[found.state]} {found.name}: {found.found}"]
    return "\n".join([*lines, *([f"  do: {found.fix}"] if found.fix else [])])
