"""Shows the steps of a run while they work: live bars on a terminal, one line per finished step elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mlcl.progress import listening
from mlcl.records import Step
from mlcl.steps import STEPS

LABELS = {spec.name: spec.label for spec in STEPS}
_MARKS = {"done": "✓", "cached": "=", "failed": "✗"}

Watch = Callable[[Step], None]


def quiet(step: Step) -> None:
    """Shows nothing."""


@contextmanager
def steps(enabled: bool) -> Iterator[Watch]:
    """Gives the function that is told of each change of a step's state."""
    if not enabled:
        yield quiet
    elif sys.stderr.isatty():
        with _live() as watch:
            yield watch
    else:
        yield _lines


def _lines(step: Step) -> None:
    if step.state in _MARKS:
        took = "unchanged" if step.state == "cached" else f"{step.seconds:.2f} s"
        sys.stderr.write(f"{_MARKS[step.state]} {LABELS[step.name]:<20} {took}\n")


@contextmanager
def _live() -> Iterator[Watch]:
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description:<20}"), BarColumn(24), TextColumn("{task.fields[note]}"))
    with Progress(*columns, TimeElapsedColumn(), transient=False) as bars:
        tasks: dict[str, int] = {}

        def watch(step: Step) -> None:
            if step.name not in tasks:
                tasks[step.name] = bars.add_task(LABELS[step.name], total=None, note="")
            if step.state in _MARKS:
                note = "unchanged" if step.state == "cached" else step.note[:40]
                bars.update(tasks[step.name], total=1, completed=1, note=note)  # type: ignore[arg-type]

        def listen(done: float, total: float, text: str) -> None:
            if tasks:
                last = list(tasks.values())[-1]
                bars.update(last, completed=done, total=total or None, note=text[:40])  # type: ignore[arg-type]

        with listening(listen):
            yield watch


@contextmanager
def bar(label: str, enabled: bool) -> Iterator[None]:
    """One progress bar for work outside a run; fed by mlcl.progress.report."""
    if not enabled or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bars:
        task = bars.add_task(label, total=None)
        with listening(lambda done, total, text: bars.update(task, completed=done, total=total or None)):
            yield
