"""Binary problems: ROC, precision-recall, gain, lift, calibration, scores, and the confusion matrix."""

from __future__ import annotations

from typing import Any

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import Dot, Line, histogram, lines
from mlcl.report.sections.confusion import confusion
from mlcl.report.sections.parts import beside, figure, figures, legend, note, table
from mlcl.report.svg import Axis, Frame, extent


def curves(facts: Facts) -> Markup | None:
    if facts.task != "binary":
        return None
    if not facts.curves:
        return note(facts.why_absent("Curves"))
    drawn = [_roc(facts), _precision_recall(facts), _gain(facts), _lift(facts), _calibration(facts), scores(facts)]
    return el("div", beside(confusion(facts), _said(facts)), figures(drawn))


def _said(facts: Facts) -> Content:
    """The confusion matrix in words."""
    matrix = (facts.evaluation.get("confusion") or {}).get("matrix")
    if not matrix or len(matrix) != 2:
        return None
    (tn, fp), (fn, tp) = matrix
    naive = facts.baseline
    rows = [
        ("Positive cases found", f"{tp:,} of {tp + fn:,}", facts.test.get("recall"), naive.get("recall")),
        ("Acted on rightly", f"{tp:,} of {tp + fp:,}", facts.test.get("precision"), naive.get("precision")),
        ("Decided rightly", f"{tp + tn:,} of {tp + tn + fp + fn:,}", facts.test.get("accuracy"), naive.get("accuracy")),
    ]
    shown = [(name, of, words.share(got), words.share(plain)) for name, of, got, plain in rows]
    return table(
        f"In words: positive means {facts.positive}", ("", "Test rows", "Model", "Naive baseline"), shown, "numbers"
    )


def _unit_frame(x: str, y: str) -> Frame:
    return Frame(Axis(x, 0, 1, share=True), Axis(y, 0, 1, share=True))


def _roc(facts: Facts) -> Content:
    curve = facts.curves.get("roc") or {}
    if not curve.get("fpr"):
        return note(f"ROC curve: not drawn. {facts.why_undefined('roc_auc')}")
    area = words.figure("roc_auc", facts.test.get("roc_auc"))
    series = [
        Line(f"model, area {area}", curve["fpr"], curve["tpr"]),
        Line("no skill, area 0.5", [0, 1], [0, 1], "naive"),
    ]
    frame = _unit_frame("Negative cases acted on", "Positive cases found")
    image = lines(
        "ROC curve", f"Area under the curve {area}; no skill is 0.5.", frame, series, dot=_chosen(facts, "roc")
    )
    return figure("ROC", image, "How many positive cases are found for how many negative ones acted on in vain.")


def _precision_recall(facts: Facts) -> Content:
    curve, rate = facts.curves.get("pr") or {}, _rate(facts)
    if not curve.get("recall"):
        return note(f"Precision-recall curve: not drawn. {facts.why_undefined('average_precision')}")
    area = words.figure("average_precision", facts.test.get("average_precision"))
    series = [Line(f"model, average {area}", curve["recall"], curve["precision"])]
    if rate is not None:
        series.append(Line(f"no skill, {words.share(rate)}", [0, 1], [rate, rate], "naive"))
    frame = _unit_frame("Recall: positive cases found", "Precision: acted on rightly")
    text = f"Average precision {area}; no skill is {words.number(rate)}."
    image = lines("Precision-recall curve", text, frame, series, dot=_chosen(facts, "pr"))
    return figure(
        "Precision and recall", image, "How often acting is right, for how many of the positive cases are found."
    )


def _gain(facts: Facts) -> Content:
    curve = facts.curves.get("lift")
    if not curve:
        return note(facts.why_absent("Gain and lift"))
    series = [Line("model", curve["share"], curve["gain"]), Line("at random", [0, 1], [0, 1], "naive")]
    frame = _unit_frame("Cases acted on, best scores first", "Positive cases found")
    image = lines("Cumulative gain", _at_tenth(curve, "gain"), frame, series)
    return figure("Gain", image, "Acting on the best-scored cases first: how many of the positive ones are reached.")


def _lift(facts: Facts) -> Content:
    curve = facts.curves.get("lift")
    if not curve:
        return None
    frame = Frame(
        Axis("Cases acted on, best scores first", 0, 1, share=True),
        Axis("Times better than at random", *extent(curve["lift"], 0.0)),
    )
    series = [Line("model", curve["share"], curve["lift"]), Line("at random", [0, 1], [1, 1], "naive")]
    image = lines("Lift", _at_tenth(curve, "lift"), frame, series)
    return figure("Lift", image, "How many times more positive cases than an equally large random choice would hold.")


def _at_tenth(curve: dict[str, Any], name: str) -> str:
    index = min(range(len(curve["share"])), key=lambda i: abs(curve["share"][i] - 0.1), default=None)
    return (
        ""
        if index is None
        else f"At {words.share(curve['share'][index])} of the cases: {words.number(curve[name][index])}."
    )


def _calibration(facts: Facts) -> Content:
    curve = facts.curves.get("calibration")
    if not curve or not curve["predicted"]:
        return note(facts.why_absent("Calibration"))
    most = extent([*curve["predicted"], *curve["observed"]], 0.0)[1]
    frame = Frame(
        Axis("Probability predicted", 0, most, share=True), Axis("Share that turned out positive", 0, most, share=True)
    )
    series = [
        Line("model", curve["predicted"], curve["observed"], dots=True),
        Line("perfect", [0, most], [0, most], "naive"),
    ]
    text = f"{len(curve['predicted'])} groups of cases, up to {words.share(max(curve['predicted']))} predicted."
    image = lines("Calibration", text, frame, series)
    return figure("Calibration", image, "Whether a predicted 30% happens in 30% of the cases.")


def scores(facts: Facts) -> Content:
    """How the scores (or predicted values) of the test rows are spread."""
    spread = facts.evaluation.get("predictions") or {}
    if not spread.get("counts"):
        return note(facts.why_absent("Histogram of the predictions"))
    edges = spread["edges"]
    binary = facts.task == "binary"
    axis = Axis("Predicted probability" if binary else "Predicted value", edges[0], edges[-1], share=binary)
    text = f"{sum(spread['counts']):,} test rows from {words.number(edges[0])} to {words.number(edges[-1])}."
    image = histogram(
        "Histogram of the predictions", text, axis, edges, spread["counts"], spread.get("positives") or ()
    )
    parts = [Line("all test rows", (), ()), Line(f"turned out {facts.positive}", (), (), "champion")]
    return figure(
        "Predictions", image, legend(parts) if spread.get("positives") else "How they are spread over the test rows."
    )


def _rate(facts: Facts) -> float | None:
    """Share of positive cases among the test rows."""
    matrix = (facts.evaluation.get("confusion") or {}).get("matrix")
    total = sum(map(sum, matrix)) if matrix else 0
    return sum(matrix[-1]) / total if matrix and total else None


def _chosen(facts: Facts, curve: str) -> Dot | None:
    """The chosen threshold's place on a curve."""
    matrix = (facts.evaluation.get("confusion") or {}).get("matrix")
    if not matrix or len(matrix) != 2:
        return None
    (tn, fp), (fn, tp) = matrix
    if not (tp + fn and tn + fp and tp + fp):
        return None
    name = f"threshold {words.share(facts.evaluation.get('threshold'))}"
    return Dot(name, fp / (tn + fp), tp / (tp + fn)) if curve == "roc" else Dot(name, tp / (tp + fn), tp / (tp + fp))
