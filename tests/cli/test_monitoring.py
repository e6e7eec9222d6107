"""mlcl monitor, alerts, acknowledge: text for people, JSON for programs, a line for cron."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlcl.cli.app import app
from mlcl.cli.crontab import times
from mlcl.errors import ProblemError, UsageError
from mlcl.monitoring import alerts
from mlcl.stores import Store
from tests.monitoring import truth
from tests.monitoring.test_alerts import NOW, finding, report


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store(tmp_path / "store 100%")
    truth.endpoint(opened)
    alerts.settle(opened, "bank", {**report(finding(money=None), finding(column="job")), "endpoint": "bank"}, NOW)
    return opened


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_look(store: Store) -> None:
    text = run("monitor", "bank", "--store", store.address)
    assert "Not enough traffic." in text
    assert "report.html" in text
    told = json.loads(run("monitor", "bank", "--window", "2w", "--json", "--store", store.address))
    assert (told["endpoint"], told["enough"], told["changed"]) == ("bank", False, [])
    assert (Path(told["files"]) / "report.html").exists()


def test_no_length_of_time(store: Store) -> None:
    with pytest.raises(ProblemError, match="--window"):
        run("monitor", "bank", "--window", "soon", "--store", store.address)


def test_alerts_and_acknowledge(store: Store) -> None:
    listed = json.loads(run("alerts", "--json", "--store", store.address))
    assert [(alert["id"], alert["state"]) for alert in listed] == [("bank-2", "firing"), ("bank-1", "firing")]
    assert "bank-2" in run("alerts", "bank", "--store", store.address)
    assert run("acknowledge", "bank-2", "--store", store.address) == "bank-2 is acknowledged.\n"
    told = json.loads(run("acknowledge", "bank-2", "--json", "--store", store.address))
    assert told["state"] == "acknowledged"
    assert "No alerts." in run("alerts", "other", "--store", store.address)


def test_a_line_for_cron(store: Store) -> None:
    text = run("monitor", "bank", "--cron", "--store", store.address)
    assert text.startswith("0 0 * * * mlcl monitor bank --store '")
    assert text.endswith("store 100\\%'\n")
    assert json.loads(run("monitor", "bank", "--cron", "--json", "--store", store.address))["crontab"] == text.strip()


@pytest.mark.parametrize(
    ("every", "wanted"),
    [
        ("1m", "*/1 * * * *"), ("15m", "*/15 * * * *"), ("1h", "0 */1 * * *"), ("6h", "0 */6 * * *"),
        ("60m", "0 */1 * * *"), ("1d", "0 0 * * *"), ("24h", "0 0 * * *"), ("1w", "0 0 * * 0"), ("7d", "0 0 * * 0"),
    ],
)  # fmt: skip
def test_what_cron_can_say(every: str, wanted: str) -> None:
    assert times(every) == wanted


@pytest.mark.parametrize("every", ["7m", "90s", "5h", "90m", "2d", "2w"])
def test_what_cron_cannot_say(every: str) -> None:
    with pytest.raises(UsageError, match="mlcl up"):
        times(every)
