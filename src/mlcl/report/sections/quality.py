"""Every metric with its interval, beside the naive baseline, the champion and the other splits."""

from __future__ import annotations

from mlcl.metrics import METRICS
from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.sections.parts import note, table

BASELINES = {
    "prevalence": "says for every case what is usual in the training rows: their share of each class. "
    "Its value per case is that of acting on nobody or on everybody, whichever is worth more",
    "mean": "predicts the mean of the training rows for every case",
}


def quality(facts: Facts) -> Markup:
    if not facts.test:
        return note(facts.why_absent("Metrics"))
    splits = [name for name in ("validation", "train") if facts.metrics(name)]
    head = ["Metric", "Test", "95% interval", "Naive baseline"]
    head += ["Model now in use"] * bool(facts.champion) + [name.capitalize() for name in splits]
    rows = [_row(facts, name, splits) for name in facts.metric_names]
    return el("div", table("Metrics on the test rows", head, rows, "numbers"), _notes(facts), _help(facts))


def _row(facts: Facts, metric: str, splits: list[str]) -> list[Content]:
    def text(values: dict[str, float | None]) -> str:
        return words.figure(metric, values.get(metric), facts.unit)

    arrow = el("span", "higher is better" if METRICS[metric].greater_is_better else "lower is better", class_="detail")
    spread = words.interval(metric, facts.intervals.get(metric), facts.unit) or words.NONE
    row: list[Content] = [[words.label(metric), " ", arrow], el("strong", text(facts.test)), spread]
    row.append(text(facts.baseline))
    row += [text(facts.champion)] * bool(facts.champion)
    return row + [text(facts.metrics(split)) for split in splits]


def _notes(facts: Facts) -> list[Markup]:
    """What the baseline is, and why some figures are not there."""
    kind = (facts.evaluation.get("baseline") or {}).get("kind")
    said = [f"The naive baseline {BASELINES.get(kind, kind)}."] if kind else []
    champion = facts.evaluation.get("champion")
    if not champion:
        said.append("The model now in use: there is none yet, so there is nothing to compare with.")
    elif champion.get("unavailable"):
        said.append(f"The model now in use could not be measured on these rows: {champion['unavailable']}")
    for metric in facts.metric_names:
        if facts.test[metric] is None:
            said.append(f"{words.label(metric)} could not be computed: {facts.why_undefined(metric)}")
    return [note(text) for text in said]


def _help(facts: Facts) -> Markup:
    meanings = [el("div", el("dt", words.label(name)), el("dd", METRICS[name].help)) for name in facts.metric_names]
    return el("details", el("summary", "What the metrics mean"), el("dl", meanings, class_="pairs"))
