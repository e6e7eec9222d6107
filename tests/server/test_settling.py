"""The server asks AWS about runs that nobody watches, not too often, and of several servers one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from mlcl import problem as problem_file
from mlcl import results, runs
from mlcl.server import settling
from mlcl.server.index import Runs
from mlcl.server.settling import Process, Settler
from mlcl.stores import Store
from tests import small


class Ended:
    """A process that has done its work already, or not."""

    def __init__(self) -> None:
        self.code: int | None = 0

    def poll(self) -> int | None:
        return self.code


class World:
    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "store")
        self.problem = problem_file.load(small.problem(folder))
        self.asked: list[str] = []
        self.process = Ended()

    def begin(self, on: str) -> Process:
        self.asked.append(on)
        return cast(Process, self.process)

    def settler(self) -> Settler:
        return Settler(self.store, Runs(self.store), self.begin)

    def run(self, **about: Any) -> runs.Journal:
        made = results.new_run(self.problem, "schedule").model_copy(update=about)
        return runs.Journal(self.store, made)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def look(settler: Settler) -> None:
    settler.runs.refresh(now=True)
    settler.look()


def test_runs_of_this_machine_are_nobodys_business(world: World) -> None:
    world.run()
    look(world.settler())
    assert world.asked == []


def test_an_open_run_is_asked_about_again_and_again_by_one_server(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.run(platform="aws:dev", process="arn:aws:sagemaker:x")
    first, second = world.settler(), world.settler()
    look(first)
    look(first)
    look(second)
    assert world.asked == ["aws:dev"]
    monkeypatch.setattr(settling, "OPEN", 0.0)
    look(first)
    assert world.asked == ["aws:dev"] * 2
    world.process.code = None  # at work
    look(first)
    assert world.asked == ["aws:dev"] * 2


def test_where_none_is_open_it_is_asked_seldom(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One may have begun whose first job got no machine: there is no record of it at all."""
    world.run(platform="aws:dev", process="arn:aws:sagemaker:x").finish("passed")
    monkeypatch.setattr(settling, "OPEN", 0.0)
    settler = world.settler()
    look(settler)
    look(settler)
    assert world.asked == ["aws:dev"]
    monkeypatch.setattr(settling, "SELDOM", 0.0)
    look(settler)
    assert world.asked == ["aws:dev"] * 2
