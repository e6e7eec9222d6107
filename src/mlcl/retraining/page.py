"""The page of a replay, in the style of a run's report. It renders the result of `replay` and computes no figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from mlcl.report import words
from mlcl.report.html import contents, head, part
from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import Line, lines
from mlcl.report.sections.parts import figure, figures, legend, note, pairs, table, tile, tiles
from mlcl.report.svg import Axis, Frame, extent

Result = Mapping[str, Any]
Policy = Mapping[str, Any]

KINDS = ("naive", "model", "champion", "second", "wanted")
ABOUT = {
    "never": "The first model stays.",
    "schedule": "A challenger is trained at fixed intervals.",
    "drift": "A challenger is trained when an alert of drift fires.",
    "performance": "A challenger is trained when an alert of lost performance fires.",
    "new_data": "A challenger is trained whenever enough new outcomes are known.",
}


def render(result: Result) -> str:
    """One self-contained HTML page."""
    parts = [
        ("time", "How it went", "Each point is one period.", _pictures(result)),
        ("policies", "The policies", "", _policies(result)),
        ("trainings", "Every training", "", _trainings(result)),
        ("about", "What was replayed", "", _about(result)),
    ]
    links = [("verdict", "Outcome"), *((name, title) for name, title, _, _ in parts)]
    body = el(
        "body",
        el("a", "Skip to the outcome", href="#verdict", class_="skip"),
        contents(links),
        el(
            "main",
            el("header", el("p", _span(result), class_="eyebrow"), el("h1", "When should the model be retrained?")),
            el("section", _verdict(result), id="verdict", aria_labelledby="verdict-title"),
            [part(*one) for one in parts],
            el("footer", f"Replay of {result['problem']}."),
        ),
    )
    return "<!doctype html>\n" + el("html", head(f"{result['problem']}: {headline(result)}"), body, lang="en")


def headline(result: Result) -> str:
    best = result["best"]
    figures = {one["figure"] for one in result["policies"]}
    if best is None:
        return "No policy has a figure."
    if len(figures) == 1:
        return "No policy made a difference."
    return {"never": "Never retraining was best.", "schedule": "Retraining on a schedule was best."}.get(
        best, f"Retraining on {best.replace('_', ' ')} was best."
    )


def shown(result: Result, policy: Policy) -> str:
    """A policy's figure in words: what all decisions were worth together, or the metric."""
    if policy["total"] is not None:
        return words.money(round(policy["total"]), result["unit"])
    return words.figure(result["metric"], policy["figure"])


def _verdict(result: Result) -> Markup:
    best = next((one for one in result["policies"] if one["policy"] == result["best"]), None)
    kind = "met" if best and headline(result).endswith("best.") else "undecided"
    tile_list = [
        tile(one["policy"].replace("_", " "), shown(result, one), words.plural(one["trainings"], "training"))
        for one in result["policies"]
    ]
    why = ABOUT[best["policy"]] if best else ""
    return el(
        "div",
        el("h2", headline(result), id="verdict-title"),
        el("p", f"{why} Compared is {_compared(result)}.", class_="why"),
        tiles(tile_list),
        class_=f"verdict {kind}",
    )


def _compared(result: Result) -> str:
    if result["metric"] == "value_per_case":
        return "what the decisions were worth, by the outcomes that came to be known"
    return f"{result['label']} over all rows"


def _pictures(result: Result) -> Markup:
    every = [_line(result, place, one, _figures(one)) for place, one in enumerate(result["policies"])]
    pictures = [
        figure(f"{result['label']} of each period", _plot(result, every, result["label"]), legend(every)),
    ]
    never = next((one for one in result["policies"] if one["policy"] == "never"), None)
    if result["metric"] == "value_per_case" and never:
        gains = [
            _line(result, place, one, _gained(one, never))
            for place, one in enumerate(result["policies"])
            if one is not never
        ]
        label = f"Gained ({result['unit'] or 'value'})"
        pictures.append(figure("Gained over never retraining, so far", _plot(result, gains, label), legend(gains)))
    return figures(*pictures)


def _line(result: Result, place: int, policy: Policy, ys: Sequence[float | None]) -> Line:
    start = datetime.fromisoformat(result["start"])
    days = [(datetime.fromisoformat(one["until"]) - start).total_seconds() / 86400 for one in policy["periods"]]
    return Line(policy["policy"].replace("_", " "), days, ys, KINDS[place % len(KINDS)])


def _figures(policy: Policy) -> list[float | None]:
    return [one["figure"] for one in policy["periods"]]


def _gained(policy: Policy, never: Policy) -> list[float | None]:
    """Value so far beyond that of `never`, period by period."""
    gained, so_far = [], 0.0
    for one, other in zip(policy["periods"], never["periods"], strict=True):
        so_far += one["rows"] * (one["figure"] or 0.0) - other["rows"] * (other["figure"] or 0.0)
        gained.append(so_far)
    return gained


def _plot(result: Result, series: Sequence[Line], label: str) -> Markup:
    xs = [x for line in series for x in line.xs if x is not None]
    low, high = extent(y for line in series for y in line.ys)
    frame = Frame(Axis("Days since the start", 0, max(xs, default=1)), Axis(label, low, high))
    about = "; ".join(f"{line.name} ends at {words.number(_last(line))}" for line in series)
    # Five policies have their names in the legend alone.
    return lines(label, f"{about}.", frame, [line._replace(name="") for line in series])


def _last(line: Line) -> float | None:
    return next((y for y in reversed(line.ys) if y is not None), None)


def _policies(result: Result) -> Markup:
    rows = [
        (
            one["policy"].replace("_", " "),
            shown(result, one),
            words.figure(result["metric"], one["figure"], result["unit"]),
            str(one["trainings"]),
            str(one["promotions"]),
            str(one["alerts"]),
            words.seconds(sum(one["compute"].values())),
        )
        for one in result["policies"]
    ]
    head_row = ("Policy", "Total", result["label"], "Trainings", "Promotions", "Alerts", "Computing")
    return el(
        "div",
        table("What each policy brought and cost", head_row, rows),
        note("Computing: CPU seconds of scoring, monitoring and retraining together."),
    )


def _trainings(result: Result) -> Content:
    rows = list(_attempts(result))
    if not rows:
        return note("No challenger was trained.")
    head_row = ("When", "Policy", "Because of", "New rows", "Result", "Why")
    return table("Challengers, in the order of time", head_row, sorted(rows), "prose")


def _attempts(result: Result) -> Iterator[tuple[str, ...]]:
    for policy in result["policies"]:
        for period in policy["periods"]:
            attempt = period["attempt"]
            if attempt:
                rows = words.count(attempt["rows"].get("new"))
                about = (policy["policy"].replace("_", " "), attempt["trigger"].replace("_", " "), rows)
                yield (attempt["at"][:10], *about, attempt["state"], attempt["why"])


def _about(result: Result) -> Markup:
    rows, first = result["rows"], result["first"]
    about: list[tuple[str, Content]] = [
        ("Problem", result["problem"]),
        ("Question", result["question"]),
        ("Rows before the start", words.count(rows["before"])),
        ("Rows replayed", words.count(rows["traffic"])),
        ("Period", f"{result['period'] / 86400:g} days"),
        ("First model", f"{result['label']} {words.figure(result['metric'], first['figure'])} on its test rows"),
    ]
    return el("div", pairs(about), [note(text) for text in result["notes"]])


def _span(result: Result) -> str:
    return f"{result['problem']} · {result['start'][:10]} to {result['end'][:10]}"
