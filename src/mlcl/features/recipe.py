"""The recipe: how columns become features. Fitted on training rows, kept as JSON, applied by one definition in
training, batch scoring and serving, so that a row gives the same float32 bits everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Self

import polars as pl
from pydantic import ValidationError

from mlcl.errors import Corrupt
from mlcl.features import coerce, tables
from mlcl.features.fit import fit
from mlcl.features.parts import Encoded, Matrix, Parts
from mlcl.features.rows import RowEncoder
from mlcl.features.source import Open, Rows, Source
from mlcl.features.tables import Block, Frame, OnError
from mlcl.records import Kind


class Recipe(Parts):
    @classmethod
    def fit(
        cls, frame: Frame, kinds: Mapping[str, Kind], derived: Mapping[str, str] | None = None, **more: Any
    ) -> Self:
        """The recipe for the columns `kinds` of `frame` (training rows) and `derived` features (name -> SQL). more, and
        what it raises: see fit.fit."""
        return cls.fit_with_baseline(frame, kinds, derived, **more)[0]

    @classmethod
    def fit_with_baseline(
        cls,
        frame: Frame,
        kinds: Mapping[str, Kind],
        derived: Mapping[str, str] | None = None,
        *,
        rows: Rows = None,
        **more: Any,
    ) -> tuple[Self, dict[str, Any]]:
        """As `fit`, with the statistics of the inputs (see baseline), which fitting computes anyway. rows: mask of the
        training rows (left out: all)."""
        return cls.fit_seen(partial(Source, frame, rows=rows), kinds, derived or {}, **more)

    @classmethod
    def fit_seen(
        cls, rows: Open, kinds: Mapping[str, Kind], derived: Mapping[str, str], **more: Any
    ) -> tuple[Self, dict[str, Any]]:
        """As `fit_with_baseline`, from training rows wherever they are held."""
        parts, baseline = fit(rows, kinds, derived, **more)
        return cls(**dict(parts)), baseline

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Raises Corrupt when `data` is no recipe."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            raise Corrupt("A recipe is damaged.", found=str(error).splitlines()[0]) from error

    @property
    def feature_names(self) -> list[str]:
        return [feature.name for feature in self.features]

    @property
    def feature_kinds(self) -> list[str]:
        """'number' or 'category' of each feature."""
        return [feature.kind for feature in self.features]

    @property
    def cardinality(self) -> list[int]:
        """Codes of each category feature, 0 of a number."""
        return [feature.cardinality for feature in self.features]

    @property
    def width(self) -> int:
        return len(self.features)

    def apply(self, frame: Frame) -> Matrix:
        """float32 [n, width] of a table of any size; NaN = missing, categories are codes. InputError: wrong values."""
        return self.encode(frame).matrix

    def encode(self, frame: Frame, on_error: OnError = "fail") -> Encoded:
        """As `apply`, with counts of missing and unseen values; on_error='skip' leaves rows with wrong values out."""
        return tables.encode(self, frame, on_error)

    def blocks(self, frame: Frame) -> Iterator[Block]:
        """The matrix in blocks of consecutive rows, in order: for tables larger than memory."""
        return tables.blocks(self, frame)

    def coerce(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The inputs of any table (texts of a CSV file, a converted pandas frame) in the types that the recipe reads:
        Float64, Boolean, String, Date, Datetime. Missing columns are all missing, others are left out. Raises
        InputError, which names row, column, what was found and what is allowed."""
        typed, faults = coerce.coerce(frame, self.inputs, self.missing)
        if faults:
            raise tables.wrong(faults)
        return typed

    def compile(self) -> RowEncoder:
        """The encoder of single rows and small batches of JSON objects."""
        return RowEncoder(self)
