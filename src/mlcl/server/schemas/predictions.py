"""Captured predictions, and files that are scored."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mlcl.server.predictions_scored import BatchState
from mlcl.server.schemas.base import Cell, In, Out, Page
from mlcl.server.schemas.lineage import Lineage


class Prediction(Out):
    """A captured prediction. id: of it; event_id: of the request; row: its number in the request; probability: of the
    positive class (binary) or of the decided one; probabilities: of every class; value: of a regression; input: the row
    as the caller sent it (masked columns are null), empty where it was not kept."""

    id: str
    event_id: str
    row: int
    time: str
    variant: str
    version: int | None
    decision: str | None = None
    probability: float | None = None
    probabilities: dict[str, float] | None = None
    value: float | None = None
    input: dict[str, Cell] = {}
    inference_id: str = ""


class PredictionPage(Page[Prediction]):
    """Newest first. total: how many match, as far as they are counted; counted: whether all are (older ones are counted
    in the background); columns: of the live model's input, in order."""

    counted: bool = True
    columns: list[str] = []


class PredictionDetail(Prediction):
    """With all that it came from."""

    endpoint: str
    lineage: Lineage


class DecisionCount(Out):
    decision: str | None
    predictions: int


class HourCount(Out):
    """The predictions of one hour, or of one day."""

    at: str
    predictions: int
    variants: dict[str, int]
    decisions: list[DecisionCount] = []


class PredictionCounts(Out):
    """Oldest first, without gaps. counted: whether all predictions of the span are in these numbers."""

    endpoint: str
    every: Literal["hour", "day"]
    since: str
    until: str
    predictions: int
    counted: bool
    counts: list[HourCount]
    decisions: list[str] = []
    variants: list[str] = []


BatchFormat = Literal["csv", "parquet", "jsonl"]


class StartBatch(In):
    """source: of an upload that is done ('upload:DIGEST/NAME'); keep: columns of the file to hand through ('*': all);
    on_error: 'skip' leaves rows with wrong values out, 'fail' stops at them; version: of the endpoint's models (left
    out: the live one)."""

    source: str = Field(min_length=1, max_length=4000)
    on_error: Literal["fail", "skip"] = "skip"
    keep: list[str] = Field(default=["*"], max_length=10_000)
    format: BatchFormat = "csv"
    version: int | None = None


class RowFault(Out):
    """A wrong value of a file. row: counted from 0, without the header; line: of the file where it has lines (CSV
    without line breaks in cells, JSON Lines), counted from 1."""

    row: int
    line: int | None = None
    column: str | None = None
    found: Any = None
    allowed: Any = None


class BatchError(Out):
    error: str = ""
    what: str = ""
    where: str = ""
    found: str = ""
    do: str = ""


class BatchBrief(Out):
    """A file being scored. done of total: rows so far (total 0: not known yet); 'interrupted': its process was ended
    from outside; it goes on where it stopped."""

    id: str
    endpoint: str
    state: BatchState
    name: str
    source: str
    format: BatchFormat
    version: int | None = None
    bundle_digest: str = ""
    by: str = ""
    started_at: str
    finished_at: str = ""
    seconds: float | None = None
    done: int = 0
    total: int = 0
    rows: int = 0
    skipped: int = 0


class Batch(BatchBrief):
    """rows: predictions written; skipped: rows left out; missing, unseen: values that were missing, or texts that
    training never saw; absent: columns that the file lacks (all missing); faults: the first ones, of `fault_count` that
    were kept; result_size: bytes of the result, null while there is none."""

    on_error: Literal["fail", "skip"]
    keep: list[str]
    missing: int = 0
    unseen: int = 0
    absent: list[str] = []
    faults: list[RowFault] = []
    fault_count: int = 0
    failure: BatchError | None = None
    result_name: str = ""
    result_size: int | None = None
    can_stop: bool = False
    can_resume: bool = False
