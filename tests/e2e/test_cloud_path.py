"""The whole cloud path on loopback, as README and docs/aws.md show it, typed in an empty folder."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import Lived

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("cloud")]


def test_from_nothing_to_a_prediction_through_the_gateway(lived: Lived) -> None:
    answer = json.loads(lived.answer)
    (prediction,) = answer["predictions"]
    assert answer["model"]["name"] == "breast-cancer"
    assert prediction["decision"] in ("benign", "malignant")
    assert sum(prediction["probability"].values()) == pytest.approx(1)


def test_the_run_says_what_it_says_on_a_laptop(lived: Lived) -> None:
    assert "The goals are met." in lived.said
    assert "Registered as breast-cancer version 1." in lived.said


def test_it_waits_for_little_but_terraform(lived: Lived) -> None:
    """Under two minutes on a quiet machine; for 55 s of it the provider waits until it trusts the buckets' lifecycle
    rules. The bound here is for a busy one: it catches what hangs."""
    path = [seconds for line, seconds in lived.person.took.items() if line in lived.path]
    assert len(path) == len(lived.path)
    assert sum(path) < 420, lived.person.took
