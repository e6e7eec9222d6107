"""mlcl deploy, endpoints, promote, rollback, undeploy, serve, predict, token: a model becomes predictions."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from mlcl.cli.cloud import OnOption
from mlcl.cli.output import Json, StoreOption, console, open_store, print_json, teller
from mlcl.errors import UsageError

Name = Annotated[str, typer.Argument(help="Name of the problem (and of its endpoint).")]

token = typer.Typer(help="Tokens that callers of the server show.", rich_markup_mode=None, no_args_is_help=True)


class Strategy(StrEnum):
    all_at_once = "all-at-once"
    canary = "canary"
    shadow = "shadow"
    blue_green = "blue-green"


class OnError(StrEnum):
    fail = "fail"
    skip = "skip"


def add(app: typer.Typer) -> None:
    for command in (deploy, endpoints, promote, rollback, configure, undeploy, serve, predict):
        app.command()(command)
    app.add_typer(token, name="token")


def deploy(
    name: Name,
    model: Annotated[str, typer.Option(help="Version, run id, 'champion' or 'latest'.")] = "champion",
    strategy: Annotated[Strategy, typer.Option(help="How the new model takes over.")] = Strategy.all_at_once,
    weight: Annotated[float, typer.Option(min=0, max=100, help="Per cent of requests for a canary.")] = 10,
    force: Annotated[bool, typer.Option("--force", help="Also a model whose verdict did not pass; recorded.")] = False,
    on: OnOption = "local",
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Put a registered model into use. Only a model whose verdict passed is deployed, unless --force."""
    from mlcl import lifecycle

    if on != "local":
        from mlcl import cloud

        say = teller(json)
        live = cloud.deploy(on, name, model, strategy=strategy.value, weight=weight, force=force, say=say)
        _print_state(live.model_dump(mode="json"), json)
        return
    opened = open_store(store)
    state = lifecycle.deploy(name, model, strategy=strategy.value, weight=weight, force=force, store=opened)
    _print_state(state.model_dump(mode="json"), json)


def endpoints(store: StoreOption = None, json: Json = False) -> None:
    """List the endpoints with their variants."""
    from mlcl.serving import endpoints as deployed

    states = [state.model_dump(mode="json") for state in deployed.endpoints(open_store(store))]
    if json:
        print_json(states)
        return
    from mlcl.report import terminal

    console().print(terminal.endpoints(states))


def promote(name: Name, on: OnOption = "local", store: StoreOption = None, json: Json = False) -> None:
    """Make the canary or shadow the live model now."""
    from mlcl.serving import endpoints as deployed

    if on != "local":
        from mlcl import cloud

        _print_state(cloud.promote(on, name, say=teller(json)).model_dump(mode="json"), json)
        return
    _print_state(deployed.promote(open_store(store), name).model_dump(mode="json"), json)


def rollback(name: Name, on: OnOption = "local", store: StoreOption = None, json: Json = False) -> None:
    """Go back to the model that was live before."""
    from mlcl.serving import endpoints as deployed

    if on != "local":
        from mlcl import cloud

        _print_state(cloud.rollback(on, name, say=teller(json)).model_dump(mode="json"), json)
        return
    _print_state(deployed.rollback(open_store(store), name).model_dump(mode="json"), json)


