"""Categories as codes: of texts, and of JSON's texts without making them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from typing import Any, ClassVar, Self

from mlcl.features.values import Convert

# Among the numbers of a feature. NaN equals nothing, but list.count takes an object to equal itself.
MISSING = float("nan")
UNSEEN = math.inf


class Codes(dict[Any, float]):
    """Code of each category; other texts and values are looked at one by one, and not kept."""

    def __init__(self, categories: Sequence[str], missing: Sequence[str], convert: Convert) -> None:
        super().__init__({text: float(code) for code, text in enumerate(categories)})
        self.update(dict.fromkeys((None, "", *missing), MISSING))
        self._convert = convert

    def __missing__(self, value: Any) -> float:
        text = self._convert(value)
        return self.get(text, UNSEEN)

    def json_type(self) -> type[Code]:
        """As what msgspec reads a JSON text that becomes its code."""
        named = [(f"c{place}", (text, code)) for place, (text, code) in enumerate(self.items()) if text is not None]
        kind: type[Code] = Code("Category", named)  # type: ignore[assignment, arg-type]
        kind.codes = self
        return kind


class Code(float, Enum):
    """A category's code, found by its text."""

    codes: ClassVar[Codes]

    def __new__(cls, text: str, code: float) -> Self:
        self = float.__new__(cls, code)
        self._value_ = text
        return self

    @classmethod
    def _missing_(cls, value: object) -> Any:
        return cls.codes[value]
