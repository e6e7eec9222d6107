"""Lengths of time, and the sections [monitor] and [retrain]."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl.errors import ProblemError
from mlcl.problem import Problem, from_dict
from mlcl.problem.base import duration

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def problem(**sections: Any) -> Problem:
    return from_dict({"problem": {"name": "p", "target": "t"}, "data": {"source": "x.csv"}, **sections}, base=Path())


@given(st.integers(1, 999_999), st.sampled_from(sorted(UNITS)), st.sampled_from(["", " "]))
def test_a_length_of_time(number: int, unit: str, space: str) -> None:
    assert duration(f"{number}{space}{unit}") == timedelta(seconds=number * UNITS[unit])


@pytest.mark.parametrize("text", ["", "1", "d", "0d", "-1d", "1.5h", "1 day", "1d2h", "1D", "9999999w", "١d", "1d\n1d"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ProblemError, match="15m, 1d or 2w") as told:
        duration(text, "--window")
    assert told.value.where == "--window"


@given(st.text(max_size=12))
def test_any_text_is_a_length_or_a_clear_error(text: str) -> None:
    with suppress(ProblemError):
        assert duration(text) > timedelta()


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ({"monitor": {"every": "soon"}}, "monitor.every"),
        ({"monitor": {"window": "0d"}}, "monitor.window"),
        ({"monitor": {"limits": {"psii": 0.2}}}, "Did you mean 'psi'"),
        ({"monitor": {"limits": {"auc": 0.4}}}, "monitor.limits.auc"),
        ({"monitor": {"webhook": {"url": "file:///etc/passwd"}}}, "monitor.webhook.url"),
        ({"monitor": {"webhook": {"url": "https://me:secret@example.org"}}}, "secret_env"),
        ({"monitor": {"webhook": {"url": "https://example.org", "secret_env": "not a name"}}}, "secret_env"),
        ({"monitor": {"email": {"host": "mail", "sender": "me", "to": ["you@example.org"]}}}, "no mail address"),
        ({"monitor": {"email": {"host": "mail", "sender": "a@b.c", "to": []}}}, "monitor.email.to"),
        ({"monitor": {"email": {"host": "mail", "sender": "a@b.c", "to": ["x@y.z\nBcc: all@y.z"]}}}, "no mail address"),
        ({"retrain": {"on": ["boredom"]}}, "retrain.on"),
        ({"retrain": {"attempts": 0}}, "retrain.attempts"),
    ],
)
def test_mistakes_are_named(section: dict[str, Any], named: str) -> None:
    with pytest.raises(ProblemError, match=named.replace(".", r"\.")):
        problem(**section)


def test_how_a_model_is_watched_makes_it_no_other_model() -> None:
    plain, watched = problem(), problem(monitor={"every": "1h"}, retrain={"on": ["drift"]})
    assert plain.digest == watched.digest
    assert plain.to_json() != watched.to_json()
    assert problem(split={"seed": 1}).digest != plain.digest
