"""Multiclass problems: every class by itself, and which classes are taken for which."""

from __future__ import annotations

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import Line, bar, lines
from mlcl.report.sections.confusion import confusion
from mlcl.report.sections.parts import figure, figures, legend, note, table
from mlcl.report.svg import Axis, Frame

KINDS = ("model", "second", "champion", "wanted", "good", "bad")
MOST_CURVES = len(KINDS)
COLUMNS = ("precision", "recall", "f1", "roc_auc", "average_precision")


def classes(facts: Facts) -> Markup | None:
    if facts.task != "multiclass":
        return None
    return el("div", confusion(facts), _per_class(facts), figures(_curves(facts, "roc"), _curves(facts, "pr")))


def _per_class(facts: Facts) -> Content:
    found = facts.evaluation.get("per_class")
    if not found:
        return note(facts.why_absent("Figures per class"))
    most = max((entry["support"] for entry in found), default=0)
    rows = [
        (
            entry["label"],
            [bar(entry["support"], most, "naive"), el("span", words.count(entry["support"]), class_="detail")],
            *(words.figure(name, entry.get(name)) for name in COLUMNS),
        )
        for entry in found
    ]
    head = ("Class", "Test rows", *(words.label(name) for name in COLUMNS))
    small = [str(entry["label"]) for entry in found if entry["support"] < 20]
    warning = (
        note(f"Figures of classes with fewer than 20 test rows say little: {', '.join(small)}.") if small else None
    )
    return [table("Each class against the rest", head, rows, "numbers bars"), warning]


def _curves(facts: Facts, kind: str) -> Content:
    by_class = facts.curves.get("classes") or {}
    x, y = ("fpr", "tpr") if kind == "roc" else ("recall", "precision")
    support = {str(entry["label"]): entry["support"] for entry in facts.evaluation.get("per_class") or ()}
    names = sorted(
        (name for name in by_class if (by_class[name].get(kind) or {}).get(x)), key=lambda name: -support.get(name, 0)
    )
    if not names:
        return note(facts.why_absent(f"{kind.upper()} curves"))
    series = [
        Line(words.clip(name, 18), by_class[name][kind][x], by_class[name][kind][y], KINDS[index])
        for index, name in enumerate(names[:MOST_CURVES])
    ]
    if kind == "roc":
        series.append(Line("no skill", [0, 1], [0, 1], "naive"))
    titles = {
        "roc": ("ROC per class", "Other classes taken for it", "Cases of the class found"),
        "pr": ("Precision and recall per class", "Recall", "Precision"),
    }
    title, x_label, y_label = titles[kind]
    frame = Frame(Axis(x_label, 0, 1, share=True), Axis(y_label, 0, 1, share=True))
    left = f"The {MOST_CURVES} most frequent classes." if len(names) > MOST_CURVES else None
    image = lines(title, f"Classes: {', '.join(names[:MOST_CURVES])}.", frame, series)
    return figure(title, image, legend(series) if len(series) > 4 else None, left)
