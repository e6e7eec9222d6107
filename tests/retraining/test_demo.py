"""The demonstration: what it promises to show, it shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlcl import registry, runs
from mlcl.cli.app import app
from mlcl.errors import DataError, UsageError
from mlcl.monitoring import alerts
from mlcl.retraining import attempts, demo
from mlcl.serving import endpoints
from mlcl.stores import Store
from tests import small

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_whole_loop(tmp_path: Path) -> None:
    store, said = Store(tmp_path / "store"), []
    result = demo.demo(store, None, said.append, NOW)
    usual = [day for day in result["days"] if not day["changed"]]
    assert not any(day["findings"] for day in usual)
    fired = [one for day in result["days"] for one in day["alerts"] if one["state"] == "firing"]
    assert max(one["money_at_risk"] or 0 for one in fired) > 0
    assert result["attempt"]["state"] == "deployed", result["attempt"]["why"]
    figures = result["figures"]
    assert figures["changed"] < figures["usual"]
    assert figures["after"] > figures["changed"]
    assert [day["version"] for day in result["days"]] == [1] * 11 + [2] * 2
    text = "\n".join(said)
    assert "ALERT" in text
    assert "RETRAINED" in text
    assert str(tmp_path) in text
    # The store is left to be looked at.
    live = endpoints.find(store, "breast-cancer").live
    assert live is not None
    assert live.version == 2
    assert [model.version for model in registry.models(store, "breast-cancer")] == [1, 2]
    assert {run.trigger for run in runs.recent(store)} == {"person", result["attempt"]["trigger"]}
    assert alerts.present(store, resolved=True)
    assert attempts.history(store, "breast-cancer")[-1].state == "deployed"
    with pytest.raises(UsageError, match="has an endpoint"):
        demo.demo(store, None, said.append, NOW)


def test_another_problem(tmp_path: Path) -> None:
    file = small.problem(tmp_path, rows=1200)
    result = demo.demo(Store(tmp_path / "store"), file, lambda text: None, NOW)
    assert result["telling"] in ("age", "income")
    assert len(result["days"]) == 13
    assert result["attempt"] is None or result["attempt"]["state"] in ("deployed", "kept")


def test_too_few_rows(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least 100 rows"):
        demo.demo(None, small.problem(tmp_path, rows=60), lambda text: None, NOW)


def test_the_command(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["demo", "--store", str(tmp_path / "store"), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["attempt"]["state"] == "deployed"
    again = CliRunner().invoke(app, ["retrain", "breast-cancer", "--store", str(tmp_path / "store"), "--json"])
    assert again.exit_code in (0, 3, 4), again.output
    assert json.loads(again.output)["trigger"] == "person"
