"""What endpoints answer just now: from the model server of this process, which knows of all its workers; where there is
none, counted from what was captured."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from mlcl.server.context import Server
from mlcl.server.predictions_index import Index
from mlcl.server.schemas.endpoints import (
    CaptureState,
    Traffic,
    TrafficPoint,
    TrafficSeries,
    VariantFigures,
)
from mlcl.serving.endpoints import EndpointState, Variant
from mlcl.serving.metrics import sample
from mlcl.serving.series import SLOT, Lately, Slot

_POINTS = 180  # of a series, about
_HOUR, _MINUTE = 3600, 60


class Minute(NamedTuple):
    requests: int
    errors: int
    p95_ms: float | None


class Watched:
    """The model server as its operator sees it, for one answer of the API."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def last_minute(self, name: str) -> Minute | None:
        """Requests of the last whole minute of slots; None without a model server."""
        lately = self._lately(name)
        if lately is None:
            return None
        until = int(time.time() // SLOT) + 1
        whole = _sum(lately.models.values(), until - _MINUTE // SLOT, until)
        return Minute(whole.requests, whole.errors, _ms(whole, 0.95))

    def figures(self, name: str, variant: Variant) -> VariantFigures | None:
        """Counts since the server began; latencies of the last hour."""
        models, lately = self.server.models, self._lately(name)
        if models is None or lately is None:
            return None
        version = _version(variant)
        labels = (("endpoint", name), ("version", version))
        counted = self.server.part(Totals).read()
        until = int(time.time() // SLOT) + 1
        hour = _sum([lately.models.get(version, {})], until - _HOUR // SLOT, until)
        return VariantFigures(
            requests=int(counted.get(sample("mlcl_requests_total", labels), 0)),
            errors=int(counted.get(sample("mlcl_request_errors_total", labels), 0)),
            rows=int(counted.get(sample("mlcl_rows_total", labels), 0)),
            rows_skipped=int(counted.get(sample("mlcl_rows_skipped_total", labels), 0)),
            missing=int(counted.get(sample("mlcl_missing_total", labels), 0)),
            unseen=int(counted.get(sample("mlcl_unseen_total", labels), 0)),
            p50_ms=_ms(hour, 0.5),
            p95_ms=_ms(hour, 0.95),
            p99_ms=_ms(hour, 0.99),
        )

    def capture(self, name: str) -> CaptureState | None:
        """What became of the predictions since the server began; what waits or fails is of this worker alone."""
        models = self.server.models
        here = models.fleet.endpoints.get(name) if models else None
        if here is None:
            return None
        counted, labels, stats = self.server.part(Totals).read(), (("endpoint", name),), here.capture.stats()
        return CaptureState(
            captured=int(counted.get(sample("mlcl_captured_total", labels), stats.captured)),
            lost=int(counted.get(sample("mlcl_capture_lost_total", labels), stats.lost)),
            waiting=stats.waiting,
            error=stats.error,
        )

    def traffic(self, state: EndpointState, minutes: int) -> Traffic:
        """The last `minutes` in about _POINTS slots, the last of which is not over."""
        size = max(SLOT, minutes * _MINUTE // _POINTS // SLOT * SLOT)
        until = int(time.time() // size) + 1
        slots = range(until - minutes * _MINUTE // size, until)
        lately = self._lately(state.name)
        if lately is None:
            return self._captured(state, slots, size)
        versions = [_version(variant) for variant in state.variants]
        others = sorted(set(lately.models) - set(versions))
        series = [
            _series(variant, _version(variant), lately.models.get(_version(variant), {}), slots, size)
            for variant in state.variants
        ]
        earlier = [_series(None, version, lately.models[version], slots, size) for version in others]
        rejected = {number * SLOT // size: 0 for number in lately.rejected}
        for number, count in lately.rejected.items():
            rejected[number * SLOT // size] += count
        return Traffic(
            endpoint=state.name,
            source="server",
            slot_seconds=size,
            since=_text(slots.start * size),
            until=_text(until * size),
            series=[*series, *(one for one in earlier if any(point.requests for point in one.points))],
            rejected=[rejected.get(slot, 0) for slot in slots],
        )

    def _captured(self, state: EndpointState, slots: range, size: int) -> Traffic:
        """Predictions per slot of each variant, from the captured traffic."""
        since = datetime.fromtimestamp(slots.start * size, UTC)
        until = since + timedelta(seconds=size * len(slots))
        found = self.server.part(Index).recent(state.name, since, until)
        series = []
        for (role, version), times in found.items():
            counts = dict.fromkeys(slots, 0)
            for second in (times // 1_000_000 // size).tolist():
                counts[second] = counts.get(second, 0) + 1
            variant = state.variant(role) if role in ("live", "canary", "shadow", "standby") else None  # type: ignore[arg-type]
            label = variant.label if variant else f"{role}, version {version}"
            points = [TrafficPoint(at=_text(slot * size), requests=counts[slot], errors=0) for slot in slots]
            series.append(
                TrafficSeries(role=variant.role if variant else None, version=version, label=label, points=points)
            )
        return Traffic(
            endpoint=state.name,
            source="capture" if series else "none",
            slot_seconds=size,
            since=_text(slots.start * size),
            until=_text(slots.stop * size),
            series=series,
            rejected=[0] * len(slots),
        )

    def _lately(self, name: str) -> Lately | None:
        return self.server.models.series.read(name) if self.server.models else None


class Totals:
    """What the whole server counted, gathered at most once a second."""

    def __init__(self, server: Server) -> None:
        self._server, self._at, self._found = server, 0.0, {}  # type: ignore[var-annotated]

    def read(self) -> dict[str, float]:
        models = self._server.models
        if models and time.monotonic() - self._at > 1.0:
            self._found, self._at = models.metrics.total(models.samples()), time.monotonic()
        return self._found


def _sum(models: object, since: int, until: int) -> Slot:
    whole = Slot()
    for slots in models:  # type: ignore[attr-defined]
        for number, slot in slots.items():
            if since <= number < until:
                whole.add(slot.requests, slot.errors, slot.counts)
    return whole


def _series(
    variant: Variant | None, version: str, found: dict[int, Slot], slots: Sequence[int], size: int
) -> TrafficSeries:
    merged: dict[int, Slot] = {}
    for number, slot in found.items():
        merged.setdefault(number * SLOT // size, Slot()).add(slot.requests, slot.errors, slot.counts)
    return TrafficSeries(
        role=variant.role if variant else None,
        version=int(version) if version.isdigit() and len(version) < 12 else None,
        label=variant.label if variant else f"version {version}",
        points=[_point(slot * size, merged.get(slot, Slot())) for slot in slots],
    )


def _point(at: int, slot: Slot) -> TrafficPoint:
    shares = {"p50_ms": _ms(slot, 0.5), "p95_ms": _ms(slot, 0.95), "p99_ms": _ms(slot, 0.99)}
    return TrafficPoint(at=_text(at), requests=slot.requests, errors=slot.errors, **shares)


def _ms(slot: Slot, share: float) -> float | None:
    return round(slot.quantile(share) * 1e3, 3) if slot.requests else None


def _version(variant: Variant) -> str:
    """As the metrics name a model (see mlcl.serving.fleet)."""
    return str(variant.version or variant.bundle_digest[:12])


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
