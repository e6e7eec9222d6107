"""Which models an endpoint has had: what the versions in its captured traffic mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from mlcl import registry
from mlcl.errors import Corrupt, NotFound
from mlcl.features.recipe import Recipe
from mlcl.models import decision, manifest
from mlcl.models.metrics import Floats
from mlcl.problem.sections import Value
from mlcl.serving.endpoints import EndpointState, Variant
from mlcl.serving.events import Captured
from mlcl.stores import Log, Store, keys

# How a JSON answer of ours names its model, after the predictions; quotes within them are escaped.
_TOLD = re.compile(rb'"model":\{"name":"[^"]*","version":(\d+|null),"digest":"([0-9a-f]{64})"')


class Model(NamedTuple):
    """What a bundle says of itself, without its learner."""

    version: int | None
    digest: str
    manifest: dict[str, Any]
    recipe: Recipe

    @property
    def name(self) -> str:
        """Of its problem."""
        return str(self.manifest["problem"]["name"])

    @property
    def task(self) -> str:
        return str(self.manifest["task"])

    @property
    def labels(self) -> Sequence[str] | None:
        """Class texts in the order of their codes; None for regression."""
        labels: Sequence[str] | None = self.manifest["labels"]
        return labels

    @property
    def target(self) -> str:
        return str(self.manifest["problem"].get("target", ""))

    @property
    def value(self) -> Value | None:
        table = self.manifest.get("value")
        return Value.model_validate(table) if table else None

    @property
    def worth(self) -> Floats | None:
        """The value table [[true negative, false positive], [false negative, true positive]]."""
        return np.asarray(decision.worth(self.value)) if self.value else None


class Deployed:
    """The states of an endpoint, oldest first, and its models. NotFound: there never was such an endpoint."""

    def __init__(self, store: Store, endpoint: str) -> None:
        self.store, self.endpoint = store, endpoint
        self.states = [_state(endpoint, entry.number, entry.document) for entry in _history(store, endpoint)]
        self._loaded: dict[str, Model] = {}
        self._told: dict[int | None, Variant] = {}

    def __call__(self, version: int | None) -> Model:
        """The model of a version (None: the last one deployed without a version). NotFound when there was none."""
        found = [one for state in self.states for one in state.variants if one.version == version]
        if not found and version in self._told:
            return self.load(self._told[version])
        if not found:
            versions = {str(one.version) for state in self.states for one in state.variants}
            raise NotFound.among(f"version at the endpoint '{self.endpoint}':", str(version), versions)
        return self.load(found[-1])

    def live(self) -> Model:
        """The model that answers now; out of use: the last one that did."""
        found = [state.live for state in self.states if state.live]
        if not found:
            raise NotFound(f"The endpoint '{self.endpoint}' never had a model.")
        return self.load(found[-1])

    def at(self, time: datetime, role: str, version: int | None) -> EndpointState | None:
        """The state in which a prediction was made; the servers follow a change within seconds, so of the states up to
        then it is the last one with such a variant."""
        before = [state for state in self.states if datetime.fromisoformat(state.changed_at).astimezone(UTC) <= time]
        fitting = [state for state in before if _has(state, role, version)]
        return next(reversed(fitting or before), None)

    def version(self, event: Captured) -> int | None:
        """The version that made a prediction. SageMaker's own capture does not say it: then the answer does, where it
        is JSON, else what was live in that role at the time."""
        if event.version is not None or not self.states:
            return event.version
        told = _TOLD.search(event.output)
        if told:
            version = None if told[1] == b"null" else int(told[1])
            # A canary that SageMaker has rolled back is in no state.
            self._told[version] = Variant(version=version, bundle_digest=told[2].decode(), weight=0, role="canary")
            return version
        had = [state for state in self.states if any(one.role == event.variant for one in state.variants)]
        before = [state for state in had if datetime.fromisoformat(state.changed_at).astimezone(UTC) <= event.time]
        found = before[-1:] or had[:1]
        return next((one.version for state in found for one in state.variants if one.role == event.variant), None)

    def load(self, variant: Variant) -> Model:
        digest = variant.bundle_digest
        if digest not in self._loaded:
            sheet, _ = manifest.verify(registry.bundle_folder(self.store, digest), digest)
            self._loaded[digest] = Model(variant.version, digest, sheet, Recipe.model_validate(sheet["recipe"]))
        return self._loaded[digest]


def _history(store: Store, endpoint: str) -> list[Any]:
    found = Log(store, keys.endpoint(endpoint)).history()
    if not found:
        raise NotFound.among("endpoint", endpoint, store.children("endpoints"), fix=f"mlcl deploy {endpoint}")
    return found


def _state(endpoint: str, number: int, document: dict[str, Any]) -> EndpointState:
    try:
        return EndpointState.model_validate({**document, "revision": number})
    except ValidationError as error:
        where = f"{keys.endpoint(endpoint)}, revision {number}"
        raise Corrupt("A state of an endpoint is damaged.", where=where, found=str(error).splitlines()[0]) from error


def _has(state: EndpointState, role: str, version: int | None) -> bool:
    return any((one.role, one.version) == (role, version) for one in state.variants)
