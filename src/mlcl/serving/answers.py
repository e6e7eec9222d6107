"""What callers get: scores as predictions, in JSON, CSV, JSON Lines or Parquet. Numbers are printed in full: reading
one gives the same bits again."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import orjson
import polars as pl

from mlcl.features.parts import Encoded
from mlcl.metrics import BINARY, REGRESSION
from mlcl.models.table import Floats
from mlcl.serving.web import CSV, JSON, LINES, PARQUET, Reply, listed

if TYPE_CHECKING:
    from mlcl.models.bundle import Bundle

Texts = list[str]


class Meaning:
    """How a model's scores are read. told: what answers say of the model; between: what stands in JSON before each of
    `texts`, and after the last."""

    def __init__(self, bundle: Bundle, about: dict[str, Any]) -> None:
        self.task, self.told = bundle.task, orjson.dumps(about)
        self.labels: list[str] = list(bundle.labels or ())
        self.threshold = 0.5 if bundle.threshold is None else bundle.threshold
        self.names = bundle.recipe.feature_names
        self._quoted = [_json(label) for label in self.labels]
        first, *others = [f"{label}:" for label in self._quoted] or [""]
        classes = [f'"probability":{{{first}', *map(",".__add__, others), '},"decision":', ""]
        self.between = ['"value":', ""] if self.task == REGRESSION else classes

    def texts(self, scores: Floats) -> list[Texts]:
        """What JSON says of the rows: their values, or their probabilities of each class and the decision."""
        if self.task == REGRESSION:
            return [_numbers(scores.tolist())]
        return [*map(_numbers, self._shares(scores)), self._decisions(scores, self._quoted)]

    def columns(self, scores: Floats) -> dict[str, list[Any]]:
        """The predictions as columns, named as in Bundle.predict."""
        if self.task == REGRESSION:
            return {"prediction": scores.tolist()}
        decided = self._decisions(scores, self.labels)
        if self.task == BINARY:
            return {"probability": scores.tolist(), "decision": decided}
        shares = zip(self.labels, self._shares(scores), strict=True)
        return {**{f"probability_{label}": share for label, share in shares}, "decision": decided}

    def explanations(self, scores: Floats, contributions: Floats) -> list[Texts]:
        """For each row the contributions of the features, {name: of the margin}, and the bias; with several classes,
        to the one decided."""
        if contributions.ndim == 3:
            contributions = contributions[range(len(scores)), np.argmax(scores, axis=1)]
        parts = [_json(dict(zip(self.names, row, strict=True))) for row in contributions[:, :-1].tolist()]
        return [parts, _numbers(contributions[:, -1].tolist())]

    def _shares(self, scores: Floats) -> list[list[float]]:
        """Probabilities of each class: a list per label."""
        columns = (1.0 - scores, scores) if self.task == BINARY else scores.T
        return [column.tolist() for column in columns]

    def _decisions(self, scores: Floats, labels: Texts) -> Texts:
        places = scores >= self.threshold if self.task == BINARY else np.argmax(scores, axis=1)
        return [labels[place] for place in places.tolist()]


class Answer(NamedTuple):
    """Scored rows. skip: wrong rows may be left out, so predictions name their rows, and faults are told; texts: of
    the scores (see Meaning), where they were made with those of others."""

    event_id: str
    meaning: Meaning
    scores: Floats
    encoded: Encoded
    skip: bool = False
    contributions: Floats | None = None
    texts: list[Texts] | None = None

    def reply(self, content_type: str, *, header: bool = True) -> Reply:
        """The answer as `content_type`; header: whether CSV starts with column names."""
        if content_type == JSON:
            return Reply(200, JSON, self._json())
        if content_type == LINES:
            return Reply(200, LINES, self._objects("\n").encode())
        if content_type == CSV:
            return Reply(200, CSV, self._csv(header))
        return Reply(200, PARQUET, self._parquet())

    def _objects(self, end: str) -> str:
        """What JSON says of each row, and `end`. id: the event's and the row's place in the answer; row: its number in
        the request, where others may have been skipped; contributions of each feature to the margin, with the bias:
        their sum is it."""
        first, *others = self.meaning.between
        between = [f'{{"id":"{self.event_id}-', f'",{first}', *others]
        columns = [_numbers(list(range(len(self.scores)))), *(self.texts or self.meaning.texts(self.scores))]
        if self.skip:
            between[-1:] = [',"row":', ""]
            columns.append(_numbers(list(self.encoded.kept)))
        if self.contributions is not None:
            between[-1:] = [',"contributions":', ',"bias":', ""]
            columns += self.meaning.explanations(self.scores, self.contributions)
        return _woven([*between[:-1], f"}}{end}"], columns)

    def _json(self) -> bytes:
        objects, about = self._objects(",")[:-1].encode(), self.meaning.told
        counts = b'"missing":%d,"unseen":%d' % (self.encoded.missing, self.encoded.unseen)
        faults = b"," + orjson.dumps(listed(self.encoded.faults))[1:] if self.skip else b"}"
        return b'{"predictions":[%b],"model":%b,%b%b' % (objects, about, counts, faults)

    def _columns(self) -> dict[str, list[Any]]:
        columns = self.meaning.columns(self.scores)
        if self.skip:
            columns = {"row": list(self.encoded.kept), **columns}
        if self.contributions is not None:
            explained = self.meaning.explanations(self.scores, self.contributions)
            columns["explanation"] = [
                f'{{"contributions":{parts},"bias":{bias}}}' for parts, bias in zip(*explained, strict=True)
            ]
        return columns

    def _csv(self, header: bool) -> bytes:
        columns = self._columns()
        lines = map(",".join, zip(*map(_texts, columns.values()), strict=True))
        first = [",".join(map(_quoted, columns))] if header else []
        return "\n".join([*first, *lines, ""]).encode()

    def _parquet(self) -> bytes:
        out = io.BytesIO()
        pl.DataFrame(self._columns()).write_parquet(out)
        return out.getvalue()


def _texts(values: list[Any]) -> Texts:
    """A column as CSV has it."""
    if isinstance(values[0], str):
        quoted = {value: _quoted(value) for value in set(values)}
        return [quoted[value] for value in values]
    return _numbers(values)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\r\n') else text


def _numbers(values: list[float]) -> Texts:
    return _json(values)[1:-1].split(",")


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _woven(between: Texts, columns: Sequence[Texts]) -> str:
    """Row by row a cell of each column, with the texts between, before and after them."""
    parts = [""] * (2 * len(columns) + 1)
    parts[::2] = between
    out = parts * len(columns[0])
    for place, cells in enumerate(columns):
        out[2 * place + 1 :: len(parts)] = cells
    return "".join(out)
