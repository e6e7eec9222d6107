"""Rows sent to an endpoint at a given time without a server: the pieces that answer and capture a request, one after
the other, with a clock that is an argument."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import polars as pl

from mlcl import registry
from mlcl.features.parts import Encoded
from mlcl.models.bundle import Bundle
from mlcl.models.table import Floats
from mlcl.monitoring import notify
from mlcl.records import time_text
from mlcl.serving import endpoints, events
from mlcl.serving.answers import Answer, Meaning
from mlcl.serving.content import Columns, Decoder
from mlcl.serving.endpoints import Variant
from mlcl.serving.web import JSON
from mlcl.stores import Store, keys

_MOST = 2**31


@contextmanager
def unheard() -> Iterator[None]:
    """Alerts of what is only played out are not written to the log."""
    before, notify.log.disabled = notify.log.disabled, True
    try:
        yield
    finally:
        notify.log.disabled = before


class Sent(NamedTuple):
    """What became of a request. rows: numbers of the rows that were answered (wrong ones are left out); ids: of the
    predictions; columns: as Bundle.predict names them."""

    version: int | None
    rows: list[int]
    ids: list[str]
    columns: dict[str, list[Any]]


class Sender:
    """Sends requests to the live model of an endpoint. process: 16 hexadecimal digits, part of the predictions' ids
    (left out: made up)."""

    def __init__(self, store: Store, endpoint: str, process: str = "") -> None:
        self.store, self.endpoint = store, endpoint
        self._process, self._numbers = process or secrets.token_hex(8), itertools.count()
        self._model: _Model | None = None

    def send(self, rows: pl.DataFrame, time: datetime) -> Sent:
        """One request with all of the rows, answered and captured at that time. NotFound: the endpoint is not in
        use."""
        model = self._live()
        event_id = events.new_id(time, self._process, next(self._numbers))
        body = orjson.dumps({"rows": rows.select(model.names(rows)).to_dicts()}, default=str)
        encoded, scores = model.score(body)
        if not len(scores):
            return Sent(model.variant.version, [], [], {})
        answer = Answer(event_id, model.meaning, scores, encoded, skip=bool(encoded.faults))
        self._capture(event_id, time, body, answer.reply(JSON).body, model.variant)
        ids = [f"{event_id}-{place}" for place in range(len(scores))]
        return Sent(model.variant.version, list(encoded.kept), ids, model.meaning.columns(scores))

    def _live(self) -> _Model:
        live = endpoints.find(self.store, self.endpoint).live
        assert live is not None  # noqa: S101 - an endpoint in use has a live model
        if self._model is None or self._model.variant != live:
            folder = registry.bundle_folder(self.store, live.bundle_digest)
            self._model = _Model(self.endpoint, live, Bundle.load(folder))
        return self._model

    def _capture(self, event_id: str, time: datetime, sent: bytes, answered: bytes, variant: Variant) -> None:
        text = time_text(time)
        bodies = events.Body(JSON, sent), events.Body(JSON, answered)
        line = events.line(event_id, text, variant.version, *bodies)
        place = f"{keys.captures(self.endpoint)}/{variant.role}/{events.hour(text)}"
        self.store.put(f"{place}/{text[14:16]}-{text[17:19]}-{event_id}.jsonl", line)


class _Model:
    def __init__(self, endpoint: str, variant: Variant, bundle: Bundle) -> None:
        self.variant, self._bundle = variant, bundle
        self._decoder = Decoder(bundle.recipe.inputs)
        self._encoder = bundle.recipe.compile()
        about = {"name": endpoint, "version": variant.version, "digest": variant.bundle_digest}
        self.meaning = Meaning(bundle, about)

    def names(self, rows: pl.DataFrame) -> list[str]:
        return [name for name in self._decoder.names if name in rows.columns]

    def score(self, body: bytes) -> tuple[Encoded, Floats]:
        sent = self._decoder.decode(JSON, body, _MOST)
        if isinstance(sent, Columns):
            encoded = self._encoder.encode_columns(sent.values, sent.height, "skip")
        else:
            encoded = self._encoder.encode(sent, "skip")
        return encoded, self._bundle.score(encoded.matrix)
