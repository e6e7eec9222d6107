"""Endpoints: created, updated with or without guardrails, watched, deleted."""

from __future__ import annotations

import copy
import random
import threading
from typing import Any

from mlcl.sandbox.control import service
from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.control.resources import Record, now
from mlcl.sandbox.runtime import rollout
from mlcl.sandbox.runtime.asynchronous import Queue
from mlcl.sandbox.runtime.capture import Capture
from mlcl.sandbox.runtime.core import Runtime
from mlcl.sandbox.runtime.files import Failed
from mlcl.sandbox.runtime.fleet import Fleet, shown
from mlcl.sandbox.runtime.watch import Meter
from mlcl.sandbox.wire import AwsError, invalid

KIND = "Endpoint"
_LOOK = 1.0  # seconds between two looks whether the servers still run


def add(plane: Plane, runtime: Runtime) -> None:
    plane.kinds.add(KIND)
    plane.creating[KIND] = _new
    plane.created[KIND] = lambda plane, where, record: Endpoint(runtime, where.region, record).start()
    plane.handlers |= {
        "UpdateEndpoint": lambda plane, where, given: _update(runtime, plane, where, given),
        "UpdateEndpointWeightsAndCapacities": lambda plane, where, given: _weigh(runtime, plane, where, given),
        "DeleteEndpoint": lambda plane, where, given: _delete(runtime, plane, where, given),
        "DescribeEndpoint": lambda plane, where, given: _describe(runtime, plane, where, given),
    }


def _new(plane: Plane, where: Where, record: Record) -> None:
    plane.describe("EndpointConfig", record["EndpointConfigName"], where.region)
    record["EndpointStatus"] = "Creating"
    record["LastDeploymentConfig"] = record.pop("DeploymentConfig", None)


def _describe(runtime: Runtime, plane: Plane, where: Where, given: Record) -> Record:
    record = plane.describe(KIND, given["EndpointName"], where.region)
    endpoint: Endpoint | None = runtime.get(KIND, record["EndpointName"])
    return {**record, **(endpoint.shown() if endpoint else {})}


def _update(runtime: Runtime, plane: Plane, where: Where, given: Record) -> Record:
    record = _settled(plane, given["EndpointName"], where)
    config = plane.describe("EndpointConfig", given["EndpointConfigName"], where.region)
    if given["EndpointConfigName"] == record["EndpointConfigName"]:
        raise invalid(f"Cannot update endpoint with its own endpoint configuration {record['EndpointConfigName']}.")
    endpoint: Endpoint | None = runtime.get(KIND, record["EndpointName"])
    if endpoint is None:
        raise invalid(f"Endpoint {record['EndpointArn']} has failed and cannot be updated. Delete it.")
    deployment = given.get("DeploymentConfig") or {}
    if given.get("RetainDeploymentConfig") and not deployment:
        deployment = record.get("LastDeploymentConfig") or {}
    endpoint.update(config, deployment, retain=given.get("RetainAllVariantProperties", False))
    return record


def _weigh(runtime: Runtime, plane: Plane, where: Where, given: Record) -> Record:
    record = _settled(plane, given["EndpointName"], where)
    endpoint: Endpoint = runtime.get(KIND, record["EndpointName"])
    known = {variant.name: variant for variant in endpoint.blue.production}
    for each in given["DesiredWeightsAndCapacities"]:
        if each["VariantName"] not in known:
            raise invalid(f"The variant {each['VariantName']} is not present in endpoint {record['EndpointArn']}.")
    for each in given["DesiredWeightsAndCapacities"]:
        variant = known[each["VariantName"]]
        variant.weight = each.get("DesiredWeight", variant.weight)
        variant.count = each.get("DesiredInstanceCount", variant.count)
    return plane.change(KIND, given["EndpointName"], where.region)


def _delete(runtime: Runtime, plane: Plane, where: Where, given: Record) -> Record:
    record = plane.describe(KIND, given["EndpointName"], where.region)
    if record["EndpointStatus"] in ("Creating", "Updating", "RollingBack"):
        raise invalid(f'Cannot update in-progress endpoint "{record["EndpointArn"]}".')
    plane.change(KIND, given["EndpointName"], where.region, EndpointStatus="Deleting")
    endpoint: Endpoint | None = runtime.get(KIND, record["EndpointName"])

    def gone() -> None:
        if endpoint is not None:
            endpoint.end()
        runtime.drop(KIND, record["EndpointName"])
        plane.records.remove(where.region, service.noun(KIND), record)

    threading.Thread(target=gone, daemon=True).start()
    return {}


def _settled(plane: Plane, name: str, where: Where) -> Record:
    record = plane.describe(KIND, name, where.region)
    if record["EndpointStatus"] != "InService":
        raise invalid(f'Cannot update in-progress endpoint "{record["EndpointArn"]}".')
    return record


