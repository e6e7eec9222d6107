"""Prepare: split the rows, fit the recipe on the training rows alone, and write the matrices that learners read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import orjson
import polars as pl

from mlcl.data.split import NAMES, Splits, split
from mlcl.data.target import Target, encode
from mlcl.features.recipe import Recipe
from mlcl.features.source import Open, Source
from mlcl.features.tables import Frame
from mlcl.problem import Problem
from mlcl.progress import report

IN_MEMORY = 2_000_000  # cells; a larger table is read from the file, a part at a time


class Rows(Protocol):
    """The rows of the snapshot, wherever they are held."""

    def target(self, target: Target) -> npt.NDArray[Any]:
        """The target as numbers, see data.target.encode."""

    def column(self, name: str) -> pl.Series: ...

    def seen(self, rows: npt.NDArray[np.bool_]) -> Open:
        """What fitting sees: the rows of this mask."""

    def write(self, recipe: Recipe, splits: Splits, output: Path) -> None:
        """Writes {train,validation,test}.x.npy."""


def prepare(problem: Problem, inputs: Mapping[str, Path], output: Path) -> None:
    """Writes recipe.json, target.json, baseline.json, prepare.json and {train,validation,test}.{x,y,rows}.npy."""
    profile = orjson.loads((inputs["validate"] / "profile.json").read_bytes())
    prepare_rows(problem, profile, Here(_open(inputs["collect"] / "data.parquet", profile["rows"])), output)


def prepare_rows(problem: Problem, profile: Mapping[str, Any], rows: Rows, output: Path) -> None:
    """The step, on rows wherever they are held."""
    target = Target.model_validate(profile["target"])
    y, splits = _split(problem, rows, target)
    left_out = {column["name"]: why for column in profile["columns"] if (why := _useless(column, profile["rows"]))}
    kinds = {column["name"]: column["kind"] for column in profile["columns"] if column["role"] == "feature"}
    recipe, baseline = Recipe.fit_seen(
        rows.seen(splits.codes == NAMES.index("train")),
        kinds,
        problem.features,
        left_out=list(left_out),
        forbidden=_forbidden(profile["columns"]),
        missing=problem.data.missing,
    )
    rows.write(recipe, splits, output)
    for name in NAMES:
        numbers = splits.rows(name)
        np.save(output / f"{name}.rows.npy", numbers)
        np.save(output / f"{name}.y.npy", y[numbers])
    (output / "recipe.json").write_bytes(recipe.to_json())
    target.write(output / "target.json")
    _json(output / "baseline.json", baseline)
    _json(output / "prepare.json", _document([*kinds, *problem.features], left_out, recipe, y, splits))


class Here(NamedTuple):
    """The rows on this machine: in memory, or in the file."""

    frame: Frame

    def target(self, target: Target) -> npt.NDArray[Any]:
        return encode(self.column(target.name), target)

    def column(self, name: str) -> pl.Series:
        return self.frame.lazy().select(name).collect().to_series()

    def seen(self, rows: npt.NDArray[np.bool_]) -> Open:
        return partial(Source, self.frame, rows=rows)

    def write(self, recipe: Recipe, splits: Splits, output: Path) -> None:
        """Block by block: the matrices are never in memory as a whole."""
        codes = splits.codes
        counts = np.bincount(codes, minlength=len(NAMES))
        files = [
            np.lib.format.open_memmap(output / f"{name}.x.npy", "w+", np.float32, (int(count), recipe.width))
            for name, count in zip(NAMES, counts, strict=False)
        ]
        at, start = [0] * len(NAMES), 0
        for block in recipe.blocks(self.frame):
            split_of = codes[start : start + len(block.matrix)]
            start += len(block.matrix)
            for code, file in enumerate(files):
                rows = np.flatnonzero(split_of == code)
                end = at[code] + len(rows)
                np.take(block.matrix, rows, axis=0, out=file[at[code] : end], mode="clip")
                at[code] = end
            report(start, len(codes), "rows encoded")


def _open(file: Path, rows: int) -> Frame:
    table = pl.scan_parquet(file)
    return table.collect() if rows * len(table.collect_schema()) <= IN_MEMORY else table


def _split(problem: Problem, rows: Rows, target: Target) -> tuple[npt.NDArray[Any], Splits]:
    """The encoded target, and the split of each row; rows without target are in none (code 3)."""
    by = problem.split.time or problem.split.group or problem.split.column
    y = rows.target(target)
    known = np.isfinite(y) if target.labels is None else y >= 0
    splits = split(problem.split, y[known], rows.column(by).filter(pl.Series(known)) if by else None)
    codes = np.full(len(y), len(NAMES), dtype=np.uint8)
    codes[known] = splits.codes
    return y, splits._replace(codes=codes)


def _useless(column: Mapping[str, Any], rows: int) -> str:
    """Why a column is no feature, or ''."""
    if column["missing"] == rows:
        return "it has no value"
    if "constant" in column["warnings"]:
        return "every row has the same value"
    if "identifier" in column["warnings"]:
        return "it identifies rows, and says nothing about new ones"
    return ""


def _forbidden(columns: list[dict[str, Any]]) -> dict[str, str]:
    """Columns that no derived feature may read, and why."""
    why = {"target": "the target", "dropped": "named in data.drop", "split": "what the rows are split by"}
    return {column["name"]: why[column["role"]] for column in columns if column["role"] in why}


def _document(
    names: Sequence[str], left_out: Mapping[str, str], recipe: Recipe, y: npt.NDArray[Any], splits: Splits
) -> dict[str, Any]:
    """names: of the columns and derived features that could have become features."""
    sources = {feature.source for feature in recipe.features}
    nothing = "in the training rows it has one value, or none that occurs twice"
    rows = {name: len(splits.rows(name)) for name in NAMES}
    return {
        "schema_version": 1,
        "rows": rows,
        "split_how": splits.how,
        "left_out": len(y) - sum(rows.values()),
        "features": recipe.feature_names,
        "dropped": [{"column": name, "why": left_out.get(name, nothing)} for name in names if name not in sources],
        "notes": [f"{feature.name}: rare texts share one code" for feature in recipe.features if feature.other],
    }


def _json(file: Path, document: dict[str, Any]) -> None:
    file.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
