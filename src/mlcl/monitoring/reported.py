"""Tables of outcomes as they come in: files, frames and request bodies, their labels checked against the model's."""

from __future__ import annotations

import gzip
import io
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson
import polars as pl

from mlcl.errors import InputError, NotFound, listing
from mlcl.metrics import REGRESSION
from mlcl.monitoring.deployed import Model
from mlcl.monitoring.lookup import KEY, key_text
from mlcl.serving.batch_input import format_of
from mlcl.serving.content import kind_of
from mlcl.serving.web import CSV, JSON, LINES, Fault

IDS = ("id", "prediction_id", "predictionId")
LABELS = ("label", "outcome")
Table = pl.DataFrame | Sequence[Mapping[str, Any]] | Path
_DELIMITERS = ",;\t|"


class Reported(NamedTuple):
    """rows: row (in the table, from 0), label (canonical text), and id, or KEY + name of each key column: texts.
    height: rows of the table; without_label: those whose outcome is missing, which are left out."""

    rows: pl.DataFrame
    height: int
    without_label: int


def read(table: Table, model: Model, by: Sequence[str], label: str | None) -> Reported:
    """by: the key columns ((): there is a column of prediction ids); label: the column of outcomes (None: 'label',
    'outcome', the target's name, or the only other column). InputError names rows whose outcome is none of the model's.
    """
    frame = _frame(table)
    names = {KEY + name: _existing(frame, name) for name in by} if by else {"id": _id_column(frame)}
    outcome = _label_column(frame, [*names.values()], model.target, label)
    labels = _canonical(frame[outcome].to_list(), outcome, model)
    keys = [pl.Series(new, map(key_text, frame[name].to_list()), dtype=pl.String) for new, name in names.items()]
    rows = pl.DataFrame([pl.Series("label", labels, dtype=pl.String), *keys]).with_row_index("row")
    told = rows.filter(pl.col("label").is_not_null())
    return Reported(told, len(rows), len(rows) - len(told))


def from_body(content_type: str, body: bytes, most: int) -> pl.DataFrame:
    """The table in a request: JSON ({"labels": [{…}]} or a list), JSON Lines or CSV. Fault 413 above `most` rows."""
    kind = kind_of(content_type)
    if kind not in (JSON, LINES, CSV):
        raise Fault(415, "Outcomes come as JSON, JSON Lines or CSV.", found=content_type, allowed=[JSON, LINES, CSV])
    frame = {JSON: _json, LINES: _lines, CSV: _csv}[kind](io.BytesIO(body))
    if len(frame) > most:
        raise Fault(413, f"A request may have at most {most:,} outcomes.", found=len(frame), allowed=most)
    return frame


def _frame(table: Table) -> pl.DataFrame:
    if isinstance(table, pl.DataFrame):
        return table
    return _file(table) if isinstance(table, Path) else _records(table)


