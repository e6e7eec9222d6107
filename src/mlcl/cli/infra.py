"""mlcl infra: the AWS foundation, from nothing to an environment and back to zero cost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlcl.cli.output import Json, print_json
from mlcl.errors import FAULT, MlclError, UsageError

if TYPE_CHECKING:
    from mlcl.infra.account import Clients
    from mlcl.infra.places import Place
    from mlcl.infra.work import Ending, Planned, Work

Env = Annotated[str, typer.Option("--env", help="Environment: dev, staging, production, or sandbox (on loopback).")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
_SANDBOX = Path(".mlcl/sandbox")


def add(app: typer.Typer) -> None:
    group = typer.Typer(
        name="infra",
        help="The AWS foundation (Terraform): make an environment, see what it costs, take it away again.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for command in (init, plan, apply, image, destroy, doctor):
        group.command()(command)
    app.add_typer(group)


def init(
    env: Env = "dev",
    region: Annotated[str | None, typer.Option(help="AWS region. [default: $AWS_REGION]")] = None,
    email: Annotated[list[str] | None, typer.Option(help="Who gets alarms and budget alerts.")] = None,
    budget: Annotated[float | None, typer.Option(min=1, help="US dollars a month at which people are told.")] = None,
    bootstrap: Annotated[bool, typer.Option("--bootstrap", help="Also make the bucket of Terraform's state.")] = False,
    json: Json = False,
) -> None:
    """Write the environment's files into infra/ENV of this folder; review and commit them."""
    from mlcl.infra import folder, places, terraform, work

    place = places.place(env, Path.cwd())
    terraform.require()
    where = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _region_of(place)
    bucket = key = ""
    if not place.local:
        with (
            _aws(place, where) as (clients, variables),
            _bar("Making the state's bucket", enabled=bootstrap and not json),
        ):
            bucket, key = work.state(place, clients, variables, where, make=bootstrap)
    written = folder.write(place, region=where, bucket=bucket, key_arn=key, emails=email or [], budget=budget)
    if json:
        print_json({"environment": env, "folder": str(place.folder), "written": [str(path) for path in written]})
        return
    for path in written:
        typer.echo(f"Wrote {path.relative_to(Path.cwd())}")
    typer.echo(
        f"Look through it, then: mlcl infra plan --env {env}" if written else "Nothing to write: it is all there."
    )


def plan(env: Env = "dev", json: Json = False) -> None:
    """Show what would be made, changed or removed, and what it will cost. Nothing is changed."""
    with _open(env, json=json) as work, _bar("Looking", enabled=not json):
        planned = work.plan()
    if json:
        print_json(planned.as_dict())
    else:
        typer.echo(_planned(planned, env))


def apply(env: Env = "dev", yes: Yes = False, json: Json = False) -> None:
    """Make or change the environment. Afterwards --on aws:ENV is all that mlcl needs."""
    with _open(env, json=json) as work:
        with _bar("Looking", enabled=not json):
            planned = work.plan()
        if not json:
            typer.echo(_planned(planned, env))
        if planned.changes.total:
            _confirm(yes or json, "Do this?", None)
        with _bar("Applying", enabled=not json):
            outputs = work.apply(planned)
    if json:
        print_json({**planned.as_dict(), "outputs": outputs})
    else:
        typer.echo(_applied(outputs, env))


def image(
    uri: Annotated[str | None, typer.Argument(help="URI of a pushed image with its digest.")] = None,
    env: Env = "dev",
    into: Annotated[
        Path | None, typer.Option(help="Only write what it is built from into this folder, for a build elsewhere.")
    ] = None,
    json: Json = False,
) -> None:
    """Build and push mlcl's container image (Docker), or take one that is pushed; apply afterwards."""
    from mlcl.infra import folder, images

    if into:
        images.context(into)
        typer.echo(f"Now: docker build -f {into}/container/Dockerfile {into}")
        return
    with _open(env, json=json) as work, _bar("Building", enabled=not (json or uri)):
        named = uri or images.push(work.account, work.outputs())
        images.require_digest(named)
        folder.set_image(work.place, named)
    if json:
        print_json({"image": named, "file": str(work.place.variables)})
    else:
        typer.echo(f"{work.place.variables.name} now names {named}\nNow: mlcl infra apply --env {env}")


