"""A run's report: one HTML page that carries all it needs. It opens without a network, prints, and can be mailed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mlcl.errors import NotFound
from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Markup, el
from mlcl.report.sections.classes import classes
from mlcl.report.sections.curves import curves
from mlcl.report.sections.data import data, split
from mlcl.report.sections.importance import importance
from mlcl.report.sections.lineage import lineage, steps
from mlcl.report.sections.quality import quality
from mlcl.report.sections.residuals import residuals
from mlcl.report.sections.segments import segments
from mlcl.report.sections.summary import header, headline, verdict
from mlcl.report.sections.training import training
from mlcl.report.sections.value import value


class Section(NamedTuple):
    """draw gives None where the section does not apply to the task."""

    id: str
    title: str
    lead: str
    draw: Callable[[Facts], Markup | None]


SECTIONS = (
    Section("value", "What it is worth", "", value),
    Section("quality", "How good it is", "Measured on test rows that played no part in making the model.", quality),
    Section("curves", "How it decides", "What the decisions got right and wrong, and the scores behind them.", curves),
    Section("classes", "Class by class", "What the decisions got right and wrong, for each class.", classes),
    Section("errors", "How far off it is", "Predictions for the test rows beside what turned out.", residuals),
    Section("importance", "What it goes by", "The columns that move its predictions most.", importance),
    Section("segments", "Is it fair to every group", "", segments),
    Section("data", "The data", "", data),
    Section("split", "How rows were split", "", split),
    Section("training", "How the model was made", "", training),
    Section("steps", "Steps", "", steps),
    Section("lineage", "Where it comes from", "Enough to make the same model again.", lineage),
)


def render(documents: Mapping[str, Any], only: Sequence[str] = ()) -> str:
    """The page for a run's documents (see mlcl.runs.documents). Documents that are absent are named with the reason.

    only: ids of the sections wanted, which are then drawn without the frame of a page around them; NotFound for an
    unknown one."""
    facts = Facts(documents)
    if only:
        return _some(facts, only)
    drawn = [(section, section.draw(facts)) for section in SECTIONS]
    shown = [(section, content) for section, content in drawn if content is not None]
    return "<!doctype html>\n" + el(
        "html", head(f"{facts.name}: {headline(facts)[1]}", _asset("slider.js")), _body(facts, shown), lang="en"
    )


def head(title: str, script: str = "") -> Markup:
    """The head of a page in the report's style. script: the one text that may run on it."""
    style = _asset("style.css")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src {_source(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return el(
        "head",
        el("meta", charset="utf-8"),
        # Nothing but these texts may act on the page, whatever the data hold.
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title),
        el("style", Markup(style)),
    )


def contents(links: Iterable[tuple[str, str]]) -> Markup:
    """The navigation: ids of the page's parts and their titles."""
    return el(
        "nav", el("ol", [el("li", el("a", title, href=f"#{name}")) for name, title in links]), aria_label="Contents"
    )


def part(name: str, title: str, lead: str, content: Markup) -> Markup:
    """A part of the page under its heading."""
    below = el("p", lead, class_="note") if lead else None
    heading = el("h2", title, id=f"{name}-title")
    return el("section", heading, below, content, id=name, aria_labelledby=f"{name}-title")


def _some(facts: Facts, only: Sequence[str]) -> str:
    known = {section.id: section for section in SECTIONS}
    parts: list[Markup] = []
    for name in only:
        if name not in known:
            raise NotFound.among("section of the report", name, known)
        section = known[name]
        content = section.draw(facts)
        missing = "This does not apply to a problem of this kind."
        parts.append(part(section.id, section.title, section.lead, content or el("p", missing)))
    body = el("body", el("main", parts), el("script", Markup(_asset("slider.js"))))
    return "<!doctype html>\n" + el("html", head(facts.name, _asset("slider.js")), body, lang="en")


def _body(facts: Facts, shown: list[tuple[Section, Markup]]) -> Markup:
    links = [("verdict", "Verdict"), *((section.id, section.title) for section, _ in shown)]
    return el(
        "body",
        el("a", "Skip to the verdict", href="#verdict", class_="skip"),
        contents(links),
        el(
            "main",
            header(facts),
            el("section", verdict(facts), id="verdict", aria_labelledby="verdict-title"),
            [part(section.id, section.title, section.lead, content) for section, content in shown],
            _footer(facts),
        ),
        el("script", Markup(_asset("slider.js"))),
    )


def _footer(facts: Facts) -> Markup:
    code = facts.run.get("code_version") or ""
    bundle = words.short(facts.run.get("bundle_digest") or facts.model.get("bundle_digest"))
    return el("footer", f"Made by mlcl {code}. Run {facts.run.get('id', '')}, model {bundle}.")


@cache
def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _source(script: str) -> str:
    return f"'{_hash(script)}'" if script else "'none'"
