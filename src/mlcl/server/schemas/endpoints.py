"""Endpoints: which models answer under a name, how they do, and what they ask for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlcl.problem.sections import Task
from mlcl.server.schemas.base import In, Out, Reason

Strategy = Literal["all-at-once", "canary", "shadow", "blue-green"]
Role = Literal["live", "canary", "shadow", "standby"]
EndpointStateName = Literal["live", "canary", "shadow", "blue-green", "out of use"]
ReleaseDecision = Literal["wait", "promote", "rollback"]
Source = Literal["server", "capture", "none"]


class VariantFigures(Out):
    """What one variant did since the server began, over all of its workers. Latencies in milliseconds; null: nothing
    yet."""

    requests: int = 0
    errors: int = 0
    rows: int = 0
    rows_skipped: int = 0
    missing: int = 0
    unseen: int = 0
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None


class Variant(Out):
    """One model of an endpoint. weight: per cent of the requests (a shadow: of those copied to it); a live model
    answers, a canary answers its share, a shadow's answers are only recorded, a standby waits for a rollback.
    loaded: whether this server answers with it now; null where it does not serve predictions itself."""

    role: Role
    version: int | None
    bundle_digest: str
    weight: float
    label: str
    stage: str | None = None
    why: str = ""
    run: str = ""
    learner: str = ""
    loaded: bool | None = None
    figures: VariantFigures | None = None


class Condition(Out):
    """One thing that decides a canary, so far. value, limit: in `unit`; stands: what it means now."""

    name: Literal["requests", "seconds", "errors", "latency"]
    label: str
    value: float | None
    limit: float | None
    unit: str = ""
    stands: Literal["met", "waiting", "broken"]
    text: str


class TrialFigures(Out):
    """What a variant did since there is a canary."""

    requests: int = 0
    errors: int = 0
    error_share: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    seconds: float = 0.0


class Canary(Out):
    """How the canary stands against the live model. decision: what its figures say now; why: in words. Each worker of a
    server decides by what it has seen itself; shown is the one that has seen most, of `workers`."""

    since: str
    live: TrialFigures
    canary: TrialFigures
    conditions: list[Condition]
    decision: ReleaseDecision
    why: str
    workers: int = 1


class EndpointChange(Out):
    """One state in an endpoint's log. by: who changed it ('' where nobody was named: by the server itself, or on
    loopback without tokens)."""

    revision: int
    changed_at: str
    why: str
    by: str = ""
    strategy: Strategy
    forced: bool = False
    variants: list[Variant]


class ReleaseRules(Out):
    """When a canary is decided by itself. chance_of_error: that one as good as the live model is rolled back for its
    errors; latency_ratio: how much slower its 95th percentile may be, beyond latency_slack seconds."""

    min_requests: int
    min_seconds: float
    chance_of_error: float
    latency_ratio: float
    latency_slack: float


class EndpointSettings(Out):
    """How an endpoint answers and captures. capture_rate: share of the predictions captured; masked: input columns
    whose values are never captured; max_rows, max_bytes, max_seconds: limits of one request."""

    capture_rate: float
    masked: list[str]
    max_rows: int
    max_bytes: int
    max_seconds: float
    rules: ReleaseRules


class EndpointBrief(Out):
    """An endpoint as lists show it. requests_per_minute, error_share, p95_ms: of the last minute, of all that answered;
    predictions: captured so far (counted: whether all of them are in this number)."""

    name: str
    question: str = ""
    task: Task | None = None
    state: EndpointStateName
    revision: int
    version: int | None = None
    variants: list[Variant]
    strategy: Strategy
    forced: bool = False
    changed_at: str
    why: str = ""
    by: str = ""
    requests_per_minute: float | None = None
    error_share: float | None = None
    p95_ms: float | None = None
    predictions: int = 0
    counted: bool = True
    alerts: int = 0
    critical: int = 0


class CaptureState(Out):
    """What became of the predictions since the server began. waiting, error: of the worker that was asked."""

    captured: int
    lost: int
    waiting: int
    error: str = ""


class EndpointDetail(EndpointBrief):
    """refused: why the server did not take the newest state, or ''; can_rollback, can_promote: whether there is
    something to go back to, or to promote; url: where it predicts, on this server."""

    labels: list[str] | None = None
    positive: str | None = None
    threshold: float | None = None
    unit: str = ""
    target: str = ""
    decision: str = ""
    settings: EndpointSettings
    previous: int | None = None
    can_rollback: bool = False
    can_promote: bool = False
    canary: Canary | None = None
    capture: CaptureState | None = None
    refused: str = ""
    serving: bool = Field(default=False, description="Whether this server answers predictions itself.")
    url: str = ""
    history: list[EndpointChange] = Field(default=[], description="The newest changes, newest first, at most 20.")


class Seen(In):
    """revision: of the endpoint that the person saw (0: none yet), or as header If-Match. When it was changed since,
    nothing is done (409), and `found` says what the other one did."""

    revision: int | None = Field(default=None, ge=0)


class Deploy(Seen):
    """model: version, run id, 'champion' or 'latest'; weight: per cent of the requests that a canary gets; force: also
    a model that did not meet its goals (recorded)."""

    model: str = Field(default="champion", min_length=1, max_length=128)
    strategy: Strategy = "all-at-once"
    weight: float = Field(default=10, gt=0, lt=100)
    force: bool = False


class ChangeEndpoint(Seen):
    why: Reason = ""


class SetRules(In):
    min_requests: int | None = Field(default=None, ge=1)
    min_seconds: float | None = Field(default=None, ge=0)
    chance_of_error: float | None = Field(default=None, gt=0, lt=1)
    latency_ratio: float | None = Field(default=None, ge=1)
    latency_slack: float | None = Field(default=None, ge=0)


class ConfigureEndpoint(Seen):
    """What is left out (or null) stays as it is."""

    capture_rate: float | None = Field(default=None, ge=0, le=1)
    masked: list[str] | None = Field(default=None, max_length=10_000)
    max_rows: int | None = Field(default=None, ge=1)
    max_bytes: int | None = Field(default=None, ge=1)
    max_seconds: float | None = Field(default=None, gt=0)
    rules: SetRules | None = None


class TrafficPoint(Out):
    """One slot of time. p50_ms, p95_ms, p99_ms: of its requests, null without any (or when only captured predictions
    are counted)."""

    at: str
    requests: int
    errors: int
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None


class TrafficSeries(Out):
    """The slots of one variant, oldest first, without gaps."""

    role: Role | None
    version: int | None
    label: str
    points: list[TrafficPoint]


class Traffic(Out):
    """What an endpoint answered lately. source 'server': measured by the model server, over all its workers; 'capture':
    counted from captured predictions, so no errors and no latencies; rejected: requests that were refused as wrong
    (4xx), by slot, in the order of each series' points."""

    endpoint: str
    source: Source
    slot_seconds: float
    since: str
    until: str
    series: list[TrafficSeries]
    rejected: list[int] = []