def destroy(
    env: Env = "dev",
    data: Annotated[bool, typer.Option("--data", help="Also delete the data bucket with all that is in it.")] = False,
    state: Annotated[
        bool, typer.Option("--state", help="Also delete the bucket of Terraform's state, when nothing uses it.")
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Take the environment away: nothing is left that costs, but a data bucket that holds something stays."""
    from mlcl.infra import places, terraform
    from mlcl.infra import work as works

    terraform.require()
    place = places.place(env, Path.cwd())
    with _aws(place, None) as (clients, variables):
        # Without the bucket of its state there is no environment; what is left of the bucket itself goes then.
        work = None if state and works.state_is_gone(place, clients) else _opened(place, clients, variables, json=json)
        with _bar("Looking", enabled=not json):
            ending = work.ending(data=data) if work else works.NOTHING
        if not json:
            typer.echo(_ending(ending, env))
        if ending.changes.total or ending.costs or state:
            _confirm(yes, f"Type {env} to destroy it", env)
        with _bar("Destroying", enabled=not json):
            if work:
                work.destroy(ending)
            gone = works.unmake_state(Path.cwd(), clients, variables) if state else ""
    if json:
        print_json({**ending.as_dict(), "state_bucket": gone})
    else:
        typer.echo(_ended(ending, env, gone))


def doctor(env: Env = "dev", json: Json = False) -> None:
    """Check Terraform, credentials, permissions, quotas, region, state and settings, and say what to do."""
    from mlcl.infra import doctor as doctors
    from mlcl.infra import places

    place = places.place(env, Path.cwd())
    found = []
    with _aws(place, None) as (clients, _):
        for check in doctors.checks(place, clients):
            found.append(check)
            if not json:
                typer.echo(_check(check))
    if json:
        print_json([check._asdict() for check in found])
    if any(check.state == "missing" for check in found):
        raise typer.Exit(FAULT)


@contextmanager
def _open(env: str, *, json: bool) -> Iterator[Work]:
    """The environment, ready to be worked on."""
    from mlcl.infra import places, terraform

    terraform.require()
    place = places.place(env, Path.cwd())
    with _aws(place, None) as (clients, variables):
        yield _opened(place, clients, variables, json=json)


def _opened(place: Place, clients: Clients, variables: dict[str, str], *, json: bool) -> Work:
    from mlcl.infra.work import Work

    with _bar("Opening", enabled=not json):
        return Work(place, clients, variables)


@contextmanager
def _aws(place: Place, region: str | None) -> Iterator[tuple[Clients, dict[str, str]]]:
    """Clients of the environment's AWS, and the variables by which Terraform finds it: the sandbox's, or none."""
    from mlcl.infra import folder
    from mlcl.infra.account import Refused
    from mlcl.infra.places import SANDBOX
    from mlcl.platforms.sagemaker.settings import client

    variables: dict[str, str] = {}
    if place.environment == SANDBOX:
        variables = _sandbox()
        os.environ.update(variables)  # this process is one command; its clients read them, too

    def clients(service: str) -> Any:
        return client(service, region or folder.region(place))

    try:
        yield clients, variables
    except Refused as refused:
        found = f"{refused.code}: {refused}" if refused.code else str(refused)
        fix = f"Look what is missing: mlcl infra doctor --env {place.environment}"
        raise MlclError("AWS has refused.", found=found, fix=fix) from refused


def _sandbox() -> dict[str, str]:
    from mlcl.sandbox import server

    state = server.running(_SANDBOX)
    if not state:
        raise UsageError("No sandbox runs here.", where=str(_SANDBOX), fix="mlcl sandbox up, in another terminal")
    return server.environment(state["url"])


def _bar(label: str, *, enabled: bool) -> Any:
    from mlcl.cli.progress import bar

    return bar(label, enabled=enabled)


def _region_of(place: Place) -> str:
    from mlcl.infra import folder

    if place.local or place.variables.exists():
        return folder.region(place)
    raise UsageError("No AWS region is named.", where="--region", fix="mlcl infra init --region eu-west-2")


def _confirm(done: bool, question: str, word: str | None) -> None:
    """Ask, unless it was said before; typer.Abort (exit code 1) on another answer than yes, or than `word`."""
    if done:
        return
    if word is None:
        typer.confirm(question, abort=True)
    elif typer.prompt(question) != word:
        raise typer.Abort


def _planned(planned: Planned, env: str) -> str:
    from mlcl.cli import infra_words

    return infra_words.planned(planned, env)


def _applied(outputs: dict[str, Any], env: str) -> str:
    from mlcl.cli import infra_words

    return infra_words.applied(outputs, env)


def _ending(ending: Ending, env: str) -> str:
    from mlcl.cli import infra_words

    return infra_words.ending(ending, env)


def _ended(ending: Ending, env: str, state: str) -> str:
    from mlcl.cli import infra_words

    return infra_words.ended(ending, env, state)


def _check(check: Any) -> str:
    from mlcl.cli import infra_words

    return infra_words.check(check)
