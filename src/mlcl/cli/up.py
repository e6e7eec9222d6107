"""mlcl up: everything in one process."""

from __future__ import annotations

from typing import Annotated

import typer

from mlcl.cli.output import Json, StoreOption, open_store, print_json


def add(app: typer.Typer) -> None:
    app.command()(up)


def up(
    host: Annotated[str, typer.Option(help="Address to listen on; anything but loopback needs a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 = any free one.")] = 8080,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer; they share nothing.")] = 1,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Show the page, answer the API and every endpoint, look at each endpoint and retrain as its problem file says,
    until Ctrl-C."""
    from mlcl.monitoring.feedback import receive
    from mlcl.scheduler import Scheduler
    from mlcl.server.gateway import around
    from mlcl.serving.server import serve

    opened = open_store(store)
    with Scheduler(opened):
        serve(opened, host=host, port=port, workers=workers, open_page=open_page, feedback=receive, around=around)
    if json:
        print_json({"ended": True})
