"""Endpoints in words for callers: models, schema, example rows, statistics."""

from __future__ import annotations

from typing import Any

from mlcl.serving.fleet import Endpoint, Served
from mlcl.serving.release import VariantStats


def variant(served: Served) -> dict[str, Any]:
    one = served.variant
    return {"version": one.version, "digest": one.bundle_digest, "role": one.role}


def brief(endpoint: Endpoint) -> dict[str, Any]:
    state = endpoint.state
    models = [{**variant(one), "weight": one.variant.weight} for one in endpoint.variants]
    return {"name": endpoint.name, "task": endpoint.live.bundle.task, "revision": state.revision, "models": models}


def full(endpoint: Endpoint, refused: str) -> dict[str, Any]:
    """refused: why the newest state of the endpoint was not taken, or ''."""
    state, live = endpoint.state, endpoint.live
    settings = state.settings
    return {
        **brief(endpoint),
        "problem": live.bundle.manifest.get("problem"),
        "labels": live.bundle.labels,
        "threshold": live.bundle.threshold,
        "strategy": state.strategy,
        "changed_at": state.changed_at,
        "why": state.why,
        "forced": state.forced,
        "refused": refused or None,
        "schema": [column(one) for one in live.bundle.recipe.inputs],
        "example": {"rows": [example(live)]},
        "limits": {
            "rows": settings.max_rows,
            "bytes": settings.max_bytes,
            "seconds": settings.max_seconds,
        },
        "verdict": live.verdict,
        "metrics": live.bundle.manifest.get("metrics"),
        "lineage": live.bundle.manifest.get("lineage"),
        "statistics": {one.variant.role: statistics(one) for one in endpoint.variants},
        "capture": {"rate": settings.capture_rate, "masked": settings.masked, **endpoint.capture.stats()._asdict()},
    }


def statistics(served: Served) -> dict[str, Any]:
    """What this model did in the worker that was asked; latencies in milliseconds."""
    counts = served.counts
    requests: VariantStats = counts.requests
    return {
        "requests": requests.requests,
        "errors": requests.errors,
        "rows": counts.rows,
        "rows_skipped": counts.skipped,
        "missing": counts.missing,
        "unseen": counts.unseen,
        "p50_ms": round(requests.quantile(0.5) * 1e3, 3),
        "p95_ms": round(requests.p95 * 1e3, 3),
        "p99_ms": round(requests.quantile(0.99) * 1e3, 3),
    }


def column(one: Any) -> dict[str, Any]:
    """A column of the schema: name, kind, and what training saw in it."""
    known = {"min": one.min, "max": one.max, "categories": one.categories}
    return {"name": one.name, "kind": one.kind, **{key: value for key, value in known.items() if value is not None}}


def example(served: Served) -> dict[str, Any]:
    """A row that the model can score, made from what training saw: a middle number, the first category."""
    middles = {
        feature.source: feature.median for feature in served.bundle.recipe.features if feature.median is not None
    }
    return {one.name: _value(one, middles.get(one.name)) for one in served.bundle.recipe.inputs}


def _value(one: Any, middle: float | None) -> Any:
    if one.kind in ("category", "text"):
        return one.categories[0] if one.categories else "text"
    if one.kind == "boolean":
        return True
    if one.kind in ("date", "datetime"):
        return one.min or "2025-01-31"
    if middle is None:
        middle = one.min if one.min is not None else 0.0
    return round(middle) if one.kind == "integer" else middle
