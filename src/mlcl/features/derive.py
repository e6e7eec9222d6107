"""Derived features: SQL expressions over columns and over each other, in an order in which they can be computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlcl.errors import ProblemError
from mlcl.features.parts import KINDS, TYPES, Derived
from mlcl.records import Kind


def formulate(
    derived: Mapping[str, str], kinds: Mapping[str, Kind], forbidden: Mapping[str, str]
) -> tuple[Derived, ...]:
    """The derived features (name -> SQL), each after those that it reads. forbidden: columns that they must not read,
    and why. Raises ProblemError."""
    if not derived:
        return ()
    for name in derived:
        if name in kinds or name in forbidden:
            raise ProblemError(
                f"The derived feature '{name}' has the name of a column.", where=f"features.{name}", fix="Rename it."
            )
    scope = _Scope(derived, kinds, forbidden)
    for name in derived:
        scope[name]
    return tuple(scope.done.values())


class _Scope(Mapping[str, str]):
    """Types of columns and derived features by name; asking for that of a derived feature translates it."""

    def __init__(self, derived: Mapping[str, str], kinds: Mapping[str, Kind], forbidden: Mapping[str, str]) -> None:
        self.done: dict[str, Derived] = {}
        self._derived, self._kinds, self._forbidden = derived, kinds, forbidden
        self._open: list[str] = []

    def __contains__(self, name: object) -> bool:
        return name in self._kinds or name in self._derived

    def __iter__(self) -> Iterator[str]:
        return iter([*self._kinds, *self._derived])

    def __len__(self) -> int:
        return len(self._kinds) + len(self._derived)

    def __getitem__(self, name: str) -> str:
        if name in self._kinds:
            return TYPES[self._kinds[name]]
        if name not in self.done:
            self._open.append(name)
            self._translate(name)
            self._open.pop()
        return TYPES[self.done[name].kind]

    def _translate(self, name: str) -> None:
        from mlcl.features.sql import translate

        if name in self._open[:-1]:
            circle = " -> ".join(self._open[self._open.index(name) :])
            raise ProblemError(
                "Derived features need each other in a circle.", where=f"features.{name}", found=circle, fix="Break it."
            )
        sql = self._derived[name]
        term = translate(name, sql, self, forbidden=self._forbidden)
        if term.type == "null":
            raise ProblemError(f"The derived feature '{name}' is always NULL.", where=f"features.{name}", found=sql)
        self.done[name] = Derived(name=name, sql=sql, kind=KINDS[term.type], program=term.program)
