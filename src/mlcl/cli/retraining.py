"""mlcl retrain, replay, demo: the loop closes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from mlcl.cli.output import Json, StoreOption, open_store, print_json, teller
from mlcl.cli.start import ProblemFile, Set
from mlcl.errors import BAD_DATA, GOALS_NOT_MET, UsageError

_CODES = {"kept": GOALS_NOT_MET, "waiting": BAD_DATA}


def add(app: typer.Typer) -> None:
    for command in (retrain, replay, demo):
        app.command()(command)


def retrain(
    name: Annotated[str, typer.Argument(help="Name of the endpoint.")], store: StoreOption = None, json: Json = False
) -> None:
    """Train a challenger on old and new data; it replaces the live model only if it is better.

    Exit code 0: it is deployed, or tried as a canary or shadow; 4: the live model stays; 3: too few outcomes are known.
    """
    from mlcl.cli import progress
    from mlcl.retraining import challenger

    with progress.steps(enabled=not json) as watch:
        attempt = challenger.retrain(open_store(store), name, datetime.now(UTC), watch=watch)
    if json:
        print_json(attempt.model_dump(mode="json"))
    else:
        typer.echo(attempt.why + (f"\nReport: {attempt.report}" if attempt.report else ""))
    raise typer.Exit(_CODES.get(attempt.state, 0))


def replay(
    problem: ProblemFile,
    traffic: Annotated[Path, typer.Option(help="Table of recorded rows with their outcomes, in any format.")],
    time: Annotated[str, typer.Option(help="Column with the time of each row.")],
    label_delay: Annotated[str, typer.Option(help="How late outcomes become known, on average: 7d.")] = "7d",
    delay_column: Annotated[
        str | None, typer.Option(help="Column that says it instead: a time, or a number of days.")
    ] = None,
    period: Annotated[str, typer.Option(help="How often monitoring looks, and how far back.")] = "7d",
    start: Annotated[
        str | None, typer.Option(help="Rows before this time make the first model. [default: the first quarter]")
    ] = None,
    policy: Annotated[
        list[str] | None, typer.Option(help="never, schedule, drift, performance, new_data. [default: the first four]")
    ] = None,
    keep: Annotated[Path | None, typer.Option(help="Folder in which the stores of the policies stay.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="HTML page to write.")] = None,
    overrides: Set = None,
    json: Json = False,
) -> None:
    """Play recorded traffic through monitoring and retraining, and compare policies by what they would have brought."""
    from mlcl import problem as problem_file
    from mlcl.cli import progress
    from mlcl.problem.base import duration
    from mlcl.retraining import page
    from mlcl.retraining.recorded import Delay
    from mlcl.retraining.replay import POLICIES, Settings
    from mlcl.retraining.replay import replay as replayed

    delay = Delay(duration(label_delay, "--label-delay"), delay_column)
    begin = _time(start) if start else None
    settings = Settings(time, delay, period, begin, tuple(policy or POLICIES), keep)
    with progress.bar("Replaying", enabled=not json):
        result = replayed(problem_file.load(problem, overrides or ()), traffic, settings)
    if output:
        output.write_text(page.render(result), encoding="utf-8")
    if json:
        print_json(result)
        return
    typer.echo("\n".join(_table(result)))
    if output:
        typer.echo(f"Wrote {output}")


def demo(
    problem: Annotated[Path | None, typer.Option(help="Problem file instead of the bundled one.")] = None,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """See the whole loop in a minute: a model in use, a world that changes, the alert, retraining and promotion."""
    from mlcl.retraining.demo import demo as shown

    told = shown(open_store(store) if store else None, problem, teller(json), datetime.now(UTC))
    if json:
        print_json(told)


def _table(result: dict[str, Any]) -> list[str]:
    """The policies as lines of text."""
    from mlcl.retraining import page

    head = ("policy", "result", "trainings", "promotions", "alerts", "CPU s")
    rows = [head] + [
        (
            one["policy"],
            page.shown(result, one),
            str(one["trainings"]),
            str(one["promotions"]),
            str(one["alerts"]),
            f"{sum(one['compute'].values()):.1f}",
        )
        for one in result["policies"]
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    lines = [
        "  ".join(text.ljust(width) if place < 1 else text.rjust(width) for place, (text, width) in enumerate(pairs))
        for pairs in (list(zip(row, widths, strict=True)) for row in rows)
    ]
    return [*lines, page.headline(result), *result["notes"]]


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError("This is no time.", where="--start", found=text, fix="Write it as 2026-01-31.") from error
    return time.replace(tzinfo=time.tzinfo or UTC)
