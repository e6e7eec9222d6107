"""Endpoints as the API shows them, from what is in memory."""

from __future__ import annotations

from typing import Any

import orjson

from mlcl.errors import MlclError, NotFound
from mlcl.models.manifest import MANIFEST
from mlcl.monitoring import alerts
from mlcl.records import Model
from mlcl.server.briefs import endpoint_states
from mlcl.server.context import Server
from mlcl.server.endpoints_canary import progress
from mlcl.server.endpoints_traffic import Watched
from mlcl.server.predictions_index import Index
from mlcl.server.schemas import endpoints as shown
from mlcl.serving.endpoints import EndpointState, Variant
from mlcl.serving.fleet import Endpoint
from mlcl.stores import keys

MOST_CHANGES = 20  # that an endpoint is shown with

_STATES: dict[str, shown.EndpointStateName] = {"canary": "canary", "shadow": "shadow", "standby": "blue-green"}


def known(server: Server, name: str) -> EndpointState:
    """The newest state of an endpoint, also of one that is out of use. NotFound: there never was such a one."""
    return _states(server, name, 1)[-1]


def _states(server: Server, name: str, most: int) -> list[EndpointState]:
    """The newest states of an endpoint, oldest first: one that is changed every day has many."""
    from mlcl.serving import endpoints

    states = endpoints.history(server.store, keys.name(name), most)
    if not states:
        raise NotFound.among("endpoint", name, endpoint_states(server), fix=f"Deploy a model of '{name}' first.")
    return states


def state_name(state: EndpointState) -> shown.EndpointStateName:
    roles = {variant.role for variant in state.variants}
    if not roles:
        return "out of use"
    return next((name for role, name in _STATES.items() if role in roles), "live")


def served(server: Server, name: str) -> Endpoint | None:
    """The endpoint as the model server of this process answers with it."""
    return server.models.fleet.endpoints.get(name) if server.models else None


def brief(server: Server, state: EndpointState) -> shown.EndpointBrief:
    return shown.EndpointBrief(**_brief(server, state))


def detail(server: Server, name: str) -> shown.EndpointDetail:
    """An endpoint in full, from the store as it is now."""
    states = _states(server, name, MOST_CHANGES)
    state = states[-1]
    roles = {variant.role for variant in state.variants}
    return shown.EndpointDetail(
        **{**_brief(server, state), **_model(server, state)},
        settings=shown.EndpointSettings.model_validate(state.settings.model_dump()),
        previous=state.previous,
        can_rollback=state.previous is not None,
        can_promote=bool(roles & {"canary", "shadow", "standby"}),
        canary=progress(state, server.models.series.read(name) if server.models else None),
        capture=Watched(server).capture(name),
        refused=server.models.fleet.refused.get(name, "") if server.models else "",
        serving=server.models is not None,
        url=f"/endpoints/{name}/predict",
        history=[change(server, one) for one in reversed(states)],
    )


def change(server: Server, state: EndpointState) -> shown.EndpointChange:
    """An entry of an endpoint's log."""
    models = _models(server, state.name)
    return shown.EndpointChange(
        revision=state.revision,
        changed_at=state.changed_at,
        why=state.why,
        by=state.by,
        strategy=state.strategy,
        forced=state.forced,
        variants=[_variant(models, variant) for variant in state.variants],
    )


def _brief(server: Server, state: EndpointState) -> dict[str, Any]:
    problem = _manifest(server, state).get("problem") or {}
    watched, live = Watched(server), served(server, state.name)
    minute = watched.last_minute(state.name)
    captured = server.part(Index).total(state.name)
    open_alerts = _alerts(server, state.name)
    return {
        "name": state.name,
        "question": problem.get("question") or "",
        "task": _manifest(server, state).get("task"),
        "state": state_name(state),
        "revision": state.revision,
        "version": state.live.version if state.live else None,
        "variants": _variants(server, state, live),
        "strategy": state.strategy,
        "forced": state.forced,
        "changed_at": state.changed_at,
        "why": state.why,
        "by": state.by,
        "requests_per_minute": minute and minute.requests,
        "error_share": minute and (minute.errors / minute.requests if minute.requests else 0.0),
        "p95_ms": minute and minute.p95_ms,
        "predictions": captured.predictions,
        "counted": captured.whole,
        "alerts": len(open_alerts),
        "critical": sum(alert.severity == "critical" for alert in open_alerts),
    }


def _variants(server: Server, state: EndpointState, live: Endpoint | None) -> list[shown.Variant]:
    models, watched = _models(server, state.name), Watched(server)
    loaded = {one.variant.bundle_digest for one in live.variants} if live else set()
    found = []
    for variant in state.variants:
        one = _variant(models, variant)
        here = None if server.models is None else variant.bundle_digest in loaded
        found.append(one.model_copy(update={"loaded": here, "figures": watched.figures(state.name, variant)}))
    return found


def _variant(models: dict[str, Model], variant: Variant) -> shown.Variant:
    model = models.get(variant.bundle_digest)
    return shown.Variant(
        role=variant.role,
        version=variant.version,
        bundle_digest=variant.bundle_digest,
        weight=variant.weight,
        label=variant.label,
        stage=model.stage if model else None,
        why=model.why if model else "",
        run=model.run if model else "",
        learner=model.learner if model else "",
    )


def _models(server: Server, name: str) -> dict[str, Model]:
    return {model.bundle_digest: model for model in server.live.models(name)}


def manifest(server: Server, digest: str) -> dict[str, Any]:
    """What a bundle says of itself."""
    key = f"{keys.bundle(digest)}/{MANIFEST}"
    found: dict[str, Any] = server.remembered(("manifest", digest), lambda: orjson.loads(server.store.get(key)))
    return found


def _manifest(server: Server, state: EndpointState) -> dict[str, Any]:
    """Of the live model; nothing where its bundle is not there any more."""
    if state.live is None:
        return {}
    try:
        return manifest(server, state.live.bundle_digest)
    except (MlclError, ValueError):
        return {}


def _model(server: Server, state: EndpointState) -> dict[str, Any]:
    sheet = _manifest(server, state)
    problem = sheet.get("problem") or {}
    return {
        "unit": (sheet.get("value") or {}).get("unit") or "",
        "labels": sheet.get("labels"),
        "positive": sheet.get("positive"),
        "threshold": sheet.get("threshold"),
        "target": problem.get("target") or "",
        "decision": problem.get("decision") or "",
    }


def _alerts(server: Server, name: str) -> list[alerts.Alert]:
    entry = server.live.entry("alerts", keys.alerts(name))
    return alerts.parse(name, entry.document).open if entry else []
