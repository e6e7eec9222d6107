"""Reading tables: any format into one Parquet snapshot of normalised columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from mlcl.data import read_arff, read_csv, read_formats
from mlcl.data.read_text import unpacked
from mlcl.data.schema import normalised
from mlcl.errors import DataError, ProblemError, did_you_mean, listing
from mlcl.problem.sections import Data

_ROW_GROUP = 1 << 18
_READERS = {
    "csv": read_csv.read_csv,
    "arff": read_arff.read_arff,
    "parquet": read_formats.read_parquet,
    "arrow": read_formats.read_arrow,
    "jsonl": read_formats.read_jsonl,
    "excel": read_formats.read_excel,
}


def snapshot(
    table: Path | pl.DataFrame, output: Path, options: Data, *, declared: str = "", label: str = "", seed: int = 0
) -> list[str]:
    """Reads a table and writes it to the Parquet file `output`; gives notes on what was found odd.

    declared: format of a file, where neither options nor its name and first bytes are to be asked; label: its name in
    messages; seed: of the sample when options.rows asks for one. The bytes of `output` depend on the table and the
    options alone. Raises DataError when the table cannot be read.
    """
    shaping = _Shaping(options, seed, output)
    if isinstance(table, pl.DataFrame):
        frame, notes = normalised(table.lazy(), options.missing)
        shaping.sink(frame)
    else:
        notes = _file(table, label or str(table), options, declared, shaping)
    return [*notes, *shaping.notes]


def read(path: Path, options: Data | None = None) -> pl.DataFrame:
    """The table at `path` in memory."""
    with TemporaryDirectory() as folder:
        output = Path(folder) / "data.parquet"
        snapshot(path, output, options or Data(source=str(path)))
        return pl.read_parquet(output, memory_map=False)


def _file(path: Path, label: str, options: Data, declared: str, shaping: _Shaping) -> list[str]:
    with TemporaryDirectory(dir=shaping.output.parent) as folder, _explained(label):
        _refuse_empty(path, label)
        plain = unpacked(path, label, Path(folder))
        _refuse_empty(plain, label)
        kind = read_formats.told(plain, label, options.format or declared)
        return _READERS[kind](plain, label, options, Path(folder), shaping.sink)


class _Shaping:
    """What the options ask for after reading: new names, new codes, a sample; then the write."""

    def __init__(self, options: Data, seed: int, output: Path) -> None:
        self.options, self.seed, self.output = options, seed, output
        self.notes: list[str] = []

    def sink(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        self.notes = []
        frame = self._sampled(self._recoded(self._renamed(frame)))
        frame.sink_parquet(
            self.output, compression="zstd", compression_level=1, row_group_size=_ROW_GROUP, engine="streaming"
        )
        return pl.scan_parquet(self.output)

    def _renamed(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        own = frame.collect_schema().names()
        new = [self.options.rename.get(name, name) for name in own]
        taken = next((name for name in new if new.count(name) > 1), None) if self.options.rename else None
        if taken is not None:
            raise ProblemError("Two columns would have one name.", where="data.rename", found=repr(taken))
        self._unknown("data.rename", self.options.rename, own)
        return frame.rename(dict(zip(own, new, strict=True)))

    def _recoded(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        schema = frame.collect_schema()
        self._unknown("data.recode", self.options.recode, schema.names())
        given = {name: codes for name, codes in self.options.recode.items() if name in schema}
        return frame.with_columns(_recode(name, schema[name], codes) for name, codes in given.items())

    def _sampled(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        wanted = self.options.rows
        total = frame.select(pl.len()).collect(engine="streaming").item() if wanted else 0
        if not wanted or wanted >= total:
            return frame
        drawn = np.sort(np.random.default_rng(self.seed).choice(total, wanted, replace=False))
        index = "row" + "_" * max(map(len, frame.collect_schema().names()))
        return frame.with_row_index(index).filter(pl.col(index).is_in(drawn.tolist())).drop(index)

    def _unknown(self, key: str, given: Mapping[str, object], known: list[str]) -> None:
        absent = [name for name in given if name not in known]
        if absent:
            hint = did_you_mean(absent[0], known)
            self.notes.append(f"{key} names {listing(absent)}, which the source does not have. {hint}".rstrip())


def _recode(name: str, dtype: pl.DataType, codes: Mapping[str, str]) -> pl.Expr:
    """The texts for the codes; other values as the texts they are (whole numbers without a point)."""
    column = pl.col(name)
    text = column.cast(pl.String)
    if dtype == pl.Float64:
        text = (
            pl.when(column == column.round()).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(text)
        )
    new = text
    for code, meaning in codes.items():
        new = pl.when(text == code).then(pl.lit(meaning)).otherwise(new)
    return new.alias(name)


def _refuse_empty(path: Path, label: str) -> None:
    if path.stat().st_size == 0:
        raise DataError("The file is empty (0 bytes).", where=label, fix="Give a file with column names and rows.")


@contextmanager
def _explained(label: str) -> Iterator[None]:
    """What polars says about a damaged file, as ours."""
    try:
        yield
    except PolarsError as error:
        raise DataError(
            "The table cannot be read.",
            where=label,
            found=str(error).strip().splitlines()[0][:200],
            fix="Write or fetch the file anew, or say data.format.",
        ) from error
