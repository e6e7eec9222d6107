"""mlcl runs, runs show, runs compare, report: what was run and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlcl.cli.cloud import OnOption
from mlcl.cli.output import Json, StoreOption, console, open_store, print_json

if TYPE_CHECKING:
    from mlcl.stores import Store

RunId = Annotated[str, typer.Argument(help="Run id, its beginning, or 'latest'.")]

group = typer.Typer(help="List, show and compare runs.", rich_markup_mode=None, invoke_without_command=True)


def add(app: typer.Typer) -> None:
    app.add_typer(group, name="runs")
    app.command()(report)


@group.callback()
def listed(
    context: typer.Context,
    problem: Annotated[str | None, typer.Option(help="Only runs of this problem.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, newest first.")] = 20,
    on: OnOption = "local",
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """List runs, newest first; see `mlcl runs show` and `mlcl runs compare`."""
    if context.invoked_subcommand:
        return
    from mlcl import runs

    found = runs.recent(_store(on, store), problem, limit)
    if json:
        print_json([run.model_dump(mode="json") for run in found])
        return
    from mlcl.report import terminal

    console().print(terminal.runs([run.model_dump(mode="json") for run in found]))


@group.command()
def show(run: RunId = "latest", on: OnOption = "local", store: StoreOption = None, json: Json = False) -> None:
    """Show one run: its steps, its verdict, its figures."""
    documents = _documents(_store(on, store), run)
    if json:
        print_json(documents)
        return
    from mlcl.report import terminal

    out = console()
    for part in terminal.run(documents):
        out.print(part)


@group.command()
def compare(
    first: Annotated[str, typer.Argument(help="Run id, its beginning, or 'latest'.")],
    second: Annotated[str, typer.Argument(help="Run id, its beginning, or 'latest'.")],
    on: OnOption = "local",
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Compare two runs: metrics side by side, and what differs in their problem files."""
    from mlcl.report.compare import compare as compared

    opened = _store(on, store)
    facts = compared(_documents(opened, first), _documents(opened, second))
    if json:
        print_json(facts)
        return
    from mlcl.report import terminal

    out = console()
    for part in terminal.comparison(facts):
        out.print(part)


def report(
    run: RunId = "latest",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write it. [default: RUN.html or RUN.md]")
    ] = None,
    card: Annotated[bool, typer.Option("--card", help="The model card in Markdown instead.")] = False,
    on: OnOption = "local",
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Write a run's report: one self-contained HTML page."""
    from mlcl import lifecycle
    from mlcl import runs as records

    opened = _store(on, store)
    found = records.find(opened, run)
    target = output or Path(f"{found.id}.{'md' if card else 'html'}")
    target.write_text(lifecycle.report(found.id, card=card, store=opened), encoding="utf-8")
    if json:
        print_json({"run": found.id, "report": str(target)})
    else:
        typer.echo(f"Wrote {target}")


def _store(on: str, store: str | None) -> Store:
    """The store of an environment in AWS, once the runs that ended unwatched are settled; else the one named."""
    if on == "local":
        return open_store(store)
    from mlcl import cloud

    return cloud.settle(on)


def _documents(store: Store, run: str) -> dict[str, Any]:
    from mlcl import runs

    return runs.documents(store, runs.find(store, run))