def configure(
    name: Name,
    capture_rate: Annotated[float | None, typer.Option(min=0, max=1, help="Share of predictions captured.")] = None,
    mask: Annotated[list[str] | None, typer.Option(help="Input column whose values are never captured.")] = None,
    max_rows: Annotated[int | None, typer.Option(min=1, help="Rows that one request may hold.")] = None,
    max_bytes: Annotated[int | None, typer.Option(min=1, help="Bytes that one request may hold.")] = None,
    max_seconds: Annotated[float | None, typer.Option(min=0.1, help="Seconds that one request may take.")] = None,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Set what an endpoint captures and accepts; what is left out stays as it is."""
    from mlcl.serving import endpoints as deployed

    limits = {"max_rows": max_rows, "max_bytes": max_bytes, "max_seconds": max_seconds}
    asked = {"capture_rate": capture_rate, "masked": tuple(mask) if mask else None, **limits}
    changes = {key: value for key, value in asked.items() if value is not None}
    opened = open_store(store)
    settings = deployed.Settings.model_validate({**deployed.find(opened, name).settings.model_dump(), **changes})
    state = deployed.configure(opened, name, settings)
    if json:
        print_json(state.model_dump(mode="json"))
    else:
        typer.echo("\n".join(f"{key}: {value}" for key, value in state.settings.model_dump(mode="json").items()))


def undeploy(name: Name, on: OnOption = "local", store: StoreOption = None, json: Json = False) -> None:
    """Take an endpoint out of use. The model stays in the registry."""
    if on == "local":
        from mlcl.serving import endpoints as deployed

        deployed.undeploy(open_store(store), name)
    else:
        from mlcl import cloud

        cloud.undeploy(on, name)
    if json:
        print_json({"undeployed": name})
    else:
        typer.echo(f"{name} is out of use.")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; anything but loopback needs a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 = any free one.")] = 8080,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes; they share nothing.")] = 1,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    store: StoreOption = None,
) -> None:
    """Serve every endpoint of the store until Ctrl-C."""
    from mlcl.monitoring.feedback import receive
    from mlcl.serving.server import serve as run

    run(open_store(store), host=host, port=port, workers=workers, open_page=open_page, feedback=receive)


def predict(
    name: Name,
    data: Annotated[Path | None, typer.Argument(help="CSV, Parquet or JSON Lines file (also .gz).")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File for the predictions.")] = None,
    row: Annotated[str | None, typer.Option(help="One row as JSON: '{\"age\": 30, …}'")] = None,
    model: Annotated[str, typer.Option(help="Version, run id, 'champion' or 'latest'.")] = "champion",
    on_error: Annotated[OnError, typer.Option(help="What to do with rows that break the schema.")] = OnError.fail,
    keep: Annotated[list[str] | None, typer.Option(help="Input column to keep beside the predictions.")] = None,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Predict for a file (streaming, larger than memory) or for one row."""
    from mlcl import lifecycle
    from mlcl.cli import progress

    opened = open_store(store)
    if row is not None:
        answer = lifecycle.predict_row(name, row, model, store=opened)
        print_json(answer) if json else typer.echo("\n".join(f"{key}: {value}" for key, value in answer.items()))
        return
    if data is None or output is None:
        raise UsageError("Give a data file and -o OUTPUT, or --row.", fix="mlcl predict NAME rows.csv -o scores.csv")
    with progress.bar(f"Scoring {data.name}", enabled=not json):
        result = lifecycle.predict_file(
            name, data, output, model, on_error=on_error.value, keep=keep or (), store=opened
        )
    if json:
        print_json(result)
    else:
        typer.echo(f"Scored {result['rows']:,} rows into {output} ({result['skipped']:,} skipped).")


@token.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="Who will use it.")], store: StoreOption = None, json: Json = False
) -> None:
    """Make a token. It is shown once; the store keeps only its hash."""
    from mlcl.serving import tokens

    plain = tokens.create(open_store(store), name)
    print_json({"name": name, "token": plain}) if json else typer.echo(plain)


@token.command("list")
def list_tokens(store: StoreOption = None, json: Json = False) -> None:
    """List the tokens by name."""
    from mlcl.serving import tokens

    known = tokens.listed(open_store(store))
    if json:
        print_json(known)
    else:
        typer.echo("\n".join(f"{entry['name']}  since {entry['created_at']}" for entry in known) or "No tokens.")


@token.command("revoke")
def revoke_token(
    name: Annotated[str, typer.Argument(help="Name it was made with.")], store: StoreOption = None, json: Json = False
) -> None:
    """Revoke a token; the server refuses it within seconds."""
    from mlcl.serving import tokens

    tokens.revoke(open_store(store), name)
    print_json({"revoked": name}) if json else typer.echo(f"{name} is revoked.")


def _print_state(state: dict[str, Any], json: bool) -> None:
    if json:
        print_json(state)
        return
    from mlcl.report import terminal

    console().print(terminal.endpoints([state]))
