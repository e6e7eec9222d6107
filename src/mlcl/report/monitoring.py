"""The page of a monitoring look, in the style of a run's report; it renders the document and computes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mlcl.report import words
from mlcl.report.html import contents, head, part
from mlcl.report.markup import Content, Markup, el
from mlcl.report.sections.monitored import drift, multivariate, predictions, quality
from mlcl.report.sections.parts import note, pairs, table, tile, tiles
from mlcl.report.sections.realised import estimated, ledger, performance

Report = Mapping[str, Any]


class Part(NamedTuple):
    """draw gives None where there is nothing to show."""

    id: str
    title: str
    lead: str
    draw: Callable[[Report], Markup | None]


PARTS = (
    Part("performance", "How well it did", "By the outcomes that have arrived.", performance),
    Part("estimated", "How well it probably does", "Estimated from its probabilities, without outcomes.", estimated),
    Part("drift", "Columns", "Each column of the window beside the training rows.", drift),
    Part("predictions", "Predictions", "The scores of the window beside those of the test rows.", predictions),
    Part("whole", "All columns together", "Whether a classifier can tell the window from training.", multivariate),
    Part("quality", "Are the rows whole", "Against the training rows.", quality),
    Part("ledger", "Outcomes that have arrived", "", ledger),
)

KINDS = {
    "missing": "Missing values",
    "type_faults": "Wrong types",
    "out_of_range": "Out of range",
    "unseen": "Unseen categories",
    "volume": "Traffic",
    "drift": "Drift",
    "predictions": "Drift of predictions",
    "multivariate": "Drift of all columns together",
    "estimated": "Estimated performance",
    "performance": "Performance",
}


def render(report: Report) -> str:
    """One self-contained HTML page. report: see mlcl.monitoring.look."""
    drawn = [(one, one.draw(report)) for one in PARTS]
    shown = [(one, content) for one, content in drawn if content is not None]
    links = [("verdict", "Findings"), *((one.id, one.title) for one, _ in shown), ("lineage", "Where it comes from")]
    body = el(
        "body",
        el("a", "Skip to the findings", href="#verdict", class_="skip"),
        contents(links),
        el(
            "main",
            _header(report),
            el("section", _verdict(report), id="verdict", aria_labelledby="verdict-title"),
            [part(one.id, one.title, one.lead, content) for one, content in shown],
            part("lineage", "Where it comes from", "", _lineage(report)),
            el("footer", f"Look {report['id']} of {report['endpoint']}."),
        ),
    )
    return "<!doctype html>\n" + el("html", head(f"{report['endpoint']}: {headline(report)[1]}"), body, lang="en")


def headline(report: Report) -> tuple[str, str]:
    """Kind and words of the outcome."""
    found = len(report["findings"])
    if found:
        return "not-met", f"{words.plural(found, 'finding')}."
    if not report["enough"]:
        return "undecided", "Not enough traffic."
    return "met", "Nothing has changed that matters."


def _header(report: Report) -> Markup:
    span = f"{_time(report['since'])} to {_time(report['until'])} UTC"
    about = f"{report['endpoint']} · version {report['version'] or words.short(report['bundle_digest'])} · {span}"
    return el("header", el("p", about, class_="eyebrow"), el("h1", "Is the model still what it was?"))


def _verdict(report: Report) -> Markup:
    kind, text = headline(report)
    why = (
        None
        if report["enough"]
        else f"The window has {words.plural(report['rows'], 'prediction')}; {report['minimum_rows']:,} are needed."
    )
    return el(
        "div",
        el("h2", text, id="verdict-title"),
        el("p", why, class_="why") if why else None,
        _tiles(report),
        _findings(report),
        class_=f"verdict {kind}",
    )


def _tiles(report: Report) -> Markup:
    shown = [tile("Predictions", words.count(report["rows"]), "of the live model in this window")]
    risks = [finding["money_at_risk"] for finding in report["findings"] if finding.get("money_at_risk") is not None]
    if risks:
        shown.append(tile("At risk", words.money(max(risks), report["unit"]), "the dearest finding, per window"))
    if report["drift"]:
        drifted = len(report["drift"]["drifted"])
        shown.append(tile("Columns drifted", str(drifted), f"of {len(report['drift']['columns'])}"))
    return tiles(shown)


def _findings(report: Report) -> Content:
    rows = [
        (
            KINDS.get(finding["kind"], finding["kind"]),
            finding["column"] or words.NONE,
            el("span", finding["severity"], class_="badge bad" if finding["severity"] == "critical" else "badge"),
            words.money(finding.get("money_at_risk"), report["unit"]),
            finding["message"],
        )
        for finding in report["findings"]
    ]
    head = ("Finding", "Column", "Severity", "At risk", "What")
    return table("Findings, the dearest first", head, rows, "prose") if rows else None


def _lineage(report: Report) -> Markup:
    about: list[tuple[str, Content]] = [
        ("Look", el("code", report["id"])),
        ("Made", report["made_at"]),
        ("Endpoint", report["endpoint"]),
        ("Problem", report["problem"]),
        ("Model version", str(report["version"] or "none")),
        ("Model bundle digest", el("code", report["bundle_digest"])),
        ("Window", f"{report['since']} to {report['until']}"),
    ]
    left_out = note(
        f"Left out: {words.plural(report['others'], 'prediction')} of other models, "
        f"{words.plural(report['unreadable'], 'request')} that cannot be read."
    )
    return el("div", pairs(about), left_out)


def _time(text: str) -> str:
    return text[:16].replace("T", " ")
