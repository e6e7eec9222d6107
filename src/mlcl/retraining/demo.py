"""The whole loop in a minute: a model in use, a world that changes, the alert, the retraining, the promotion.

The rows are real, only their odds change: in the changed world, rows whose most telling column points the wrong way
come up more often. Rows are drawn with replacement, but the first model, what the challenger learns besides, and what
both are judged on come from three parts of the table that share no row.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlcl import lifecycle, registry
from mlcl import problem as problem_file
from mlcl.data import sources
from mlcl.data.read import snapshot
from mlcl.data.target import label_text
from mlcl.errors import DataError, UsageError
from mlcl.metrics import BINARY
from mlcl.models.bundle import Bundle
from mlcl.models.metrics import Cases
from mlcl.monitoring import feedback, look
from mlcl.problem import Problem
from mlcl.report import words
from mlcl.results import RunResult
from mlcl.retraining import policy, table
from mlcl.retraining.figures import Question, figure
from mlcl.retraining.traffic import Sender, unheard
from mlcl.stores import Store

Say = Callable[[str], None]
Document = dict[str, Any]

DAY = timedelta(days=1)
ROWS = 70  # a day
# Days as usual, then of the changed world until a challenger has its outcomes, then with it in use. The challenger is
# judged on FRESH days, just the share of the new rows that tests (table.FRESH_TEST); on the last one outcomes are due.
CALM, CHANGED, FRESH, LAST, AFTER = 3, 3, 4, 1, 2
LEAST = 100  # rows of the table
STRENGTH = 2.0  # log odds by which one standard deviation of the telling column changes how often a row comes
SEED = 4


class World(NamedTuple):
    """frame: all rows; learnt, more, fresh: numbers of those for the first model, for the challenger to learn from, and
    for both to be judged on; odds: how often each row comes in the changed world; telling: the column they go by."""

    frame: pl.DataFrame
    learnt: NDArray[np.int64]
    more: NDArray[np.int64]
    fresh: NDArray[np.int64]
    odds: NDArray[np.float64]
    telling: str = ""


def demo(store: Store | None, problem: Path | None, say: Say, now: datetime) -> Document:
    """Runs the demonstration in the days before `now`; says step by step what happens, and leaves the store to be
    looked at.

    store: left out, a new temporary folder; problem: left out, the bundled one (breast cancer). Gives {schema_version,
    store, problem, telling, metric, unit, first: {version, passed}, days: [{day, changed, version, figure, findings,
    alerts, outcome}], attempt, figures: {usual, changed, after}}. figures: the main metric in the usual world, and in
    the changed one before and after the retraining.
    """
    store = store or Store(tempfile.mkdtemp(prefix="mlcl-demo-"))
    asked = _problem(problem)
    if store.children(f"endpoints/{asked.name}"):
        raise UsageError(
            "This store has an endpoint of that name already.", found=asked.name, fix="Give another store."
        )
    with unheard():
        return _Play(store, asked, say, now).play()


class _Play:
    def __init__(self, store: Store, problem: Problem, say: Say, now: datetime) -> None:
        self.store, self.say, self.name = store, say, problem.name
        self.rng = np.random.default_rng(SEED)
        frame = _rows(problem)
        order, half, most = self.rng.permutation(len(frame)), len(frame) // 2, len(frame) * 3 // 4
        self.world = World(frame, order[:half], order[half:most], order[most:], np.ones(len(frame)))
        first = frame[order[:half].tolist()]
        self.problem = _asked(problem, table.stored(store, self.name, first), first.columns)
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.start = midnight - (CALM + CHANGED + FRESH + LAST + AFTER) * DAY
        self.days: list[Document] = []
        self.cases: list[list[Cases]] = []
        self.untold: pl.DataFrame | None = None

    def play(self) -> Document:
        first = self._first()
        self.say(f"\nThe usual world: {ROWS} cases a day; what became of them is known a day later.")
        for _ in range(CALM):
            self._day(self.world.more, changed=False)
        self.say(f"\nThe world changes: '{self.world.telling}' no longer tells what it told.")
        for part, days in ((self.world.more, CHANGED), (self.world.fresh, FRESH + LAST)):
            for _ in range(days):
                self._day(part, changed=True)
        self.say("\nThe days after:")
        for _ in range(AFTER):
            self._day(self.world.fresh, changed=True)
        return self._end(first)

    def _first(self) -> RunResult:
        self.say(f"{self.problem.problem.question or self.name}")
        result = lifecycle.run(self.problem, store=self.store)
        made = str(result.run.model_version or result.run.id)
        lifecycle.deploy(self.name, made, force=not result.passed, store=self.store)
        bundle = Bundle.load(registry.bundle_folder(self.store, result.run.bundle_digest))
        self.metric = table.main_metric(self.problem, bundle.task)
        self.question = Question.of(bundle, self.problem.value)
        self.world = _changed(self.world, bundle, self.problem.target)
        self.sender = Sender(self.store, self.name)
        self.say(f"A model is made from {len(self.world.learnt):,} rows: {result.verdict['why']} It is in use now.")
        return result

    def _day(self, part: NDArray[np.int64], *, changed: bool) -> None:
        """A day's traffic, the outcomes of the day before, a look, and what the policy makes of it."""
        since = self.start + len(self.days) * DAY
        told, self.untold = self.untold, self._traffic(self._drawn(part, changed=changed), since)
        if told is not None:
            feedback.add(self.store, self.name, told, now=since + DAY / 2)
        looked = look.monitor(self.store, self.name, since + DAY, DAY)
        outcome = policy.retrain_if_due(self.store, self.name, since + DAY)
        day = {
            "day": len(self.days) + 1,
            "changed": changed,
            "version": looked.report["version"],
            "figure": figure(self.cases[-1], self.metric),
            "findings": looked.report["findings"],
            "alerts": [alert.model_dump(mode="json") for alert in looked.changed],
            "outcome": outcome.model_dump(mode="json"),
        }
        self.days.append(day)
        for text in _told(day, self.problem, self.metric):
            self.say(text)

    def _drawn(self, part: NDArray[np.int64], *, changed: bool) -> pl.DataFrame:
        """A day's rows. In the usual world no row comes twice on a day; in the changed one the likelier ones do."""
        odds = self.world.odds[part] if changed else np.ones(len(part))
        twice = changed or len(part) < ROWS
        drawn: list[int] = self.rng.choice(part, ROWS, replace=twice, p=odds / odds.sum()).tolist()
        return self.world.frame[drawn]

    def _traffic(self, rows: pl.DataFrame, since: datetime) -> pl.DataFrame:
        """Sends a day's rows, ten to a request; gives their outcomes."""
        told, cases = [], []
        for place, part in enumerate(rows.iter_slices(10)):
            sent = self.sender.send(part, since + (place + 1) * DAY / (ROWS // 10 + 1))
            texts = [label_text(value) for value in part[self.problem.target].gather(sent.rows).to_list()]
            told.append(pl.DataFrame({"id": sent.ids, "label": texts}, schema={"id": pl.String, "label": pl.String}))
            cases.append(self.question.cases(sent, told[-1]["label"]))
        self.cases.append(cases)
        return pl.concat(told)

    def _end(self, first: RunResult) -> Document:
        spans = {"usual": (0, CALM), "changed": (CALM, len(self.days) - AFTER), "after": (len(self.days) - AFTER, None)}
        figures = {
            name: figure([one for day in self.cases[since:until] for one in day], self.metric)
            for name, (since, until) in spans.items()
        }
        told = [words.figure(self.metric, value, self._unit) for value in figures.values()]
        self.say(
            f"\n{words.label(self.metric)}: {told[0]} in the usual world, {told[1]} in the changed one, "
            f"{told[2]} there after the retraining."
        )
        self.say(f"All of it is in {self.store.address}. Look: mlcl endpoints --store {self.store.address}")
        tried = [day["outcome"]["attempt"] for day in self.days if day["outcome"]["attempt"]]
        return {
            "schema_version": 1,
            "store": self.store.address,
            "problem": self.name,
            "telling": self.world.telling,
            "metric": self.metric,
            "unit": self._unit,
            "first": {"version": first.run.model_version, "passed": first.passed},
            "days": self.days,
            "attempt": tried[-1] if tried else None,
            "figures": figures,
        }

    @property
    def _unit(self) -> str:
        return self.problem.value.unit if self.problem.value else ""


def _problem(path: Path | None) -> Problem:
    if path:
        return problem_file.load(path)
    return problem_file.load(Path(__file__).with_name("demo.toml"))


def _rows(problem: Problem) -> pl.DataFrame:
    """The problem's table, as training reads it."""
    fetched = sources.fetch(problem.data, problem.base, sources.cache_folder())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.parquet"
        snapshot(fetched.table, file, problem.data, declared=fetched.format, seed=problem.split.seed)
        frame = pl.read_parquet(file, memory_map=False)
    if problem.target not in frame.columns or len(known := frame.drop_nulls(problem.target)) < LEAST:
        raise DataError(f"The demonstration needs at least {LEAST} rows with an outcome.", found=f"{len(frame):,} rows")
    return known


def _asked(problem: Problem, source: str, columns: list[str]) -> Problem:
    """The problem, asked of the first rows; watched and retrained as the plan of days needs it, and nobody is told."""
    raw = table.restated(problem, source, (), columns)
    raw["monitor"] |= {"every": "1d", "window": "1d", "minimum_rows": ROWS // 2, "webhook": None, "email": None}
    wanted = (CALM + CHANGED + FRESH) * ROWS
    raw["retrain"] |= {"on": ["drift", "performance"], "cooldown": "7d", "minimum_rows": wanted}
    return problem_file.from_dict(raw, base=problem.base)


def _changed(world: World, bundle: Bundle, target: str) -> World:
    """The odds of the changed world: what the model relies on most tells the opposite for the rows that come up more
    often. Where the outcome is no class of two, rows with high values come up more often."""
    numbers = {one["name"]: one["source"] for one in bundle.manifest["recipe"]["features"] if one["kind"] == "number"}
    shares = {name: share for name, share in bundle.predictor.gain_importance().items() if name in numbers}
    known = {numbers[name]: share for name, share in shares.items() if numbers[name] in world.frame.columns}
    if not known:
        raise DataError("The demonstration needs a column of numbers that the model relies on.")
    telling = max(known, key=lambda name: known[name])
    values = world.frame[telling].cast(pl.Float64)
    values = values.fill_null(values.mean())
    apart = ((values - values.mean()) / values.std()).to_numpy().clip(-3, 3)
    if bundle.task == BINARY:
        positive = np.array([label_text(value) == (bundle.labels or [])[1] for value in world.frame[target].to_list()])
        up = np.mean(apart[positive]) > np.mean(apart[~positive])
        apart = np.where(positive == up, -apart, apart)
    return world._replace(odds=np.exp(STRENGTH * apart), telling=telling)


def _told(day: Document, problem: Problem, metric: str) -> list[str]:
    unit = problem.value.unit if problem.value else ""
    lead = f"  day {day['day']:>2}, version {day['version']}: {words.label(metric)} "
    lines = [lead + words.figure(metric, day["figure"], unit)]
    firing = [alert for alert in day["alerts"] if alert["state"] == "firing"]
    for alert in sorted(firing, key=lambda one: -(one["money_at_risk"] or 0.0))[:3]:
        risk = f"{words.money(alert['money_at_risk'], unit)} a day at risk: " if alert["money_at_risk"] else ""
        lines.append(f"          ALERT {risk}{alert['message']}")
    if len(firing) > 3:
        lines.append(f"          and {words.plural(len(firing) - 3, 'more alert')}")
    if resolved := len([alert for alert in day["alerts"] if alert["state"] == "resolved"]):
        lines.append(f"          {words.plural(resolved, 'alert')} resolved")
    outcome = day["outcome"]
    if outcome["state"] == "tried":
        lines.append(f"          RETRAINED because of {outcome['trigger']}: {outcome['attempt']['why']}")
    elif outcome["state"] in ("held back", "failed"):
        lines.append(f"          {outcome['state']}: {outcome['why'].rpartition('But ')[2]}")
    return lines
