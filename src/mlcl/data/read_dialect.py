"""How a CSV file is laid out: its delimiter, its column names, and whether every row has as many fields."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mlcl.data.read_text import Text
from mlcl.data.schema import repaired
from mlcl.errors import DataError, ProblemError
from mlcl.problem.sections import Data

_DELIMITERS = ("\t", ";", "|", ",")  # the comma last: where it is a decimal mark too, the other one is the delimiter
_HEAD = 1 << 18
_RECORDS = 100


class Dialect(NamedTuple):
    """skip: physical lines before the first row of data."""

    delimiter: str
    names: list[str]
    skip: int
    notes: tuple[str, ...] = ()


def dialect(text: Text, label: str, options: Data) -> Dialect:
    delimiter = options.delimiter or _delimiter(text)
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        before, first = _first(reader, label)
        skip = reader.line_num if options.header else before
    own = first if options.header else [""] * len(first)
    if options.columns is not None:
        check_count(options.columns, len(first))
        return Dialect(delimiter, list(options.columns), skip)
    names, notes = repaired(own)
    if options.header and 2 * sum(bool(re.fullmatch(r"\s*[+-]?\d+([.,]\d*)?\s*", name)) for name in own) > len(own):
        notes.append("The first line looks like data, not like column names (then say data.header = false).")
    return Dialect(delimiter, names, skip, tuple(notes) if options.header else ())


def check_count(columns: tuple[str, ...], width: int) -> None:
    """The names that the problem file gives must be as many as there are columns."""
    if len(columns) != width:
        raise ProblemError(
            "data.columns must name every column, in order.",
            where="data.columns",
            found=f"{len(columns)} names; the data have {width} columns",
        )


def check_rows(text: Text, label: str, layout: Dialect) -> None:
    """DataError for the first row whose fields are too few or too many."""
    if text.quoted:
        for _row in rows(text, label, layout):
            pass
        return
    delimiter, width = layout.delimiter.encode(), len(layout.names)
    with text.path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if number > layout.skip and line.count(delimiter) + 1 != width and line.strip(b"\r\n"):
                raise _ragged(label, number, line.count(delimiter) + 1, width)


def rows(text: Text, label: str, layout: Dialect) -> Iterator[list[str]]:
    """The rows of data as Python's csv module reads them: slower and more forgiving than polars. Blank lines are left
    out; DataError for rows of another width and for a quote that is never closed."""
    width = len(layout.names)
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        for _ in range(layout.skip):
            next(file)
        reader = csv.reader(file, delimiter=layout.delimiter, skipinitialspace=True)
        start = end = layout.skip
        try:
            for row in reader:
                start, end = end + 1, layout.skip + reader.line_num
                if row and len(row) != width:
                    _check_closed(text, label, layout, start)
                    raise _ragged(label, start, len(row), width)
                if row:
                    yield row
        except csv.Error as error:
            raise _unclosed(label, end + 1) from error
    _check_closed(text, label, layout, start)


def rewritten(text: Text, label: str, layout: Dialect, scratch: Path) -> tuple[Text, Dialect]:
    """A copy that quotes where the standard wants quotes, for files that polars refuses."""
    copy = scratch / "rewritten.csv"
    with copy.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows(text, label, layout))
    return Text(copy, quoted=True), Dialect(",", layout.names, 0, layout.notes)


def _first(reader: Iterator[list[str]], label: str) -> tuple[int, list[str]]:
    """Lines before the first row that is not blank, and that row."""
    before = 0
    try:
        for row in reader:
            if row:
                return before, row
            before += 1
    except csv.Error as error:
        raise _unclosed(label, before + 1) from error
    raise DataError("The file is empty.", where=label, fix="Give a file with column names and rows.")


def _delimiter(text: Text) -> str:
    """The delimiter that splits most rows into as many fields as the first."""
    with text.path.open("rb") as file:
        head = file.read(_HEAD)
    cut = len(head) == _HEAD
    content = head.decode("utf-8-sig", errors="replace")
    best = max(_DELIMITERS, key=lambda mark: _agreement(content, mark, cut))
    return best if _agreement(content, best, cut) > 0 else ","


def _agreement(content: str, delimiter: str, cut: bool) -> float:
    """Share of rows that have as many fields as the first one; 0 when that is one field."""
    counts: list[int] = []
    try:
        for row in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
            counts += [len(row)] if row else []
            if len(counts) > _RECORDS:
                break
    except csv.Error:
        return 0.0
    counts = counts[:-1] if cut and len(counts) > 1 else counts
    if not counts or counts[0] == 1:
        return 0.0
    return round(counts.count(counts[0]) / len(counts), 1)


def _check_closed(text: Text, label: str, layout: Dialect, start: int) -> None:
    """Whether the record that begins in line `start` runs to the end of the file in an open quote."""
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        for _ in range(start - 1):
            next(file)
        try:
            next(csv.reader(file, delimiter=layout.delimiter, skipinitialspace=True, strict=True), None)
        except csv.Error as error:
            if "end of data" in str(error):
                raise _unclosed(label, start) from error


def _ragged(label: str, line: int, found: int, width: int) -> DataError:
    return DataError(
        "A row has another number of fields than there are columns.",
        where=f"{label}, line {line}",
        found=f"{found} fields; there are {width} columns",
        fix="Mend that line (a delimiter in a text needs quotes), or say data.delimiter.",
    )


def _unclosed(label: str, line: int) -> DataError:
    return DataError(
        "A quote is opened and never closed.",
        where=f"{label}, line {line}",
        fix="Close the quote, or double it where it belongs to the text.",
    )
