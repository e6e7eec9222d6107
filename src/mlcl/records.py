"""The nouns: frozen records, JSON on disk, each with a schema_version. Times are UTC, ISO 8601.

Facts too large or too free for a record (the profile, an evaluation) are JSON documents of their own, whose keys the
steps that write them name.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mlcl.errors import Corrupt

Kind = Literal["integer", "number", "boolean", "category", "date", "datetime", "text"]
Outcome = Literal["met", "not met", "undecided"]
Stage = Literal["approved", "rejected"]
StepState = Literal["waiting", "running", "done", "cached", "failed"]
RunState = Literal["running", "passed", "not passed", "failed", "interrupted"]


def time_text(time: datetime) -> str:
    """An aware time as records have it: UTC, milliseconds, so that texts sort as times do."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    return time_text(datetime.now(UTC))


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())
    schema_version: int = 1

    def to_json(self) -> bytes:
        return self.model_dump_json(indent=1).encode()

    def write(self, file: Path) -> None:
        file.write_bytes(self.to_json())

    @classmethod
    def read(cls, file: Path) -> Self:
        try:
            return cls.model_validate_json(file.read_bytes())
        except ValidationError as error:
            raise Corrupt("A record is damaged.", where=str(file), found=str(error).splitlines()[0]) from error


class Column(Record):
    """One column of a dataset. min and max are numbers (dates: ISO texts); categories only where there are few."""

    name: str
    kind: Kind
    missing: int = 0
    distinct: int | None = None
    min: float | str | None = None
    max: float | str | None = None
    categories: tuple[str, ...] | None = None


class Dataset(Record):
    """An immutable Parquet snapshot. digest: SHA-256 of its bytes; target: the column that its publisher predicts."""

    digest: str
    rows: int
    columns: tuple[Column, ...]
    source: str
    name: str = ""
    licence: str = ""
    citation: str = ""
    url: str = ""
    target: str = ""
    fetched_at: str = ""
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


class Step(Record):
    name: str
    state: StepState = "waiting"
    seconds: float = 0.0
    key: str = ""
    note: str = ""


class Run(Record):
    id: str
    problem: str
    problem_digest: str
    state: RunState = "running"
    trigger: str = "person"
    process: str = ""
    platform: str = "local"
    code_version: str = ""
    dataset_digest: str = ""
    bundle_digest: str = ""
    started_at: str = Field(default_factory=now)
    finished_at: str = ""
    steps: tuple[Step, ...] = ()
    error: dict[str, Any] | None = None
    model_version: int | None = None
    problem_json: dict[str, Any] = Field(default_factory=dict)


class GoalVerdict(Record):
    """One goal. got: the metric on the test rows with its interval [low, high] at the goal's confidence; against:
    the figure it is compared with (a bound, or the baseline's or champion's metric)."""

    metric: str
    wanted: str
    got: float | None
    low: float | None = None
    high: float | None = None
    against: float | None = None
    outcome: Outcome
    rows_to_decide: int | None = None
    why: str = ""


class Verdict(Record):
    passed: bool
    outcome: Outcome
    goals: tuple[GoalVerdict, ...] = ()
    against: dict[str, Any] = Field(default_factory=dict)
    why: str = ""


class Model(Record):
    """A version in the registry. A model that failed its goals has no version: it is kept, and never promoted."""

    problem: str
    version: int | None
    stage: Stage
    bundle_digest: str
    learner: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    metrics: dict[str, Any] = Field(default_factory=dict)
    run: str = ""
    dataset_digest: str = ""
    problem_digest: str = ""
    code_version: str = ""
    created_at: str = Field(default_factory=now)
    why: str = ""
