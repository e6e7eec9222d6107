"""Problem files in the store: the texts that were run or saved, each problem's as a log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlcl import problem as problem_file
from mlcl.errors import Conflict, Corrupt, NotFound, ProblemError
from mlcl.problem import Problem
from mlcl.records import Record, now
from mlcl.stores import Log, Store, keys
from mlcl.stores.log import Entry

LARGEST = 1_000_000  # characters of a problem file


class Saved(Record):
    """A problem file as it was saved. base: folder that relative paths in it start from, '' for none; revision: its
    number in the log."""

    name: str
    toml: str
    saved_at: str
    by: str = ""
    base: str = ""
    revision: int = 0

    def parse(self, overrides: Sequence[str] = ()) -> Problem:
        """The problem; ProblemError where the text has a mistake."""
        return problem_file.parse(self.toml, base=Path(self.base), where=self.name, overrides=overrides)


def load(store: Store, path: str | Path, overrides: Sequence[str] = ()) -> Problem:
    """The problem in a file, whose text is kept in the store, so that the page can show it and run it again."""
    path = Path(path)
    problem = problem_file.load(path, overrides)
    text = (path / "problem.toml" if path.is_dir() else path).read_bytes().decode("utf-8-sig")
    known = find(store, problem.name)
    base = str(problem.base)
    # The text may change between the two reads; then the next run keeps it.
    if len(text) <= LARGEST and (known is None or (known.toml, known.base) != (text, base)):
        save(store, problem.name, text, by="mlcl run", base=base)
    return problem


def save(
    store: Store, name: str, toml: str, *, by: str = "", base: str | None = None, revision: int | None = None
) -> Saved:
    """Keeps the text as the newest. base: left out, as it was; revision: of the text that was edited (0: there was
    none): Conflict when somebody saved since. The same text again is no new revision."""
    entry = Log(store, keys.problem(name)).latest()
    known = parsed(name, entry) if entry else None
    if base is None:
        base = known.base if known else ""
    if known and (known.toml, known.base) == (toml, base) and revision in (None, known.revision):
        return known
    if known and revision not in (None, known.revision):
        raise outdated(known, revision or 0)
    saved = Saved(name=name, toml=toml, saved_at=now(), by=by, base=base)
    written = Log(store, keys.problem(name)).append(saved.model_dump(mode="json"), after=revision)
    return saved.model_copy(update={"revision": written.number})


def find(store: Store, name: str, revision: int | None = None) -> Saved | None:
    """The newest text, or that revision; None where there is none."""
    log = Log(store, keys.problem(name))
    try:
        entry = log.latest() if revision is None else log.read(revision)
    except NotFound:
        return None
    return parsed(name, entry) if entry else None


def parsed(name: str, entry: Entry) -> Saved:
    """A document of the log as a record."""
    document: dict[str, Any] = {**entry.document, "revision": entry.number}
    try:
        return Saved.model_validate(document)
    except ValueError as error:
        raise Corrupt("A saved problem file is damaged.", where=keys.problem(name), found=str(error)) from error


def outdated(saved: Saved, revision: int) -> Conflict:
    """The problem file is not the one that was meant any more."""
    by = f" by {saved.by}" if saved.by else ""
    return Conflict(
        "Somebody else saved this problem file meanwhile.",
        where=saved.name,
        found=f"revision {saved.revision}, saved {saved.saved_at}{by}; expected {revision}",
        fix="Look at it again, and repeat.",
    )


def own_name(problem: Problem, name: str) -> Problem:
    """The problem, when it is called so; ProblemError else."""
    if problem.name != name:
        raise ProblemError(
            "The problem file names another problem.",
            where="problem.name",
            found=problem.name,
            fix=f'Set name = "{name}", or save it as a new problem.',
        )
    return problem
