"""The states of an endpoint, as records."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlcl.records import Record, now
from mlcl.serving.release import Rules

Strategy = Literal["all-at-once", "canary", "shadow", "blue-green"]
Role = Literal["live", "canary", "shadow", "standby"]
STRATEGIES: tuple[Strategy, ...] = ("all-at-once", "canary", "shadow", "blue-green")


class Variant(Record):
    """One model of an endpoint. weight: per cent of the requests (a shadow: of the requests copied to it).

    live answers; a canary answers its share; a shadow is asked, and its answers are only recorded; standby is what
    was live before a blue-green deployment: kept loaded, asked nothing, back at once on a rollback.
    """

    version: int | None
    bundle_digest: str
    weight: float
    role: Role

    @property
    def label(self) -> str:
        return f"version {self.version}" if self.version else f"model {self.bundle_digest[:12]}"


class Settings(Record):
    """How an endpoint answers and captures. capture_rate: share of the predictions captured; masked: input columns
    whose values are never captured; max_rows, max_bytes, max_seconds: limits of one request."""

    capture_rate: float = Field(default=1.0, ge=0, le=1)
    masked: tuple[str, ...] = ()
    max_rows: int = Field(default=10_000, ge=1)
    max_bytes: int = Field(default=6 * 2**20, ge=1)
    max_seconds: float = Field(default=60.0, gt=0)
    rules: Rules = Rules()


class EndpointState(Record):
    """One state of an endpoint. No variants: it is out of use. revision: number in the log; previous: the revision
    that a rollback goes back to; forced: deployed although its goals were not met; by: who changed it, where that is
    known."""

    name: str
    variants: tuple[Variant, ...] = ()
    strategy: Strategy = "all-at-once"
    settings: Settings = Settings()
    forced: bool = False
    why: str = ""
    by: str = ""
    previous: int | None = None
    changed_at: str = Field(default_factory=now)
    revision: int = 0

    @property
    def live(self) -> Variant | None:
        return self.variant("live")

    def variant(self, role: Role) -> Variant | None:
        return next((variant for variant in self.variants if variant.role == role), None)

    @property
    def rival(self) -> Variant | None:
        """The model that is being tried beside the live one: a canary or a shadow."""
        return self.variant("canary") or self.variant("shadow")
