"""Records of a batch transform: split, filtered, put into requests, joined with their answers, assembled."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from mlcl.sandbox.control.resources import Record
from mlcl.sandbox.runtime import jsonpath
from mlcl.sandbox.runtime.files import Failed

_JSON_KEY = "SageMakerOutput"  # where JoinSource puts the answer in a JSON object


class Shape(NamedTuple):
    """How a job reads and writes records. csv: whether records are lines of CSV, else of JSON."""

    lines: bool
    assembled: bool
    csv: bool
    gzip: bool
    input_filter: str
    output_filter: str
    join: bool

    @classmethod
    def of(cls, record: Record) -> Shape:
        given, processing = record["TransformInput"], record.get("DataProcessing", {})
        return cls(
            given["SplitType"] == "Line",
            record["TransformOutput"]["AssembleWith"] == "Line",
            "csv" in given.get("ContentType", "csv"),
            given.get("CompressionType") == "Gzip",
            processing.get("InputFilter", "$"),
            processing.get("OutputFilter", "$"),
            processing.get("JoinSource") == "Input",
        )

    def split(self, data: bytes) -> list[bytes]:
        if not self.lines:
            return [data]
        return [line for line in data.replace(b"\r\n", b"\n").split(b"\n") if line.strip()]

    def batches(self, given: Sequence[bytes], payload: int, single: bool) -> list[list[bytes]] | None:
        """Records in requests of at most `payload` bytes; None when one is larger than that."""
        made: list[list[bytes]] = []
        size = 0
        for record in given:
            length = len(record) + 1
            if length > payload + 1:
                return None
            if not made or single or size + length > payload:
                made.append([])
                size = 0
            made[-1].append(record)
            size += length
        return made

    def body(self, batch: Sequence[bytes]) -> bytes:
        filtered = (
            batch if self.input_filter == "$" else [self._filtered(record, self.input_filter) for record in batch]
        )
        return b"\n".join(filtered)

    def assemble(self, batches: Sequence[Sequence[bytes]], answers: Sequence[bytes]) -> bytes:
        if not self.join and self.output_filter == "$":
            if not self.assembled:
                return b"".join(answers)
            return b"".join(answer.rstrip(b"\n") + b"\n" for answer in answers)
        rows = [row for batch, answer in zip(batches, answers, strict=True) for row in self._rows(batch, answer)]
        return b"".join(row + b"\n" for row in rows)

    def _rows(self, batch: Sequence[bytes], answer: bytes) -> list[bytes]:
        told = [line for line in answer.split(b"\n") if line.strip()] if self.lines else [answer.strip()]
        if self.join and len(told) != len(batch):
            raise Failed(f"ClientError: Cannot join {len(batch)} records with {len(told)} answers.")
        rows = [self._joined(one, two) for one, two in zip(batch, told, strict=True)] if self.join else told
        return [row if self.output_filter == "$" else self._filtered(row, self.output_filter) for row in rows]

    def _joined(self, record: bytes, answer: bytes) -> bytes:
        if self.csv:
            return record.rstrip() + b"," + answer.strip()
        document, told = json.loads(record), json.loads(answer)
        if not isinstance(document, dict):
            document = {"SageMakerInput": document}
        return json.dumps({**document, _JSON_KEY: told}).encode()

    def _filtered(self, record: bytes, path: str) -> bytes:
        try:
            if not self.csv:
                return json.dumps(jsonpath.find(json.loads(record), path)).encode()
            row = next(csv.reader([record.decode()]))
            chosen: Any = jsonpath.find(row, path)
            return _csv_line(chosen if isinstance(chosen, list) else [chosen])
        except (KeyError, ValueError) as error:
            raise Failed(f"ClientError: The filter {path} does not fit: {error}") from error


def gunzip(data: bytes) -> bytes:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError) as error:
        raise Failed(f"ClientError: Input is not gzipped: {error}") from error


def _csv_line(row: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    return out.getvalue().encode()
