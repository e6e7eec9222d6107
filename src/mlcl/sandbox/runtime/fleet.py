"""The servers behind an endpoint: one process per variant of an endpoint configuration."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlcl.sandbox.control.resources import Record, now
from mlcl.sandbox.runtime.core import Clients, Runtime
from mlcl.sandbox.runtime.files import Failed
from mlcl.sandbox.runtime.serving import HEALTHY_WITHIN, ModelServer, Options

_SERVERLESS_WITHIN = 180.0
LIMITS = {"serverless": 4 * 1024 * 1024, "instances": 6 * 1024 * 1024}  # bytes of a request's body


class Variant:
    """A variant and its server. in_flight: requests that it answers now."""

    def __init__(self, definition: Record, *, shadow: bool) -> None:
        self.definition, self.shadow = definition, shadow
        self.name: str = definition["VariantName"]
        self.weight = float(definition.get("InitialVariantWeight", 1.0))
        self.count = definition.get("InitialInstanceCount", 1)
        self.server: ModelServer | None = None
        self.image = ""
        self.started = now()
        self._slots = definition.get("ServerlessConfig", {}).get("MaxConcurrency")
        self.in_flight, self._lock = 0, threading.Lock()

    @property
    def serverless(self) -> bool:
        return "ServerlessConfig" in self.definition

    @property
    def limit(self) -> int:
        return LIMITS["serverless" if self.serverless else "instances"]

    def enter(self) -> bool:
        """Take a slot; False when as many requests are in flight as MaxConcurrency lets."""
        with self._lock:
            if self._slots is not None and self.in_flight >= self._slots:
                return False
            self.in_flight += 1
            return True

    def leave(self) -> None:
        with self._lock:
            self.in_flight -= 1

    def shown(self) -> Record:
        """As DescribeEndpoint shows it."""
        shown: Record = {
            "VariantName": self.name,
            "DeployedImages": [
                {"SpecifiedImage": self.image, "ResolvedImage": self.image, "ResolutionTime": self.started}
            ],
            "CurrentWeight": self.weight,
            "DesiredWeight": self.weight,
        }
        if self.serverless:
            config = self.definition["ServerlessConfig"]
            return {**shown, "CurrentServerlessConfig": config, "DesiredServerlessConfig": config}
        return {**shown, "CurrentInstanceCount": self.count, "DesiredInstanceCount": self.count}


class Fleet:
    """All variants of one endpoint configuration."""

    def __init__(self, runtime: Runtime, endpoint: str, config: Record, region: str) -> None:
        self.runtime, self.endpoint, self.config, self.region = runtime, endpoint, config, region
        self.production = [Variant(each, shadow=False) for each in config["ProductionVariants"]]
        self.shadows = [Variant(each, shadow=True) for each in config.get("ShadowProductionVariants", ())]
        self.clients: Clients | None = None
        self._folders: list[Path] = []

    @property
    def variants(self) -> list[Variant]:
        return [*self.production, *self.shadows]

    def start(self, give_up: threading.Event) -> None:
        """Start every variant's server and wait until all are healthy. Raises Failed; then nothing is left running."""
        try:
            for variant in self.variants:
                self._start(variant)
            for variant in self.variants:
                if variant.server is not None:
                    variant.server.wait(give_up.is_set)
        except Failed:
            self.stop(grace=5)
            raise

    def stop(self, grace: float = 30.0) -> None:
        threads = [
            threading.Thread(target=variant.server.stop, args=(grace,)) for variant in self.variants if variant.server
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for folder in self._folders:
            self.runtime.clear(folder)

    def revive(self) -> None:
        """Start again the servers that have ended by themselves, as SageMaker does."""
        for variant in self.variants:
            if variant.server is not None and not variant.server.alive:
                variant.server.stop(0)
                self._start(variant)

    def choose(self, target: str = "") -> Variant | None:
        """A production variant: the one asked for, or one by weight."""
        if target:
            return next((variant for variant in self.production if variant.name == target), None)
        weights = [variant.weight for variant in self.production]
        if not sum(weights):
            return self.production[0]
        return random.choices(self.production, weights)[0]  # noqa: S311  (no secret)

    def copies(self, variant: Variant) -> Sequence[Variant]:
        """The shadows that get a copy of a request to `variant`: as often as their weight is of its weight."""
        share = variant.weight or 1.0
        return [shadow for shadow in self.shadows if random.random() < shadow.weight / share]  # noqa: S311

    def _start(self, variant: Variant) -> None:
        if "ModelName" not in variant.definition:
            raise Failed("The sandbox does not do inference components: a variant needs a ModelName.")
        model = self.runtime.plane.describe("Model", variant.definition["ModelName"], self.region)
        self.clients = Clients(model["ExecutionRoleArn"], "SageMaker", self.region)
        place = self.runtime.place("endpoints", self.endpoint, f"{self.config['EndpointConfigName']}-{variant.name}")
        self._folders.append(place)
        within = variant.definition.get("ContainerStartupHealthCheckTimeoutInSeconds")
        usual = _SERVERLESS_WITHIN if variant.serverless else HEALTHY_WITHIN
        options = Options({}, f"/aws/sagemaker/Endpoints/{self.endpoint}", f"{variant.name}/algo-1", within or usual)
        variant.server = ModelServer(self.runtime, model, self.clients, place, options)
        variant.image = variant.server.definition["Image"]


def shown(variants: Sequence[Variant]) -> list[Any]:
    return [variant.shown() for variant in variants]
