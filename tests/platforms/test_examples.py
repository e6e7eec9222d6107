"""Parity over the examples folder: every learner leaves the same bundle and records here and in SageMaker's jobs."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from mlcl import lifecycle
from mlcl.stores import Store
from tests.platforms import clouds

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.slow, pytest.mark.timeout(900)]
EXAMPLES = Path(__file__).parents[2] / "examples"


class Example(NamedTuple):
    """file: of the shared data, '' for the source that the example names; changes: what that file has otherwise."""

    file: str = ""
    changes: tuple[str, ...] = ()


FILES = {
    "bank-marketing": Example("bank-full.csv", ("data.rename={}", "data.recode={}")),
    "breast-cancer": Example(),
    "california-housing": Example("california-housing.csv"),
    "wine-quality": Example("winequality-red.csv", ("data.rename={}",)),
}


@pytest.fixture(scope="module")
def on(world: clouds.World) -> str:
    return world.environment()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One for all, as the environment's is: each run is compared with the best model before it, here and there."""
    return Store(tmp_path_factory.mktemp("here"))


def test_every_example_is_compared() -> None:
    assert {file.parent.name for file in EXAMPLES.glob("*/problem.toml")} == set(FILES)


@pytest.mark.parametrize(("learner", "trials"), [("xgboost", 0), ("lightgbm", 0), ("linear", 0), ("auto", 3)])
@pytest.mark.parametrize("name", FILES)
def test_the_bundle_is_the_same(name: str, learner: str, trials: int, on: str, store: Store, shared_data: Path) -> None:
    example = FILES[name]
    asked = [f"train.trials={trials}", f"train.learner={learner}", "aws.endpoint.on_pass=false", *example.changes]
    if example.file:
        asked.append(f"data.source={shared_data / example.file}")
    problem = EXAMPLES / name / "problem.toml"
    here = lifecycle.run(problem, overrides=asked, store=store)
    there = lifecycle.run(problem, overrides=asked, on=on)
    assert there.run.state == here.run.state in ("passed", "not passed")
    assert there.run.dataset_digest == here.run.dataset_digest
    assert there.run.bundle_digest == here.run.bundle_digest
    assert clouds.plain(there) == clouds.plain(here)
