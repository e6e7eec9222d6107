"""From a prediction's id to all that it came from: endpoint, variant, model, run, data, problem and code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from mlcl import registry, runs
from mlcl.errors import MlclError, NotFound
from mlcl.monitoring.answered import Answered
from mlcl.monitoring.deployed import Deployed, Model
from mlcl.monitoring.received import Received, Unreadable
from mlcl.records import Run
from mlcl.serving import events
from mlcl.serving.content import Columns, Row
from mlcl.serving.endpoints import EndpointState
from mlcl.serving.events import Captured
from mlcl.stores import Store, keys

_MINUTE = timedelta(minutes=1)
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
Document = dict[str, Any]


class _Found(NamedTuple):
    endpoint: str
    event: Captured
    model: Model
    state: EndpointState | None
    input: Document
    output: Document


def lineage(store: Store, prediction_id: str) -> Document:
    """All that is known of a captured prediction; what is not known is None.

    {prediction: {id, time, row, input, output, event_id}, endpoint: {name, revision, strategy, why, changed_at,
    variant, weight}, model: {version, stage, why, created_at, learner, bundle_digest, metrics}, run: {id, state,
    trigger, started_at, platform}, dataset: {digest, source, licence, citation, url, rows, fetched_at}, problem: {name,
    question, digest, file}, code: {version}}. problem.file: the problem as JSON, with all defaults.

    The id tells the hour of the prediction, so one hour of traffic is looked through; an id that another server made
    is looked for everywhere. NotFound: no such prediction was captured.
    """
    found = next(_find(store, prediction_id), None)
    if found is None:
        raise NotFound(
            "No prediction with this id was captured.",
            found=prediction_id[:200],
            fix="Ids stand in each answer. Predictions that were sampled out or came from `mlcl predict` are not kept.",
        )
    return _document(store, prediction_id, found)


def of_event(store: Store, endpoint: str, event: Captured, prediction_id: str) -> Document | None:
    """The same of a prediction whose event is at hand; None: the event has no such prediction."""
    found = _told(store, endpoint, event, prediction_id)
    return _document(store, prediction_id, found) if found else None


def _document(store: Store, prediction_id: str, found: _Found) -> Document:
    name, event, model, state, _, _ = found
    known = registry.models(store, model.name)
    made = next((one for one in known if one.bundle_digest == model.digest), None)
    run = _run(store, made.run if made else "")
    origin = model.manifest.get("lineage", {})
    return {
        "prediction": {
            "id": prediction_id,
            "event_id": event.event_id,
            "time": event.time.isoformat(),
            "input": found.input,
            "output": found.output,
        },
        "endpoint": {"name": name, "variant": event.variant, **_endpoint(state, event)},
        "model": {
            "problem": model.name,
            "version": event.version,
            "bundle_digest": model.digest,
            "stage": made and made.stage,
            "why": made and made.why,
            "created_at": made and made.created_at,
            "learner": model.manifest.get("learner", {}).get("kind"),
            "metrics": model.manifest["metrics"].get("test"),
        },
        "run": run and run.model_dump(include={"id", "state", "trigger", "platform", "started_at", "finished_at"}),
        "dataset": _dataset(store, origin.get("dataset_digest")),
        "problem": {
            **model.manifest["problem"],
            "digest": origin.get("problem_digest"),
            "file": run.problem_json if run else None,
        },
        "code": {"version": origin.get("code_version"), "mlcl": model.manifest.get("mlcl_version")},
    }


def _find(store: Store, prediction_id: str) -> Iterator[_Found]:
    moment = events.moment(prediction_id)
    span = (moment, moment + _MINUTE) if moment else _ALWAYS
    # In bytes, what is no letter or digit of ASCII may be written in several ways.
    event_id = prediction_id.rpartition("-")[0] or prediction_id
    needles = [] if not prediction_id.isascii() else [event_id.encode()]
    for endpoint in store.children("captures"):
        for variant, key in sorted(events.segments(store, endpoint, *span), key=_newest, reverse=True):
            for line in store.get(key).split(b"\n"):
                if all(needle in line for needle in needles):
                    for event in events.parse(line, variant, key):
                        if found := _told(store, endpoint, event, prediction_id):
                            yield found


def _newest(place: tuple[str, str]) -> tuple[bool, str]:
    """Variants that answered before a shadow, whose answers have the same ids; then the later hour."""
    variant, key = place
    return variant != "shadow", key.partition(f"/{variant}/")[2]


def _told(store: Store, endpoint: str, event: Captured, prediction_id: str) -> _Found | None:
    models = Deployed(store, endpoint)
    state = models.at(event.time, event.variant, event.version)
    fitting = (
        [one for one in state.variants if (one.role, one.version) == (event.variant, event.version)] if state else []
    )
    model = models.load(fitting[0]) if fitting else models(event.version)
    received = Received(model.recipe)
    try:
        answer = Answered(model.task, list(model.labels or ())).read(event, received.names)
        place = answer.ids.index(prediction_id)
    except (Unreadable, ValueError):
        return None
    try:
        sent = _row(received.read(event.input_type, event.input), answer.rows[place])
    except (Unreadable, IndexError):
        sent = {}
    output = {name: values[place] for name, values in answer.columns.items()}
    return _Found(endpoint, event, model, state, sent, output)


def _row(values: list[Row] | Columns, row: int) -> Document:
    if isinstance(values, Columns):
        return {name: column[row] for name, column in values.values.items()}
    return dict(values[row])


def _endpoint(state: EndpointState | None, event: Captured) -> Document:
    if state is None:
        return {"revision": None}
    variant = next((one for one in state.variants if (one.role, one.version) == (event.variant, event.version)), None)
    told = state.model_dump(mode="json", include={"revision", "strategy", "why", "forced", "changed_at"})
    return {**told, "weight": variant and variant.weight}


def _run(store: Store, run_id: str) -> Run | None:
    try:
        return runs.find(store, run_id) if run_id else None
    except NotFound:
        return None


def _dataset(store: Store, digest: str | None) -> Document | None:
    if not digest:
        return None
    try:
        found = orjson.loads(store.get(f"{keys.dataset(digest)}/dataset.json"))
    except MlclError:
        return {"digest": digest}
    names = ("digest", "name", "source", "licence", "citation", "url", "rows", "fetched_at")
    return {name: found.get(name) for name in names}
