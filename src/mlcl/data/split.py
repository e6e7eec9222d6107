"""Splitting rows into train, validation and test, by numpy alone: the same seed gives the same split everywhere."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from mlcl.errors import DataError, listing
from mlcl.problem.sections import Split

NAMES = ("train", "validation", "test")
Codes = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int64]


class Splits(NamedTuple):
    """codes: 0 train, 1 validation, 2 test, one per row; how: in words."""

    codes: Codes
    how: str

    def rows(self, name: str) -> npt.NDArray[np.int64]:
        """Numbers of the rows of a split, ascending."""
        return np.flatnonzero(self.codes == NAMES.index(name))


def split(spec: Split, y: npt.NDArray[Any], by: pl.Series | None = None) -> Splits:
    """Splits len(y) rows as [split] says.

    y: class codes (int32: classes are spread in proportion) or values; by: the column that split.time, split.group or
    split.column names. Raises DataError when a split would be empty.
    """
    if by is None:
        splits = _shuffled(spec, y)
    elif spec.time:
        splits = _by_time(spec, by)
    else:
        splits = _by_group(spec, by) if spec.group else _by_column(by)
    counts = np.bincount(splits.codes, minlength=len(NAMES))
    if not counts.all():
        found = listing([f"{name} {count}" for name, count in zip(NAMES, counts, strict=True)])
        raise DataError(
            "Each split needs at least one row.",
            where="[split]",
            found=f"{len(y)} rows with a target: {found}",
            fix="Give more rows, or other shares.",
        )
    return splits


def _ends(spec: Split, rows: int) -> tuple[int, int]:
    """Where train and validation end among `rows`: at 0.7 and 0.9 of them, rounded down; each part has a row."""
    # The tiny addend undoes what floats lose: 1 - 0.9 is less than 0.1.
    train = int(spec.train * rows + 1e-9)
    validation = int((1 - spec.test) * rows + 1e-9)
    train = min(max(train, 1), max(rows - 2, 0))
    return train, min(max(validation, train + 1), max(rows - 1, 0))


def _shuffled(spec: Split, y: npt.NDArray[Any]) -> Splits:
    random = np.random.Generator(np.random.PCG64(spec.seed))
    stratified = np.issubdtype(y.dtype, np.integer)
    classes = y if stratified else np.zeros(len(y), dtype=np.int32)
    sizes = np.bincount(classes)
    codes = np.empty(len(y), dtype=np.uint8)
    for label, parts in enumerate(_shares(spec, sizes)):
        codes[classes == label] = random.permuted(np.repeat(np.arange(3, dtype=np.uint8), parts))
    return Splits(codes, f"{'stratified shuffle' if stratified else 'shuffle'}, seed {spec.seed}")


def _shares(spec: Split, sizes: Counts) -> Counts:
    """Rows of each class for each split [classes, 3], in proportion, with the right sums over all classes; a class of
    three rows or more has one in each split, a smaller one trains first."""
    train_end, validation_end = _ends(spec, int(sizes.sum()))
    train = _within(_apportion(sizes, train_end), sizes, 2)
    rest = sizes - train
    validation = _within(_apportion(rest, validation_end - train_end), rest, 1)
    return np.stack([train, validation, rest - validation], axis=1)


def _within(parts: Counts, sizes: Counts, left: int) -> Counts:
    """`parts` of `sizes` such that each has one row, and then, where there are more, `left` rows stay."""
    return np.minimum(np.maximum(parts, 1), np.maximum(sizes - left, np.minimum(sizes, 1)))


def _apportion(sizes: Counts, seats: int) -> Counts:
    """`seats` shared out in proportion to sizes, none above its size: by largest remainders, of equals the first."""
    total = int(sizes.sum())
    if not total:
        return np.zeros_like(sizes)
    exact = sizes * seats
    parts = exact // total
    remainders = exact - parts * total
    most = np.argsort(-remainders, kind="stable")[: seats - int(parts.sum())]
    parts[most] += 1
    return parts


def _by_time(spec: Split, by: pl.Series) -> Splits:
    _complete(by, "split.time")
    order = by.alias("by").to_frame().with_row_index("row").sort("by", maintain_order=True)["row"].to_numpy()
    train_end, validation_end = _ends(spec, len(by))
    codes = np.empty(len(by), dtype=np.uint8)
    for code, part in enumerate(np.split(order, [train_end, validation_end])):
        codes[part] = code
    return Splits(codes, f"by time ({by.name}): the oldest rows train, the newest test")


def _by_group(spec: Split, by: pl.Series) -> Splits:
    """Whole groups in random order: train ends with the group that reaches its share, and so on."""
    groups = by.rank("dense").fill_null(0).to_numpy().astype(np.int64)
    _, groups = np.unique(groups, return_inverse=True)
    sizes = np.bincount(groups)
    if len(sizes) < len(NAMES):
        raise DataError(
            "There are too few groups: train, validation and test need one each.",
            where="split.group",
            found=f"{len(sizes)} different values in '{by.name}'",
        )
    order = np.random.Generator(np.random.PCG64(spec.seed)).permutation(len(sizes))
    ends = np.searchsorted(np.cumsum(sizes[order]), _ends(spec, len(by))) + 1
    train_end = int(np.clip(ends[0], 1, len(sizes) - 2))
    validation_end = int(np.clip(ends[1], train_end + 1, len(sizes) - 1))
    of_group = np.empty(len(sizes), dtype=np.uint8)
    of_group[order] = np.repeat(
        np.arange(3, dtype=np.uint8), [train_end, validation_end - train_end, len(sizes) - validation_end]
    )
    return Splits(of_group[groups], f"by group ({by.name}), whole groups shuffled, seed {spec.seed}")


def _by_column(by: pl.Series) -> Splits:
    names = by.cast(pl.String).str.strip_chars().str.to_lowercase()
    strange = by.filter(~names.is_in(NAMES).fill_null(value=False)).unique().sort()
    if len(strange):
        raise DataError(
            "The column that names the split of each row holds other values.",
            where=f"split.column: '{by.name}'",
            found=listing([str(value) for value in strange.to_list()]),
            fix=f"Every row must have one of: {listing(NAMES)}.",
        )
    codes = names.replace_strict(NAMES, range(3), return_dtype=pl.UInt8).to_numpy()
    return Splits(codes, f"as the column '{by.name}' says")


def _complete(by: pl.Series, key: str) -> None:
    if by.null_count():
        raise DataError(
            "Rows without a time cannot be split by time.",
            where=f"{key}: '{by.name}'",
            found=f"{by.null_count():,} missing values",
            fix="Fill them in, leave these rows out, or split in another way.",
        )
