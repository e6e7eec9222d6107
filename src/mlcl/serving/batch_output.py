"""The result of batch scoring while it grows: finished parts beside the output, then one rename.

OUTPUT.parts/ holds a manifest of what is scored by which model, and each finished part with a note of what was in
it. A killed call leaves them, and the same call goes on; a call that differs in anything starts over.
"""

from __future__ import annotations

import fcntl
import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from mlcl.errors import UsageError
from mlcl.serving.batch_input import format_of

_MANIFEST = "manifest.json"

Note = dict[str, Any]


class Parts:
    """Parts of the output by number. notes: of the parts that are finished."""

    def __init__(self, output: Path, manifest: Note) -> None:
        self.output = output
        self.folder = output.with_name(output.name + ".parts")
        self.format, self.gzipped = format_of(output)
        self.manifest = orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        self.notes: dict[int, Note] = {}

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Takes over what an earlier call finished; keeps other calls for the same output out meanwhile."""
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UsageError("Another call is writing this output.", where=str(self.output)) from error
            self._resume()
            yield

    def write(self, number: int, frame: pl.DataFrame, note: Note) -> Note:
        """Finishes a part: its rows, then the note that it is there."""
        part = self._part(number)
        if self.format == "parquet":
            frame.write_ipc(part, compression="uncompressed")
        else:
            content = (frame.write_csv(include_header=False) if self.format == "csv" else frame.write_ndjson()).encode()
            part.write_bytes(gzip.compress(content, 6, mtime=0) if self.gzipped else content)
        note = {**note, "header": frame.clear().write_csv()}
        _write_whole(part.with_suffix(".json"), orjson.dumps(note))
        self.notes[number] = note
        return note

    def merge(self) -> None:
        """Puts the parts together in the output, by one rename."""
        whole = self.folder / "whole"
        parts = [self._part(number) for number in sorted(self.notes)]
        if self.format == "parquet":
            pl.scan_ipc(parts).sink_parquet(whole, compression="zstd", compression_level=1)
        else:
            header = self.notes[0]["header"].encode() if self.format == "csv" else b""
            with whole.open("wb") as file:
                file.write(gzip.compress(header, mtime=0) if self.gzipped else header)
                for part in parts:
                    with part.open("rb") as content:
                        shutil.copyfileobj(content, file, 1 << 20)
        whole.replace(self.output)
        self.remove()

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _resume(self) -> None:
        file = self.folder / _MANIFEST
        if not file.exists() or file.read_bytes() != self.manifest:
            for old in self.folder.glob("part-*"):
                old.unlink()
            _write_whole(file, self.manifest)
        for note in self.folder.glob("part-*.json"):
            self.notes[int(note.stem.removeprefix("part-"))] = orjson.loads(note.read_bytes())

    def _part(self, number: int) -> Path:
        return self.folder / f"part-{number:06d}.rows"


def _write_whole(path: Path, content: bytes) -> None:
    """A reader, also after a kill, sees all of `content` or no such file."""
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(path)
