"""mlcl models: the registry."""

from __future__ import annotations

from typing import Annotated

import typer

from mlcl.cli.output import Json, StoreOption, console, open_store, print_json


def add(app: typer.Typer) -> None:
    app.command()(models)


def models(
    problem: Annotated[str | None, typer.Argument(help="Only models of this problem.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also those that failed their goals.")] = False,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """List the registered models."""
    from mlcl import registry

    opened = open_store(store)
    names = [problem] if problem else registry.problems(opened)
    found = [model for name in names for model in registry.models(opened, name) if everything or model.version]
    if json:
        print_json([model.model_dump(mode="json") for model in found])
        return
    from mlcl.report import terminal

    console().print(terminal.models([model.model_dump(mode="json") for model in found]))
