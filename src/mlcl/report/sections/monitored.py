"""The parts of a monitoring look that come from the traffic alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mlcl.report import words
from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import bar
from mlcl.report.sections.parts import beside, more, note, table

Document = Mapping[str, Any]
_DRAWN = 8  # columns drawn at once; the others behind a click
_CELLS = 14
_CHECKS = {
    "missing": "missing",
    "type_faults": "wrong type",
    "out_of_range": "out of range",
    "unseen": "unseen category",
    "volume": "predictions per hour",
}


def drift(report: Document) -> Markup | None:
    """Every column with its figures, the most drifted first, and the distributions of those that drifted."""
    found = report["drift"]
    if not found:
        return None
    columns = sorted(found["columns"], key=lambda column: (not column["drifted"], -column["psi"]))
    drifted = [column for column in columns if column["drifted"]]
    limits = found["limits"]
    return el(
        "div",
        _distributions(drifted[:_DRAWN], "training"),
        _measures("Every column", columns),
        note(
            f"A column has drifted where PSI is {limits['psi']:g} or the Jensen-Shannon distance {limits['js']:g} "
            f"beyond what chance makes of it, and the test, adjusted for {words.plural(len(columns), 'column')}, "
            f"is below {limits['alpha']:g}. The effect does not grow with the number of rows."
        ),
        more("The other drifted columns", _distributions(drifted[_DRAWN:], "training")) if drifted[_DRAWN:] else None,
    )


def predictions(report: Document) -> Markup | None:
    found = report["predictions"]
    if not found:
        return None
    return el("div", _distributions(found["columns"], "test rows"), _measures("The scores", found["columns"]))


def multivariate(report: Document) -> Markup | None:
    found = report["multivariate"]
    if not found:
        return None
    if found["auc"] is None:
        return note(found["why"])
    rows = [
        (column["column"], words.share(column["share"]), bar(column["share"], 1.0)) for column in found["columns"][:10]
    ]
    text = f"{found['why']}; interval {found['low']:.3f} to {found['high']:.3f}. An AUC of 0.5 is that of a coin."
    return el(
        "div", el("p", text), table("What gives it away", ("Column", "Share", ""), rows, "bars") if rows else None
    )


def quality(report: Document) -> Markup | None:
    """What is wrong in some rows; checks that found nothing in any row are only counted."""
    found = report["quality"]
    if not found:
        return None
    told = sorted((check for check in found["checks"] if check["rows"]), key=lambda check: not check["broken"])
    rows = [
        (
            check["column"] or "all rows",
            _CHECKS.get(check["check"], check["check"]),
            _amount(check, check["value"]),
            _amount(check, check["reference"]),
            el("span", "beyond its limit", class_="badge bad") if check["broken"] else "",
        )
        for check in told
    ]
    quiet = len(found["checks"]) - len(told)
    return el(
        "div",
        table("Checks", ("Column", "Check", "Window", "Training", ""), rows) if rows else None,
        note(f"{words.plural(quiet, 'check')} found nothing in any row.") if quiet else None,
    )


def _amount(check: Document, value: float) -> str:
    return words.number(value) if check["check"] == "volume" else words.share(value)


def _measures(caption: str, columns: Sequence[Document]) -> Markup:
    head = ("Column", "PSI", "Jensen-Shannon", "Effect", "Test", "Adjusted p", "Mean moved by", "")
    rows = [
        (
            column["column"],
            f"{column['psi']:.3f}",
            f"{column['js']:.3f}",
            f"{_EFFECTS.get(column['effect_name'], column['effect_name'])} {column['effect']:.3f}",
            _TESTS.get(column["test"], column["test"]),
            _chance(column["p_adjusted"]),
            "" if column["mean_difference"] is None else words.signed(f"{column['mean_difference']:+.2f} sd"),
            el("span", "drifted", class_="badge bad") if column["drifted"] else column["why"],
        )
        for column in columns
    ]
    return table(caption, head, rows, "prose")


_EFFECTS = {"ks_d": "D", "cramers_v": "V"}
_TESTS = {"ks": "Kolmogorov-Smirnov", "chi2": "chi-squared"}


def _chance(p_value: float) -> str:
    return "<0.0001" if p_value < 0.0001 else f"{p_value:.4f}"


def _distributions(columns: Iterable[Document], before: str) -> Content:
    drawn = [_distribution(column, before) for column in columns]
    return beside(*drawn) if drawn else None


def _distribution(column: Document, before: str) -> Markup:
    cells = column["cells"]
    if len(cells) > _CELLS:  # the cells that moved most, in their order
        moved = sorted(cells, key=lambda cell: -abs(cell["reference"] - cell["current"]))[:_CELLS]
        cells = [cell for cell in cells if cell in moved]
    most = max((max(cell["reference"], cell["current"]) for cell in cells), default=1.0)
    rows = [
        (
            words.clip(cell["label"], 28),
            el("span", words.share(cell["reference"]), bar(cell["reference"], most, "naive")),
            el("span", words.share(cell["current"]), bar(cell["current"], most)),
        )
        for cell in cells
    ]
    return table(words.clip(column["column"], 60), ("Value", before.capitalize(), "Window"), rows, "bars")
