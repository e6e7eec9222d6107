"""Batch scoring that is killed, disturbed or out of space; and with a real bundle."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlcl import lifecycle
from mlcl.errors import StoreError, UsageError
from mlcl.models.bundle import Bundle as RealBundle
from mlcl.serving import batch, batch_input
from mlcl.serving.batch import predict_file
from mlcl.stores import Store
from tests import small
from tests.serving.batches import BUNDLE, Bundle, expected, read, rows, write


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_input, "_MOST_ROWS", {"parquet": 7, "csv": 7, "jsonl": 7})


# Killed and resumed

PROGRAM = """
import sys, time
from pathlib import Path
from mlcl.serving import batch_input
from mlcl.serving.batch import predict_file
from mlcl.stores import Store
from tests import small
from tests.serving.test_batch import Bundle
batch_input._MOST_ROWS = {"parquet": 7, "csv": 7, "jsonl": 7}
class Slow(Bundle):
    def score(self, matrix):
        time.sleep(0.02)
        return super().score(matrix)
predict_file(Slow(), Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.parametrize(("ending", "out"), [("csv", "parquet"), ("parquet", "csv"), ("jsonl.gz", "jsonl.gz")])
def test_a_killed_call_goes_on(tmp_path: Path, ending: str, out: str) -> None:
    frame = rows(700)
    source, output = write(frame, tmp_path / f"in.{ending}"), tmp_path / f"out.{out}"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    call = subprocess.Popen([sys.executable, "-c", PROGRAM, str(source), str(output)], env=environment)
    parts = tmp_path / f"out.{out}.parts"
    end = time.monotonic() + 30
    while len(list(parts.glob("part-*.json"))) < 5 and time.monotonic() < end:
        time.sleep(0.005)
    call.send_signal(signal.SIGKILL)
    call.wait()
    assert not output.exists()
    result = predict_file(BUNDLE, source, output)
    assert result.resumed >= 35
    assert result.rows == 700
    assert not parts.exists()
    got = read(output)
    assert got["probability"].to_list() == expected(frame)
    predict_file(BUNDLE, source, tmp_path / f"again.{out}")
    assert (tmp_path / f"again.{out}").read_bytes() == output.read_bytes()


def test_another_model_or_input_starts_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, output = write(rows(30), tmp_path / "in.csv"), tmp_path / "out.csv"

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def stop_before_the_end(bundle: Any) -> None:
        with monkeypatch.context() as context:
            context.setattr(batch.Parts, "merge", interrupted)
            with pytest.raises(KeyboardInterrupt):
                predict_file(bundle, source, output)

    stop_before_the_end(BUNDLE)
    assert predict_file(BUNDLE, source, output).resumed == 30
    stop_before_the_end(BUNDLE)
    other: Any = Bundle("regression", digest="b" * 64)
    assert predict_file(other, source, output).resumed == 0
    assert read(output).columns == ["row", "prediction"]
    stop_before_the_end(BUNDLE)
    write(rows(30, seed=1), source)
    assert predict_file(BUNDLE, source, output).resumed == 0
    assert read(output)["probability"].to_list() == expected(rows(30, seed=1))
    stop_before_the_end(BUNDLE)
    assert predict_file(BUNDLE, source, output, on_error="skip").resumed == 0


def test_two_calls_for_one_output(tmp_path: Path) -> None:
    source, output = write(rows(10), tmp_path / "in.csv"), tmp_path / "out.csv"
    (tmp_path / "out.csv.parts").mkdir()
    with (tmp_path / "out.csv.parts/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="Another call"):
            predict_file(BUNDLE, source, output)
    assert predict_file(BUNDLE, source, output).rows == 10


def test_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    source = write(rows(400), tmp_path / "in.parquet")
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 900_000)
    with pytest.raises(StoreError, match="free space"):
        predict_file(BUNDLE, source, small_disk / "out.jsonl")
    assert not (small_disk / "out.jsonl").exists()
    filler.unlink()
    result = predict_file(BUNDLE, source, small_disk / "out.jsonl")
    assert result.rows == 400
    assert result.resumed > 0


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> RealBundle:
    folder = tmp_path_factory.mktemp("small")
    store = Store(folder / "store")
    lifecycle.run(small.problem(folder), store=store)
    return lifecycle.load("small", "latest", store=store)


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_a_real_bundle_predicts_the_same_in_files_and_in_python(
    real: RealBundle, tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_input, "_MOST_ROWS", {"parquet": 100, "csv": 100, "jsonl": 100})
    frame = small.frame(1000, seed=5)
    predict_file(real, write(frame, tmp_path / f"in.{ending}"), tmp_path / "out.parquet")
    got = pl.read_parquet(tmp_path / "out.parquet")
    assert got.drop("row").equals(real.predict(frame))
    assert got.drop("row").equals(real.predict(frame.to_dicts()))
