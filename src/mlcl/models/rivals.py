"""What a model is compared with on the same rows: the naive baseline, doing nothing or everything, the champion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mlcl.errors import BundleError
from mlcl.metrics import BINARY, REGRESSION
from mlcl.models.decision import Capacity, Rule
from mlcl.models.metrics import Array, Cases

NAIVE = {BINARY: "prevalence", REGRESSION: "mean"}


class Champion(NamedTuple):
    """facts: bundle_digest and threshold; dataset: digest of the snapshot that it learned from."""

    cases: Cases
    facts: dict[str, Any]
    dataset: str


def naive(cases: Cases, known: Array, limit: Capacity | None) -> Cases:
    """Says the same of every row: the mean or the shares of the classes in `known`, the target of the training rows."""
    rows = len(cases.y)
    if cases.task == REGRESSION:
        return replace(cases, scores=np.full(rows, np.mean(known)))
    shares = np.bincount(known, minlength=cases.classes) / len(known)
    if cases.task == BINARY:
        scores = np.full(rows, shares[1])
        return replace(cases, scores=scores, decided=Rule(0.5, "majority", limit).decide(scores))
    decided = np.full(rows, np.argmax(shares))
    return replace(cases, scores=np.broadcast_to(shares, (rows, cases.classes)), decided=decided)


def constant(cases: Cases, decided: int) -> Cases:
    """The same decision for every row, as if its probability were 0 or 1."""
    rows = len(cases.y)
    return replace(cases, scores=np.full(rows, float(decided)), decided=np.full(rows, decided))


def champion(
    folder: Path, data: Path, rows: Array, cases: Cases, labels: list[str], limit: Capacity | None
) -> Champion:
    """The model now in use, on the same rows, by its own threshold. MlclError when it cannot be compared."""
    from mlcl.models.bundle import Bundle  # which brings the whole recipe along; most runs have no champion yet

    bundle = Bundle.load(folder)
    if bundle.task != cases.task or list(bundle.labels or []) != labels:
        raise BundleError("It answers another question: its task or its classes are not those of this problem.")
    scan = pl.scan_parquet(data)
    wanted = {field["name"] for field in bundle.manifest["recipe"]["inputs"]}
    there = [name for name in scan.collect_schema().names() if name in wanted]
    scores = bundle.score(bundle.encode(scan.select(pl.col(there).gather(rows)).collect()))
    facts: dict[str, Any] = {"bundle_digest": bundle.digest}
    decided = None
    if cases.task == BINARY:
        facts["threshold"] = 0.5 if bundle.threshold is None else bundle.threshold
        decided = Rule(facts["threshold"], "its own", limit).decide(scores)
    elif cases.task != REGRESSION:
        decided = scores.argmax(axis=1)
    dataset = bundle.manifest.get("lineage", {}).get("dataset_digest", "")
    return Champion(replace(cases, scores=scores, decided=decided), facts, dataset)
