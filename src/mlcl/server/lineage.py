"""/lineage: from a prediction back to everything that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from fastapi import APIRouter

from mlcl.errors import MlclError
from mlcl.monitoring import feedback
from mlcl.monitoring import lineage as origin
from mlcl.server.context import Context, Server
from mlcl.server.predictions_index import Found, Index
from mlcl.server.predictions_shown import Read, Reader, cell, told
from mlcl.server.schemas.lineage import Lineage, OutcomeKnown
from mlcl.server.schemas.parameters import PredictionId
from mlcl.server.schemas.predictions import Prediction, PredictionDetail
from mlcl.serving import events
from mlcl.stores import keys

router = APIRouter(tags=["lineage"])

_MOST_OUTCOMES = 32 * 2**20  # bytes of outcomes that are looked through for one prediction's


@router.get("/lineage/{prediction}")
def get_lineage(prediction: PredictionId, server: Context) -> Lineage:
    """Endpoint, variant, model, run, data set, problem file and code of a captured prediction."""
    return one(server, prediction).lineage


def one(server: Server, prediction_id: str) -> PredictionDetail:
    """A prediction with its lineage. NotFound: none with this id was captured."""
    for endpoint, found, read in _candidates(server, prediction_id):
        document = origin.of_event(server.store, endpoint, read.event, prediction_id)
        if document:
            return _detail(server, endpoint, told(found.place.place, read), document)
    document = origin.lineage(server.store, prediction_id)
    return _detail(server, document["endpoint"]["name"], _prediction(document), document)


def _candidates(server: Server, prediction_id: str) -> Iterator[tuple[str, Found, Read]]:
    """Predictions of the id's moment and place; those that callers got before a shadow's, which have the same ids."""
    index, reader = server.part(Index), server.part(Reader)
    place = prediction_id.rpartition("-")[2]
    if events.moment(prediction_id) is None or not (place.isascii() and place.isdigit()):
        return
    found = [
        (endpoint, found)
        for endpoint in server.store.children("captures")
        for found in index.find(endpoint, prediction_id)
        if found.place.place == int(place)
    ]
    for endpoint, at in sorted(found, key=lambda pair: pair[1].variant == "shadow"):
        read = reader.read(endpoint, [at]).get((at.place.segment, at.place.offset))
        if read and read.answer and prediction_id in read.answer.ids[at.place.place : at.place.place + 1]:
            yield endpoint, at, read


def _detail(server: Server, endpoint: str, prediction: Prediction, document: dict[str, Any]) -> PredictionDetail:
    for side in ("input", "output"):
        values = document["prediction"][side]
        document["prediction"][side] = {str(name): cell(value) for name, value in values.items()}
    lineage = Lineage.model_validate({**document, "outcome": _outcome(server, endpoint, prediction.id)})
    return PredictionDetail(**prediction.model_dump(), endpoint=endpoint, lineage=lineage)


def _outcome(server: Server, endpoint: str, prediction_id: str) -> OutcomeKnown | None:
    """What turned out to be true; None where nobody said so, or where there is too much to look through."""
    moment = events.moment(prediction_id)
    try:
        size = sum(server.store.sizes(keys.feedback(endpoint)).values())
        if moment is None or not 0 < size <= _MOST_OUTCOMES:
            return None
        known = feedback.labels(server.store, endpoint, moment, moment + timedelta(milliseconds=1))
    except MlclError:
        return None
    rows = known.filter(known["id"] == prediction_id)
    if not len(rows):
        return None
    row = rows.row(0, named=True)
    return OutcomeKnown(label=row["label"], arrived_at=row["arrived_at"].isoformat(), corrections=row["corrections"])


def _prediction(document: dict[str, Any]) -> Prediction:
    """Of a lineage alone, where the index does not know the prediction."""
    about, output = document["prediction"], document["prediction"]["output"]
    shares = {
        name.removeprefix("probability_"): value for name, value in output.items() if name.startswith("probability_")
    }
    return Prediction(
        id=about["id"],
        event_id=about["event_id"],
        row=int(about["id"].rpartition("-")[2]) if about["id"].rpartition("-")[2].isdigit() else 0,
        time=about["time"],
        variant=document["endpoint"]["variant"],
        version=document["model"]["version"],
        decision=output.get("decision"),
        probability=output.get("probability", shares.get(output.get("decision"))),
        probabilities=shares or None,
        value=output.get("prediction"),
        input={name: cell(value) for name, value in about["input"].items()},
    )
