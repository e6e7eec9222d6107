"""The seam: what differs between a laptop and a cloud is how folders get to a step and where its process runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from mlcl.errors import FAULT, MlclError
from mlcl.problem import Problem
from mlcl.records import Step

Watch = Callable[[Step], None]


class Detached(MlclError):
    """The run goes on, but nobody here watches it any more. told: whether somebody asked for that (Ctrl-C)."""

    def __init__(self, what: str, *, told: bool = False, **rest: str) -> None:
        super().__init__(what, **rest)
        self.told, self.retryable = told, True
        self.exit_code = 130 if told else FAULT


class Plan(NamedTuple):
    """What a platform is asked to do: all steps for one problem.

    source: identity of the data now (mlcl.data.sources.fingerprint); champion: folder and digest of the bundle of the
    model now in use; fresh: run every step even when its result is cached.
    """

    problem: Problem
    source: str
    champion: tuple[Path, str] | None = None
    fresh: bool = False


class Platform(Protocol):
    def run(self, plan: Plan, watch: Watch) -> Mapping[str, Path]:
        """Runs the steps in order; calls `watch` at each change of a step's state; gives each step's output folder, on
        another machine at least with its documents and the bundle.

        A step's error goes on to the caller after `watch` has heard of it.
        """
        ...
