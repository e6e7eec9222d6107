"""ARFF, as Weka and OpenML write it: dense and sparse, quoted names and values, '?' for missing.

Format: https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl
from polars.exceptions import PolarsError

from mlcl.data import read_types
from mlcl.data.read_csv import Sink
from mlcl.data.read_formats import named
from mlcl.data.read_text import Text, utf8
from mlcl.data.read_types import Plan
from mlcl.data.schema import repaired
from mlcl.errors import DataError
from mlcl.problem.sections import Data

_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_ATTRIBUTE = re.compile(rf"@attribute\s+({_QUOTED}|[^\s'\"]\S*)\s*(.+)", re.IGNORECASE)
_VALUE = re.compile(rf"\s*({_QUOTED}|[^,'\"]*?)\s*(?:,|$)")
_SPARSE = re.compile(rf"\s*(\d+)\s+({_QUOTED}|[^,'\"]*?)\s*(?:,|$)")
_NUMERIC = ("numeric", "real", "integer")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class _Attribute(NamedTuple):
    """default: what sparse rows leave out."""

    name: str
    type: str
    default: str | None


class _Header(NamedTuple):
    attributes: list[_Attribute]
    lines: int


def read_arff(path: Path, label: str, options: Data, scratch: Path, sink: Sink) -> list[str]:
    """Sends the typed table to `sink` and gives notes. Attributes declared nominal or string stay texts, even where
    they look like numbers. DataError names the line of what is no ARFF."""
    text = utf8(path, label, scratch, options.encoding)
    header = _header(text.path, label)
    names, notes = repaired([attribute.name for attribute in header.attributes])
    frame = _texts(text, label, header, names)
    plans = {
        name: _plan(frame[name], attribute, options, label)
        for name, attribute in zip(names, header.attributes, strict=True)
    }
    typed = frame.lazy().select(read_types.expression(name, plan, options.missing) for name, plan in plans.items())
    sink(named(typed, options))
    return [*text.notes, *notes]


def _header(path: Path, label: str) -> _Header:
    attributes: list[_Attribute] = []
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            word = line.lstrip().lower()
            if word.startswith("@attribute"):
                attributes.append(_attribute(line.strip(), label, number))
            elif word.startswith("@data"):
                return _Header(attributes, number)
            elif word.strip() and not word.startswith(("%", "@relation")):
                raise _wrong("This line is no part of an ARFF header.", label, number, line)
    raise DataError("The ARFF file has no @data line.", where=label, fix="Fetch or write the file anew.")


def _attribute(line: str, label: str, number: int) -> _Attribute:
    match = _ATTRIBUTE.fullmatch(line)
    if not match:
        raise _wrong("This @attribute cannot be read.", label, number, line)
    name, declared = _unquoted(match[1]), match[2].strip()
    if declared.startswith("{"):
        values = list(_values(declared.strip("{} \t"))) if declared.endswith("}") else None
        if not values:
            raise _wrong("This list of values is not closed.", label, number, line)
        return _Attribute(name, "nominal", values[0])
    kind = declared.split()[0].lower()
    if kind not in (*_NUMERIC, "string", "date"):
        raise _wrong(f"Attributes of type '{kind}' are not read.", label, number, line)
    return _Attribute(name, kind, "0" if kind in _NUMERIC else None)


def _texts(text: Text, label: str, header: _Header, names: list[str]) -> pl.DataFrame:
    schema = dict.fromkeys(names, pl.String)
    if not _intricate(text.path, header.lines):
        try:
            return pl.read_csv(
                text.path, has_header=False, skip_lines=header.lines, schema=schema, quote_char=None, glob=False
            )
        except PolarsError:
            pass  # the reader below says which line is wrong
    rows = list(_rows(text.path, label, header))
    return pl.DataFrame(rows, schema=schema, orient="row")


def _intricate(path: Path, skip: int) -> bool:
    """Whether the data need more than a split at commas: quotes, escapes, comments, sparse or blank or short rows."""
    with path.open("rb") as file:
        counts = set()
        for number, line in enumerate(file, 1):
            if number > skip:
                counts.add(line.count(b","))
                if len(counts) > 1 or any(mark in line for mark in b"'\"\\%{") or not line.strip():
                    return True
    return False


def _rows(path: Path, label: str, header: _Header) -> Iterator[list[str | None]]:
    defaults = [attribute.default for attribute in header.attributes]
    with path.open(encoding="utf-8-sig") as file:
        for number, raw in enumerate(file, 1):
            line = raw.strip()
            if number <= header.lines or not line or line.startswith("%"):
                continue
            try:
                row = _sparse(line, defaults) if line.startswith("{") else list(_values(line))
            except (ValueError, IndexError) as error:
                raise _wrong("This row cannot be read.", label, number, line) from error
            if len(row) != len(defaults):
                what = f"This row has {len(row)} values; there are {len(defaults)} attributes."
                raise _wrong(what, label, number, line)
            yield row


def _sparse(line: str, defaults: list[str | None]) -> list[str | None]:
    row, content, position = list(defaults), line[1 : line.rindex("}")].strip(), 0
    while position < len(content):
        match = _SPARSE.match(content, position)
        if not match:
            raise ValueError(content)
        row[int(match[1])] = _value(match[2])
        position = match.end()
    return row


def _values(line: str) -> Iterator[str | None]:
    if "'" not in line and '"' not in line:
        yield from (_value(part.strip()) for part in line.split(","))
        return
    position = 0
    while True:
        match = _VALUE.match(line, position)
        if not match:
            raise ValueError(line)
        yield _value(match[1])
        position = match.end()
        if not match[0].endswith(","):
            return


def _value(written: str) -> str | None:
    return None if written == "?" else _unquoted(written)


def _unquoted(written: str) -> str:
    inner = written[1:-1] if written[:1] in ("'", '"') and len(written) > 1 else written
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), inner) if "\\" in inner else inner


def _plan(column: pl.Series, attribute: _Attribute, options: Data, label: str) -> Plan:
    if attribute.type not in (*_NUMERIC, "date"):
        return Plan("text", tidy=False)
    texts = read_types.distinct(column.to_frame(attribute.name), options.missing)
    plan = read_types.plans(texts, ".")[attribute.name]
    if attribute.type == "date" or plan.sort in ("integer", "number", "empty"):
        return plan._replace(sort="number") if attribute.type == "real" and plan.sort == "integer" else plan
    misfit = read_types.first_misfit(column.to_frame().lazy(), column.name, options.missing)
    if not misfit:
        return plan  # numbers, and yet better kept as text: too wide, or with leading zeros
    raise DataError(
        "A numeric attribute has a value that is no number.",
        where=f"{label}, attribute '{attribute.name}', row {misfit[0]:,}",
        found=repr(misfit[1]),
        fix="Mend the value, declare the attribute as string, or add the text to data.missing.",
    )


def _wrong(what: str, label: str, number: int, line: str) -> DataError:
    return DataError(what, where=f"{label}, line {number}", found=line.strip()[:80])
