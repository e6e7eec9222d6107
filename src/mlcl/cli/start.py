"""mlcl run, check, init, schema: from a problem file to a judged model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlcl.cli.cloud import OnOption, show_plan
from mlcl.cli.output import Json, StoreOption, finish, open_store, print_json
from mlcl.errors import UsageError

if TYPE_CHECKING:
    pass

ProblemFile = Annotated[Path, typer.Argument(help="The problem file, or the folder that holds problem.toml.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a key, e.g. --set train.trials=0")
]


def add(app: typer.Typer) -> None:
    app.command()(init)
    app.command()(check)
    app.command()(run)
    app.command()(schema)


def run(
    problem: ProblemFile = Path("problem.toml"),
    overrides: Set = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Fetch and compute everything anew.")] = False,
    on: OnOption = "local",
    plan: Annotated[bool, typer.Option("--plan", help="With --on aws:ENV: say what it would cost, and end.")] = False,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Run the life cycle: collect, validate, prepare, train, evaluate, judge, register.

    Exit code 0: the goals are met and the model is registered; 4: they are not met; 3: the data break what is
    expected of them; 2: a mistake in the problem file; 130: left while it goes on in AWS (mlcl attach comes back).
    """
    from mlcl import lifecycle
    from mlcl.cli import progress

    given = tuple(overrides or ())
    if plan:
        show_plan(problem, on, given, json)
        return
    opened = open_store(store) if on == "local" or store else None
    with progress.steps(enabled=not json) as watch:
        result = lifecycle.run(problem, overrides=given, store=opened, fresh=fresh, watch=watch, on=on)
    finish(result, json=json)


def check(problem: ProblemFile = Path("problem.toml"), overrides: Set = None, json: Json = False) -> None:
    """Check a problem file without running it."""
    from mlcl import lifecycle

    checked = lifecycle.check(problem, overrides or ())
    if json:
        print_json({"problem": checked.name, "digest": checked.digest, "valid": True})
    else:
        typer.echo(f"{problem} is well-formed: {checked.problem.question or checked.name}")


def init(
    data: Annotated[
        str | None, typer.Argument(help="A data file, https://…, s3://…, openml:ID, uci:ID or sklearn:NAME.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write it.")] = Path("problem.toml"),
    target: Annotated[str | None, typer.Option(help="Column to predict. [default: guessed]")] = None,
    github: Annotated[
        bool, typer.Option("--github", help="Write workflows of GitHub Actions that deliver this project to AWS.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    json: Json = False,
) -> None:
    """Look at a data file and write a commented problem.toml for it (--github: workflows that deliver it to AWS)."""
    written = [str(path) for path in _workflows(force)] if github else []
    if data is None and not github:
        raise UsageError("Which data?", fix="mlcl init data.csv, or mlcl init --github for workflows.")
    if data is not None:
        _propose(data, output, target, force=force)
        written.append(str(output))
    if json:
        print_json({"written": written})
        return
    for path in written:
        typer.echo(f"Wrote {path}.")
    if data is not None:
        typer.echo(f"Read {output}, set the goals, then: mlcl run {output}")


def _workflows(force: bool) -> list[Path]:
    from mlcl.infra import delivery

    return delivery.write(Path(), force=force)


def _propose(data: str, output: Path, target: str | None, *, force: bool) -> None:
    from mlcl import lifecycle

    if output.exists() and not force:
        raise UsageError(
            "There is a problem file already.", where=str(output), fix="Give another name with -o, or --force."
        )
    text = lifecycle.propose(data, base=output.resolve().parent, target=target)
    output.write_text(text, encoding="utf-8")


def schema() -> None:
    """Print the JSON Schema of the problem file (editors complete and check the file with it)."""
    from mlcl import problem

    print_json(problem.schema())
