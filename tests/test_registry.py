"""The registry: versions, the champion, bundles that prove to be whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlcl import registry
from mlcl.errors import BundleError, NotFound
from mlcl.models import manifest
from mlcl.records import Model, Stage
from mlcl.stores import Store, keys


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def bundle(folder: Path, content: str = "trees") -> str:
    """A bundle as far as the registry looks at it; gives its digest."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "booster.json").write_text(content)
    return manifest.write(folder, {})


def add(store: Store, folder: Path, content: str, stage: Stage = "approved", run: str = "") -> Model:
    digest = bundle(folder / content, content)
    model = Model(
        problem="bank", version=None, stage=stage, bundle_digest=digest, learner="xgboost", run=run or content
    )
    return registry.register(store, model, folder / content)


def test_approved_models_are_numbered(store: Store, tmp_path: Path) -> None:
    assert [add(store, tmp_path, name).version for name in ("a", "b", "c")] == [1, 2, 3]
    assert [model.version for model in registry.models(store, "bank")] == [1, 2, 3]
    assert registry.problems(store) == ["bank"]


def test_a_rejected_model_is_kept_without_a_version(store: Store, tmp_path: Path) -> None:
    add(store, tmp_path, "a")
    rejected = add(store, tmp_path, "b", stage="rejected", run="run-b")
    assert rejected.version is None
    assert registry.find(store, "bank", "run-b") == rejected
    assert registry.find(store, "bank", "latest") == rejected
    assert registry.champion(store, "bank") == registry.find(store, "bank", 1)
    assert add(store, tmp_path, "c").version == 2


def test_the_same_bundle_keeps_its_version(store: Store, tmp_path: Path) -> None:
    first = add(store, tmp_path, "a", run="one")
    assert add(store, tmp_path, "a", run="two") == first
    assert add(store, tmp_path, "a", stage="rejected", run="three") == first
    assert len(registry.models(store, "bank")) == 1


def test_a_bundle_that_failed_before_gets_a_version_once_it_passes(store: Store, tmp_path: Path) -> None:
    assert add(store, tmp_path, "a", stage="rejected", run="one").version is None
    assert add(store, tmp_path, "a", run="two").version == 1


def test_registering_again_after_a_crash_changes_nothing(store: Store, tmp_path: Path) -> None:
    once = add(store, tmp_path, "a", stage="rejected")
    assert add(store, tmp_path, "a", stage="rejected") == once
    assert len(registry.models(store, "bank")) == 1


def test_the_champion_is_the_highest_approved_version(store: Store, tmp_path: Path) -> None:
    assert registry.champion(store, "bank") is None
    for name in ("a", "b"):
        add(store, tmp_path, name)
    assert registry.find(store, "bank").version == 2
    assert registry.set_stage(store, "bank", 2, "rejected", "wrong data").why == "wrong data"
    assert registry.find(store, "bank", "champion").version == 1
    assert add(store, tmp_path, "c").version == 3


@pytest.mark.parametrize("which", [2, "2", "v2", "b"])
def test_finding_a_version(store: Store, tmp_path: Path, which: int | str) -> None:
    for name in ("a", "b", "c"):
        add(store, tmp_path, name)
    assert registry.find(store, "bank", which).version == 2


def test_not_found_says_what_there_is(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="mlcl run"):
        registry.find(store, "bank")
    add(store, tmp_path, "a", stage="rejected", run="20261123-a")
    with pytest.raises(NotFound, match="No model of 'bank' has met its goals"):
        registry.find(store, "bank")
    with pytest.raises(NotFound, match="Did you mean '20261123-a'"):
        registry.find(store, "bank", "20261123-b")
    with pytest.raises(NotFound, match="Did you mean 'bank'"):
        registry.find(store, "bnak")


def test_racing_registrations_get_different_versions(store: Store, tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from tests.test_registry import add
from mlcl.stores import Store
print([add(Store(sys.argv[1]), Path(sys.argv[2]), sys.argv[2][-1] + str(n)).version for n in range(8)])
"""
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", program, store.address, str(tmp_path / f"racer-{me}")],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        )
        for me in range(3)
    ]
    versions = [version for racer in racers for version in json.loads(racer.communicate()[0])]
    assert sorted(versions) == list(range(1, 25))


@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_a_bundle_comes_back_whole(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLCL_CACHE", str(tmp_path / "cache"))
    store = Store(str(tmp_path / "store") if kind == "folder" else request.getfixturevalue("bucket"))
    model = add(store, tmp_path, "a")
    for _ in ("first", "cached"):
        folder = registry.bundle_folder(store, model.bundle_digest)
        assert (folder / "booster.json").read_text() == "a"
    (folder / "booster.json").write_text("hacked")
    if kind == "folder":
        with pytest.raises(BundleError, match="damaged"):
            registry.bundle_folder(store, model.bundle_digest)
    else:
        again = registry.bundle_folder(store, model.bundle_digest)
        assert (again / "booster.json").read_text() == "a"
        store.put(f"{keys.bundle(model.bundle_digest)}/booster.json", b"hacked")
        (folder / "booster.json").unlink()
        with pytest.raises(BundleError, match="damaged"):
            registry.bundle_folder(store, model.bundle_digest)


def test_a_bundle_that_is_damaged_is_not_taken_in(store: Store, tmp_path: Path) -> None:
    digest = bundle(tmp_path / "a")
    (tmp_path / "a/booster.json").write_text("hacked")
    with pytest.raises(BundleError):
        registry.upload_bundle(store, digest, tmp_path / "a")
    assert store.keys("bundles") == []
