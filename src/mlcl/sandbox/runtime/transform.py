"""Batch transform jobs: a model's server asked for every record of the input."""

from __future__ import annotations

import concurrent.futures
import json
from pathlib import Path
from typing import Any, NamedTuple

from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.control.resources import Record, now
from mlcl.sandbox.runtime import checks, records
from mlcl.sandbox.runtime.core import Clients, Runtime
from mlcl.sandbox.runtime.files import Failed, below, split
from mlcl.sandbox.runtime.job import Job
from mlcl.sandbox.runtime.serving import ModelServer, Options
from mlcl.sandbox.wire import invalid

GROUP = "/aws/sagemaker/TransformJobs"
_MB = 1024 * 1024


class Plan(NamedTuple):
    """How to ask: requests of at most `payload` bytes, `single` records each or many, so many at once."""

    payload: int
    single: bool
    concurrent: int
    timeout: float
    retries: int


def add(plane: Plane, runtime: Runtime) -> None:
    plane.kinds.add("TransformJob")
    plane.creating["TransformJob"] = _new
    plane.created["TransformJob"] = lambda plane, where, record: TransformJob(runtime, where.region, record).start()
    plane.handlers["StopTransformJob"] = checks.stopper(runtime, "TransformJob")


def _new(plane: Plane, where: Where, record: Record) -> None:
    plane.describe("Model", record["ModelName"], where.region)
    given = record["TransformInput"]
    split_type, assemble = (
        given.setdefault("SplitType", "None"),
        record["TransformOutput"].setdefault("AssembleWith", "None"),
    )
    given.setdefault("CompressionType", "None")
    if split_type in ("RecordIO", "TFRecord"):
        raise invalid(f"The sandbox does not do SplitType {split_type}.")
    if given["DataSource"]["S3DataSource"]["S3DataType"] not in ("S3Prefix", "ManifestFile"):
        raise invalid("The sandbox reads S3Prefix and ManifestFile only.")
    join = record.get("DataProcessing", {}).get("JoinSource", "None")
    if join == "Input" and (split_type, assemble) not in (("Line", "Line"), ("None", "None")):
        raise invalid("JoinSource Input needs SplitType and AssembleWith to be the same.")
    record.setdefault("DataProcessing", {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"})
    record["TransformJobStatus"] = "InProgress"


class TransformJob(Job):
    kind = "TransformJob"

    def work(self) -> None:
        model = self.runtime.plane.describe("Model", self.record["ModelName"], self.region)
        clients = Clients(model["ExecutionRoleArn"], "SageMaker", self.region)
        folder = self.runtime.place("jobs", self.name)
        self.change(TransformStartTime=now())
        server = ModelServer(
            self.runtime, model, clients, folder, Options(self._variables(), GROUP, f"{self.name}/algo-1")
        )
        try:
            server.wait(self.stopping.is_set)
            self._transform(server, clients, folder)
        finally:
            server.stop()
            self.runtime.clear(folder)
        self.finish("Stopped" if self.stopping.is_set() else "Completed")

    def finish(self, status: str, **fields: Any) -> None:
        super().finish(status, TransformEndTime=now(), **fields)

    def _variables(self) -> dict[str, str]:
        record = self.record
        return {
            "SAGEMAKER_BATCH": "true",
            "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(record.get("MaxPayloadInMB", 6)),
            "SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD"
            if record.get("BatchStrategy") == "SingleRecord"
            else "MULTI_RECORD",
            "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(record.get("MaxConcurrentTransforms", 1)),
            **record.get("Environment", {}),
        }

    def _plan(self, server: ModelServer) -> Plan:
        """What the job says counts, then what the container says of itself (/execution-parameters), then AWS's."""
        said: Record = {}
        try:
            answer = server.ask("GET", "/execution-parameters", timeout=2)
            said = json.loads(answer.body) if answer.status == 200 else {}
        except (OSError, ValueError):
            pass
        record, client = self.record, self.record.get("ModelClientConfig", {})
        strategy = record.get("BatchStrategy") or said.get("BatchStrategy", "MULTI_RECORD")
        payload = record.get("MaxPayloadInMB", said.get("MaxPayloadInMB", 6))
        return Plan(
            (payload or 100) * _MB,
            strategy in ("SingleRecord", "SINGLE_RECORD"),
            max(1, record.get("MaxConcurrentTransforms") or said.get("MaxConcurrentTransforms") or 1),
            client.get("InvocationsTimeoutInSeconds", 600),
            client.get("InvocationsMaxRetries", 3),
        )

    def _transform(self, server: ModelServer, clients: Clients, folder: Path) -> None:
        source, plan = self.record["TransformInput"]["DataSource"]["S3DataSource"], self._plan(server)
        files = clients.files
        if source["S3DataType"] == "ManifestFile":
            first, *names = json.loads(files.read(source["S3Uri"]))
            objects = {first["prefix"] + name: name for name in names}
        else:
            bucket, prefix = split(source["S3Uri"])
            objects = {f"s3://{bucket}/{key}": below(prefix, key) for key in files.keys(source["S3Uri"])}
        output = self.record["TransformOutput"]
        for uri, name in objects.items():
            if self.stopping.is_set():
                return
            target = f"{output['S3OutputPath'].rstrip('/')}/{name}.out"
            files.put(target, self._one(server, files.read(uri), plan, uri), output.get("KmsKeyId", ""))

    def _one(self, server: ModelServer, data: bytes, plan: Plan, uri: str) -> bytes:
        """The answers for one object, put together as the job says."""
        shape = records.Shape.of(self.record)
        if shape.gzip:
            data = records.gunzip(data)
        given = shape.split(data)
        batches = shape.batches(given, plan.payload, plan.single)
        if batches is None:
            raise Failed(f"ClientError: A record of {uri} is larger than MaxPayloadInMB.")
        with concurrent.futures.ThreadPoolExecutor(plan.concurrent) as pool:
            answers = list(pool.map(lambda batch: self._ask(server, shape.body(batch), plan, uri), batches))
        return shape.assemble(batches, answers)

    def _ask(self, server: ModelServer, body: bytes, plan: Plan, uri: str) -> bytes:
        given, output = self.record["TransformInput"], self.record["TransformOutput"]
        headers = {"Content-Type": given.get("ContentType", ""), "Accept": output.get("Accept", "")}
        headers = {name: value for name, value in headers.items() if value}
        for turn in range(plan.retries + 1):
            last = turn == plan.retries or self.stopping.is_set()
            try:
                answer = server.invoke(body, headers, plan.timeout)
            except OSError as error:
                if last or not server.alive:
                    raise Failed(f"AlgorithmError: No answer for {uri}: {error or type(error).__name__}") from error
                continue
            if answer.status == 200:
                return answer.body
            if last or answer.status < 500:
                text = answer.body[:400].decode("utf-8", "replace")
                kind = "ClientError" if answer.status < 500 else "AlgorithmError"
                raise Failed(f"{kind}: See job logs for more information ({uri}: HTTP {answer.status}: {text})")
        raise AssertionError
