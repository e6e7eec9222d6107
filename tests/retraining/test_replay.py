"""The time machine: what the policies do to the same recorded traffic."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from mlcl import problem as problem_file
from mlcl.cli.app import app
from mlcl.errors import DataError, NotFound, UsageError
from mlcl.retraining import page, recorded, replay
from mlcl.retraining.recorded import Delay
from mlcl.retraining.replay import Settings
from tests import small
from tests.retraining.world import rows

WATCHED = '\n[monitor]\nminimum_rows = 50\n[retrain]\nevery = "14d"\nminimum_rows = 100\nattempts = 20\n'
DELAY = Delay(timedelta(days=3))
START = datetime.fromisoformat("2025-01-16T00:00+00:00")  # after 300 rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """traffic.parquet, 20 rows a day: the world turns after the first 500 of 2,000."""
    folder = tmp_path_factory.mktemp("replay")
    small.problem(folder, text=small.PROBLEM + WATCHED)
    frame = pl.concat([rows(500, 1), rows(1500, 2, turned=True)])
    times = pl.Series(
        "at", [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=1.2 * row) for row in range(len(frame))]
    )
    frame.with_columns(times).write_parquet(folder / "traffic.parquet")
    return folder


@pytest.fixture(scope="module")
def result(folder: Path) -> replay.Document:
    settings = Settings("at", DELAY, "7d", START, ("never", "schedule"))
    return replay.replay(problem_file.load(folder), folder / "traffic.parquet", settings)


def test_the_policies_are_compared_by_value(result: replay.Document) -> None:
    never, schedule = result["policies"]
    assert result["metric"] == "value_per_case"
    assert (never["trainings"], never["promotions"]) == (0, 0)
    assert schedule["promotions"] >= 1
    assert schedule["total"] > never["total"]
    assert result["best"] == "schedule"


def test_every_row_is_decided_on_once_by_the_model_of_its_time(result: replay.Document) -> None:
    for one in result["policies"]:
        assert sum(period["rows"] for period in one["periods"]) == result["rows"]["traffic"] == 1700
        assert sum(period["outcomes"] for period in one["periods"]) < 1700  # the last ones are still to come
        versions = [period["version"] for period in one["periods"]]
        assert versions == sorted(versions)
        assert one["total"] == pytest.approx(one["figure"] * 1700)
    first = [one["periods"][0]["figure"] for one in result["policies"]]
    assert len(set(first)) == 1


def test_value_is_that_of_the_recorded_outcomes(folder: Path, result: replay.Document) -> None:
    """An independent count for the policy that never retrains: the first model on all rows after the start."""
    import mlcl
    from mlcl.stores import Store

    problem = problem_file.load(folder)
    table = pl.read_parquet(folder / "traffic.parquet").sort("at")
    before, after = table.head(300), table.tail(1700)
    before.write_parquet(folder / "before.parquet")
    asked = [f"data.source={folder / 'before.parquet'}", 'data.drop=["at"]']
    store = Store(folder / "own")
    mlcl.run(folder / "problem.toml", overrides=asked, store=store)
    decided = mlcl.load("small", store=store).predict(after)["decision"]
    hits = ((decided == "yes") & (after["bought"] == "yes")).sum()
    misses = ((decided == "yes") & (after["bought"] == "no")).sum()
    assert problem.value is not None
    assert result["policies"][0]["total"] == pytest.approx(10 * hits - 2 * misses)


def test_the_same_replay_gives_the_same_result(folder: Path, result: replay.Document) -> None:
    settings = Settings("at", DELAY, "7d", START, ("schedule",))
    again = replay.replay(problem_file.load(folder), folder / "traffic.parquet", settings)["policies"][0]
    before = result["policies"][1]
    assert [one["figure"] for one in again["periods"]] == [one["figure"] for one in before["periods"]]
    assert [one["version"] for one in again["periods"]] == [one["version"] for one in before["periods"]]


def test_the_page_shows_it(result: replay.Document) -> None:
    shown = page.render(result)
    assert shown.startswith("<!doctype html>")
    assert page.headline(result) in shown
    assert shown.count("<svg") == 2
    assert "http" not in shown.replace("http-equiv", "")


def test_outcomes_are_never_early(folder: Path) -> None:
    problem = problem_file.load(folder)
    drawn = recorded.load(problem, folder / "traffic.parquet", "at", DELAY).traffic
    late = (drawn[recorded.ARRIVAL] - drawn[recorded.TIME]).dt.total_seconds() / 86400
    assert late.min() > 0  # type: ignore[operator]
    assert late.mean() == pytest.approx(3, rel=0.1)


def test_a_column_says_how_late(folder: Path, tmp_path: Path) -> None:
    problem = problem_file.load(folder)
    table = pl.read_parquet(folder / "traffic.parquet")
    known = table.with_columns(days=pl.lit(2.5), on=pl.col("at").dt.offset_by("60h"))
    known.write_parquet(tmp_path / "t.parquet")
    for column in ("days", "on"):
        found = recorded.load(problem, tmp_path / "t.parquet", "at", Delay(timedelta(0), column))
        assert set((found.traffic[recorded.ARRIVAL] - found.traffic[recorded.TIME]).dt.total_hours()) == {60}
        assert found.apart == ("at", column)


def test_mistakes_are_named(folder: Path, tmp_path: Path) -> None:
    problem, table = problem_file.load(folder), folder / "traffic.parquet"
    with pytest.raises(NotFound, match="column 'att'"):
        replay.replay(problem, table, Settings("att", DELAY))
    with pytest.raises(NotFound, match="no such file"):
        replay.replay(problem, tmp_path / "none.csv", Settings("at", DELAY))
    with pytest.raises(DataError, match="needs a time"):
        replay.replay(problem, table, Settings("age", DELAY))
    with pytest.raises(UsageError, match="no such policy"):
        replay.replay(problem, table, Settings("at", DELAY, policies=("sometimes",)))
    late = datetime.fromisoformat("2031-01-01T00:00+00:00")
    with pytest.raises(UsageError, match="one side of the start"):
        replay.replay(problem, table, Settings("at", DELAY, start=late))


def test_the_command(folder: Path, tmp_path: Path) -> None:
    arguments = ["replay", str(folder), "--traffic", str(folder / "traffic.parquet"), "--time", "at"]
    arguments += ["--policy", "never", "--period", "28d", "--label-delay", "3d", "-o", str(tmp_path / "page.html")]
    done = CliRunner().invoke(app, [*arguments, "--keep", str(tmp_path / "kept")])
    assert done.exit_code == 0, done.output
    assert "never" in done.output
    assert (tmp_path / "kept" / "never").is_dir()
    assert "<svg" in (tmp_path / "page.html").read_text()
    asked = CliRunner().invoke(app, [*arguments, "--json"])
    assert json.loads(asked.output)["policies"][0]["policy"] == "never"