def _file(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise NotFound("There is no such file.", where=str(path))
    kind, gzipped = format_of(path)
    readers: dict[str, Callable[[IO[bytes]], pl.DataFrame]] = {"csv": _csv, "jsonl": _lines, "parquet": pl.read_parquet}
    try:
        with gzip.open(path) if gzipped else path.open("rb") as file:
            return readers[kind](file)  # type: ignore[arg-type]
    except (OSError, EOFError, pl.exceptions.PolarsError) as error:
        raise _unreadable(error, str(path)) from error


def _csv(file: IO[bytes]) -> pl.DataFrame:
    """Every cell as text: what it means is for the model to say."""
    data = file.read()
    first = data.partition(b"\n")[0].decode("utf-8-sig", "replace")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        return pl.read_csv(data, separator=delimiter, infer_schema=False) if data.strip() else pl.DataFrame()
    except pl.exceptions.PolarsError as error:
        raise _unreadable(error) from error


def _lines(file: IO[bytes]) -> pl.DataFrame:
    try:
        return _records([orjson.loads(line) for line in file if line.strip()])
    except orjson.JSONDecodeError as error:
        raise _unreadable(error) from error


def _json(file: IO[bytes]) -> pl.DataFrame:
    try:
        value = orjson.loads(file.read())
    except orjson.JSONDecodeError as error:
        raise _unreadable(error) from error
    value = value.get("labels", [value]) if isinstance(value, dict) else value
    return _records(value)


def _records(records: Any) -> pl.DataFrame:
    if not isinstance(records, Sequence) or not all(isinstance(record, Mapping) for record in records):
        raise InputError("Outcomes are a list of objects.", fix='{"labels": [{"id": "…", "label": "…"}]}')
    names = list(dict.fromkeys(name for record in records for name in record))
    columns = {name: pl.Series(name, [record.get(name) for record in records], dtype=pl.Object) for name in names}
    return pl.DataFrame(columns)


def _id_column(frame: pl.DataFrame) -> str:
    found = next((name for name in IDS if name in frame.columns), None)
    if found is None:
        raise InputError(
            "There is no column of prediction ids.",
            found=listing(frame.columns),
            fix="Name it 'id', or say by which columns to join, such as --by customer_id.",
        )
    return found


def _label_column(frame: pl.DataFrame, used: Sequence[str], target: str, label: str | None) -> str:
    if label is not None:
        return _existing(frame, label)
    others = [name for name in frame.columns if name not in used]
    named = [name for name in (*LABELS, target) if name in others]
    if named or len(others) == 1:
        return (named or others)[0]
    raise InputError(
        "Which column holds the outcomes?",
        found=listing(others),
        fix=f"Name it 'label'{f' or {target!r}' if target else ''}, or say --label COLUMN.",
    )


def _existing(frame: pl.DataFrame, name: str) -> str:
    if name not in frame.columns:
        raise NotFound.among("column", name, frame.columns)
    return name


def _canonical(values: Sequence[Any], column: str, model: Model) -> list[str | None]:
    """The model's text for each outcome; None for a missing one."""
    read = _number if model.task == REGRESSION else _Classes(model)
    known: dict[Any, str | None] = {}
    found, faults = [], []
    for row, value in enumerate(values):
        try:
            key = (type(value), value)
            if key not in known:
                known[key] = _one(value, read, model)
            found.append(known[key])
        except (ValueError, TypeError):
            faults.append(
                {"row": row, "column": column, "found": _shown(value), "allowed": list(model.labels or ["a number"])}
            )
    if faults:
        raise _unknown(faults)
    return found


def _one(value: Any, read: Any, model: Model) -> str | None:
    text = key_text(value)
    if text is None:
        return None
    try:
        told: str = read(text)
    except ValueError:
        if text in model.recipe.missing:
            return None
        raise
    return told


def _number(text: str) -> str:
    if text in ("true", "false") or not math.isfinite(number := float(text)):
        raise ValueError(text)
    return repr(number)


class _Classes:
    def __init__(self, model: Model) -> None:
        self._labels = set(model.labels or ())

    def __call__(self, text: str) -> str:
        """ValueError when the text names none of the model's classes."""
        if text in self._labels:
            return text
        if text.lower() in self._labels & {"true", "false"}:
            return text.lower()
        number = key_text(float(text))
        if number not in self._labels:
            raise ValueError(text)
        return str(number)


def _unknown(faults: list[dict[str, Any]]) -> InputError:
    first = faults[0]
    rows = listing([str(fault["row"]) for fault in faults])
    return InputError(
        f"{len(faults):,} outcomes are none that the model knows; nothing was stored.",
        faults,
        where=f"column '{first['column']}', rows {rows} (counted from 0)",
        found=repr(first["found"]),
        fix=f"Allowed: {listing([str(one) for one in first['allowed']])}",
    )


def _shown(value: Any) -> Any:
    return value if isinstance(value, int | float | bool) else str(value)[:80]


def _unreadable(error: Exception, where: str = "") -> InputError:
    found = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
    return InputError("The outcomes cannot be read.", where=where, found=found)
