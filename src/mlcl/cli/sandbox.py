"""mlcl sandbox: AWS on loopback."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from mlcl.cli.output import Json, print_json
from mlcl.errors import NotFound, UsageError

Folder = Annotated[Path, typer.Option("--folder", help="Where the sandbox keeps its files.")]
_FOLDER = Path(".mlcl/sandbox")


def add(app: typer.Typer) -> None:
    group = typer.Typer(
        name="sandbox",
        help="AWS on loopback: Terraform, boto3, the AWS CLI and SageMaker jobs with no account.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for command in (up, env, status, down):
        group.command()(command)
    app.add_typer(group)


def up(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 = any free one.")] = 4566,
    folder: Folder = _FOLDER,
    image: Annotated[
        list[str] | None,
        typer.Option(
            "--image", metavar="URI=COMMAND", help="What runs for a container image; * in URI stands for all."
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the folders of containers that have ended.")] = False,
    json: Json = False,
) -> None:
    """Start AWS on loopback and keep it up until Ctrl-C. Its state ends with it."""
    from mlcl.sandbox import server

    here = server.running(folder)
    if here:
        raise UsageError("A sandbox runs on this folder already.", found=f"{here['url']}, process {here['pid']}")

    def ready(url: str) -> None:
        if json:
            print_json({"url": url, "environment": server.environment(url)})
        else:
            typer.echo(f'AWS is at {url} until Ctrl-C. In another terminal: eval "$(mlcl sandbox env)"')
            typer.echo("What is made in it lives in memory and ends with it: buckets, roles, models, endpoints, all.")
        sys.stdout.flush()

    server.serve(folder, port=port, images=image or (), keep=keep, ready=ready)
    server.leave()


def env(folder: Folder = _FOLDER, json: Json = False) -> None:
    """Print the variables by which AWS's clients reach the sandbox: eval "$(mlcl sandbox env)"."""
    from mlcl.sandbox import server

    variables = server.environment(_running(folder)["url"])
    if json:
        print_json(variables)
    else:
        typer.echo("\n".join(f"export {name}={value}" for name, value in variables.items()))


def status(folder: Folder = _FOLDER, json: Json = False) -> None:
    """Tell whether the sandbox runs, and what runs in it."""
    from mlcl.sandbox import server

    state = _running(folder)
    running = server.inside(state["url"])
    if json:
        print_json({**state, "running": running})
    else:
        typer.echo(f"AWS is at {state['url']} (process {state['pid']}).")
        typer.echo("\n".join(f"  {one['kind']} {one['name']}" for one in running) or "  No job and no endpoint runs.")


def down(folder: Folder = _FOLDER, json: Json = False) -> None:
    """End the sandbox and everything that runs in it."""
    import os
    import signal
    import time

    from mlcl.sandbox import server

    state = _running(folder)
    os.kill(state["pid"], signal.SIGTERM)
    while server.running(folder):
        time.sleep(0.05)
    if json:
        print_json({"ended": state})
    else:
        typer.echo("The sandbox is down.")


def _running(folder: Path) -> dict[str, Any]:
    from mlcl.sandbox import server

    state = server.running(folder)
    if not state:
        raise NotFound("No sandbox runs on this folder.", where=str(folder), fix="mlcl sandbox up")
    return state
