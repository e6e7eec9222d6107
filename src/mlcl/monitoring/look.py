"""A look: one window of an endpoint's traffic against what its live model was made from and promised."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import orjson
import polars as pl

from mlcl.features.baseline import summarise
from mlcl.models.bootstrap import Interval
from mlcl.monitoring import alerts, notify, sagemaker
from mlcl.monitoring.alerts import Alert
from mlcl.monitoring.counts import Tally
from mlcl.monitoring.drift import DEFAULT as DRIFT
from mlcl.monitoring.drift import Limits, compare_to_baseline
from mlcl.monitoring.estimate import Predicted, estimate
from mlcl.monitoring.findings import against, findings, judged
from mlcl.monitoring.multivariate import DEFAULT as WHOLE
from mlcl.monitoring.multivariate import classifier_test
from mlcl.monitoring.notify import Delivery
from mlcl.monitoring.price import Stakes
from mlcl.monitoring.quality import QualityLimits, quality
from mlcl.monitoring.realised import realised
from mlcl.monitoring.sample import Sample
from mlcl.monitoring.watched import REFERENCE_ROWS, Watched
from mlcl.monitoring.window import read_window
from mlcl.problem.base import duration
from mlcl.problem.watching import Monitor
from mlcl.records import time_text
from mlcl.report.monitoring import render
from mlcl.stores import Store, keys

SAMPLE = 100_000  # rows of a window that are kept as rows; all others only as counts
SEED = 1729
_EARLIER = 6  # looks that the usual volume is told from; at least half of them


class Looked(NamedTuple):
    """What `monitor` did. changed: alerts whose state changed; files: where the report's files lie."""

    report: dict[str, Any]
    changed: list[Alert]
    delivery: Delivery
    files: str


class Traffic:
    """What a look needs of a window: counts of all rows of the live model, and a sample of them."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self.rows = self.others = self.unreadable = 0
        self.faults: Counter[str] = Counter()
        self.inputs, self.outputs = Sample(SAMPLE, SEED), Sample(SAMPLE, SEED)
        self.counted = Tally(watched.baseline) if watched.baseline else None
        self.scored = Tally(watched.score_baseline) if watched.score_baseline else None

    def read(self, since: datetime, until: datetime) -> Traffic:
        watched = self.watched
        models = watched.deployed
        for part in read_window(watched.store, watched.endpoint, since, until, models, version_of=models.version):
            self.unreadable += part.unreadable
            # A shadow is asked the same as the live model; a canary and earlier models answer to another baseline.
            if part.variant == "shadow" or part.version != watched.model.version:
                self.others += len(part.outputs)
            else:
                self._add(part.inputs, part.outputs)
                self.faults.update(part.faults)
        return self

    def _add(self, inputs: pl.DataFrame, outputs: pl.DataFrame) -> None:
        self.rows += len(outputs)
        self.inputs.add(inputs)
        self.outputs.add(outputs)
        if self.counted:
            self.counted.add(inputs)
        if self.scored:
            self.scored.add(self.watched.scores(outputs))


def monitor(store: Store, endpoint: str, now: datetime, window: timedelta | None = None) -> Looked:
    """Looks at the window that ends now, settles the alerts and sends what is to be sent.

    window: left out, that of the problem file. NotFound: there is no such endpoint.
    """
    watched = Watched(store, endpoint)
    settings = watched.settings
    report = _look(watched, now - (window or duration(settings.window)), now, now)
    changed = alerts.settle(store, endpoint, report, now, notify.channels(settings))
    notify.tell_log(changed)
    delivery = notify.deliver(store, endpoint, settings, now)
    return Looked(report, changed, delivery, f"{store.address}/{folder(endpoint, report['id'])}")


def acknowledge(
    store: Store, alert_id: str, now: datetime, *, by: str = "", note: str = "", settings: Monitor | None = None
) -> Alert:
    """Somebody cares for an alert; those who were told that it fires are told that too. by, note: see alerts;
    settings: the endpoint's, where they are known: looking for them goes through all runs."""
    before = alerts.find(store, alert_id)
    settings = settings or Watched(store, before.endpoint).settings
    alert = alerts.acknowledge(store, alert_id, now, notify.channels(settings), by=by, note=note)
    if alert.state != before.state:
        notify.tell_log([alert])
    notify.deliver(store, alert.endpoint, settings, now)
    return alert


