"""One problem at a glance: how it stands in every phase of the life cycle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mlcl import library
from mlcl.errors import MlclError
from mlcl.monitoring import alerts
from mlcl.problem.sections import Problem
from mlcl.records import Model
from mlcl.server.briefs import Briefs, champion, endpoint_state
from mlcl.server.context import Server
from mlcl.server.index import Known
from mlcl.server.phases import Facts, phases
from mlcl.server.schemas.problems import Champion, LiveEndpoint, OpenAlerts, ProblemCard
from mlcl.server.schemas.runs import Verdict
from mlcl.serving.endpoints import EndpointState
from mlcl.stores import keys


class Outline(NamedTuple):
    """What lists of problems are sorted and searched by."""

    name: str
    question: str
    runs: int
    models: int
    changed_at: str


class DataFacts(NamedTuple):
    rows: int
    columns: int


class Cards:
    """Makes cards for one answer; every run is looked at once."""

    def __init__(self, server: Server) -> None:
        self.server, self.briefs = server, Briefs(server)
        self._runs: dict[str, list[Known]] = {}
        self._latest: dict[str, Known] = {}
        for known in server.live.runs.all():
            self._runs.setdefault(known.problem, []).append(known)
            last = self._latest.get(known.problem)
            if last is None or (known.started_at, known.id) > (last.started_at, last.id):
                self._latest[known.problem] = known

    def names(self) -> list[str]:
        """Problems that were saved, run or registered, sorted."""
        saved = (key.split("/")[1] for key in self.server.live.entries("problems"))
        return sorted({*self._runs, *saved, *self.server.live.model_problems()})

    def outlines(self) -> list[Outline]:
        return [self._outline(name) for name in self.names()]

    def card(self, name: str) -> ProblemCard:
        server = self.server
        saved, latest = self._saved(name), self._latest.get(name)
        models = server.live.models(name)
        best, state = champion(models), endpoint_state(server, name)
        verdict = self._verdict(best.run if best else latest.id if latest else "")
        board = self._board(name)
        facts = Facts(
            problem=saved.parsed if saved else None,
            mistaken=bool(saved and saved.mistaken),
            run=latest,
            data=server.facts(latest.id, "dataset", data_facts) if latest else None,
            latest=next((model for model in reversed(models) if latest and model.run == latest.id), None),
            champion=best,
            endpoint=state,
            live=self._live(name, state),
            open_alerts=board.open,
            look=self._document("jobs", keys.job("monitor", name)),
            retraining=self._document("retraining", keys.retraining(name)),
        )
        outline = self._outline(name)
        return ProblemCard(
            name=name,
            question=outline.question,
            decision=(saved.parsed.problem.decision if saved and saved.parsed else latest.decision if latest else ""),
            target=(saved.parsed.target if saved and saved.parsed else latest.target if latest else ""),
            task=self._task(best, models),
            unit=latest.unit if latest else "",
            phases=phases(facts),
            goals_met=verdict.outcome if verdict else None,
            champion=_champion(best, verdict) if best else None,
            latest_run=self.briefs.run(latest) if latest else None,
            runs=outline.runs,
            models=outline.models,
            endpoint=facts.live,
            alerts=_alerts(board),
            changed_at=outline.changed_at,
        )

    def _outline(self, name: str) -> Outline:
        saved, latest = self._saved(name), self._latest.get(name)
        entry = self.server.live.entry("problems", keys.problem(name))
        times = [
            str(entry.document.get("saved_at") or "") if entry else "",
            (latest.finished_at or latest.started_at) if latest else "",
        ]
        question = saved.parsed.problem.question if saved and saved.parsed else latest.question if latest else ""
        return Outline(name, question, len(self._runs.get(name, ())), len(self.server.live.models(name)), max(times))

    def _saved(self, name: str) -> Saved | None:
        """The saved problem file, parsed once for each revision."""
        entry = self.server.live.entry("problems", keys.problem(name))
        if entry is None:
            return None
        return self.server.remembered(
            ("problem", name, str(entry.number)), lambda: _parsed(library.parsed(name, entry))
        )

    def _verdict(self, run_id: str) -> Verdict | None:
        return self.server.facts(run_id, "verdict", Verdict.model_validate) if run_id else None

    def _board(self, name: str) -> alerts.Board:
        document = self._document("alerts", keys.alerts(name))
        try:
            return alerts.parse(name, document) if document else alerts.Board()
        except MlclError:
            return alerts.Board()

    def _document(self, prefix: str, key: str) -> Mapping[str, Any] | None:
        entry = self.server.live.entry(prefix, key)
        return entry.document if entry else None

    def _task(self, best: Model | None, models: list[Model]) -> Any:
        from mlcl.server.bundles import summary

        model = best or (models[-1] if models else None)
        try:
            return summary(self.server.store, model.bundle_digest)[0].get("task") if model else None
        except MlclError:
            return None

    def _live(self, name: str, state: EndpointState | None) -> LiveEndpoint | None:
        if state is None:
            return None
        live = state.live
        traffic = self.server.traffic.of(name)
        return LiveEndpoint(
            name=name,
            state=_state(state),
            version=live.version if live else None,
            predictions_total=traffic.rows,
            requests_per_minute=traffic.requests_per_minute,
            error_share=traffic.error_share,
        )


class Saved(NamedTuple):
    parsed: Problem | None
    mistaken: bool


def data_facts(document: Mapping[str, Any]) -> DataFacts:
    return DataFacts(document["rows"], len(document["columns"]))


def _parsed(saved: library.Saved) -> Saved:
    try:
        return Saved(saved.parse(), False)
    except MlclError:
        return Saved(None, True)


def _state(state: EndpointState) -> Any:
    if not state.live:
        return "out of use"
    if state.rival:
        return "canary" if state.variant("canary") else "shadow"
    return "blue-green" if state.variant("standby") else "live"


def _champion(model: Model, verdict: Verdict | None) -> Champion:
    return Champion(
        version=model.version or 0,
        run=model.run,
        bundle_digest=model.bundle_digest,
        learner=model.learner,
        created_at=model.created_at,
        outcome=verdict.outcome if verdict else None,
        goals=verdict.goals if verdict else [],
        value_per_case=(model.metrics.get("test") or {}).get("value_per_case"),
    )


def _alerts(board: alerts.Board) -> OpenAlerts:
    firing = [alert for alert in board.open if alert.state == "firing"]
    newest = max(board.open, key=lambda alert: alert.fired_at, default=None)
    return OpenAlerts(
        critical=sum(alert.severity == "critical" for alert in firing),
        warning=sum(alert.severity != "critical" for alert in firing),
        acknowledged=len(board.open) - len(firing),
        latest=newest.message if newest else "",
        latest_at=newest.fired_at if newest else None,
    )
