"""A weighted average of models, in the space where what features contribute adds up: log-odds, the logarithms of
class probabilities, or values. (For probabilities that is their weighted geometric mean, scaled to sum to 1.)"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mlcl.models.learners.base import Model, Read
from mlcl.models.table import Floats, Matrix

Restore = Callable[[dict[str, Any], Read], Model]


class Blend(Model):
    """members: (weight, model); the weights sum to 1."""

    def __init__(self, members: Sequence[tuple[float, Model]]) -> None:
        first = members[0][1].sheet
        common = {key: first[key] for key in ("schema_version", "task", "classes", "features", "kinds", "cardinality")}
        rounds = sum(model.rounds for _, model in members)
        super().__init__({**common, "kind": "blend", "parameters": {}, "rounds": rounds})
        self.members = list(members)

    def _margin(self, x: Matrix, rounds: int) -> Floats:
        return self._average(lambda model: model._margin(x, rounds))

    def _contributions(self, x: Matrix) -> Floats:
        return self._average(lambda model: model._contributions(x))

    def gain_importance(self) -> dict[str, float]:
        each = [(weight, model.gain_importance()) for weight, model in self.members]
        return {name: sum(weight * gains[name] for weight, gains in each) for name in self.features}

    def parts(self, stem: str) -> tuple[dict[str, Any], dict[str, bytes]]:
        members: list[dict[str, Any]] = []
        files: dict[str, bytes] = {}
        for number, (weight, model) in enumerate(self.members):
            sheet, named = model.parts(f"{stem}-{number}")
            members.append({"weight": weight, **sheet})
            files |= named
        return {**self.sheet, "members": members, "files": sorted(files)}, files

    def _average(self, score: Callable[[Model], Floats]) -> Floats:
        """Members in their order, so that the sum is the same every time."""
        parts = [weight * score(model) for weight, model in self.members]
        return sum(parts[1:], start=parts[0])


def restore(sheet: dict[str, Any], read: Read, member: Restore) -> Model:
    """member: restores one model of the blend."""
    members = [(float(one["weight"]), member(one, read)) for one in sheet["members"]]
    same = {(model.task, model.classes, tuple(model.features)) for _, model in members}
    if same != {(sheet["task"], sheet["classes"], tuple(sheet["features"]))}:
        raise ValueError("the members do not predict the same")
    return Blend(members)
