"""Printing: JSON for programs, tables and progress for people."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

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
