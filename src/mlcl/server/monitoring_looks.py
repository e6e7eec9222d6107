"""Looks as the API shows them. A look never changes, so what lists and series need of it is read once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from mlcl.errors import Corrupt, NotFound
from mlcl.monitoring.look import folder
from mlcl.records import time_text
from mlcl.server.context import Server
from mlcl.server.schemas.looks import Look, LookBrief, Span
from mlcl.stores import keys

FILES = ("statistics", "constraints", "constraint_violations")
_COLUMNS = ("column", "kind", "psi", "js", "drifted")


def ids(server: Server, name: str) -> list[str]:
    """Of all looks, oldest first."""
    return server.store.children(keys.monitoring(name))


def between(server: Server, name: str, since: datetime | None, until: datetime | None) -> list[str]:
    """Looks that were made in since <= time < until, oldest first: their ids begin with when that was."""
    first, last = (f"{one:%Y%m%d-%H%M%S}" if one else "" for one in (since, until))
    return [one for one in ids(server, name) if one >= first and (not last or one[: len(last)] < last)]


def document(server: Server, name: str, look: str) -> dict[str, Any]:
    """The report of a look; 'latest': of the newest. NotFound: there is none, or it is not whole yet."""
    known = ids(server, name)
    if look == "latest":
        found = next((one for one in reversed(known) if _whole(server, name, one)), None)
        if found is None:
            raise NotFound("Nobody has looked at this endpoint yet.", where=f"endpoint '{name}'", fix="Start a look.")
        look = found
    if look not in known:
        raise NotFound.among("look", look, known[-20:], fix="Start a look.")
    return _report(server, name, look)


def _report(server: Server, name: str, look: str) -> dict[str, Any]:
    key = f"{folder(name, look)}/report.json"
    try:
        report: dict[str, Any] = orjson.loads(server.store.get(key))
    except orjson.JSONDecodeError as error:
        raise Corrupt("The report of a look is damaged.", where=key, found=str(error)) from error
    return report


def shown(server: Server, name: str, look: str) -> Look:
    """One look in full."""
    report = document(server, name, look)
    prefix = folder(name, report["id"])
    present = {key.rpartition("/")[2] for key in server.store.keys(prefix)}
    return Look.model_validate({**report, "files": [file for file in FILES if f"{file}.json" in present]})


def short(server: Server, name: str, look: str) -> dict[str, Any] | None:
    """What lists and series need of a look (see `_short`); None where its report is not whole."""
    try:
        return server.remembered(("look", name, look), lambda: _short(_report(server, name, look)))
    except NotFound:
        return None


def brief(found: dict[str, Any]) -> LookBrief:
    return LookBrief.model_validate(found["brief"])


def _whole(server: Server, name: str, look: str) -> bool:
    return server.store.exists(f"{folder(name, look)}/report.json")


def _short(report: dict[str, Any]) -> dict[str, Any]:
    """{brief, columns: {name: [kind, psi, js, drifted]}, missing: {name: share}, predictions: likewise, auc,
    rows_per_hour, broken, estimated, realised: {metric: {value, low, high}}, promised: {metric: value}, value,
    ledger: whether there is one}."""
    quality, drift = report["quality"] or {}, report["drift"] or {}
    whole, performance = report["multivariate"] or {}, report["performance"] or {}
    return {
        "brief": _brief(report).model_dump(),
        "columns": {one["column"]: [one[key] for key in _COLUMNS[1:]] for one in drift.get("columns") or ()},
        "missing": {one["column"]: one["value"] for one in quality.get("checks") or () if one["check"] == "missing"},
        "predictions": next(
            ([one[key] for key in _COLUMNS[1:]] for one in (report["predictions"] or {}).get("columns") or ()), None
        ),
        "auc": {"value": whole.get("auc"), "low": whole.get("low"), "high": whole.get("high")},
        "rows_per_hour": quality.get("rows_per_hour"),
        "broken": len(quality["broken"]) if quality else None,
        "estimated": _figures(report["estimated"]),
        "realised": _figures(performance if performance.get("judged") else None),
        "promised": (performance.get("promised") or {}).get("metrics") or _promised(report),
        "value": performance.get("value"),
        "ledger": report["ledger"] is not None,
    }


def _brief(report: dict[str, Any]) -> LookBrief:
    estimated, performance = report["estimated"] or {}, report["performance"] or {}
    told = estimated.get("against") or performance.get("against") or {}
    realised = performance.get("against") or {}
    findings = report["findings"]
    prices = [one["money_at_risk"] for one in findings if one["money_at_risk"] is not None]
    judged = performance.get("judged") and performance.get("since")
    return LookBrief(
        id=report["id"],
        endpoint=report["endpoint"],
        version=report["version"],
        made_at=report["made_at"],
        since=report["since"],
        until=report["until"],
        rows=report["rows"],
        enough=report["enough"],
        findings=len(findings),
        critical=sum(one["severity"] == "critical" for one in findings),
        drifted=(report["drift"] or {}).get("drifted") or [],
        broken=len((report["quality"] or {}).get("broken") or ()),
        auc=(report["multivariate"] or {}).get("auc"),
        metric=told.get("metric"),
        promised=told.get("promised"),
        estimated=(estimated.get("against") or {}).get("got"),
        realised=realised.get("got") if realised.get("metric") == told.get("metric") else None,
        realised_of=Span(since=_zulu(performance["since"]), until=_zulu(performance["until"])) if judged else None,
        money_at_risk=sum(prices) if prices else None,
        unit=report["unit"],
    )


def _zulu(time: str) -> str:
    return time_text(datetime.fromisoformat(time))


def _figures(found: dict[str, Any] | None) -> dict[str, dict[str, float | None]]:
    """{metric: {value, low, high}}."""
    metrics, ends = (found or {}).get("metrics") or {}, (found or {}).get("intervals") or {}
    return {
        name: {"value": value, "low": (ends.get(name) or {}).get("low"), "high": (ends.get(name) or {}).get("high")}
        for name, value in metrics.items()
    }


def _promised(report: dict[str, Any]) -> dict[str, float]:
    """Of a look without outcomes only the metric that counts was written down."""
    told = (report["estimated"] or {}).get("against")
    return {told["metric"]: told["promised"]} if told else {}
