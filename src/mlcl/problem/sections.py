"""The sections of the problem file, each a frozen pydantic model."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from mlcl.errors import did_you_mean, listing
from mlcl.metrics import METRICS
from mlcl.problem.aws import Aws
from mlcl.problem.base import Section, Share, check_name, is_problem_name
from mlcl.problem.watching import Monitor, Retrain

Task = Literal["binary", "multiclass", "regression"]
Scalar = bool | int | float | str


class Question(Section):
    name: str = Field(
        description="Short name of the problem; the registry and endpoints use it.",
        examples=["bank-marketing"],
    )
    question: str = Field(default="", description="The business question, in plain words.")
    decision: str = Field(default="", description="What is done with a prediction.")
    target: str = Field(description="Name of the column to predict.")
    positive: Scalar | None = Field(
        default=None,
        description="The class that the question asks about (binary). Left out: the rarer class.",
    )
    task: Task | None = Field(default=None, description="Kind of prediction. Left out: inferred from the target.")

    @field_validator("name")
    @classmethod
    def _plain(cls, name: str) -> str:
        if not is_problem_name(name):
            raise ValueError("use 1 to 63 lower-case letters, digits and hyphens, starting with a letter or digit")
        return name


class Value(Section):
    """What each outcome of the decision is worth, per case (binary problems)."""

    unit: str = Field(default="", description="Unit of the values, for instance EUR.")
    true_positive: float = Field(default=0.0, description="Worth of acting on a case that turns out positive.")
    false_positive: float = Field(
        default=0.0, description="Worth of acting on a case that turns out negative (a cost is negative)."
    )
    false_negative: float = Field(default=0.0, description="Worth of not acting on a positive case.")
    true_negative: float = Field(default=0.0, description="Worth of not acting on a negative case.")


class Decision(Section):
    """How scores become decisions (binary problems)."""

    threshold: Share | None = Field(
        default=None,
        description="Act at this probability and above. Left out: chosen on the validation rows, for value or else F1.",
    )
    capacity: int | None = Field(
        default=None, ge=1, description="At most this many cases can be acted on in one round."
    )
    out_of: int | None = Field(
        default=None,
        ge=1,
        description="How many cases one round has. Left out: as many as the split being measured.",
    )


class Goal(Section):
    metric: str = Field(description="Name of a metric: " + ", ".join(METRICS))
    at_least: float | None = Field(default=None, description="Met when the metric is this or more.")
    at_most: float | None = Field(default=None, description="Met when the metric is this or less.")
    better_than: Literal["baseline", "champion"] | None = Field(
        default=None, description="Met when better than the naive baseline or than the model now in use."
    )
    confidence: float = Field(
        default=0.9,
        ge=0,
        lt=1,
        description="How sure the verdict must be, from bootstrap bounds; 0 = the point estimate decides.",
    )

    @field_validator("metric")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in METRICS:
            raise ValueError(f"no such metric. {did_you_mean(name, METRICS)} Known: {listing(list(METRICS), 40)}")
        return name

    @model_validator(mode="after")
    def _one_bound(self) -> Goal:
        if sum(x is not None for x in (self.at_least, self.at_most, self.better_than)) != 1:
            raise ValueError("give exactly one of at_least, at_most, better_than")
        return self


class Expectation(Section):
    """What a column must hold; data that break it stop the run."""

    kind: Literal["number", "integer", "boolean", "category", "date", "datetime", "text"] | None = Field(
        default=None, description="Kind that the column must be read as."
    )
    min: float | datetime | date | str | None = Field(
        default=None, description="Least value allowed: a number, or a date such as 2024-01-31."
    )
    max: float | datetime | date | str | None = Field(default=None, description="Greatest value allowed.")
    one_of: tuple[Scalar, ...] | None = Field(default=None, description="The only values allowed.")
    missing: float | None = Field(default=None, ge=0, le=1, description="Greatest share of missing values allowed.")
    unique: bool = Field(default=False, description="No value may appear twice.")
    pattern: str | None = Field(default=None, description="Regular expression that every whole value must match.")


class Data(Section):
    source: str = Field(
        description="Where the table is: a path from this file, https://…, s3://…, openml:ID, uci:ID or sklearn:NAME."
    )
    drop: tuple[str, ...] = Field(
        default=(), description="Columns that the model must not see, such as those known only afterwards."
    )
    format: Literal["csv", "parquet", "jsonl", "arrow", "excel", "arff"] | None = Field(
        default=None, description="File format. Left out: told by the name and the first bytes."
    )
    header: bool = Field(default=True, description="Whether the first line of a CSV file holds the column names.")
    columns: tuple[str, ...] | None = Field(
        default=None, description="Column names, in order, instead of the file's own."
    )
    rename: dict[str, str] = Field(
        default_factory=dict,
        description="New names of columns: old = new. Names that the source does not have are noted.",
    )
    recode: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="New texts for coded values, one table per (renamed) column: code = text."
    )
    missing: tuple[str, ...] = Field(
        default=("", "NA", "N/A", "NaN", "nan", "null", "NULL", "?"),
        description="Texts that mean a missing value.",
    )
    delimiter: str | None = Field(
        default=None,
        min_length=1,
        max_length=1,
        description="Field delimiter of a CSV file. Left out: sniffed.",
    )
    encoding: str | None = Field(default=None, description="Text encoding of a CSV file. Left out: sniffed.")
    decimal: Literal[".", ","] | None = Field(
        default=None, description="Decimal mark of a CSV file. Left out: sniffed."
    )
    sheet: str | None = Field(default=None, description="Sheet of an Excel file. Left out: the first.")
    rows: int | None = Field(default=None, ge=1, description="Use a random sample of this many rows.")
    sha256: str | None = Field(
        default=None, pattern="^[0-9a-f]{64}$", description="Digest that the fetched file must have."
    )
    expect: dict[str, Expectation] = Field(default_factory=dict, description="Expectations, one table per column.")

    @model_validator(mode="after")
    def _named(self) -> Data:
        for name in (*(self.columns or ()), *self.rename.values()):
            check_name(name)
        return self


class Split(Section):
    train: Share = Field(default=0.7, description="Share of rows that the model learns from.")
    validation: Share = Field(default=0.2, description="Share of rows for early stopping, tuning and the threshold.")
    test: Share = Field(default=0.1, description="Share of rows kept untouched for the verdict.")
    seed: int = Field(default=1729, ge=0, lt=2**32, description="Seed of the shuffle, the learners and the bootstrap.")
    time: str | None = Field(default=None, description="Split by this column: the oldest rows train, the newest test.")
    group: str | None = Field(default=None, description="Keep rows with one value of this column in one split.")
    column: str | None = Field(
        default=None,
        description="A column that names the split of each row: train, validation or test. It is no feature.",
    )

    @model_validator(mode="after")
    def _whole(self) -> Split:
        if abs(self.train + self.validation + self.test - 1) > 1e-6:
            raise ValueError(f"train + validation + test must be 1, not {self.train + self.validation + self.test:g}")
        if sum(x is not None for x in (self.time, self.group, self.column)) > 1:
            raise ValueError("give at most one of time, group, column")
        return self


class Train(Section):
    learner: Literal["auto", "xgboost", "lightgbm", "linear", "sagemaker:xgboost"] = Field(
        default="auto",
        description="Learning algorithm; auto compares mlcl's own, and blends where that helps. sagemaker:xgboost is "
        "AWS's algorithm image, with --on aws:ENV only.",
    )
    trials: int = Field(default=20, ge=0, description="Tuning trials; 0 = the parameters as given.")
    seconds: float = Field(
        default=120, gt=0, description="Time budget of tuning. A run that it cuts off promises no digest."
    )
    threads: int | None = Field(
        default=None,
        ge=1,
        description="Threads of the learner. Left out: all cores. The result does not depend on it.",
    )
    balance: bool = Field(default=False, description="Weigh classes inversely to their frequency.")
    parameters: dict[str, Scalar] = Field(
        default_factory=dict, description="Parameters of the learner, checked against what it knows."
    )


class Evaluate(Section):
    segments: tuple[str, ...] | None = Field(
        default=None,
        description="Columns whose groups are measured one by one. Left out: every category column of few values.",
    )
    bootstrap: int = Field(
        default=1000, ge=100, le=100_000, description="Bootstrap resamples behind each confidence interval."
    )


class Problem(Section):
    problem: Question
    value: Value | None = None
    decision: Decision = Decision()
    goal: tuple[Goal, ...] = ()
    data: Data
    features: dict[str, str] = Field(
        default_factory=dict, description="Derived features: name = SQL expression over the columns."
    )
    split: Split = Split()
    train: Train = Train()
    evaluate: Evaluate = Evaluate()
    monitor: Monitor = Monitor()
    retrain: Retrain = Retrain()
    aws: Aws = Aws()

    _base: Path = Path()

    @property
    def name(self) -> str:
        return self.problem.name

    @property
    def target(self) -> str:
        return self.problem.target

    @property
    def base(self) -> Path:
        """Folder that relative paths in the file start from."""
        return self._base

    @property
    def digest(self) -> str:
        """Of what the model depends on: how it is watched, and whose machines make it, makes it no other model."""
        made = self.model_dump(mode="json", exclude={"monitor", "retrain", "aws"})
        return hashlib.sha256(_canonical(made).encode()).hexdigest()

    def to_json(self) -> str:
        """Canonical JSON: the same problem gives the same text on every machine."""
        return _canonical(self.model_dump(mode="json"))

    def section(self, name: str) -> Any:
        """JSON-ready value of a section or of one key ('data.source')."""
        value: Any = self.model_dump(mode="json")
        for part in name.split("."):
            value = value[part]
        return value

    @model_validator(mode="after")
    def _coherent(self) -> Problem:
        for name in self.features:
            check_name(name)
        if self.target in self.data.drop:
            raise ValueError(f"data.drop: '{self.target}' is the target and cannot be dropped")
        if self.problem.task in ("multiclass", "regression") and self.value is not None:
            raise ValueError(f"value: outcomes have a value in binary problems only; the task is {self.problem.task}")
        for goal in self.goal:
            if self.problem.task and self.problem.task not in METRICS[goal.metric].tasks:
                fit = [name for name, metric in METRICS.items() if self.problem.task in metric.tasks]
                raise ValueError(
                    f"goal: {goal.metric} is no metric of a {self.problem.task} problem; use one of {listing(fit, 20)}"
                )
            if goal.metric == "value_per_case" and self.value is None:
                raise ValueError("goal: value_per_case needs the table [value]")
        return self


def _canonical(document: dict[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False)
