"""Endpoints: deploying, releasing, going back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mlcl.errors import Conflict, Corrupt, NotFound, UsageError
from mlcl.serving import endpoints
from mlcl.serving.endpoints import EndpointState, Settings, deploy, promote, rollback, undeploy
from mlcl.stores import Log, Store, keys
from tests.serving.deploying import digest, put, shape, with_bundles


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return with_bundles(Store(tmp_path / "store"))


def test_the_first_deployment_is_live_whatever_the_strategy(store: Store) -> None:
    state = put(store, 1, "canary")
    assert shape(state) == [("live", 1, 100)]
    assert (state.revision, state.strategy, state.previous) == (1, "all-at-once", None)
    assert endpoints.find(store, "bank") == state
    assert endpoints.endpoints(store) == [state]


@pytest.mark.parametrize(
    ("strategy", "deployed", "promoted"),
    [
        ("all-at-once", [("live", 2, 100)], None),
        ("canary", [("live", 1, 75), ("canary", 2, 25)], [("live", 2, 100)]),
        ("shadow", [("live", 1, 100), ("shadow", 2, 100)], [("live", 2, 100)]),
        ("blue-green", [("live", 2, 100), ("standby", 1, 0)], [("live", 2, 100)]),
    ],
)
def test_strategies(
    store: Store, strategy: str, deployed: list[tuple[str, int, float]], promoted: list[tuple[str, int, float]] | None
) -> None:
    put(store, 1)
    assert shape(put(store, 2, strategy, weight=25)) == deployed
    if promoted:
        assert shape(promote(store, "bank")) == promoted
    else:
        with pytest.raises(UsageError, match="to promote"):
            promote(store, "bank")
    assert shape(rollback(store, "bank")) == [("live", 1, 100)]
    with pytest.raises(UsageError, match="no earlier state"):
        rollback(store, "bank")


def test_rolling_back_again_goes_further_back(store: Store) -> None:
    for version in (1, 2, 3):
        put(store, version)
    assert [shape(rollback(store, "bank"))[0][1] for _ in range(2)] == [2, 1]
    put(store, 4)
    assert shape(rollback(store, "bank")) == [("live", 1, 100)]


def test_a_rollback_drops_a_canary_first(store: Store) -> None:
    put(store, 1)
    put(store, 2)
    put(store, 3, "canary")
    assert shape(rollback(store, "bank")) == [("live", 2, 100)]
    assert shape(rollback(store, "bank")) == [("live", 1, 100)]


def test_going_back_to_a_state_with_a_canary_takes_its_live_model_only(store: Store) -> None:
    put(store, 1)
    put(store, 2, "canary")
    put(store, 3)
    assert shape(rollback(store, "bank")) == [("live", 1, 100)]


def test_one_release_at_a_time(store: Store) -> None:
    put(store, 1)
    put(store, 2, "canary")
    for strategy in ("canary", "shadow"):
        with pytest.raises(Conflict, match="version 2"):
            put(store, 3, strategy)
    assert shape(put(store, 3)) == [("live", 3, 100)]


def test_deploying_what_is_deployed_changes_nothing(store: Store) -> None:
    put(store, 1)
    put(store, 2)
    assert put(store, 2).revision == 2
    assert shape(rollback(store, "bank")) == [("live", 1, 100)]


def test_undeploying_and_back(store: Store) -> None:
    put(store, 1)
    assert undeploy(store, "bank").variants == ()
    assert endpoints.endpoints(store) == []
    with pytest.raises(NotFound, match="mlcl deploy bank"):
        endpoints.find(store, "bank")
    with pytest.raises(NotFound):
        undeploy(store, "bank")
    assert shape(rollback(store, "bank")) == [("live", 1, 100)]


def test_a_model_that_failed_needs_force_and_that_is_recorded(store: Store) -> None:
    with pytest.raises(UsageError, match="--force"):
        deploy(store, "bank", digest(1), None)
    state = deploy(store, "bank", digest(1), None, forced=True)
    assert state.forced
    put(store, 2)
    assert not endpoints.find(store, "bank").forced
    assert rollback(store, "bank").forced
    assert [entry.document["forced"] for entry in Log(store, keys.endpoint("bank")).history()] == [True, False, True]


def test_what_cannot_be_deployed(store: Store) -> None:
    with pytest.raises(UsageError, match="all-at-once, canary, shadow, blue-green"):
        put(store, 1, "rolling")
    with pytest.raises(NotFound, match="no such bundle"):
        deploy(store, "bank", digest(99), 99)
    for weight in (0, 100, -1, 101):
        with pytest.raises(UsageError, match="weight"):
            put(store, 1, "canary", weight=weight)
    for name in ("../x", "a/b", ""):
        with pytest.raises(UsageError):
            deploy(store, name, digest(1), 1)
    assert store.keys("endpoints") == []


def test_settings_stay_over_deployments(store: Store) -> None:
    put(store, 1)
    wanted = Settings(capture_rate=0.5, masked=("age",))
    endpoints.configure(store, "bank", wanted)
    assert put(store, 2).settings == wanted
    assert rollback(store, "bank").settings == wanted
    with pytest.raises(NotFound):
        endpoints.configure(store, "other", wanted)


@pytest.mark.parametrize("action", [promote, rollback])
def test_deciding_on_a_state_that_has_changed_is_refused(store: Store, action) -> None:  # type: ignore[no-untyped-def]
    put(store, 1)
    seen = put(store, 2, "canary")
    rollback(store, "bank")
    put(store, 3, "canary")
    with pytest.raises(Conflict, match="changed meanwhile"):
        action(store, "bank", revision=seen.revision)
    assert shape(endpoints.find(store, "bank")) == [("live", 1, 90), ("canary", 3, 10)]


def test_of_racing_deployers_the_others_are_told(store: Store) -> None:
    put(store, 1)
    program = """
