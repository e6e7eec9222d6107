"""The models in memory: what the store says is deployed, loaded beside the running ones and swapped in at once.

Requests keep the endpoint they started with, so a swap drops none. A bundle that cannot be loaded is refused: what
was live before stays live, and the endpoint says why.
"""

from __future__ import annotations

import asyncio
import gc
import random
import time
import zlib
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

from mlcl import registry
from mlcl.errors import Conflict, StoreError
from mlcl.features.parts import Encoded
from mlcl.features.tables import OnError
from mlcl.models.bundle import Bundle
from mlcl.serving import endpoints
from mlcl.serving.answers import Meaning
from mlcl.serving.capture import Capture
from mlcl.serving.content import Columns, Decoder
from mlcl.serving.endpoints import Directory, EndpointState, Settings, Variant
from mlcl.serving.metrics import Metrics, ModelCounts
from mlcl.serving.release import VariantStats, decide
from mlcl.serving.scoring import Batcher
from mlcl.serving.web import Fault, listed, log
from mlcl.stores import Store

_AGAIN = 30.0  # seconds before a refused deployment is tried again


class Loaded:
    """A bundle ready to answer."""

    def __init__(self, bundle: Bundle, threads: Executor) -> None:
        self.bundle = bundle
        self.encoder = bundle.recipe.compile()
        self.decoder = Decoder(bundle.recipe.inputs, self.encoder.json_types())
        self.threads = threads
        self.explaining = asyncio.Lock()

    def encode(self, content_type: str, body: bytes, most: int, skip: bool) -> Encoded:
        """The rows of a body. most: rows allowed; skip: wrong rows may be left out."""
        sent = self.decoder.decode(content_type, body, most)
        on_error: OnError = "skip" if skip else "fail"
        if isinstance(sent, Columns):
            encoded = self.encoder.encode_columns(sent.values, sent.height, on_error, sent.rows)
        else:
            encoded = self.encoder.encode(sent, on_error)
        if not len(encoded.matrix):
            raise Fault(422, "No row is left: every one is wrong.", **listed(encoded.faults))
        return encoded

    def encode_together(self, bodies: Sequence[bytes]) -> list[Encoded] | None:
        """The rows of several JSON bodies; None when one of them must be looked at alone."""
        found = self.decoder.together(bodies)
        return self.encoder.encode_many(found[1].values, found[0]) if found and all(found[0]) else None


class Served:
    """One variant of an endpoint: a loaded bundle in a role, with its share of the requests and its counts."""

    def __init__(
        self, name: str, variant: Variant, loaded: Loaded, counts: ModelCounts, verdict: dict[str, Any] | None
    ) -> None:
        self.variant, self.counts, self.verdict = variant, counts, verdict
        self.loaded, self.bundle = loaded, loaded.bundle
        self.trial: VariantStats | None = None  # what it did since there is a canary beside it
        about = {"name": name, "version": variant.version, "digest": variant.bundle_digest}
        self.meaning = Meaning(loaded.bundle, about)
        self.batcher = Batcher(self.bundle.score, self.meaning.texts, loaded.encode_together, loaded.threads)

    def record(self, seconds: float, error: bool) -> None:
        """Counts one request; error: it failed, and not for a mistake of the caller."""
        self.counts.requests.record(seconds, error)
        if self.trial:
            self.trial.record(seconds, error)


class Endpoint:
    """An endpoint as it answers now."""

    def __init__(self, state: EndpointState, variants: list[Served], capture: Capture) -> None:
        self.state, self.variants, self.capture = state, variants, capture
        self.name, self.settings = state.name, state.settings
        self.shadows = [one for one in variants if one.variant.role == "shadow"]
        self.live = next(one for one in variants if one.variant.role == "live")
        self.canary = next((one for one in variants if one.variant.role == "canary"), None)
        if self.canary:
            self.live.trial, self.canary.trial = VariantStats(), VariantStats()

    def pick(self, key: bytes) -> Served:
        """The variant that answers: by its weight, at random, or always the same one for the same key."""
        if self.canary is None:
            return self.live
        place = zlib.crc32(key) / 2**32 if key else random.random()  # noqa: S311 - no secret
        return self.canary if place < self.canary.variant.weight / 100 else self.live

    def judge(self, store: Store) -> None:
        """Promotes the canary or rolls it back when the requests so far decide that."""
        live, canary = self.live.trial, self.canary and self.canary.trial
        if not live or not canary:
            return
        decision = decide(live, canary, self.settings.rules)
        if decision == "wait":
            return
        why = (
            f"{canary.errors} of {canary.requests} requests failed (live: {live.errors} of {live.requests}), "
            f"95 % took at most {canary.p95 * 1e3:.3g} ms (live: {live.p95 * 1e3:.3g} ms)"
        )
        act = endpoints.promote if decision == "promote" else endpoints.rollback
        try:
            act(store, self.name, revision=self.state.revision, why=why)
            log.info("%s: canary: %s: %s", self.name, decision, why)
        except (Conflict, StoreError) as error:
            log.warning("%s: canary: %s not done: %s", self.name, decision, error.what)


