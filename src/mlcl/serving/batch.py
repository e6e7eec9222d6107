"""Batch scoring: a file of any size in, a file of predictions out, in bounded memory, on all cores, resumable."""

from __future__ import annotations

import gzip
import hashlib
import os
import time
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from mlcl.errors import DataError, InputError, StoreError, UsageError
from mlcl.features.tables import wrong
from mlcl.metrics import MULTICLASS
from mlcl.models.table import Floats, Matrix
from mlcl.progress import report
from mlcl.serving.batch_input import Slice, absent, format_of, open_source
from mlcl.serving.batch_output import Note, Parts

if TYPE_CHECKING:
    from mlcl.models.bundle import Bundle

_MOST_THREADS = 4  # reading and scoring use all cores by themselves; more slices at once would only cost memory
SHOWN = 20  # faults that a result lists
_DAMAGED = (pl.exceptions.PolarsError, EOFError, zlib.error, gzip.BadGzipFile)  # what unreadable input raises
_END = 1 << 20  # bytes at each end of the input that tell whether it is still the same file


class BatchResult(NamedTuple):
    """rows: predictions written; skipped: rows left out for wrong values, the first of which are in faults; missing,
    unseen: values that were missing, or texts that the model has not seen; absent: columns that the file lacks
    (all missing); resumed: predictions taken over from an earlier call that was killed."""

    output: str
    rows: int
    skipped: int
    missing: int
    unseen: int
    absent: list[str]
    faults: list[dict[str, Any]]
    resumed: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        return self._asdict()


def predict_file(
    bundle: Bundle, source: Path, output: Path, *, on_error: str = "fail", keep: Sequence[str] = (), shown: int = SHOWN
) -> BatchResult:
    """Scores the rows of a CSV, Parquet or JSON Lines file into `output`, whose ending says its format.

    The output has, in the order of the input, `row` (counted from 0), the columns in `keep` ('*': all), and what
    Bundle.predict gives. on_error: 'fail' raises InputError for the first slice with wrong values and leaves no
    output, 'skip' leaves such rows out; shown: the most faults that the result lists. The output appears at once when
    all is scored; the same call goes on where a killed one stopped."""
    start = time.perf_counter()
    _check(source, output, on_error)
    try:
        file = open_source(source, bundle.recipe, keep)
        lacking = absent(file, bundle.recipe)
        options = {"on_error": on_error, "keep": list(keep), "slice_rows": file.size}
        parts = Parts(output, {"model": bundle.digest, "input": _identity(source), **options})
        with parts.opened():
            resumed = sum(note["rows"] for note in parts.notes.values())
            scorer = _Scorer(bundle, parts, on_error, shown)
            scorer.run(file.slices(set(parts.notes)), file.total)
            parts.merge()
    except _DAMAGED as error:
        found = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise DataError("The file cannot be read.", where=str(source), found=found) from error
    except OSError as error:
        raise StoreError(
            "The input cannot be read or the output not be written.",
            where=error.filename or str(output),
            found=error.strerror or str(error),
            fix="Check permissions and free space; the same call goes on where this one stopped.",
        ) from error
    result = _result(output, parts, lacking, resumed, time.perf_counter() - start)
    return result._replace(faults=result.faults[:shown])


class _Scorer:
    """Scores slices, several at a time, each into a part of its own."""

    def __init__(self, bundle: Bundle, parts: Parts, on_error: str, shown: int) -> None:
        self.bundle, self.parts, self.on_error, self.shown = bundle, parts, on_error, shown

    def run(self, slices: Iterator[Slice], total: int) -> None:
        done = sum(note["rows"] + note["skipped"] for note in self.parts.notes.values())
        most = min(_MOST_THREADS, os.cpu_count() or 1)
        threads = ThreadPoolExecutor(most)
        try:
            for note in _in_order((threads.submit(self._score, part) for part in slices), most):
                done += note["rows"] + note["skipped"]
                report(done, max(done, total), "rows")
        except InputError:
            threads.shutdown(cancel_futures=True)
            self.parts.remove()
            raise
        finally:
            threads.shutdown(cancel_futures=True)

    def _score(self, part: Slice) -> Note:
        encoded, kept = part.load()
        faults = [{**fault, "row": fault["row"] + part.start} for fault in encoded.faults]
        if faults and self.on_error == "fail":
            raise wrong(faults)
        places = np.asarray(encoded.kept, dtype=np.int64)
        table = pl.DataFrame({"row": places + part.start})
        predicted = self.bundle.told(self._scores(encoded.matrix))
        if kept.width:
            own = {*table.columns, *predicted.columns}
            kept = kept.rename({name: f"{name}_input" for name in kept.columns if name in own})
            table = table.hstack(kept[places] if faults else kept)
        note = {
            "rows": len(places),
            "skipped": len({fault["row"] for fault in faults}),
            "missing": encoded.missing,
            "unseen": encoded.unseen,
            "faults": faults[: self.shown],
        }
        return self.parts.write(part.number, table.hstack(predicted), note)

    def _scores(self, matrix: Matrix) -> Floats:
        if len(matrix):
            return self.bundle.score(matrix)
        return np.empty((0, len(self.bundle.labels or ())) if self.bundle.task == MULTICLASS else 0)


def _in_order(futures: Iterator[Future[Note]], most: int) -> Iterator[Note]:
    """The results of futures that are made as they are asked for, with at most so many under way."""
    waiting: deque[Future[Note]] = deque()
    for future in futures:
        waiting.append(future)
        if len(waiting) > most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _check(source: Path, output: Path, on_error: str) -> None:
    if on_error not in ("fail", "skip"):
        raise UsageError("on_error is 'fail' or 'skip'.", found=repr(on_error))
    format_of(output)
    if not output.parent.is_dir():
        raise UsageError("The folder of the output does not exist.", where=str(output.parent), fix="Make it first.")
    if output.is_dir() or (output.exists() and source.exists() and output.samefile(source)):
        raise UsageError("The output must be a file of its own.", where=str(output))


def _identity(path: Path) -> list[Any]:
    """Tells whether a file is still the same, without reading all of it."""
    about = path.stat()
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read(_END))
        file.seek(max(0, about.st_size - _END))
        digest.update(file.read(_END))
    return [str(path.absolute()), about.st_size, about.st_mtime_ns, digest.hexdigest()]


def _result(output: Path, parts: Parts, lacking: list[str], resumed: int, seconds: float) -> BatchResult:
    notes = [parts.notes[number] for number in sorted(parts.notes)]
    counts = {key: sum(note[key] for note in notes) for key in ("rows", "skipped", "missing", "unseen")}
    faults = [fault for note in notes for fault in note["faults"]]
    return BatchResult(str(output), **counts, absent=lacking, faults=faults, resumed=resumed, seconds=round(seconds, 3))
