"""From texts to values: what a column of texts holds, and the expression that turns them into it.

Nothing is guessed that could silently become a wrong number or date: codes with leading zeros, 1.234 in a file of
decimal commas and 03/04/2024 stay text, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import polars as pl
from polars.expr.whenthen import ChainedThen, Then

Sort = Literal["empty", "integer", "number", "boolean", "date", "datetime", "text"]

_SPECIAL = r"(?i:inf|infinity|nan)"
_POWER = r"(?:[eE][+-]?[0-9]+)?"
_INTEGER = r"^[+-]?[0-9]+$"
_CODE = r"^[+-]?0[0-9]+$"
_NUMBER = rf"^[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+){_POWER}|{_SPECIAL})$"
_COMMA = rf"^[+-]?(?:(?:(?:[0-9]+|[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}})+)(?:,[0-9]*)?|,[0-9]+){_POWER}|{_SPECIAL})$"
_GROUPED = rf"^[+-]?(?:(?:[1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.[0-9]*)?|{_SPECIAL})$"
_DOTTED_GROUP = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
_TIME = r"[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"
_YEAR_FIRST = {"-": r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", "/": r"^[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}"}
_DAY_OR_MONTH = r"^([0-9]{1,2})([-/.])([0-9]{1,2})[-/.]([0-9]{2}|[0-9]{4})(?:$|[T ])"
_MONTH_NAME = r"^[0-9]{1,2}([- ])[A-Z][a-z]{2}[- ][0-9]{4}$"


class Plan(NamedTuple):
    """How a column of texts is read.

    form: how numbers are written ("" plainly, else with this decimal mark, the other one between groups of digits),
    or the format of a date; tidy: no value is a marker of missing values or has white space around it; sure: more
    rows cannot change the plan without breaking it; mixed: a text column that is mostly numbers.
    """

    sort: Sort
    form: str = ""
    note: str = ""
    tidy: bool = True
    sure: bool = True
    mixed: bool = False


class Texts(NamedTuple):
    """The distinct texts of a column, cleaned. tidy: cleaning changed nothing."""

    values: pl.Series
    tidy: bool


def distinct(frame: pl.DataFrame, markers: Iterable[str]) -> dict[str, Texts]:
    """Of all columns, which hold texts."""
    uniques = frame.select(pl.all().drop_nulls().unique().implode())
    return {column.name: _cleaned(column[0], markers) for column in uniques}


def distinct_in(frame: pl.LazyFrame, names: Iterable[str], markers: Iterable[str]) -> dict[str, Texts]:
    """The same for some columns of a table of any size."""
    queries = [frame.select(pl.col(name).unique()) for name in names]
    found = pl.collect_all(queries, engine="streaming")
    return {name: texts for column in found for name, texts in distinct(column, markers).items()}


def _cleaned(raw: pl.Series, markers: Iterable[str]) -> Texts:
    clean = raw.str.strip_chars()
    missing = clean.is_in([*markers, ""])
    if not missing.any() and bool((clean == raw).all()):
        return Texts(raw, tidy=True)
    return Texts(clean.filter(~missing).unique(), tidy=False)


def plans(columns: Mapping[str, Texts], decimal: str | None) -> dict[str, Plan]:
    """The plan of each column. Columns are judged together: decimal commas in one throw doubt on 1.234 in another."""
    found = {name: _plan(name, texts, decimal) for name, texts in columns.items()}
    if decimal is None and any(plan.sort == "number" and plan.form == "," for plan in found.values()):
        for name, plan in found.items():
            if plan.sort == "number" and not plan.form and _all_dotted_groups(columns[name].values):
                found[name] = Plan("text", note=_ambiguous_mark(name, columns[name].values), sure=False)
    return found


def expression(name: str, plan: Plan, markers: Iterable[str], *, strict: bool = True) -> pl.Expr:
    """The texts of column `name` as values. strict: a text that does not fit raises InvalidOperationError; otherwise
    it becomes null."""
    text = pl.col(name) if plan.tidy and plan.sort != "text" else clean(pl.col(name), markers, tidy=plan.tidy)
    return _typed(text, plan, strict).alias(name)


def clean(text: pl.Expr, markers: Iterable[str], *, tidy: bool = False) -> pl.Expr:
    """The texts without white space around them, and null where they mean a missing value. tidy: spaces and tabs are
    the only white space to expect, and that seldom."""
    stripped = text.str.strip_chars()
    if tidy:
        # Half the cost of stripping every text.
        ends = [end for space in (" ", "\t") for end in (text.str.starts_with(space), text.str.ends_with(space))]
        stripped = pl.when(pl.any_horizontal(ends)).then(stripped).otherwise(text)
    return pl.when(~stripped.is_in([*markers, ""])).then(stripped)


def filled(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Without the rows that hold nothing: blank lines, lines of delimiters."""
    return frame.filter(pl.any_horizontal(pl.all().is_not_null()))


