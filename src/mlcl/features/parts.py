"""What a recipe is made of, as frozen JSON records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import computed_field, model_validator

from mlcl.features.ops import OPS, Program, reads
from mlcl.records import Kind, Record

Encode = Literal["number", "boolean", "category", "days", "month", "weekday", "hour"]
Matrix = npt.NDArray[np.float32]

TYPES: dict[str, str] = {  # how formulas call what a column of each kind holds
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "category": "text",
    "text": "text",
    "date": "date",
    "datetime": "datetime",
}
KINDS: dict[str, Kind] = {
    "number": "number",
    "boolean": "boolean",
    "text": "category",
    "date": "date",
    "datetime": "datetime",
}


class Input(Record):
    """A column that a prediction needs. missing_seen, min, max, categories: as the training rows had it (categories
    where they are few; of dates min and max are ISO texts)."""

    name: str
    kind: Kind
    missing_seen: bool = False
    min: float | str | None = None
    max: float | str | None = None
    categories: tuple[str, ...] | None = None


class Derived(Record):
    """A derived feature: its SQL, and the program (see ops) that is computed."""

    name: str
    sql: str
    kind: Kind
    program: Program

    @model_validator(mode="after")
    def _known(self) -> Derived:
        depth = 0
        for op, _, count in self.program:
            depth += 1 - count
            if op not in OPS or depth < 1 or count < 0:
                raise ValueError(f"derived feature {self.name}: the program is damaged at '{op}'")
        if depth != 1:
            raise ValueError(f"derived feature {self.name}: the program is incomplete")
        return self


class Feature(Record):
    """A column of the matrix. categories: of codes 0, 1, …; other: whether one more code stands for all other texts.
    median, mean, std: of the training rows (None of categories)."""

    name: str
    source: str
    encode: Encode
    categories: tuple[str, ...] | None = None
    other: bool = False
    median: float | None = None
    mean: float | None = None
    std: float | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def kind(self) -> Literal["number", "category"]:
        return "category" if self.encode == "category" else "number"

    @property
    def cardinality(self) -> int:
        """Codes of a category, 0 of a number."""
        return len(self.categories or ()) + self.other


class Parts(Record):
    """missing: texts that mean a missing value."""

    inputs: tuple[Input, ...]
    derived: tuple[Derived, ...] = ()
    features: tuple[Feature, ...]
    missing: tuple[str, ...] = ("",)

    @model_validator(mode="after")
    def _coherent(self) -> Parts:
        known = [column.name for column in self.inputs]
        for derived in self.derived:
            if strange := [name for name in reads(derived.program) if name not in known]:
                raise ValueError(f"derived feature {derived.name} reads {strange[0]}, which is no input")
            known.append(derived.name)
        order = [known.index(feature.source) for feature in self.features if feature.source in known]
        if len(order) < len(self.features) or order != sorted(order) or not order:
            raise ValueError("the features do not follow the inputs and derived features")
        return self

    @property
    def kinds(self) -> dict[str, Kind]:
        """Of inputs and derived features, by name."""
        return {c.name: c.kind for c in self.inputs} | {d.name: d.kind for d in self.derived}

    @property
    def counted(self) -> list[int]:
        """The first feature of each input that has one: there missing and unseen values are counted."""
        first: dict[str, int] = {}
        for index, feature in enumerate(self.features):
            first.setdefault(feature.source, index)
        return sorted(first[column.name] for column in self.inputs if column.name in first)

    @property
    def columns_read(self) -> set[str]:
        """Columns that derived features read."""
        return {name for feature in self.derived for name in reads(feature.program)}


class Encoded(NamedTuple):
    """matrix: [len(kept), width], NaN = missing. kept: numbers of the rows it holds; faults: what was wrong in the
    others. missing, unseen: how many values of inputs were missing, or texts that are no category of the recipe."""

    matrix: Matrix
    faults: list[dict[str, Any]]
    kept: Sequence[int]
    missing: int
    unseen: int
