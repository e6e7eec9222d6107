"""How well the live model did, by the newest outcomes that may be judged."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from mlcl.monitoring.ledger import DAY, ledger
from mlcl.monitoring.performance import performance
from mlcl.monitoring.watched import Watched
from mlcl.stores import keys

HORIZON = timedelta(days=90)  # of traffic that delays of outcomes are learnt from
_WINDOW = ("since", "until", "predictions", "immature", "labelled", "refused")
_MODEL = ("rows", "metrics", "intervals", "promised", "changes", "value", "cohorts", "segments")


class Realised(NamedTuple):
    """performance: {judged, why, since, until, predictions, immature, labelled, refused} and, when judged, what
    mlcl.monitoring.performance says of the live model; ledger: see there. None where no outcome ever came in."""

    performance: dict[str, Any] | None
    ledger: dict[str, Any] | None


def realised(watched: Watched, since: datetime, until: datetime, now: datetime) -> Realised:
    """Of a span as long as since to until (at least a day) that ends with the newest mature cohort before `until`:
    outcomes of the window itself have seldom arrived yet."""
    store, endpoint = watched.store, watched.endpoint
    if not store.children(keys.feedback(endpoint)):
        return Realised(None, None)
    found = ledger(store, endpoint, now, since=min(since, now - HORIZON))
    ends = (datetime.fromisoformat(one["until"]) for one in found["cohorts"] if one["mature"])
    end = max((one for one in ends if one <= until), default=None)
    if end is None:
        return Realised(
            _unjudged(found["cohorts"][-1]["why"] if found["cohorts"] else "there are no predictions"), found
        )
    result = performance(store, endpoint, end - max(DAY, until - since), end, now, found=found)
    mine = [
        one for one in result["models"] if one["bundle_digest"] == watched.model.digest and one["variant"] != "shadow"
    ]
    window = {key: result[key] for key in _WINDOW}
    if not mine:
        return Realised(
            {**window, **_unjudged("no outcome of a prediction of the live model may be judged yet")}, found
        )
    model = max(mine, key=lambda one: one["rows"])
    return Realised({**window, "judged": True, "why": "", **{key: model[key] for key in _MODEL}}, found)


def _unjudged(why: str) -> dict[str, Any]:
    return {"judged": False, "why": why, "metrics": None, "intervals": {}}
