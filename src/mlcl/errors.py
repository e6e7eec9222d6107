"""Every error that a user can cause, as one tree.

MlclError                      exit 1: a fault
├── UsageError                 exit 2: the command or call was wrong
│   ├── ProblemError           problem.toml: file, key, what was found, what is allowed
│   ├── NotFound               no such run, model, endpoint or column ("did you mean")
│   └── InputError             rows sent for prediction that break the model's schema
├── DataError                  exit 3: the data cannot serve
│   └── ExpectationError       data that break [data.expect]
├── SourceError                exit 1: a source could not be fetched (network, credentials)
├── StoreError                 exit 1: the store cannot be read or written
│   ├── Conflict               somebody else wrote the same entry first
│   └── Corrupt                bytes that are not what was written
└── BundleError                exit 1: a model bundle that is damaged or too new
GoalsNotMet is not an error: a run that ends so is whole, and the command exits with 4 (GOALS_NOT_MET).

Each carries what went wrong, where, what was found and what to do; `str()` prints them in that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

OK, FAULT, USAGE, BAD_DATA, GOALS_NOT_MET = 0, 1, 2, 3, 4


class MlclError(Exception):
    """Base of the tree.

    what: one sentence; where: file, key, row or column; found: what stood there; fix: what to do.
    """

    exit_code = FAULT
    retryable = False

    def __init__(self, what: str, *, where: str = "", found: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.found, self.fix = what, where, found, fix

    def __str__(self) -> str:
        lines = [self.what]
        for label, text in (("where", self.where), ("found", self.found), ("do", self.fix)):
            if text:
                lines.append(f"  {label}: {text}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON-ready values, for --json and the API."""
        fields = {"what": self.what, "where": self.where, "found": self.found, "do": self.fix}
        return {
            "error": type(self).__name__,
            "retryable": self.retryable,
            **{k: v for k, v in fields.items() if v},
        }


def described(error: Exception) -> dict[str, Any]:
    """Any error as JSON-ready values, for the record of what it ended."""
    return error.as_dict() if isinstance(error, MlclError) else {"error": type(error).__name__, "what": str(error)}


class UsageError(MlclError):
    exit_code = USAGE


class ProblemError(UsageError):
    pass


class NotFound(UsageError):
    @classmethod
    def among(cls, kind: str, name: str, known: Iterable[str], *, fix: str = "") -> NotFound:
        """No `kind` called `name`; names the nearest of `known`, or what to do when there are none."""
        names = sorted(set(known))
        hint = did_you_mean(name, names) or fix
        return cls(
            f"There is no {kind} '{name}'.",
            found=f"known: {listing(names)}" if names else "none yet",
            fix=hint,
        )


class InputError(UsageError):
    """Rows that break a model's schema. faults: one dict per fault with row, column, found, allowed."""

    def __init__(self, what: str, faults: Sequence[dict[str, Any]] = (), **rest: str) -> None:
        super().__init__(what, **rest)
        self.faults = list(faults)

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "faults": self.faults}


class DataError(MlclError):
    exit_code = BAD_DATA


class ExpectationError(DataError):
    pass


class SourceError(MlclError):
    """retryable: whether trying again later may help (a time-out) or not (no such data set)."""

    def __init__(self, what: str, *, retryable: bool = False, **rest: str) -> None:
        super().__init__(what, **rest)
        self.retryable = retryable


class StoreError(MlclError):
    pass


class Conflict(StoreError):
    retryable = True


class Corrupt(StoreError):
    pass


class BundleError(MlclError):
    pass


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """'Did you mean ...?' for the nearest known name, or '' when none is near."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"Did you mean '{near[0]}'?" if near else ""


def listing(names: Sequence[str], most: int = 12) -> str:
    """'a, b, c' with at most `most` names."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