class Endpoint:
    """One endpoint. blue: the fleet in use; green: the one that an update brings in, with its part of the traffic."""

    def __init__(self, runtime: Runtime, region: str, record: Record) -> None:
        self.runtime, self.region, self.name = runtime, region, record["EndpointName"]
        config = runtime.plane.describe("EndpointConfig", record["EndpointConfigName"], region)
        self.blue = Fleet(runtime, self.name, config, region)
        self.green: Fleet | None = None
        self.share = 0.0
        self.capture: Capture | None = None
        self.queue: Queue | None = None
        self.meter = Meter(self.name, region)
        self._stage = "Creating"
        self._going = threading.Event()
        self._lock = threading.Lock()

    def start(self) -> None:
        self.runtime.add(KIND, self.name, self)
        threading.Thread(target=self._create, name=f"endpoint {self.name}", daemon=True).start()

    def end(self) -> None:
        self._going.set()
        with self._lock:
            fleets = [self.blue, *([self.green] if self.green else [])]
        for fleet in fleets:
            fleet.stop()
        self._close()
        self.meter.close()

    def route(self, target: str = "") -> tuple[Fleet, Any]:
        """The fleet and variant that answer the next request. Raises ValidationException for an unknown variant."""
        with self._lock:
            green = self.green if self.green is not None and random.random() < self.share else None  # noqa: S311
            fleet = green or self.blue
        variant = fleet.choose(target)
        if variant is None:
            raise AwsError("ValidationError", f"Variant {target} of endpoint {self.name} not found.", 400)
        return fleet, variant

    def update(self, config: Record, deployment: Record, *, retain: bool) -> None:
        """Raises ValidationException for a deployment configuration that AWS refuses."""
        count = sum(variant.count for variant in self.blue.production)
        plan = rollout.plan(deployment, count, self.region)
        green = Fleet(self.runtime, self.name, config, self.region)
        if retain:
            old = {variant.name: variant for variant in self.blue.variants}
            for variant in green.variants:
                if variant.name in old:
                    variant.weight, variant.count = old[variant.name].weight, old[variant.name].count
        self._stage = "Creating"
        pending = {"EndpointConfigName": config["EndpointConfigName"], "StartTime": now()}
        pending["ProductionVariants"] = [{"VariantName": variant.name} for variant in green.production]
        self._change(EndpointStatus="Updating", PendingDeploymentSummary=pending, FailureReason=None)
        threading.Thread(target=self._move, args=(green, plan, deployment), daemon=True).start()

    def shown(self) -> Record:
        with self._lock:
            fleet = self.blue
        record: Record = {"ProductionVariants": shown(fleet.production)}
        if fleet.shadows:
            record["ShadowProductionVariants"] = shown(fleet.shadows)
        if self.capture:
            record["DataCaptureConfig"] = self.capture.shown()
        if "AsyncInferenceConfig" in fleet.config:
            record["AsyncInferenceConfig"] = fleet.config["AsyncInferenceConfig"]
        if self.green is not None:
            for variant in record["ProductionVariants"]:
                variant["VariantStatus"] = [{"Status": self._stage, "StartTime": fleet.production[0].started}]
        return record

    def _change(self, **fields: Any) -> None:
        if not self._going.is_set():
            self.runtime.plane.change(KIND, self.name, self.region, **fields)

    def _create(self) -> None:
        try:
            self.blue.start(self._going)
        except (Failed, AwsError) as failure:
            self._fail(str(failure))
            return
        except Exception as error:  # noqa: BLE001  (whatever it is, the endpoint tells it)
            self._fail(f"InternalServerError: {type(error).__name__}: {error}")
            return
        self._open()
        self._change(EndpointStatus="InService")
        self._watch()

    def _fail(self, reason: str) -> None:
        self._change(EndpointStatus="Failed", FailureReason=reason[:1024])
        self.meter.close()
        self.runtime.drop(KIND, self.name)

    def _move(self, green: Fleet, plan: rollout.Plan, deployment: Record) -> None:
        """Bring the green fleet in. A fault on the way leaves blue as it was."""
        try:
            green.start(self._going)
            with self._lock:
                self.green, self.share = green, 0.0
            rollout.carry_out(plan, self.region, self._shift, self._going)
        except Exception as failure:  # noqa: BLE001  (whatever it is, blue goes on)
            with self._lock:
                self.green, self.share = None, 0.0
            self._change(EndpointStatus="RollingBack")
            green.stop(5)
            reason = str(failure) if isinstance(failure, Failed) else f"{type(failure).__name__}: {failure}"
            self._change(EndpointStatus="InService", FailureReason=reason[:1024], PendingDeploymentSummary=None)
            return
        with self._lock:
            old, self.blue, self.green, self.share = self.blue, green, None, 0.0
        self._close()
        self._open()
        self._change(
            EndpointStatus="InService",
            EndpointConfigName=green.config["EndpointConfigName"],
            LastDeploymentConfig=copy.deepcopy(deployment) or None,
            PendingDeploymentSummary=None,
        )
        old.stop()

    def _shift(self, share: float) -> None:
        with self._lock:
            self.share = share
            self._stage = "Baking"

    def _open(self) -> None:
        """What belongs to the configuration in use: capture and the queue of asynchronous requests."""
        config, clients = self.blue.config, self.blue.clients
        if clients is None:
            return
        if "DataCaptureConfig" in config:
            self.capture = Capture(self.name, config["DataCaptureConfig"], clients)
        if "AsyncInferenceConfig" in config:
            self.queue = Queue(self.name, config["AsyncInferenceConfig"], clients, lambda: self.route()[1])

    def _close(self) -> None:
        if self.capture:
            self.capture.close()
            self.capture = None
        if self.queue:
            self.queue.close()
            self.queue = None

    def _watch(self) -> None:
        while not self._going.wait(_LOOK):
            with self._lock:
                fleet = self.blue
            try:
                fleet.revive()
            except (Failed, AwsError) as failure:
                self._change(FailureReason=str(failure)[:1024])