import sys, time
from mlcl.errors import Conflict
from mlcl.serving.endpoints import promote
from mlcl.stores import Store
store = Store(sys.argv[1]); time.sleep(max(0, float(sys.argv[2]) - time.time()))
try: print(promote(store, "bank", revision=2).revision)
except Conflict: print(0)
"""
    put(store, 2, "canary")
    start = str(time.time() + 1)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", program, store.address, start],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ.copy(),
        )
        for _ in range(4)
    ]
    assert sorted(int(racer.communicate()[0]) for racer in racers) == [0, 0, 0, 3]


def test_a_damaged_state_is_named(store: Store) -> None:
    put(store, 1)
    store.put(f"{keys.endpoint('bank')}/00000002.json", b'{"variants": 3}')
    with pytest.raises(Corrupt, match="revision 2"):
        endpoints.find(store, "bank")


class Release(RuleBasedStateMachine):
    """Whatever is done to an endpoint, one model is live with what the canary leaves, and the log only grows."""

    def __init__(self) -> None:
        super().__init__()
        from tempfile import TemporaryDirectory

        self.folder = TemporaryDirectory()
        self.store = with_bundles(Store(self.folder.name))
        self.revision = 0
        put(self.store, 1)

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(version=st.integers(1, 9), strategy=st.sampled_from(endpoints.STRATEGIES), weight=st.floats(0.1, 99.9))
    def deploy(self, version: int, strategy: str, weight: float) -> None:
        before = self.state
        try:
            after = put(self.store, version, strategy, weight=weight)
        except Conflict:
            assert before.rival
            return
        assert version in [variant.version for variant in after.variants]

    @rule()
    def promote(self) -> None:
        before = self.state
        try:
            after = promote(self.store, "bank")
        except UsageError:
            assert len(before.variants) == 1
            return
        wanted = before.rival or before.live
        assert wanted
        assert after.live
        assert after.live.version == wanted.version

    @precondition(lambda self: self.state.previous)
    @rule()
    def rollback(self) -> None:
        before = self.state
        target = Log(self.store, keys.endpoint("bank")).read(before.previous or 0)
        after = rollback(self.store, "bank")
        live = EndpointState.model_validate(target.document).live
        assert live
        assert after.live
        assert after.live.version == live.version

    @property
    def state(self) -> EndpointState:
        return endpoints.find(self.store, "bank")

    @invariant()
    def whole(self) -> None:
        state = self.state
        assert [variant.role for variant in state.variants].count("live") == 1
        answering = [variant.weight for variant in state.variants if variant.role in ("live", "canary")]
        assert sum(answering) == pytest.approx(100)
        assert state.revision >= self.revision
        assert state.previous is None or state.previous < state.revision
        self.revision = state.revision


TestRelease = Release.TestCase


TestRelease.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)


@given(st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5), max_size=4))
def test_a_state_survives_json(more: dict[str, object]) -> None:
    """Also with keys that a later version added."""
    state = EndpointState(name="bank", settings=Settings(masked=("a",)))
    text = {**more, **json.loads(state.to_json())}
    assert EndpointState.model_validate(text) == state
