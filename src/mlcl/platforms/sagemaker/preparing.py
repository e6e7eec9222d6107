"""Preparation on several hosts: each holds a share of consecutive rows, and has no other rows in memory.

The first host splits the rows and asks the others for what the recipe is fitted on (features/shares: the same bits for
any number of hosts); then each encodes its rows and puts its pieces of the matrices into the store, where they become
the files that one host would have written.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import polars as pl

from mlcl.data.split import NAMES, Codes, Splits
from mlcl.data.target import Target
from mlcl.features.parts import Derived, Input
from mlcl.features.recipe import Recipe
from mlcl.features.shares import Share, Shares
from mlcl.features.source import Open, Source
from mlcl.platforms.sagemaker import places
from mlcl.platforms.sagemaker.hosts import Joined
from mlcl.platforms.sagemaker.pieces import Piece, join
from mlcl.problem import Problem
from mlcl.steps.prepare import Here, prepare_rows
from mlcl.stores import Store

Mask = npt.NDArray[np.bool_]


def prepare(joined: Joined, store: Store, problem: Problem, inputs: Mapping[str, Path], output: Path, key: str) -> None:
    """The step `prepare` on the hosts of this job (see work.Together): the matrices are put into the store below `key`,
    the rest is written to the output."""
    profile = orjson.loads((inputs["validate"] / "profile.json").read_bytes())
    prepare_rows(problem, profile, Everywhere(joined, profile["rows"], store, key), output)


class Everywhere:
    """The rows on all hosts (see steps.prepare.Rows)."""

    def __init__(self, joined: Joined, rows: int, store: Store, key: str) -> None:
        self._joined, self._store, self._key = joined, store, key
        where = joined.addresses
        self._edges = np.linspace(0, rows, len(where) + 1).astype(int).tolist()
        started = [
            joined.client.submit(Host, start, end, key=f"rows of {name}", workers=[address], actor=True)
            for (name, address), start, end in zip(where.items(), self._edges, self._edges[1:], strict=False)
        ]
        self._hosts = [joined.result(one) for one in started]

    def _each(self, method: str, arguments: Iterable[tuple[Any, ...]]) -> list[Any]:
        """Every host at the same time."""
        asked = [getattr(host, method)(*given) for host, given in zip(self._hosts, arguments, strict=True)]
        return [self._joined.result(one) for one in asked]

    def _ask(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        return self._each("ask", [(method, *given) for given in arguments])

    def _cut(self, values: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        return np.split(values, self._edges[1:-1])

    def target(self, target: Target) -> npt.NDArray[Any]:
        return np.concatenate(self._each("target", [(target,)] * len(self._hosts)))

    def column(self, name: str) -> pl.Series:
        return Here(pl.scan_parquet(_table())).column(name)

    def seen(self, rows: Mask) -> Open:
        masks = self._cut(rows)

        def opened(*about: Any) -> Shares:
            self._each("open", [(*about, mask) for mask in masks])
            return Shares(self._ask, len(self._hosts))

        return opened

    def write(self, recipe: Recipe, splits: Splits, output: Path) -> None:
        """output: not used, matrices go to the store."""
        place = f"pieces/{self._key}"
        arguments = [
            (recipe.to_json(), codes, self._store.address, f"{place}/{number}")
            for number, codes in enumerate(self._cut(splits.codes))
        ]
        sent = zip(*self._each("write", arguments), strict=True)
        for name, pieces in zip(NAMES, sent, strict=True):
            head = _head(len(splits.rows(name)), recipe.width)
            self._store.put(f"{place}/{name}", head)
            join(self._store, f"{self._key}/{name}.x.npy", [Piece(f"{place}/{name}", 0, len(head)), *pieces])
        for key in self._store.keys(place):
            self._store.delete(key)


class Host:
    """The rows start..end of the table, in the process of the host that holds them."""

    def __init__(self, start: int, end: int) -> None:
        self._rows = Here(pl.scan_parquet(_table()).slice(start, end - start))

    def target(self, target: Target) -> npt.NDArray[Any]:
        return self._rows.target(target)

    def open(self, columns: Sequence[Input], derived: Sequence[Derived], missing: tuple[str, ...], rows: Mask) -> None:
        self._share = Share(Source(self._rows.frame, columns, derived, missing, rows))

    def ask(self, method: str, *arguments: Any) -> Any:
        return getattr(self._share, method)(*arguments)

    def write(self, recipe: bytes, codes: Codes, store: str, place: str) -> list[Piece]:
        """Encodes the rows and puts the matrices below `place`; gives where their numbers lie."""
        with TemporaryDirectory() as folder:
            self._rows.write(Recipe.from_json(recipe), Splits(codes, ""), Path(folder))
            return [_put(Store(store), Path(folder) / f"{name}.x.npy", f"{place}/{name}") for name in NAMES]


def _table() -> Path:
    return places.given("collect") / "data.parquet"


def _put(store: Store, file: Path, key: str) -> Piece:
    store.put(key, file)
    with file.open("rb") as opened:
        np.lib.format.read_magic(opened)
        np.lib.format.read_array_header_1_0(opened)
        return Piece(key, opened.tell(), file.stat().st_size)


def _head(rows: int, width: int) -> bytes:
    """How a file of numpy begins that holds a matrix."""
    written = io.BytesIO()
    about = {
        "descr": np.lib.format.dtype_to_descr(np.dtype(np.float32)),
        "fortran_order": False,
        "shape": (rows, width),
    }
    np.lib.format.write_array_header_1_0(written, about)
    return written.getvalue()
