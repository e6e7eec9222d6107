"""The public surface, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

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
