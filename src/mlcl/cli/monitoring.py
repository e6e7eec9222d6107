"""mlcl feedback, lineage: what became of the predictions, and what they came from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from mlcl.cli.output import Json, StoreOption, open_store, print_json
from mlcl.errors import UsageError

Name = Annotated[str, typer.Argument(help="Name of the endpoint.")]


def add(app: typer.Typer) -> None:
    for command in (feedback, lineage):
        app.command()(command)


def feedback(
    name: Name,
    table: Annotated[Path, typer.Argument(help="CSV, Parquet or JSON Lines file of outcomes (also .gz).")],
    by: Annotated[
        str | None, typer.Option(help="Join by these columns of the rows, with commas between, instead of by id.")
    ] = None,
    label: Annotated[str | None, typer.Option(help="Column of the outcomes. [default: label, or the target]")] = None,
    since: Annotated[str | None, typer.Option(help="Join to predictions from this time on: 2026-01-31.")] = None,
    until: Annotated[str | None, typer.Option(help="Join to predictions before this time.")] = None,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Tell what became of predictions. Late, repeated and corrected outcomes are welcome; the latest holds."""
    from mlcl.monitoring import feedback as outcomes

    result = outcomes.add(
        open_store(store),
        name,
        table,
        now=datetime.now(UTC),
        by=[column.strip() for column in by.split(",")] if by else (),
        label=label,
        since=_time(since),
        until=_time(until),
    )
    if json:
        print_json(result.as_dict())
        return
    typer.echo(
        f"Stored {result.stored:,} of {result.rows:,} outcomes ({result.corrected or 0:,} corrected, "
        f"{result.duplicates:,} known already, {result.without_label:,} without a value)."
    )
    if result.left_out:
        typer.echo(f"Left out: {result.unmatched:,} without a prediction, {result.ambiguous:,} ambiguous. The first:")
        for one in result.left_out[:10]:
            typer.echo("  " + ", ".join(f"{key} {value}" for key, value in one.items()))


def lineage(
    prediction_id: Annotated[str, typer.Argument(help="Id of a prediction, from its answer.", metavar="ID")],
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Show what a prediction came from: endpoint, model, run, data, problem and code."""
    from mlcl.monitoring import lineage as origin

    found = origin.lineage(open_store(store), prediction_id)
    if json:
        print_json(found)
        return
    for part, facts in found.items():
        typer.echo(part)
        for key, value in _shown(facts):
            typer.echo(f"  {key}: {value}")


def _shown(facts: dict[str, Any] | None) -> list[tuple[str, str]]:
    """What is known, one line each; the problem file is left to --json."""
    if facts is None:
        return [("", "not known")]
    return [(key, _text(value)) for key, value in facts.items() if value not in (None, "", {}) and key != "file"]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(one)}" for key, one in value.items())
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError("This is no time.", found=text, fix="Write it as 2026-01-31 or 2026-01-31T12:00Z.") from error
    return time.replace(tzinfo=time.tzinfo or UTC)
