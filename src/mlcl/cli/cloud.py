"""mlcl attach, logs, stop, costs, verify: what runs, in AWS above all, and whether it answers alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mlcl.cli.output import Json, StoreOption, finish, open_store, print_json

On = Annotated[str, typer.Option("--on", help="The environment: aws:ENV.")]
OnOption = Annotated[str, typer.Option("--on", help="Where: local, or aws:ENV for an environment in AWS.")]
RunId = Annotated[str, typer.Argument(help="Run id, its beginning, or 'latest'.")]


def add(app: typer.Typer) -> None:
    for command in (attach, logs, stop, costs, verify):
        app.command()(command)


def attach(run: RunId = "latest", on: On = "aws:dev", json: Json = False) -> None:
    """Come back to a run in AWS: see the rest of it and its result."""
    from mlcl import cloud
    from mlcl.cli import progress

    with progress.steps(enabled=not json) as watch:
        result = cloud.attach(on, run, watch=watch)
    finish(result, json=json)


def logs(
    name: Annotated[str, typer.Argument(help="Run id, its beginning, 'latest', or the name of an endpoint in AWS.")],
    on: OnOption = "local",
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what is said from now on, until the run has ended.")
    ] = False,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Print what a run has said; in AWS: what its jobs, or an endpoint, have logged in CloudWatch.

    Ctrl-C ends the following, not what is followed.
    """
    from mlcl import lifecycle

    lines: list[str] = []
    say = (lambda text: print_json({"line": text}) if follow else lines.append(text)) if json else typer.echo
    try:
        lifecycle.logs(name, say, on=on, follow=follow, store=open_store(store) if on == "local" else None)
    except KeyboardInterrupt:
        typer.echo("You have left the log; what it tells of goes on.", err=True)
        raise typer.Exit(130) from None
    if json and not follow:
        print_json({"lines": lines})


def stop(run: RunId, on: On = "aws:dev", json: Json = False) -> None:
    """End a run in AWS. What its jobs have finished is kept, and the next run goes on from there."""
    from mlcl import cloud

    stopped = cloud.stop(on, run)
    print_json({"run": stopped.id, "state": stopped.state}) if json else typer.echo(
        f"Run {stopped.id} is being stopped."
    )


def costs(
    on: On = "aws:dev",
    idle: Annotated[str | None, typer.Option(help="Only what nobody used for so long: 4h.")] = None,
    notify: Annotated[bool, typer.Option("--notify", help="With --idle: also tell the environment's topic.")] = False,
    json: Json = False,
) -> None:
    """List what runs in AWS, since when, and what it costs. A price that is not known stays so."""
    from mlcl import cloud

    if idle:
        _idle(on, idle, notify=notify, json=json)
        return
    found = cloud.costs(on)
    if json:
        print_json(found)
        return
    for one in found["running"]:
        typer.echo(f"{one['kind']} {one['name']}: {one['state']}, {one['what']}, since {one['since']}")
        ends = f", expires {one['expires']}" if one["expires"] else ""
        typer.echo(f"  {_money(one['hourly'])} USD an hour, {_money(one['so_far'])} USD so far{ends}")
    typer.echo(f"Together {_money(found['hourly'])} USD an hour." if found["running"] else "Nothing runs.")


def _idle(on: str, period: str, *, notify: bool, json: bool) -> None:
    from mlcl.platforms.sagemaker import idle
    from mlcl.platforms.sagemaker.settings import Cloud
    from mlcl.problem.base import duration

    cloud = Cloud.open(on)
    found = idle.idle(cloud, duration(period, "--idle"))
    if notify:
        idle.notify(cloud, found)
    if json:
        print_json([one._asdict() for one in found])
    else:
        lines = [f"{one.kind} {one.name} ({one.what}) since {one.since}: {one.why}" for one in found]
        typer.echo("\n".join(lines) or "Nothing idles.")


def verify(
    name: Annotated[str, typer.Argument(help="Name of the problem.")],
    model: Annotated[str, typer.Option(help="Version, run id, 'champion' or 'latest'.")] = "champion",
    rows: Annotated[int, typer.Option(min=1, max=10_000, help="Rows that every way is asked.")] = 100,
    on: OnOption = "local",
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Prove that a model answers alike everywhere: Python, local endpoint, batch, and in AWS endpoint and transform.

    The certificate is signed with the digests of the bundle, the rows and the answers, and kept with the model.
    """
    from mlcl import verification

    opened = open_store(store) if on == "local" else None
    certificate = verification.verify(name, model, rows=rows, on=on, store=opened)
    if json:
        print_json(certificate)
    else:
        _print_certificate(certificate)
    if not certificate["equal"]:
        raise typer.Exit(1)


def _print_certificate(certificate: dict[str, Any]) -> None:
    typer.echo(f"{certificate['problem']}, model {certificate['bundle_digest'][:12]}, {certificate['rows']} rows")
    for way in certificate["ways"]:
        mark = {True: "equal", False: "DIFFERENT", None: "not tried"}[way["equal"]]
        typer.echo(f"  {way['way']:<22} {mark:<10} {way['why'] or way['digest'][:12]}")
    typer.echo(f"Certificate: {certificate['key']}")


def _money(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


def show_plan(problem: Path, on: str, overrides: tuple[str, ...], json: bool) -> None:
    """`mlcl run --plan`: what a run would cost, what the problem has cost, what its decisions are worth."""
    from mlcl import cloud

    found = cloud.ledger(on, cloud.Asked(problem, overrides))
    if json:
        print_json(found)
        return
    for part in found["parts"]:
        price = "unknown" if part["price"] is None else f"{part['price']:.3f} USD/h"
        typer.echo(
            f"{part['step']:<8} {part['machines']} x {part['instance']:<16} {price:<16} at most {part['longest']} s"
        )
    typer.echo(f"likely {_money(found['likely'])} USD, at most {_money(found['most'])} USD, ceiling {_ceiling(found)}")
    typer.echo(f"so far {_money(found['usd'])} USD: {_so_far(found)}")
    if found["value"]:
        typer.echo(f"decisions {_worth(found['value'])}")


def _so_far(found: dict[str, Any]) -> str:
    runs, endpoint = found["runs"], found["endpoint"]
    words = f"{runs['number']} run{'' if runs['number'] == 1 else 's'} {_money(runs['usd'])}"
    if runs["unknown"]:
        words += f" ({runs['unknown']} without a known price, not in it)"
    if endpoint is None:
        return f"{words}, no endpoint"
    requests = ", its requests not counted" if endpoint["what"] == "serverless" else ""
    return f"{words}, endpoint {_money(endpoint['usd'])} ({endpoint['what']} since {endpoint['since']}{requests})"


def _worth(value: dict[str, Any]) -> str:
    unit = value["unit"]
    words = f"promised {value['promised_per_case']:,.4g} {unit} each"
    if value["cases"] is None:
        return f"{words}, no outcomes yet"
    between = "" if value["low"] is None else f" (between {value['low']:,.0f} and {value['high']:,.0f})"
    return (
        f"{words}, realised {value['realised']:,.0f} {unit}{between} in {value['cases']} cases since {value['since']}"
    )


def _ceiling(found: dict[str, Any]) -> str:
    return "none" if found["ceiling"] is None else f"{found['ceiling']:.2f} USD"