def notes(frame: pl.LazyFrame, plans: Mapping[str, Plan], markers: Iterable[str]) -> list[str]:
    """What is odd about the columns. frame: their texts."""
    found = [plan.note for plan in plans.values() if plan.note]
    for name, plan in plans.items():
        misfit = first_misfit(frame, name, markers) if plan.mixed else None
        if misfit:
            found.append(f"'{name}' is mostly numbers, but row {misfit[0]:,} has '{misfit[1]}'; it is text.")
    return found


def first_misfit(frame: pl.LazyFrame, name: str, markers: Iterable[str]) -> tuple[int, str] | None:
    """Row (from 1) and text of the first value that is no number."""
    texts = frame.select(clean(pl.col(name), markers).alias("text")).with_row_index("row", 1)
    misfits = texts.filter(~pl.col("text").str.contains(_NUMBER)).head(1).collect()
    return misfits.row(0) if len(misfits) else None


def _matches(values: pl.Series, pattern: str) -> int:
    return int(values.str.contains(pattern).sum())


def _all(values: pl.Series, pattern: str) -> bool:
    return bool(values.str.contains(pattern).all())


def _plan(name: str, texts: Texts, decimal: str | None) -> Plan:
    values = texts.values
    if values.is_empty():
        return Plan("empty", tidy=texts.tidy)
    if len(values) <= 6 and set(values.str.to_lowercase()) <= {"true", "false"}:
        return Plan("boolean", tidy=texts.tidy)
    plan = _number(name, values, decimal) or _date(name, values) or Plan("text")
    plan = plan._replace(tidy=texts.tidy)
    mixed = plan.sort == "text" and not plan.note and len(values) > 1 and 2 * _matches(values, _NUMBER) > len(values)
    return plan._replace(sure=False, mixed=True) if mixed else plan


def _number(name: str, values: pl.Series, decimal: str | None) -> Plan | None:
    if not _all(values.head(100), r"[0-9]|(?i:inf|nan)"):
        return None
    plain = _all(values, _NUMBER)
    if plain and (decimal != "," or _all(values, _INTEGER)):
        return _plain_number(name, values)
    marks = [mark for mark, pattern in ((",", _COMMA), (".", _GROUPED)) if _all(values, pattern)]
    if decimal:
        if decimal in marks or not plain:
            return Plan("number", decimal) if decimal in marks else None
        return Plan("text", note=f"'{name}' has decimal points, but data.decimal is ','; it stays text.")
    if len(marks) > 1:
        return Plan("text", note=_ambiguous_mark(name, values), sure=False)
    return Plan("number", marks[0]) if marks else None


def _plain_number(name: str, values: pl.Series) -> Plan:
    codes = values.filter(values.str.contains(_CODE))
    if len(codes):
        return Plan("text", note=f"'{name}' has codes with leading zeros ({codes.min()!r}); it stays text.")
    if not _all(values, _INTEGER):
        return Plan("number")
    if values.cast(pl.Int64, strict=False).null_count():
        return Plan("text", note=f"'{name}' has whole numbers beyond 64 bits; it stays text so that no digit is lost.")
    return Plan("integer")


def _all_dotted_groups(values: pl.Series) -> bool:
    dotted = values.filter(values.str.contains(".", literal=True))
    return len(dotted) > 0 and _all(dotted, _DOTTED_GROUP)


def _ambiguous_mark(name: str, values: pl.Series) -> str:
    example = repr(values.filter(values.str.contains("[.,]")).min())
    return f"'{name}' has texts such as {example}, whose mark may be decimal or not; it stays text (say data.decimal)."


