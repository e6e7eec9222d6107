"""What every platform must do. A platform joins by one more entry in PLATFORMS.

sagemaker works against AWS on loopback, each job a process of its own: all of it takes minutes, so one of its tests
is in the quick suite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from mlcl import problem as problem_file
from mlcl import runs
from mlcl.data import sources
from mlcl.errors import ExpectationError
from mlcl.platforms.base import Plan, Platform, Watch
from mlcl.platforms.local import Local
from mlcl.platforms.sagemaker.platform import SageMaker
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.problem import Problem
from mlcl.records import Step
from mlcl.steps import STEPS
from tests import small
from tests.platforms import clouds

NAMES = [spec.name for spec in STEPS]


class OnSageMaker:
    """Each run is an execution of its own in one environment."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud, self.made = cloud, ExitStack()

    def run(self, plan: Plan, watch: Watch) -> Mapping[str, Path]:
        return self.made.enter_context(SageMaker(self.cloud, runs.new_id(), poll=0.2)).run(plan, watch)


def on_sagemaker(request: pytest.FixtureRequest, folder: Path) -> Platform:
    platform = OnSageMaker(Cloud.open(request.getfixturevalue("world").environment()))
    request.addfinalizer(platform.made.close)
    return platform


PLATFORMS: dict[str, Callable[[pytest.FixtureRequest, Path], Platform]] = {
    "local": lambda request, folder: Local(folder / "store"),
    "sagemaker": on_sagemaker,
}
SLOW = [
    "local",
    pytest.param("sagemaker", marks=[pytest.mark.slow, pytest.mark.xdist_group("cloud")]),
]
QUICK = ["local", pytest.param("sagemaker", marks=pytest.mark.xdist_group("cloud"))]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clouds.World]:
    with clouds.sandbox(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


@pytest.fixture(params=SLOW)
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Platform:
    return PLATFORMS[request.param](request, tmp_path)


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    return problem_file.load(small.problem(tmp_path))


def run(platform: Platform, problem: Problem, **options: object) -> list[tuple[str, str]]:
    seen: list[tuple[str, str]] = []
    source = sources.fingerprint(problem.data, problem.base)

    def watch(step: Step) -> None:
        seen.append((step.name, step.state))

    platform.run(Plan(problem, source, **options), watch)  # type: ignore[arg-type]
    return seen


def changed(problem: Problem, *overrides: str) -> Problem:
    return problem_file.load(problem.base, overrides)


def rerun(seen: list[tuple[str, str]]) -> list[str]:
    return [name for name, state in seen if state == "done"]


@pytest.mark.parametrize("platform", QUICK, indirect=True)
def test_steps_in_order_each_with_its_states(platform: Platform, problem: Problem) -> None:
    assert run(platform, problem) == [(name, state) for name in NAMES for state in ("running", "done")]


def test_nothing_changed_nothing_done(platform: Platform, problem: Problem) -> None:
    run(platform, problem)
    assert run(platform, problem) == [(name, "cached") for name in NAMES]


def test_fresh_runs_all(platform: Platform, problem: Problem) -> None:
    run(platform, problem)
    assert rerun(run(platform, problem, fresh=True)) == NAMES


@pytest.mark.parametrize(
    ("override", "first"),
    [
        ("data.delimiter=,", "validate"),  # read anew, same table: nothing after it
        ("data.expect.age.max=99", "validate"),
        ('data.drop=["income"]', "validate"),
        ("features.old=age > 60", "prepare"),
        ("train.parameters.max_depth=2", "train"),
        ("evaluate.bootstrap=500", "evaluate"),
        ("value.true_positive=20", "evaluate"),
        ("problem.question=Who?", "register"),
    ],
)
def test_a_changed_key_reruns_what_depends_on_it(
    platform: Platform, problem: Problem, override: str, first: str
) -> None:
    run(platform, problem)
    again = rerun(run(platform, changed(problem, override)))
    if override.startswith("data.delimiter"):
        assert again == ["collect", "register"]
    elif override.startswith("value"):
        assert again == ["validate", *NAMES[NAMES.index(first) :]]
    else:
        assert again == NAMES[NAMES.index(first) :]


def test_threads_change_nothing(platform: Platform, problem: Problem) -> None:
    run(platform, problem)
    assert rerun(run(platform, changed(problem, "train.threads=1"))) in ([], ["register"])


def test_changed_data_rerun_all(platform: Platform, problem: Problem) -> None:
    run(platform, problem)
    small.frame(seed=1).write_csv(problem.base / "small.csv")
    assert rerun(run(platform, problem)) == NAMES


def test_a_failing_step_is_told_and_goes_on_to_the_caller(platform: Platform, problem: Problem) -> None:
    seen: list[tuple[str, str]] = []
    broken = changed(problem, "data.expect.age.max=20")
    plan = Plan(broken, sources.fingerprint(broken.data, broken.base))
    with pytest.raises(ExpectationError):
        platform.run(plan, lambda step: seen.append((step.name, step.state)))
    assert seen[-1] == ("validate", "failed")


def test_it_goes_on_where_a_failure_stopped_it(platform: Platform, problem: Problem) -> None:
    with pytest.raises(ExpectationError):
        run(platform, changed(problem, "data.expect.age.max=20"))
    seen = run(platform, problem)
    assert seen[0] == ("collect", "cached")
    assert rerun(seen) == NAMES[1:]
