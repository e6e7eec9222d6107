"""What a form needs to ask for a row: kinds, ranges, choices and sensible defaults, as the training rows had them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any, Literal

import orjson

from mlcl.errors import MlclError, NotFound
from mlcl.features.parts import Input
from mlcl.models.bundle import BASELINE
from mlcl.monitoring.deployed import Deployed
from mlcl.monitoring.promise import promise
from mlcl.server.context import Server
from mlcl.server.endpoints_shown import known, manifest
from mlcl.server.schemas.base import Cell
from mlcl.server.schemas.inputs import Choice, InputField, InputForm
from mlcl.serving.endpoints import Variant
from mlcl.stores import keys

_MOST_CHOICES = 50
_STEPS = 100  # of a slider, about
_LOW, _HIGH = 0.05, 0.95
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Control = Literal["number", "slider", "switch", "select", "text", "date", "datetime"]
_CONTROLS: dict[str, Control] = {
    "boolean": "switch",
    "date": "date",
    "datetime": "datetime",
}


def form(server: Server, name: str) -> InputForm:
    """The form of the live model. NotFound: there is no such endpoint, or it is out of use."""
    state = known(server, name)
    if state.live is None:
        raise NotFound(f"The endpoint '{name}' is out of use.", fix="Deploy a model, or roll back.")
    variant = state.live
    return server.remembered(
        ("form", name, variant.bundle_digest, str(variant.version)), lambda: _form(server, name, variant)
    )


def _form(server: Server, name: str, variant: Variant) -> InputForm:
    sheet = manifest(server, variant.bundle_digest)
    statistics = _statistics(server, variant.bundle_digest)
    medians = {one["source"]: one["median"] for one in sheet["recipe"]["features"] if one["median"] is not None}
    importance = _importance(server, name, variant)
    fields = []
    for document in sheet["recipe"]["inputs"]:
        column = Input.model_validate(document)
        field = _field(column, statistics.get(column.name), medians.get(column.name))
        fields.append(field.model_copy(update={"importance": importance.get(column.name)}))
    return InputForm(
        endpoint=name,
        version=variant.version,
        bundle_digest=variant.bundle_digest,
        task=sheet["task"],
        labels=sheet["labels"],
        positive=sheet["positive"],
        threshold=sheet["threshold"],
        unit=(sheet.get("value") or {}).get("unit") or "",
        fields=fields,
        example={field.name: field.default for field in fields},
        source="baseline" if statistics else "recipe",
        predict_url=f"/endpoints/{name}/predict",
    )


def _statistics(server: Server, digest: str) -> Mapping[str, Mapping[str, Any]]:
    """Of each column in training; nothing where the bundle has no baseline."""
    try:
        document = orjson.loads(server.store.get(f"{keys.bundle(digest)}/{BASELINE}"))
    except (NotFound, orjson.JSONDecodeError):
        return {}
    found: Mapping[str, Mapping[str, Any]] = document.get("columns") or {}
    return found


def _importance(server: Server, name: str, variant: Variant) -> Mapping[str, float]:
    try:
        return promise(server.store, Deployed(server.store, name).load(variant)).importance
    except MlclError:
        return {}


def _field(column: Input, statistics: Mapping[str, Any] | None, middle: float | None) -> InputField:
    if statistics is None:
        return _from_recipe(column, middle)
    if "values" in statistics:
        return _texts(column, statistics)
    if column.kind == "boolean":
        return _boolean(column, statistics)
    return _numbers(column, statistics)


def _texts(column: Input, statistics: Mapping[str, Any]) -> InputField:
    counts = list(statistics["values"].items())
    rows = statistics["count"] or 1
    choices = [Choice(value=value, share=count / rows) for value, count in counts[:_MOST_CHOICES]]
    whole = not statistics["rest"] and len(counts) <= _MOST_CHOICES
    return InputField(
        name=column.name,
        kind=column.kind,
        control="select" if whole and choices else "text",
        default=choices[0].value if choices else None,
        choices=choices,
        distinct=statistics["distinct"],
        open=not whole,
        missing=statistics["missing"],
    )


def _boolean(column: Input, statistics: Mapping[str, Any]) -> InputField:
    share = statistics.get("mean")
    choices = [] if share is None else [Choice(value="true", share=share), Choice(value="false", share=1 - share)]
    return InputField(
        name=column.name,
        kind=column.kind,
        control="switch",
        default=None if share is None else share >= 0.5,
        choices=choices,
        distinct=None if share is None else 1 if share in (0, 1) else 2,
        open=False,
        missing=statistics["missing"],
    )


def _numbers(column: Input, statistics: Mapping[str, Any]) -> InputField:
    if "fine" not in statistics:  # no value was known in training
        return _from_recipe(column, None).model_copy(update={"missing": statistics["missing"]})
    low, median, high = (_quantile(statistics["fine"], share) for share in (_LOW, 0.5, _HIGH))
    least, most = statistics["min"], statistics["max"]
    return InputField(
        name=column.name,
        kind=column.kind,
        control=_control(column.kind, least, most),
        default=_cell(column.kind, median),
        min=_told(column.kind, least),
        max=_told(column.kind, most),
        low=_told(column.kind, low),
        high=_told(column.kind, high),
        median=_told(column.kind, median),
        step=_step(column.kind, low if low < high else least, high if low < high else most),
        missing=statistics["missing"],
    )


def _from_recipe(column: Input, middle: float | None) -> InputField:
    """Where there is no baseline: what the recipe itself knows of a column."""
    choices = [Choice(value=value, share=None) for value in column.categories or ()]
    default: Cell = choices[0].value if choices else column.min
    if column.kind in ("integer", "number"):
        least = column.min if isinstance(column.min, float) else 0.0
        default = _cell(column.kind, middle if middle is not None else least)
    elif column.kind == "boolean":
        default = True
    control: Control = "select" if choices else "text"
    if column.kind not in ("category", "text"):
        control = _control(column.kind, column.min, column.max)
    ends = [one if isinstance(one, float) else None for one in (column.min, column.max)]
    return InputField(
        name=column.name,
        kind=column.kind,
        control=control,
        default=default,
        min=column.min,
        max=column.max,
        low=column.min,
        high=column.max,
        median=default if isinstance(default, int | float | str) and not isinstance(default, bool) else None,
        step=_step(column.kind, *ends),
        choices=choices[:_MOST_CHOICES],
        distinct=len(choices) or None,
        open=not choices,
        missing_allowed=True,
    )


def _quantile(fine: Mapping[str, Any], share: float) -> float:
    """Lower edge of the cell below which `share` of the training values lie: always a value that was there."""
    total = sum(fine["counts"])
    for edge, below in zip(fine["edges"], accumulate(fine["counts"]), strict=False):
        if below >= share * total and below:
            return float(edge)
    return float(fine["edges"][-1])


def _control(kind: str, least: Any, most: Any) -> Control:
    if kind in _CONTROLS:
        return _CONTROLS[kind]
    numbers = isinstance(least, int | float) and isinstance(most, int | float)
    return "slider" if numbers and least < most else "number"


def _step(kind: str, low: float | None, high: float | None) -> float | None:
    """A round number, about a hundredth of the range."""
    if kind == "integer":
        return 1.0
    if kind != "number" or low is None or high is None or not low < high or not math.isfinite(high - low):
        return None
    return float(10.0 ** math.floor(math.log10((high - low) / _STEPS * 2)))


def _cell(kind: str, value: float) -> Cell:
    if kind == "integer":
        return round(value)
    return _told(kind, value)


def _told(kind: str, value: float) -> float | str:
    """A number, or the day or moment so many days after 1970-01-01."""
    if kind not in ("date", "datetime"):
        return value
    try:
        moment = _EPOCH + timedelta(days=value)
    except OverflowError:
        return value
    return moment.date().isoformat() if kind == "date" else moment.isoformat().replace("+00:00", "Z")