class Fleet:
    """All endpoints. `refresh` is called from one thread at a time; readers take `endpoints` as it is at the moment.

    captures: store for what is captured (default: the one that is served); refused: by endpoint, why its newest state
    was not taken.
    """

    def __init__(self, store: Store, metrics: Metrics, threads: Executor, captures: Store | None = None) -> None:
        self.captures = captures or store
        self.store, self.metrics, self.threads = store, metrics, threads
        self.endpoints: dict[str, Endpoint] = {}
        self.refused: dict[str, str] = {}
        self._directory = Directory(store)
        self._refused_at: dict[str, tuple[int, float]] = {}
        self._dropped = False

    @property
    def error(self) -> str:
        """Why the store could not be read just now, or ''."""
        return self._directory.error

    def refresh(self) -> list[Capture]:
        """Takes over what the store says; returns the captures that are no longer used, to be closed."""
        if self._dropped:  # by the look before this one, so its last requests are answered by now
            # A bundle's row types refer to themselves, and a server's own collections are too rare to find them.
            gc.collect()
        states = self._directory.poll()
        fresh = {name: self._take(state) for name, state in states.items()}
        before, self.endpoints = self.endpoints, {name: one for name, one in fresh.items() if one}
        self.refused = {name: why for name, why in self.refused.items() if name in states}
        for endpoint in self.endpoints.values():
            endpoint.judge(self.store)
        present = set(self.endpoints.values())
        self._dropped = not present.issuperset(before.values())
        kept = {id(endpoint.capture) for endpoint in present}
        return [endpoint.capture for endpoint in before.values() if id(endpoint.capture) not in kept]

    def _take(self, state: EndpointState) -> Endpoint | None:
        present = self.endpoints.get(state.name)
        if (present and present.state == state) or self._lately_refused(state):
            return present
        try:
            endpoint = self._load(state, present)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a new bundle, the old one stays live
            self.refused[state.name] = f"revision {state.revision} ({state.why}) was refused: {error}"
            self._refused_at[state.name] = (state.revision, time.monotonic())
            log.error("%s: %s", state.name, self.refused[state.name])
            return present
        self.refused.pop(state.name, None)
        log.info("%s: revision %d is live: %s", state.name, state.revision, state.why)
        return endpoint

    def _lately_refused(self, state: EndpointState) -> bool:
        revision, at = self._refused_at.get(state.name, (-1, 0.0))
        return revision == state.revision and time.monotonic() - at < _AGAIN

    def _load(self, state: EndpointState, present: Endpoint | None) -> Endpoint:
        known = {one.variant.bundle_digest: one.loaded for one in present.variants} if present else {}
        served = []
        for variant in state.variants:
            loaded = known.get(variant.bundle_digest) or self._loaded(variant.bundle_digest)
            counts = self.metrics.model(state.name, str(variant.version or variant.bundle_digest[:12]))
            served.append(Served(state.name, variant, loaded, counts, self._verdict(state.name, variant)))
        names = served[0].loaded.decoder.names
        if present and (present.settings, present.variants[0].loaded.decoder.names) == (state.settings, names):
            return Endpoint(state, served, present.capture)
        return Endpoint(state, served, self._capture(state.name, state.settings, names))

    def _loaded(self, digest: str) -> Loaded:
        return Loaded(Bundle.load(self._directory.bundle_folder(digest)), self.threads)

    def _verdict(self, name: str, variant: Variant) -> dict[str, Any] | None:
        """What the registry says of a model: its stage and why, and the run that made it."""
        known = registry.models(self.store, name)
        model = next((one for one in known if one.bundle_digest == variant.bundle_digest), None)
        return {"stage": model.stage, "why": model.why, "run": model.run} if model else None

    def _capture(self, name: str, settings: Settings, columns: list[str]) -> Capture:
        return Capture(self.captures, name, rate=settings.capture_rate, masked=settings.masked, columns=columns)