def look(store: Store, endpoint: str, since: datetime, until: datetime, now: datetime) -> dict[str, Any]:
    """The report on the predictions with since <= time < until (aware times), written into the store under its id:
    report.json, report.html, statistics.json, constraints.json and constraint_violations.json. Alerts nobody.

    {schema_version, id, endpoint, problem, version, bundle_digest, made_at, since, until, rows, others (of other
    models), unreadable, minimum_rows, enough, unit, quality, drift, predictions, multivariate, estimated, performance,
    ledger (None where there is nothing to say), judged: kinds of finding that there were rows enough for, findings: the
    dearest first}. The parts: see the modules that measure them.
    """
    return _look(Watched(store, endpoint), since, until, now)


def folder(endpoint: str, report_id: str) -> str:
    """Key below which a report's files lie."""
    return f"{keys.monitoring(endpoint)}/{keys.name(report_id)}"


def reports(store: Store, endpoint: str, most: int = 1) -> list[dict[str, Any]]:
    """The newest reports, newest first."""
    files = (f"{folder(endpoint, found)}/report.json" for found in reversed(store.children(keys.monitoring(endpoint))))
    whole = (file for file in files if store.exists(file))
    return [orjson.loads(store.get(file)) for file in islice(whole, most)]


def _look(watched: Watched, since: datetime, until: datetime, now: datetime) -> dict[str, Any]:
    traffic = Traffic(watched).read(since, until)
    parts = {**_about(watched, traffic, since, until, now), **_measured(watched, traffic, since, until, now)}
    parts["judged"] = judged(parts)
    stakes = Stakes.of(
        watched.model, watched.promise, traffic.rows or (parts["performance"] or {}).get("predictions", 0)
    )
    parts["findings"] = findings(parts, watched.settings.limits, stakes)
    # As a reader of the store has it: plain numbers, and null for what is none.
    report: dict[str, Any] = orjson.loads(orjson.dumps(parts, option=orjson.OPT_SERIALIZE_NUMPY))
    _write(watched, traffic, report)
    return report


def _about(watched: Watched, traffic: Traffic, since: datetime, until: datetime, now: datetime) -> dict[str, Any]:
    model, least = watched.model, watched.settings.minimum_rows
    since_text, until_text = time_text(since), time_text(until)
    place = hashlib.sha256(f"{since_text} {until_text} {model.digest}".encode()).hexdigest()[:4]
    return {
        "schema_version": 1,
        "id": f"{time_text(now)[:19].replace('-', '').replace(':', '').replace('T', '-')}-{place}",
        "endpoint": watched.endpoint,
        "problem": model.name,
        "version": model.version,
        "bundle_digest": model.digest,
        "made_at": time_text(now),
        "since": since_text,
        "until": until_text,
        "rows": traffic.rows,
        "others": traffic.others,
        "unreadable": traffic.unreadable,
        "minimum_rows": least,
        "enough": traffic.rows >= least,
        "unit": watched.unit,
    }


def _measured(watched: Watched, traffic: Traffic, since: datetime, until: datetime, now: datetime) -> dict[str, Any]:
    limits, least = watched.settings.limits, watched.settings.minimum_rows
    drift = Limits(limits.psi, limits.js, limits.alpha, min(least, DRIFT.minimum_rows))
    enough = traffic.rows >= least
    hours = (until - since) / timedelta(hours=1)
    known = realised(watched, since, until, now)
    return {
        "quality": _quality(watched, traffic, hours, until) if enough and traffic.counted else None,
        "drift": compare_to_baseline(traffic.counted, drift) if enough and traffic.counted else None,
        "predictions": compare_to_baseline(traffic.scored, drift) if enough and traffic.scored else None,
        "multivariate": _multivariate(watched, traffic) if enough else None,
        "estimated": _estimated(watched, traffic.outputs.frame) if enough else None,
        "performance": known.performance and _compared(watched, known.performance, limits.performance),
        "ledger": known.ledger,
    }


