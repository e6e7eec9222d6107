"""How the model came about: learner, tuning trials, learning curve, members of a blend."""

from __future__ import annotations

from typing import Any

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import Line, bar, dots, lines
from mlcl.report.sections.parts import figure, figures, legend, more, note, pairs, table
from mlcl.report.svg import Axis, Frame, extent

KINDS = {"xgboost": "model", "lightgbm": "second", "linear": "champion"}


def training(facts: Facts) -> Markup:
    found = facts.training
    if not found:
        return note(facts.why_absent("Training"))
    metric = str(found.get("metric"))
    blended = len(found.get("members") or ()) > 1
    about: list[tuple[str, Content]] = [
        ("Learner", found.get("learner")),
        ("Rounds", words.count(found["rounds"]) if found.get("rounds") and not blended else None),
        ("Judged on", f"{found['folds']} folds" if found.get("folds", 1) > 1 else "the validation rows"),
        (f"{words.label(metric)} on validation", words.figure(metric, found.get("score"))),
        ("Parameters", None if blended else _parameters(found.get("parameters") or {})),
    ]
    cut = (
        note("Tuning was cut off by its time budget; another run may end with another model.")
        if found.get("cut_off")
        else None
    )
    remarks = [el("li", text) for text in found.get("notes") or ()]
    return el(
        "div",
        pairs(about),
        cut,
        el("ul", remarks, class_="notes") if remarks else None,
        _members(found),
        figures(_trials(found), _curve(facts, found)),
        _table(found),
    )


def _parameters(parameters: dict[str, Any]) -> Content:
    return ", ".join(f"{name} = {_setting(value)}" for name, value in parameters.items()) or "the learner's own"


def _setting(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _members(found: dict[str, Any]) -> Content:
    members = found.get("members") or []
    if len(members) < 2:
        return None
    rows = [
        (
            entry["learner"],
            bar(entry["weight"], 1.0),
            words.share(entry["weight"]),
            words.count(entry.get("rounds")),
            _parameters(entry.get("parameters") or {}),
        )
        for entry in members
    ]
    return table("Members of the blend", ("Member", "", "Weight", "Rounds", "Parameters"), rows, "bars prose")


def _done(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [trial for trial in found.get("trials") or () if trial.get("score") is not None]


def _trials(found: dict[str, Any]) -> Content:
    done = _done(found)
    if len(done) < 2:
        why = "the time was up" if found.get("cut_off") else "the problem file asks for no more"
        return note(f"Tuning: {words.plural(len(done), 'trial')} made, because {why}.")
    metric = words.label(str(found.get("metric")))
    last = max(trial["number"] for trial in done)
    frame = Frame(
        Axis("Trial", 0, max(1, last), whole=True), Axis(f"{metric} on validation", *extent([t["score"] for t in done]))
    )
    series = []
    for learner in dict.fromkeys(str(trial["learner"]) for trial in done):
        mine = [trial for trial in done if trial["learner"] == learner]
        kind = KINDS.get(learner, "naive")
        series.append(Line(learner, [trial["number"] for trial in mine], [trial["score"] for trial in mine], kind))
    image = dots("Tuning trials", f"{len(done)} trials.", frame, series)
    return figure("Tuning trials", image, legend(series))


def _curve(facts: Facts, found: dict[str, Any]) -> Content:
    points = found.get("curve") or []
    if len(points) < 2:
        return note("Learning curve: this learner is fitted in one go, without rounds.")
    rounds = [point["round"] for point in points]
    both = {name: [point.get(name) for point in points] for name in ("train", "validation")}
    loss = "RMSE" if facts.task == "regression" else "Log loss"
    frame = Frame(
        Axis("Round", *extent(rounds), whole=True), Axis(loss, *extent([*both["train"], *both["validation"]]))
    )
    series = [Line("validation", rounds, both["validation"]), Line("training", rounds, both["train"], "naive")]
    image = lines("Learning curve", f"{len(points)} rounds.", frame, series)
    return figure("Learning curve", image, "Where the lines part, the model starts to learn the rows by heart.")


def _table(found: dict[str, Any]) -> Content:
    trials = found.get("trials") or []
    if not trials:
        return None
    better = max if _greater(found) else min
    best = better((trial["score"] for trial in _done(found)), default=None)
    rows = [
        (
            [trial["number"], el("span", "best", class_="badge good") if trial.get("score") == best else None],
            trial["learner"],
            words.number(trial.get("score"), 4),
            words.count(trial.get("rounds")),
            trial.get("state", ""),
            _parameters(trial.get("parameters") or {}),
        )
        for trial in trials
    ]
    return more(
        "Every trial",
        table("Tuning trials", ("Trial", "Learner", "Score", "Rounds", "State", "Parameters"), rows, "trials"),
    )


def _greater(found: dict[str, Any]) -> bool:
    from mlcl.metrics import METRICS

    metric = str(found.get("metric"))
    return metric not in METRICS or METRICS[metric].greater_is_better
