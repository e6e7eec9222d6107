"""Names as parts of keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl.errors import UsageError
from mlcl.stores import keys


@pytest.mark.parametrize("name", ["a", "bank-marketing", "v1.2_x", "A" * 128, "3f" * 32])
def test_usable_names(name: str) -> None:
    assert keys.name(name) == name


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "a..b", "-x", "a b", "a\n", "ü", "A" * 129, "a\0"])
def test_names_that_could_escape_or_confuse(name: str) -> None:
    for key in (keys.endpoint, keys.models, keys.bundle, keys.run, keys.captures, keys.dataset):
        with pytest.raises(UsageError, match="not a usable name"):
            key(name)


@given(st.text(max_size=20))
def test_a_key_keeps_its_place(name: str) -> None:
    try:
        key = keys.endpoint(name)
    except UsageError:
        return
    assert key == f"endpoints/{name}/state"
    assert key.count("/") == 2
