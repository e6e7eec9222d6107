"""What a plan changes, in words a person who does not know Terraform understands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

MODULES = {
    "storage": "buckets for data, models and logs, and their encryption keys",
    "network": "private network with ways to AWS's services",
    "registry": "places for container images and model versions",
    "identity": "roles: who may do what",
    "github": "GitHub's roles for plan and deploy",
    "observe": "logs, alarms, dashboard, budget",
    "api": "the predictions' address",
    "schedule": "retraining and monitoring by the clock and by new data, look for what idles",
    "notebook": "the notebook",
    "web": "the web page",
    "": "the settings that mlcl reads",
}
_VERBS = {"create": "make", "update": "change", "delete": "remove"}


class Part(NamedTuple):
    """One module's changes."""

    module: str
    words: str
    make: int
    change: int
    replace: int
    remove: int

    @property
    def total(self) -> int:
        return self.make + self.change + self.replace + self.remove


class Change(NamedTuple):
    """One resource's. action: make, change, replace or remove."""

    action: str
    address: str


class Changes(NamedTuple):
    """parts: the same by module; loses: what holds data and would be removed or made anew."""

    each: tuple[Change, ...]
    parts: tuple[Part, ...]
    loses: tuple[str, ...]

    @property
    def total(self) -> int:
        """Steps that Terraform takes: making anew is two."""
        return sum(part.total + part.replace for part in self.parts)

    def as_dict(self) -> dict[str, Any]:
        return {
            "changes": [one._asdict() for one in self.each],
            "parts": [part._asdict() for part in self.parts],
            "total": self.total,
            "loses": list(self.loses),
        }


def of(plan: Mapping[str, Any]) -> Changes:
    """The changes of a plan in Terraform's JSON."""
    counts: dict[str, Counter[str]] = {}
    each, loses = [], []
    for change in plan.get("resource_changes", []):
        kind = _kind(change["change"]["actions"])
        if kind and change.get("mode") == "managed":
            each.append(Change(kind, change["address"]))
            counts.setdefault(module(change["address"]), Counter())[kind] += 1
            if kind in ("remove", "replace") and change["type"] in _HOLDS:
                before = change["change"].get("before") or {}
                loses.append(
                    f"{_HOLDS[change['type']]} {before.get('bucket') or before.get('name') or change['address']}"
                )
    order = list(MODULES)
    names = sorted(counts, key=lambda name: order.index(name) if name in order else len(order))
    parts = [Part(name, MODULES.get(name, name), *(counts[name][verb] for verb in _ORDER)) for name in names]
    return Changes(tuple(each), tuple(parts), tuple(loses))


_ORDER = ("make", "change", "replace", "remove")
_HOLDS = {
    "aws_s3_bucket": "bucket",
    "aws_ecr_repository": "container images",
    "aws_sagemaker_notebook_instance": "notebook with its disk",
}


def module(address: str) -> str:
    """'storage' of module.mlcl.module.storage.module.bucket…; '' for what lies in the composition itself."""
    names = re.findall(r"module\.([a-z_]+)", address)
    return next((name for name in names if name in MODULES), names[0] if names and names[0] != "mlcl" else "")


def _kind(actions: Sequence[str]) -> str:
    if set(actions) == {"create", "delete"}:
        return "replace"
    return _VERBS.get(actions[0], "") if len(actions) == 1 else ""
