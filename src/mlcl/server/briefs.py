"""Runs and models as lists show them, from what is in memory."""

from __future__ import annotations

import time
from datetime import datetime

from mlcl.records import Model
from mlcl.server.context import Server
from mlcl.server.index import Known
from mlcl.server.schemas.models import ModelBrief
from mlcl.server.schemas.runs import RunBrief
from mlcl.serving.endpoints import EndpointState
from mlcl.stores import keys


class Briefs:
    """Makes briefs for one answer: what all of them need is looked up once."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._used: dict[str, list[str]] | None = None

    def run(self, known: Known) -> RunBrief:
        model = self.server.live.models_by_run(known.problem).get(known.id)
        fields = {name: value for name, value in known._asdict().items() if name in RunBrief.model_fields}
        if known.state == "running":
            fields["seconds"] = round(max(0.0, time.time() - moment(known.started_at)), 1)
        return RunBrief.model_construct(
            **{
                **fields,
                "stage": model.stage if model else None,
                "learner": model.learner if model else "",
                "why": model.why if model else "",
                "metrics": dict(model.metrics.get("test") or {}) if model else {},
            }
        )

    def model(self, model: Model, champion: Model | None) -> ModelBrief:
        run = self.server.live.runs.known.get(model.run)
        return ModelBrief(
            problem=model.problem,
            version=model.version,
            stage=model.stage,
            champion=model == champion,
            bundle_digest=model.bundle_digest,
            learner=model.learner,
            metrics=model.metrics.get("test") or {},
            unit=run.unit if run else "",
            run=model.run,
            dataset_digest=model.dataset_digest,
            created_at=model.created_at,
            why=model.why,
            endpoints=self.used(model.bundle_digest),
        )

    def used(self, bundle_digest: str) -> list[str]:
        """Endpoints that a bundle is in use at."""
        if self._used is None:
            self._used = {}
            for state in endpoint_states(self.server).values():
                for variant in state.variants:
                    self._used.setdefault(variant.bundle_digest, []).append(state.name)
        return sorted(set(self._used.get(bundle_digest, ())))


def endpoint_states(server: Server) -> dict[str, EndpointState]:
    """Endpoints by name, also those out of use."""
    found = {}
    for key, entry in server.live.entries("endpoints").items():
        name = key.split("/")[1]
        try:
            found[name] = EndpointState.model_validate({**entry.document, "revision": entry.number})
        except ValueError:
            continue
    return found


def champion(models: list[Model]) -> Model | None:
    approved = [model for model in models if model.version and model.stage == "approved"]
    return max(approved, key=lambda model: model.version or 0, default=None)


def moment(text: str) -> float:
    """Seconds since 1970, 0 for what is no time."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0


def endpoint_state(server: Server, name: str) -> EndpointState | None:
    entry = server.live.entry("endpoints", keys.endpoint(name))
    if entry is None:
        return None
    try:
        return EndpointState.model_validate({**entry.document, "revision": entry.number})
    except ValueError:
        return None
