"""What a model asks for, and what the model server answers: a form, and the prediction that comes of it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from mlcl.problem.sections import Task
from mlcl.records import Kind
from mlcl.server.schemas.base import Cell, In, Out


class Choice(Out):
    """A value that training saw, and in which share of its rows."""

    value: str
    share: float | None


class InputField(Out):
    """One field of the form that asks for a row. default: a middle or most frequent value; low, high: the range that
    90 % of the training values lie in; min, max: all of them (dates: ISO texts); step: of a slider; choices: the most
    frequent values, of which there are `distinct`; open: whether other texts may be sent too; missing: share of
    training rows without a value. Every field may be left empty; importance: share of what the model relies on."""

    name: str
    kind: Kind
    control: Literal["number", "slider", "switch", "select", "text", "date", "datetime"]
    default: Cell
    min: float | str | None = None
    max: float | str | None = None
    low: float | str | None = None
    high: float | str | None = None
    median: float | str | None = None
    step: float | None = None
    choices: list[Choice] = []
    distinct: int | None = None
    open: bool = True
    missing: float = 0.0
    missing_allowed: bool = True
    importance: float | None = None


class InputForm(Out):
    """What the live model asks for, in the order of its columns. source: where defaults and ranges come from; example:
    a row of the defaults; predict_url: where to send {"rows": [row]}, with ?explain=true for the contributions."""

    endpoint: str
    version: int | None
    bundle_digest: str
    task: Task
    labels: list[str] | None = None
    positive: str | None = None
    threshold: float | None = None
    unit: str = ""
    fields: list[InputField]
    example: dict[str, Cell]
    source: Literal["baseline", "recipe"]
    predict_url: str


class Ask(In):
    """rows: of column names and values; what is left out is missing."""

    rows: list[dict[str, Cell]] = Field(min_length=1)


class Sparse(Out):
    """An answer of the model server, in which keys that do not apply are left out."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False, json_schema_extra={"x-sparse": True})


class Predicted(Sparse):
    """One prediction. probability: of each class; decision: at the model's threshold; value: of a regression; row: its
    number in the request, where others were skipped; contributions, bias: what each feature adds to the score before
    the link, only with explain=true. Keys that do not apply are left out."""

    id: str
    probability: dict[str, float] | None = None
    decision: str | None = None
    value: float | None = None
    row: int | None = None
    contributions: dict[str, float] | None = None
    bias: float | None = None


class AnsweredBy(Out):
    name: str
    version: int | None
    digest: str


class InputFault(Sparse):
    """A value that does not fit the schema."""

    row: int
    column: str | None = None
    found: Any = None
    allowed: Any = None


class Answer(Sparse):
    """missing, unseen: values that were missing, or texts that training never saw; faults: of the rows that were left
    out (on_error=skip)."""

    predictions: list[Predicted]
    model: AnsweredBy
    missing: int
    unseen: int
    faults: list[InputFault] | None = None
    fault_count: int | None = None
