"""What callers get: scores as predictions, in JSON, CSV, JSON Lines or Parquet. Numbers are printed in full: reading
one gives the same bits again."""

from __future__ import annotations

import csv
import io
from typing import Any, NamedTuple

import numpy as np
import orjson
import polars as pl

from mlcl.metrics import BINARY, REGRESSION
from mlcl.models.bundle import Bundle
from mlcl.models.table import Floats
from mlcl.serving.web import CSV, JSON, LINES, PARQUET, Reply, listed

Record = dict[str, Any]


class Meaning(NamedTuple):
    """How a model's scores are read. labels: class texts (binary: [negative, positive]); names: features."""

    task: str
    labels: list[str]
    threshold: float
    names: list[str]
    about: dict[str, Any]

    @classmethod
    def of(cls, bundle: Bundle, about: dict[str, Any]) -> Meaning:
        """about: what answers say of the model."""
        labels = list(bundle.labels or ())
        threshold = bundle.threshold if bundle.threshold is not None else 0.5
        return cls(bundle.task, labels, threshold, bundle.recipe.feature_names, about)

    def decisions(self, scores: Floats) -> list[str]:
        if self.task == BINARY:
            negative, positive = self.labels
            return [positive if score >= self.threshold else negative for score in scores.tolist()]
        return [self.labels[place] for place in np.argmax(scores, axis=1).tolist()]

    def records(self, scores: Floats) -> list[Record]:
        """One prediction per row, as JSON says it: probability of each class and decision, or value."""
        if self.task == REGRESSION:
            return [{"value": value} for value in scores.tolist()]
        labels, decisions = self.labels, self.decisions(scores)
        if self.task == BINARY:
            no, yes = labels
            shares = [{no: 1.0 - score, yes: score} for score in scores.tolist()]
        else:
            shares = [dict(zip(labels, row, strict=True)) for row in scores.tolist()]
        return [
            {"probability": share, "decision": decision} for share, decision in zip(shares, decisions, strict=True)
        ]

    def columns(self, scores: Floats) -> dict[str, list[Any]]:
        """The predictions as columns, named as in Bundle.predict."""
        if self.task == REGRESSION:
            return {"prediction": scores.tolist()}
        if self.task == BINARY:
            return {"probability": scores.tolist(), "decision": self.decisions(scores)}
        shares = {f"probability_{label}": scores[:, place].tolist() for place, label in enumerate(self.labels)}
        return {**shares, "decision": self.decisions(scores)}

    def contributions(self, values: Floats) -> list[Record]:
        """What each feature added to each row's margin: {feature: value}, and the bias; per class if several."""
        return [self._contribution(row) for row in values.tolist()]

    def _contribution(self, row: list[Any]) -> Record:
        if row and isinstance(row[0], list):
            per_class = [self._contribution(one) for one in row]
            return {key: dict(zip(self.labels, (one[key] for one in per_class), strict=True)) for key in per_class[0]}
        return {"contributions": dict(zip(self.names, row, strict=False)), "bias": row[-1]}


class Answer(NamedTuple):
    """Scored rows. kept: their numbers in the request, when some rows were skipped; faults: why."""

    event_id: str
    meaning: Meaning
    scores: Floats
    missing: int
    unseen: int
    kept: list[int] | None = None
    faults: list[Record] | None = None
    contributions: Floats | None = None

    def reply(self, content_type: str, *, header: bool = True) -> Reply:
        """The answer as `content_type`; header: whether CSV starts with column names."""
        if content_type == JSON:
            return Reply(200, JSON, self._json())
        if content_type == LINES:
            lines = (orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in self._records())
            return Reply(200, LINES, b"".join(lines))
        if content_type == CSV:
            return Reply(200, CSV, self._csv(header))
        return Reply(200, PARQUET, self._parquet())

    def _records(self) -> list[Record]:
        event = self.event_id
        records = [{"id": f"{event}-{row}", **one} for row, one in enumerate(self.meaning.records(self.scores))]
        if self.kept is not None:
            for row, one in zip(self.kept, records, strict=True):
                one["row"] = row
        if self.contributions is not None:
            for one, contribution in zip(records, self.meaning.contributions(self.contributions), strict=True):
                one.update(contribution)
        return records

    def _json(self) -> bytes:
        answer: Record = {
            "predictions": self._records(),
            "model": self.meaning.about,
            "missing": self.missing,
            "unseen": self.unseen,
        }
        if self.kept is not None:
            answer.update(listed(self.faults or []))
        return orjson.dumps(answer)

    def _columns(self) -> dict[str, list[Any]]:
        columns = self.meaning.columns(self.scores)
        if self.kept is not None:
            columns = {"row": self.kept, **columns}
        if self.contributions is not None:
            parts = self.meaning.contributions(self.contributions)
            columns["explanation"] = [orjson.dumps(part).decode() for part in parts]
        return columns

    def _csv(self, header: bool) -> bytes:
        columns = self._columns()
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        if header:
            writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
        return out.getvalue().encode()

    def _parquet(self) -> bytes:
        out = io.BytesIO()
        pl.DataFrame(self._columns()).write_parquet(out)
        return out.getvalue()
