"""mlcl monitor, alerts, acknowledge, feedback, lineage: what became of the predictions, and what they came from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from mlcl.cli.cloud import OnOption
from mlcl.cli.output import Json, StoreOption, console, open_store, print_json, teller
from mlcl.errors import UsageError

Name = Annotated[str, typer.Argument(help="Name of the endpoint.")]


def add(app: typer.Typer) -> None:
    for command in (monitor, alerts, acknowledge, feedback, lineage):
        app.command()(command)


def monitor(
    name: Name,
    window: Annotated[str | None, typer.Option(help="How far back: 15m, 1d, 2w. [default: the problem file's]")] = None,
    cron: Annotated[bool, typer.Option("--cron", help="Print a crontab line for this command instead.")] = False,
    on: OnOption = "local",
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Look at an endpoint's traffic: quality, drift, performance. Settles the alerts and sends notices."""
    from mlcl.problem.base import duration

    if on != "local":
        _monitor_on(on, name, window, json=json)
        return
    opened = open_store(store)
    span = duration(window, "--window") if window else None
    if cron:
        from mlcl.cli.crontab import line

        text = line(opened, name, window)
        print_json({"crontab": text}) if json else typer.echo(text)
        return
    from mlcl.monitoring.look import monitor as looked

    result = looked(opened, name, datetime.now(UTC), span)
    if json:
        changed = [alert.model_dump(mode="json") for alert in result.changed]
        print_json({**result.report, "changed": changed, "notices": result.delivery._asdict(), "files": result.files})
        return
    from mlcl.report import terminal

    for part in terminal.look(result.report):
        console().print(part)
    typer.echo(f"Report: {result.files}/report.html")


def _monitor_on(on: str, name: str, window: str | None, *, json: bool) -> None:
    """The look as a job in AWS."""
    from mlcl import cloud
    from mlcl.problem.base import duration
    from mlcl.report import terminal

    if window:
        duration(window, "--window")
    report = cloud.monitor(on, name, window or "", say=teller(json))
    if json:
        print_json(report)
        return
    for part in terminal.look(report):
        console().print(part)
    typer.echo(f"Report: {report['files']}/report.html")


def alerts(
    name: Annotated[str | None, typer.Argument(help="Only of this endpoint.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also the resolved ones.")] = False,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """List the alerts, the dearest first."""
    from mlcl.monitoring import alerts as known

    found = [alert.model_dump(mode="json") for alert in known.present(open_store(store), name, resolved=everything)]
    if json:
        print_json(found)
        return
    from mlcl.report import terminal

    console().print(terminal.alerts(found))


def acknowledge(
    alert: Annotated[str, typer.Argument(help="Id of the alert.")], store: StoreOption = None, json: Json = False
) -> None:
    """Say that somebody cares for an alert: it stays until it is resolved, but no longer calls."""
    from mlcl.monitoring.look import acknowledge as known

    changed = known(open_store(store), alert, datetime.now(UTC))
    print_json(changed.model_dump(mode="json")) if json else typer.echo(f"{changed.id} is {changed.state}.")


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
