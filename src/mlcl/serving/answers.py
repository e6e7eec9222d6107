"""What callers get: scores as predictions, in JSON, CSV, JSON Lines or Parquet. Numbers are printed in full: reading
one gives the same bits again."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np
import orjson
import polars as pl

from mlcl.features.parts import Encoded
from mlcl.metrics import BINARY, REGRESSION
from mlcl.models.table import Floats
from mlcl.serving.web import CSV, JSON, LINES, PARQUET, Reply, listed

if TYPE_CHECKING:
    from mlcl.models.bundle import Bundle

_encode = msgspec.json.Encoder().encode


class Prediction(msgspec.Struct, gc=False, omit_defaults=True):
    """What JSON says of one row. probability and decision of classes, or value; row: its number in the request, where
    others may have been skipped; contributions: of each feature to the margin, with the bias: their sum is it."""

    id: str
    probability: Any = None
    decision: str | None = None
    value: float | None = None
    row: int | None = None
    contributions: dict[str, float] | None = None
    bias: float | None = None


class Meaning:
    """How a model's scores are read. about: what answers say of the model."""

    def __init__(self, bundle: Bundle, about: dict[str, Any]) -> None:
        self.task, self.about = bundle.task, about
        self.labels: list[str] = list(bundle.labels or ())
        self.threshold = 0.5 if bundle.threshold is None else bundle.threshold
        self.names = bundle.recipe.feature_names
        self._share = _maker(self.labels)
        self._labels = np.array(self.labels, dtype=object)

    def predictions(self, scores: Floats, event_id: str) -> list[Prediction]:
        """One prediction for each row, named after the event and the row's place."""
        ids = map(f"{event_id}-".__add__, map(str, range(len(scores))))
        if self.task == REGRESSION:
            return [Prediction(name, value=value) for name, value in zip(ids, scores.tolist(), strict=True)]
        return list(map(Prediction, ids, map(self._share, *self._shares(scores)), self._decisions(scores)))

    def columns(self, scores: Floats) -> dict[str, list[Any]]:
        """The predictions as columns, named as in Bundle.predict."""
        if self.task == REGRESSION:
            return {"prediction": scores.tolist()}
        if self.task == BINARY:
            return {"probability": scores.tolist(), "decision": self._decisions(scores)}
        shares = zip(self.labels, self._shares(scores), strict=True)
        return {**{f"probability_{label}": share for label, share in shares}, "decision": self._decisions(scores)}

    def explain(self, predictions: list[Prediction], scores: Floats, contributions: Floats) -> None:
        """Adds to each prediction what its features contributed; with several classes, to the one decided."""
        if contributions.ndim == 3:
            contributions = contributions[range(len(scores)), np.argmax(scores, axis=1)]
        for one, (*parts, bias) in zip(predictions, contributions.tolist(), strict=True):
            one.contributions, one.bias = dict(zip(self.names, parts, strict=True)), bias

    def _shares(self, scores: Floats) -> list[list[float]]:
        """Probabilities of each class: a list per label."""
        columns = (1.0 - scores, scores) if self.task == BINARY else scores.T
        return [column.tolist() for column in columns]

    def _decisions(self, scores: Floats) -> list[str]:
        places = (scores >= self.threshold).view(np.int8) if self.task == BINARY else np.argmax(scores, axis=1)
        decisions: list[str] = self._labels[places].tolist()
        return decisions


class Answer(NamedTuple):
    """Scored rows. skip: wrong rows may be left out, so predictions name their rows, and faults are told."""

    event_id: str
    meaning: Meaning
    scores: Floats
    encoded: Encoded
    skip: bool = False
    contributions: Floats | None = None

    def reply(self, content_type: str, *, header: bool = True) -> Reply:
        """The answer as `content_type`; header: whether CSV starts with column names."""
        if content_type == JSON:
            return Reply(200, JSON, self._json())
        if content_type == LINES:
            return Reply(200, LINES, b"".join(_encode(one) + b"\n" for one in self._predictions()))
        if content_type == CSV:
            return Reply(200, CSV, self._csv(header))
        return Reply(200, PARQUET, self._parquet())

    def _predictions(self) -> list[Prediction]:
        predictions = self.meaning.predictions(self.scores, self.event_id)
        if self.skip:
            for row, one in zip(self.encoded.kept, predictions, strict=True):
                one.row = row
        if self.contributions is not None:
            self.meaning.explain(predictions, self.scores, self.contributions)
        return predictions

    def _json(self) -> bytes:
        _, _, _, missing, unseen = self.encoded
        answer = {"predictions": self._predictions(), "model": self.meaning.about, "missing": missing, "unseen": unseen}
        return _encode({**answer, **listed(self.encoded.faults)} if self.skip else answer)

    def _columns(self) -> dict[str, list[Any]]:
        columns = self.meaning.columns(self.scores)
        if self.skip:
            columns = {"row": list(self.encoded.kept), **columns}
        if self.contributions is not None:
            texts = [_encode({"contributions": one.contributions, "bias": one.bias}) for one in self._predictions()]
            columns["explanation"] = [text.decode() for text in texts]
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


def _texts(values: list[Any]) -> list[str]:
    """A column as CSV has it."""
    if isinstance(values[0], str):
        quoted = {value: _quoted(value) for value in set(values)}
        return [quoted[value] for value in values]
    return orjson.dumps(values)[1:-1].decode().split(",")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\r\n') else text


def _maker(labels: list[str]) -> Callable[..., Any]:
    """A function of one probability per label, in order, to what JSON says of them: {label: probability}."""
    try:
        return msgspec.defstruct(
            "Share", [(f"p{place}", float, msgspec.field(name=label)) for place, label in enumerate(labels)], gc=False
        )
    except ValueError:  # a quote or control character in a label
        return lambda *shares: dict(zip(labels, shares, strict=True))
