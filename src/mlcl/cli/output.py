"""Printing: JSON for programs, tables and progress for people."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlcl.errors import GOALS_NOT_MET

if TYPE_CHECKING:
    from rich.console import Console

    from mlcl.results import RunResult
    from mlcl.stores import Store

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
StoreOption = Annotated[
    str | None,
    typer.Option("--store", help="Folder or s3://bucket/prefix of the store. [default: $MLCL_STORE or .mlcl]"),
]


def open_store(address: str | None) -> Store:
    from mlcl.stores import Store

    return Store(address) if address else Store.default()


def print_json(value: Any) -> None:
    import orjson

    option = orjson.OPT_INDENT_2 if sys.stdout.isatty() else 0
    sys.stdout.write(orjson.dumps(value, option=option).decode() + "\n")


def teller(json: bool) -> Callable[[str], None]:
    """How a person is told what is being done; a program is not."""
    return (lambda text: None) if json else typer.echo


def console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def finish(result: RunResult, *, json: bool) -> None:
    """Tells what came of a run; ends with the exit code of goals that are not met."""
    if json:
        print_json(result.as_dict())
    else:
        _show(result)
    if not result.passed:
        raise typer.Exit(GOALS_NOT_MET)


def _show(result: RunResult) -> None:
    from mlcl.report import terminal

    out = console()
    if result.cached:
        out.print(f"Nothing changed since run {result.run.id}; nothing was done (--fresh runs it anew).")
    for part in terminal.result(result.documents):
        out.print(part)
    out.print(f"Report: {result.report}", soft_wrap=True)
    if (on := result.run.platform) != "local":
        endpoint = result.run.problem_json["aws"]["endpoint"]["on_pass"] and result.passed
        deployed = f"Deployed: mlcl costs --on {on} shows what runs. " if endpoint else ""
        out.print(f"{deployed}To read the report here: mlcl report {result.run.id} --on {on}", soft_wrap=True)
    sys.stdout.flush()