def _quality(watched: Watched, traffic: Traffic, hours: float, until: datetime) -> dict[str, Any]:
    limits = watched.settings.limits
    names = ("missing", "type_faults", "out_of_range", "unseen", "volume", "alpha")
    chosen = {name: getattr(limits, name) for name in names}
    assert traffic.counted  # noqa: S101 - asked by the caller
    return quality(
        traffic.counted,
        QualityLimits(**chosen, minimum_rows=min(watched.settings.minimum_rows, QualityLimits().minimum_rows)),
        faults=traffic.faults,
        hours=hours,
        expected_per_hour=_usual(watched, hours, until),
    )


def _usual(watched: Watched, hours: float, until: datetime) -> float | None:
    """Rows per hour of the last looks at windows as long as this one, or None where there are too few of them."""
    earlier = [
        report["quality"]["rows_per_hour"]
        for report in reports(watched.store, watched.endpoint, _EARLIER)
        if report["quality"] and report["until"] < time_text(until) and abs(_hours(report) - hours) < 1e-6
    ]
    return median(earlier) if 2 * len(earlier) >= _EARLIER else None


def _hours(report: Mapping[str, Any]) -> float:
    since, until = (datetime.fromisoformat(report[end]) for end in ("since", "until"))
    return (until - since) / timedelta(hours=1)


def _multivariate(watched: Watched, traffic: Traffic) -> dict[str, Any] | None:
    reference = watched.reference(SEED)
    if reference is None:
        return None
    recipe, limits = watched.model.recipe, watched.settings.limits
    least = min(watched.settings.minimum_rows, WHOLE.minimum_rows)
    return classifier_test(
        reference,
        recipe.apply(traffic.inputs.head(REFERENCE_ROWS)),
        recipe.feature_names,
        recipe.feature_kinds,
        SEED,
        WHOLE._replace(auc=limits.auc, alpha=limits.alpha, minimum_rows=least),
    )


def _estimated(watched: Watched, outputs: pl.DataFrame) -> dict[str, Any]:
    calibration = (watched.evaluation.get("curves") or {}).get("calibration")
    found = estimate(predicted(watched, outputs), SEED, calibration=calibration)
    return _compared(watched, found, watched.settings.limits.estimated)


def _compared(watched: Watched, found: dict[str, Any], limit: float) -> dict[str, Any]:
    """An estimate, or the realised performance, with `against`: the main metric beside what was promised (see
    findings.against), or None."""
    metrics, promised = found["metrics"] or {}, watched.promise
    name = watched.main_metric(metrics)
    if name is None:
        return {**found, "against": None}
    ends = found["intervals"].get(name)
    got = Interval(ends["low"], ends["high"]) if ends else None
    compared = against(name, metrics[name], got, promised.metrics[name] or 0.0, promised.intervals.get(name), limit)
    return {**found, "against": compared}


def predicted(watched: Watched, outputs: pl.DataFrame) -> Predicted:
    """The predictions of a table of outputs as numbers."""
    model = watched.model
    labels = list(model.labels or ())
    if not labels:
        return Predicted(model.task, outputs["prediction"].to_numpy(), np.zeros(0, dtype=np.int64))
    decided = outputs["decision"].cast(pl.Enum(labels)).to_physical().cast(pl.Int64).to_numpy()
    if "probability" in outputs.columns:
        return Predicted(model.task, outputs["probability"].to_numpy(), decided, model.worth)
    return Predicted(model.task, outputs.select(f"probability_{label}" for label in labels).to_numpy(), decided)


def _write(watched: Watched, traffic: Traffic, report: dict[str, Any]) -> None:
    """The report last: a folder that has it is whole."""
    limits = watched.settings.limits
    place = folder(watched.endpoint, report["id"])
    files: dict[str, Any] = {}
    if watched.baseline:
        files["constraints"] = sagemaker.constraints(watched.baseline, missing=limits.missing, js=limits.js)
        files["statistics"] = sagemaker.statistics(summarise(traffic.inputs.frame))
    if report["drift"] and report["quality"]:
        files["constraint_violations"] = sagemaker.violations(report["drift"], report["quality"])
    for name, document in files.items():
        watched.store.put(f"{place}/{name}.json", orjson.dumps(document, option=orjson.OPT_INDENT_2))
    watched.store.put(f"{place}/report.html", render(report).encode())
    watched.store.put(f"{place}/report.json", orjson.dumps(report))