def _date(name: str, values: pl.Series) -> Plan | None:
    if not _all(values.head(100), r"^[0-9]{1,4}[-/. ][A-Za-z0-9]"):
        return None
    for form in _date_forms(values):
        sort: Sort = "datetime" if "%H" in form else "date"
        if _typed(pl.lit(values), Plan(sort, form), strict=False).pipe(pl.select).to_series().null_count() == 0:
            return Plan(sort, form)
    if _all(values, _DAY_OR_MONTH):
        example = repr(values.min())
        return Plan(
            "text", note=f"'{name}' has dates of unclear or mixed order ({example}); it stays text.", sure=False
        )
    return None


def _date_forms(values: pl.Series) -> list[str]:
    """Formats that may fit, the date part decided and the time part as the first value has it."""
    if _all(values, _MONTH_NAME):
        return ["%d-%b-%Y", "%d %b %Y"]
    dates = [f"%Y{mark}%m{mark}%d" for mark, pattern in _YEAR_FIRST.items() if _all(values, pattern)]
    if not dates and _all(values, _DAY_OR_MONTH):
        dates = _day_or_month_first(values)
    timed = _all(values, _TIME)
    return [form + time for form in dates for time in (_time_forms(values[0]) if timed else [""])]


def _day_or_month_first(values: pl.Series) -> list[str]:
    parts = values.str.extract_groups(_DAY_OR_MONTH).struct.unnest()
    marks = parts["2"].unique()
    if len(marks) > 1 or parts["4"].str.len_bytes().min() != 4:
        return []
    first, second = (int(parts[key].cast(pl.Int64).max()) for key in ("1", "3"))  # type: ignore[arg-type]
    mark = marks[0]
    if mark == "." or first > 12 >= second:
        return [f"%d{mark}%m{mark}%Y"]
    return [f"%m{mark}%d{mark}%Y"] if second > 12 >= first else []


def _time_forms(example: str) -> list[str]:
    time = re.split("[T ]", example, maxsplit=1)[1]
    seconds = "%H:%M:%S%.f" if re.match(r"\d+:\d+:", time) else "%H:%M"
    return [f" {seconds}%z" if re.search(r"[Z+-]", time) else f" {seconds}"]


def _typed(text: pl.Expr, plan: Plan, strict: bool) -> pl.Expr:
    match plan.sort:
        case "integer":
            # A leading zero is a code: no integer, so that it cannot lose the zero unseen.
            code = text.str.starts_with("0") & (text.str.len_bytes() > 1)
            return pl.when(code).then(pl.lit("code")).otherwise(text).cast(pl.Int64, strict=strict)
        case "number":
            return _plain(text, plan.form).cast(pl.Float64, strict=strict).fill_nan(None)
        case "boolean":
            word = text.str.to_lowercase()
            bit = pl.when(word == "true").then(pl.lit("1")).when(word == "false").then(pl.lit("0"))
            return _or_misfit(bit, text).cast(pl.Int8, strict=strict).cast(pl.Boolean)
        case "date" | "datetime":
            return _moment(text, plan.form, strict)
        case "empty":
            nothing = _or_misfit(pl.when(False).then(text), text)
            return nothing.cast(pl.Int64, strict=strict).cast(pl.String)
        case _:
            return text


def _or_misfit(known: Then | ChainedThen, text: pl.Expr) -> pl.Expr:
    """What no case before has taken becomes a text that no cast accepts."""
    return known.when(text.is_not_null()).then(pl.lit("misfit"))


def _plain(text: pl.Expr, mark: str) -> pl.Expr:
    """Numbers as the parser wants them: without marks between groups, with a decimal point."""
    if mark == ",":
        number = text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
        return _or_misfit(pl.when(text.str.contains(_COMMA)).then(number), text)
    if mark == ".":
        number = text.str.replace_all(",", "", literal=True)
        return _or_misfit(pl.when(text.str.contains(_GROUPED)).then(number), text)
    return text


def _moment(text: pl.Expr, form: str, strict: bool) -> pl.Expr:
    """Times with a zone become UTC."""
    if "%H" not in form:
        return text.str.to_date(form, strict=strict)
    text = text.str.replace("T", " ", literal=True)
    if not form.endswith("%z"):
        return text.str.to_datetime(form, strict=strict, time_unit="us")
    zoned = text.str.replace(r"Z$", "+0000").str.to_datetime(form, strict=strict, time_unit="us")
    return zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
