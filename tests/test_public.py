"""The public surface, and what importing it costs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import mlcl

HEAVY = {"polars", "numpy", "xgboost", "lightgbm", "sklearn", "boto3", "optuna", "pandas", "scipy", "httpx"}


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.rsplit("\n", 2)[-2].split())


def test_exported_members() -> None:
    assert mlcl.__all__ == ["MlclError", "check", "deploy", "load", "profile", "report", "run"]
    for name in mlcl.__all__:
        assert getattr(mlcl, name)


def test_import_loads_nothing_heavy() -> None:
    assert not loaded_by("import mlcl") & HEAVY


def test_help_loads_nothing_heavy() -> None:
    code = "from mlcl.cli.app import app\ntry: app(['--help'])\nexcept SystemExit: pass"
    assert not loaded_by(code) & {*HEAVY, "pydantic", "rich"}


@pytest.mark.parametrize(("own", "wanted"), [(None, "dirty_decay_ms:50"), ("dirty_decay_ms:9", "dirty_decay_ms:9")])
def test_polars_is_told_to_give_freed_memory_back_unless_the_environment_says_how(own: str | None, wanted: str) -> None:
    name = "_RJEM_MALLOC_CONF"
    given = {key: value for key, value in os.environ.items() if key != name} | ({name: own} if own else {})
    script = f"import mlcl, os, sys; print('polars' in sys.modules, os.environ['{name}'])"
    done = subprocess.run([sys.executable, "-c", script], env=given, capture_output=True, text=True, check=True)
    loaded, said = done.stdout.split()
    assert loaded == "False"  # it is told before it is there
    assert wanted in said.split(",")
