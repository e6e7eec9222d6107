"""The target: which kind of prediction the question asks for, and what its classes are.

Every step uses the one `Target` that `validate` resolved: the order of its labels is the meaning of the class codes.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt
import polars as pl

from mlcl.data.rows import COUNTED, SHOWN, row_text, value_text
from mlcl.errors import DataError, ProblemError, did_you_mean, listing
from mlcl.problem.sections import Question, Task
from mlcl.records import Record

FEW = 20  # whole numbers with at most this many different values can be classes
ROWS_PER_CLASS = 5  # ... when each value has this many rows on average
MOST_CLASSES = 1000
LEAST_ROWS = 10
LEAST_OF_CLASS = 3  # one row for each split
_LOOK = 100_000  # so many rows tell whether numbers have more than FEW values
_EXACT = 2.0**53  # whole floats beyond this do not name one integer

WHERE_TARGET = "problem.target"


class Target(Record):
    """What is predicted. labels: texts of the classes, code i = labels[i]; binary: [negative, positive].

    counts: rows of each class; missing: rows whose target is missing (they are left out); imbalance: share of the
    rarest class. labels, positive, counts and imbalance are None where they make no sense.
    """

    name: str
    task: Task
    task_why: str
    labels: tuple[str, ...] | None = None
    positive: str | None = None
    positive_why: str = ""
    counts: dict[str, int] | None = None
    rows: int = 0
    missing: int = 0
    imbalance: float | None = None

    @property
    def known(self) -> int:
        """Rows whose target is not missing."""
        return self.rows - self.missing


class _Classes(NamedTuple):
    """The different values of a column in label order, with how often each occurs."""

    values: list[Any]
    counts: list[int]


def label_text(value: object) -> str:
    """The canonical text of a value: 3 and 3.0 are '3', True is 'true', texts are themselves, dates are ISO 8601."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value)


def values_of(labels: Sequence[str], dtype: pl.DataType) -> list[Any]:
    """The values in a column of `dtype` that have these texts (the reverse of `label_text`); None: there is none."""
    return [_value(label, dtype) for label in labels]


def _value(label: str, dtype: pl.DataType) -> Any:
    if dtype == pl.Boolean:
        return {"true": True, "false": False}.get(label)
    read: dict[bool, Callable[[str], Any]] = {
        dtype.is_integer(): int,
        dtype.is_float(): float,
        dtype == pl.Date: dt.date.fromisoformat,
        dtype == pl.Datetime: dt.datetime.fromisoformat,
    }
    try:
        return read.get(True, str)(label)
    except ValueError:
        return None


def resolve(frame: pl.DataFrame | pl.LazyFrame, question: Question) -> Target:
    """The target that `question` asks for in `frame`.

    The task is the one given, or inferred: two different values are binary; texts, truth values, and whole numbers
    with at most 20 different values that repeat are multiclass; other numbers are regression. Raises ProblemError
    when the question does not fit the column, DataError when the column cannot be predicted at all.
    """
    column = _target_column(frame.lazy(), question.target)
    missing, rows = column.null_count(), len(column)
    if not rows:
        raise DataError("The table has no rows.", fix=f"At least {LEAST_ROWS} rows are needed.")
    if missing == rows:
        raise DataError(
            f"The target '{question.target}' has no value in any of {rows:,} rows.",
            where=WHERE_TARGET,
            fix="Name another column, or check data.missing.",
        )
    classes = None if question.task == "regression" or _many(column, question.task) else _classes(column)
    if classes and len(classes.values) == 1:
        raise DataError(
            f"The target '{question.target}' is {value_text(classes.values[0])} in every row: nothing to learn.",
            where=WHERE_TARGET,
            fix="Collect rows of the other classes too, or name another target.",
        )
    task, why = (question.task, "given as problem.task") if question.task else _infer(column, classes)
    base = {"name": question.target, "task": task, "task_why": why, "rows": rows, "missing": missing}
    if task == "regression" or classes is None:
        _check_regression(column, question)
        return Target(**base)
    return _with_classes(base, classes, question)


def require_enough(target: Target) -> None:
    """Raises DataError when there are too few rows to learn, tune and test on: 10 with a target, and, where classes are
    predicted, two classes with 3 each (one per split). Rarer classes are worked with, and warned of."""
    if target.known < LEAST_ROWS:
        raise DataError(
            f"There are too few rows: at least {LEAST_ROWS} with a known target are needed.",
            where=f"column '{target.name}'",
            found=f"{target.known} (of {target.rows} rows)",
            fix="Collect more rows; hundreds or thousands make a model worth its name.",
        )
    counts = target.counts
    if counts and sum(count >= LEAST_OF_CLASS for count in counts.values()) < 2:
        raise DataError(
            f"Too few rows of a class: at least two classes need {LEAST_OF_CLASS} rows each "
            "(one to learn, one to tune, one to test).",
            where=f"column '{target.name}'",
            found=listing([f"{label}: {count}" for label, count in counts.items()]),
            fix="Collect more rows of the rare classes.",
        )


@overload
def encode(column: pl.Series, target: Target) -> npt.NDArray[np.int32] | npt.NDArray[np.float64]: ...
@overload
def encode(column: pl.Expr, target: Target) -> pl.Expr: ...
def encode(column: pl.Series | pl.Expr, target: Target) -> npt.NDArray[np.int32] | npt.NDArray[np.float64] | pl.Expr:
    """The target as numbers: int32 class codes (-1: missing or not among the labels), or float64 (NaN: missing).

    A Series becomes an array, an expression an expression.
    """
    if isinstance(column, pl.Expr):
        dtype = pl.Float64() if target.labels is None else pl.Int32()
        return column.map_batches(lambda series: _encoded(series, target), dtype, is_elementwise=True)
    return _encoded(column, target).to_numpy()


