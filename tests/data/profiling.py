"""Profiles of small tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from mlcl.data.profile import profile
from mlcl.data.target import resolve
from mlcl.problem.sections import Question

RNG = np.random.default_rng(5)
N = 600


def kind_of(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "integer"
    if dtype.is_float():
        return "number"
    return {pl.Boolean: "boolean", pl.Date: "date", pl.Datetime: "datetime"}.get(dtype.base_type(), "category")


def profiled(frame: pl.DataFrame, target: str = "y", **keys: Any) -> dict[str, Any]:
    resolved = resolve(frame, Question(name="p", target=target, **keys))
    kinds = {name: kind_of(dtype) for name, dtype in frame.schema.items()}
    return profile(frame.lazy(), resolved, roles={target: "target"}, kinds=kinds)


def column(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in document["columns"] if each["name"] == name)


def codes(document: dict[str, Any], name: str | None) -> set[str]:
    return {warning["code"] for warning in document["warnings"] if warning["column"] == name}
