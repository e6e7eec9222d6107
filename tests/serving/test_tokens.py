"""Tokens: made once, checked by their hash, revoked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlcl.errors import NotFound, UsageError
from mlcl.serving import tokens
from mlcl.serving.tokens import Tokens
from mlcl.stores import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_a_token_tells_who_calls(store: Store) -> None:
    shop, bank = tokens.create(store, "shop"), tokens.create(store, "bank")
    known = Tokens(store)
    assert (known.check(shop), known.check(bank)) == ("shop", "bank")
    assert len(known) == 2
    assert len({shop, bank}) == 2
    assert len(shop) > 40


def test_the_store_keeps_no_token(store: Store, tmp_path: Path) -> None:
    token = tokens.create(store, "shop")
    for file in (tmp_path / "store").rglob("*.json"):
        assert token.encode() not in file.read_bytes()
        assert token.removeprefix("mlcl_").encode() not in file.read_bytes()
    (entry,) = tokens.listed(store)
    assert set(entry) == {"name", "created_at"}


def test_a_revoked_token_is_refused(store: Store) -> None:
    token = tokens.create(store, "shop")
    known = Tokens(store, seconds=0)
    assert known.check(token) == "shop"
    tokens.revoke(store, "shop")
    assert known.check(token) is None
    assert tokens.listed(store) == []
    assert tokens.create(store, "shop") != token
    with pytest.raises(NotFound, match="Did you mean 'shop'"):
        tokens.revoke(store, "shp")


def test_a_name_has_one_token_and_is_plain(store: Store) -> None:
    tokens.create(store, "shop")
    with pytest.raises(UsageError, match="already"):
        tokens.create(store, "shop")
    with pytest.raises(UsageError, match="usable name"):
        tokens.create(store, "a\nb")


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300) | st.text("mlcl_", max_size=40))
def test_nothing_else_is_a_token(store: Store, text: str) -> None:
    if not tokens.listed(store):
        tokens.create(store, "shop")
    assert Tokens(store).check(text) is None


def test_near_misses(store: Store) -> None:
    token = tokens.create(store, "shop")
    known = Tokens(store)
    for wrong in (token[:-1], token + "x", token.upper(), " " + token, token.removeprefix("mlcl_"), token * 100, ""):
        assert known.check(wrong) is None


def test_tokens_are_read_again_after_a_while(store: Store) -> None:
    patient, quick = Tokens(store, seconds=3600), Tokens(store, seconds=0)
    assert (len(patient), len(quick)) == (0, 0)
    token = tokens.create(store, "shop")
    assert (patient.check(token), quick.check(token)) == (None, "shop")
    patient.refresh()
    assert patient.check(token) == "shop"


def test_a_lost_store_opens_no_door(store: Store, tmp_path: Path) -> None:
    token = tokens.create(store, "shop")
    known = Tokens(store, seconds=0)
    assert known.check(token) == "shop"
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    assert len(known) == 1
    assert known.check(token) == "shop"
    assert known.check("mlcl_other") is None
    (tmp_path / "store").write_text("a file where the folder was")
    assert known.check(token) == "shop"


def test_a_store_that_was_never_read_knows_nobody(store: Store, tmp_path: Path) -> None:
    token = tokens.create(store, "shop")
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    assert Tokens(store).check(token) is None
