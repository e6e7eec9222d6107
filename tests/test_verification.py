"""The same rows, every way, the same numbers; and a certificate that shows when somebody has changed it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlcl import lifecycle, verification
from mlcl.stores import Store
from tests import small


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("verified")
    made = Store(folder / "store")
    lifecycle.run(small.problem(folder / "problem"), store=made)
    return made


def test_every_way_gives_the_same_answers(store: Store) -> None:
    certificate = verification.verify("small", store=store, rows=50)
    assert [way["way"] for way in certificate["ways"]] == ["python", "local endpoint", "batch"]
    assert certificate["equal"] is True, certificate
    assert len({way["digest"] for way in certificate["ways"]}) == 1
    kept = json.loads(store.get(certificate["key"]))
    assert kept == certificate
    assert verification.genuine(kept)


def test_a_changed_certificate_is_not_genuine(store: Store) -> None:
    certificate = verification.verify("small", store=store, rows=5)
    assert not verification.genuine({**certificate, "bundle_digest": "0" * 64})


def test_a_signature_needs_the_key(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(verification.SIGNING_KEY, "secret")
    certificate = verification.verify("small", store=store, rows=5)
    assert certificate["signed"] == "hmac-sha256"
    assert verification.genuine(certificate)
    monkeypatch.setenv(verification.SIGNING_KEY, "other")
    assert not verification.genuine(certificate)


def test_a_difference_is_found(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = verification._batch
    monkeypatch.setattr(verification, "_batch", lambda bundle, lines: right(bundle, lines)[::-1])
    certificate = verification.verify("small", store=store, rows=20)
    assert certificate["equal"] is False
    [batch] = [way for way in certificate["ways"] if way["way"] == "batch"]
    assert "answers differ" in batch["why"]
