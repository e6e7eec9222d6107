"""What the steps before training found: the data set, its profile, and how it was prepared."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlcl.problem.sections import Task
from mlcl.records import Kind
from mlcl.server.schemas.base import Cell, Out


class Column(Out):
    """One column of a data set. min and max are numbers (dates: ISO texts); categories only where there are few."""

    name: str
    kind: Kind
    missing: int = 0
    distinct: int | None = None
    min: float | str | None = None
    max: float | str | None = None
    categories: list[str] | None = None


class Dataset(Out):
    """An immutable Parquet snapshot. digest: SHA-256 of its bytes; target: the column that its publisher predicts."""

    digest: str
    rows: int
    columns: list[Column]
    source: str
    name: str = ""
    licence: str = ""
    citation: str = ""
    url: str = ""
    target: str = ""
    fetched_at: str = ""
    notes: list[str] = []


class Target(Out):
    """What is predicted. labels: classes in the order of their codes (binary: negative, positive); counts: rows of
    each; imbalance: share of the rarest class."""

    name: str
    task: Task
    task_why: str = ""
    labels: list[str] | None = None
    positive: str | None = None
    positive_why: str = ""
    counts: dict[str, int] | None = None
    rows: int = 0
    missing: int = 0
    imbalance: float | None = None


class Bins(Out):
    """A histogram: bin i goes from edges[i] to edges[i + 1]. Edges are numbers, of dates ISO texts."""

    edges: list[float | str | None]
    counts: list[int]


class ValueCount(Out):
    value: Cell
    count: int


class Association(Out):
    """How well the column alone predicts the target: 0 not at all, 1 perfectly. measure: gini or rank_r2."""

    measure: str
    value: float | None


class ProfileColumn(Out):
    """One column as the profile found it. quantiles: by share ('0.5'); top: the most frequent values; warnings: codes
    of the profile's warnings that name this column."""

    name: str
    kind: Kind
    role: Literal["feature", "target", "dropped", "split"]
    missing: int
    missing_share: float | None
    distinct: int
    infinite: int = 0
    min: Cell = None
    max: Cell = None
    mean: float | None = None
    std: float | None = None
    quantiles: dict[str, Cell] | None = None
    histogram: Bins | None = None
    top: list[ValueCount] = []
    association: Association | None = None
    warnings: list[str] = []


class Correlations(Out):
    """Pearson correlations of the target (first, unless multiclass) and the strongest numeric columns."""

    columns: list[str] = []
    matrix: list[list[float | None]] = []


class Warned(Out):
    """What should worry about the data. column: null for the table as a whole; leakage has code 'leakage'."""

    code: str
    column: str | None
    message: str


class ExpectationResult(Out):
    """One check of [data.expect]. broken: rows that break it; allowed: how many may."""

    column: str
    check: str
    wanted: str
    broken: int
    allowed: float = 0
    rows: list[int] = []
    examples: list[Cell] = []


class Profile(Out):
    """sampled: of how many rows the distributions come, null when of all; duplicates: rows that repeat another."""

    rows: int
    sampled: int | None = None
    duplicates: int = 0
    target: Target
    columns: list[ProfileColumn]
    correlations: Correlations = Correlations()
    warnings: list[Warned] = []
    expectations: list[ExpectationResult] = []


class LeftOut(Out):
    column: str
    why: str


class Preparation(Out):
    """How rows were split and what became features. rows: by split; left_out: rows without a target."""

    rows: dict[str, int]
    split_how: str = ""
    left_out: int = 0
    features: list[str] = []
    dropped: list[LeftOut] = []
    notes: list[str] = []


class Preview(Out):
    """Rows of a data set from `offset` on, each in the order of `columns`."""

    columns: list[Column]
    rows: list[list[Cell]] = Field(description="Values by column; dates and times are ISO texts.")
    offset: int
    total: int