def _encoded(column: pl.Series, target: Target) -> pl.Series:
    if target.labels is None:
        return column.cast(pl.Float64, strict=False).fill_null(math.nan)
    known = {value: code for code, value in enumerate(values_of(target.labels, column.dtype)) if value is not None}
    if not known:
        return pl.repeat(-1, len(column), dtype=pl.Int32, eager=True)
    return column.replace_strict(list(known), list(known.values()), default=-1, return_dtype=pl.Int32)


def _target_column(frame: pl.LazyFrame, name: str) -> pl.Series:
    names = frame.collect_schema().names()
    if name not in names:
        raise ProblemError(
            f"There is no column '{name}' to predict.",
            where=WHERE_TARGET,
            found=f"columns: {listing(names)}",
            fix=did_you_mean(name, names) or "Name one of the columns.",
        )
    column = frame.select(pl.col(name)).collect().to_series()
    return column.fill_nan(None) if column.dtype.is_float() else column


def _many(column: pl.Series, task: Task | None) -> bool:
    """Whether these are plainly numbers of many values, so that counting all of them would be in vain."""
    return task is None and column.dtype.is_numeric() and column.head(_LOOK).n_unique() > FEW + 1


def _classes(column: pl.Series) -> _Classes:
    counted = column.alias("value").drop_nulls().value_counts().sort("value")
    return _Classes(counted["value"].to_list(), counted["count"].to_list())


def _infer(column: pl.Series, classes: _Classes | None) -> tuple[Task, str]:
    if classes is None:
        return "regression", "the column holds numbers of many different values"
    different = len(classes.values)
    if different == 2:
        return "binary", "the column holds two different values"
    if column.dtype in (pl.String, pl.Boolean):
        return "multiclass", f"the column holds {different} different texts"
    if column.dtype.is_numeric():
        whole = all(float(value).is_integer() for value in classes.values)
        if whole and different <= FEW and sum(classes.counts) >= ROWS_PER_CLASS * different:
            return "multiclass", f"the column holds {different} different whole numbers; regression is possible too"
        return "regression", f"the column holds numbers, {different} different ones"
    raise _no_number(column)


def _with_classes(base: dict[str, Any], classes: _Classes, question: Question) -> Target:
    labels = [label_text(value) for value in classes.values]
    counts = dict(zip(labels, classes.counts, strict=True))
    known = sum(classes.counts)
    if len(labels) > MOST_CLASSES or len(labels) > max(FEW, known / 2):
        raise DataError(
            f"The target '{question.target}' has {len(labels):,} different values in {known:,} rows: "
            "these are no classes that a model can learn.",
            where=WHERE_TARGET,
            found=f"for instance {listing([repr(label) for label in labels], 5)}",
            fix="Name a column of few values. If it holds numbers, set data.decimal or data.missing so that they are "
            "read as numbers.",
        )
    positive, why = None, ""
    if base["task"] == "binary":
        positive, why = _positive(counts, question)
        labels = [label for label in labels if label != positive] + [positive]
    elif question.positive is not None:
        raise _no_positive(base["task"], question)
    rarest = min(counts.values()) / known
    return Target(**base, labels=tuple(labels), positive=positive, positive_why=why, counts=counts, imbalance=rarest)


def _positive(counts: dict[str, int], question: Question) -> tuple[str, str]:
    if len(counts) != 2:
        raise ProblemError(
            f"The task is binary, but the target '{question.target}' has {len(counts)} different values.",
            where="problem.task",
            found=listing(list(counts)),
            fix='Set task = "multiclass", or make a target of two values.',
        )
    if question.positive is None:
        # Of equals the last: yes after no, true after false, 1 after 0.
        label = min(reversed(counts), key=lambda name: counts[name])
        shown = f"{counts[label]:,} of {sum(counts.values()):,} rows"
        return label, f"the rarer class ({shown})"
    wanted = label_text(question.positive)
    if wanted not in counts:
        raise ProblemError(
            f"The target '{question.target}' has no class {question.positive!r}.",
            where="problem.positive",
            found=f"classes: {listing(list(counts))}",
            fix=did_you_mean(wanted, counts) or "Name one of the classes.",
        )
    return wanted, "given as problem.positive"


def _check_regression(column: pl.Series, question: Question) -> None:
    if question.positive is not None:
        raise _no_positive("regression", question)
    if column.dtype.is_temporal():
        raise _no_number(column)
    numbers = column.cast(pl.Float64, strict=False)
    wrong = (column.is_not_null() & ~numbers.is_finite().fill_null(value=False)).arg_true()
    if not len(wrong):
        return
    values = column.gather(wrong.head(5)).unique(maintain_order=True).to_list()
    raise DataError(
        f"The target '{question.target}' must hold numbers, but {len(wrong):,} of its values are none.",
        where=f"{row_text([row + 1 for row in wrong.head(SHOWN).to_list()], len(wrong))} ({COUNTED})",
        found=listing([value_text(value) for value in values]),
        fix='Correct them, name them in data.missing, or set task = "multiclass" to predict classes.',
    )


def _no_number(column: pl.Series) -> DataError:
    return DataError(
        f"The target '{column.name}' holds dates or times; a model predicts classes or numbers.",
        where=WHERE_TARGET,
        fix="Name another column, or make one, for instance the days until that date.",
    )


def _no_positive(task: Task, question: Question) -> ProblemError:
    return ProblemError(
        f"A positive class is for two classes; this is a {task} problem.",
        where="problem.positive",
        found=repr(question.positive),
        fix="Remove problem.positive.",
    )
