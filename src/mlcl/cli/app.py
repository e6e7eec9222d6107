"""The root command with everything below it."""

from __future__ import annotations

from typing import Annotated

import typer

from mlcl.cli import cloud, infra, models, monitoring, predictions, retraining, runs, sandbox, start, up
from mlcl.version import __version__

app = typer.Typer(
    name="mlcl",
    help="Machine-Learning Life Cycle: from a business question and a table of data to monitored predictions.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mlcl {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


for group in (start, runs, models, predictions, monitoring, retraining, cloud, infra, sandbox, up):
    group.add(app)
