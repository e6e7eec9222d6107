"""Processing jobs: inputs below /opt/ml/processing, outputs from there to S3."""

from __future__ import annotations

import threading
from typing import Any

from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.control.resources import Record, now
from mlcl.sandbox.runtime import checks, implied
from mlcl.sandbox.runtime.core import Clients, Runtime
from mlcl.sandbox.runtime.files import Failed, tree
from mlcl.sandbox.runtime.job import REASON, Ended, Job, Program, entry
from mlcl.sandbox.runtime.place import Place, places
from mlcl.sandbox.wire import invalid

GROUP = "/aws/sagemaker/ProcessingJobs"
_CONFIG = "/opt/ml/config"
_SYNC = 2.0  # seconds between two uploads of an output that is uploaded continuously


def add(plane: Plane, runtime: Runtime) -> None:
    plane.kinds.add("ProcessingJob")
    plane.creating["ProcessingJob"] = _new
    plane.created["ProcessingJob"] = lambda plane, where, record: ProcessingJob(runtime, where.region, record).start()
    plane.deleting["ProcessingJob"] = checks.ended("ProcessingJob")
    plane.handlers["StopProcessingJob"] = checks.stopper(runtime, "ProcessingJob")


def _new(plane: Plane, where: Where, record: Record) -> None:
    checks.role(record["RoleArn"])
    paths = [each.get("S3Input", {}).get("LocalPath", "") for each in record.get("ProcessingInputs", [])]
    for each in record.get("ProcessingInputs", []):
        source = each.get("S3Input")
        if source is None:
            raise invalid(f"The sandbox reads inputs from S3 only (input {each['InputName']}).")
        if source.get("S3InputMode", "File") != "File":
            raise invalid(f"The sandbox does not do the input mode {source['S3InputMode']}.")
        if not source.get("LocalPath", "").startswith("/opt/ml/processing"):
            raise invalid("LocalPath must begin with /opt/ml/processing.")
    if len(set(paths)) < len(paths):
        raise invalid("Two inputs have the same LocalPath.")
    for each in record.get("ProcessingOutputConfig", {}).get("Outputs", []):
        if "S3Output" not in each:
            raise invalid(f"The sandbox writes outputs to S3 only (output {each['OutputName']}).")
    record.setdefault("StoppingCondition", {}).setdefault("MaxRuntimeInSeconds", 86400)
    record["ProcessingJobStatus"] = "InProgress"


class ProcessingJob(Job):
    kind = "ProcessingJob"

    def work(self) -> None:
        record, app = self.record, self.record["AppSpecification"]
        clients = self.clients()
        implied.job(self.runtime.note, record, app["ImageUri"])
        folder = self.runtime.place("jobs", self.name)
        try:
            command = self.runtime.command(app["ImageUri"])
            hosts = places(folder, record["ProcessingResources"]["ClusterConfig"]["InstanceCount"])
            self._download(hosts, clients)
            program = Program(
                entry(command, app.get("ContainerEntrypoint"), app.get("ContainerArguments"), []),
                record.get("Environment", {}),
                GROUP,
            )
            self.change(ProcessingStartTime=now())
            self._process(hosts, program, clients, folder)
        finally:
            self.runtime.clear(folder)

    def finish(self, status: str, **fields: Any) -> None:
        started = self.record.get("ProcessingStartTime")
        super().finish(status, **({"ProcessingEndTime": now()} if started or status != "Stopped" else {}), **fields)

    def _process(self, hosts: list[Place], program: Program, clients: Clients, folder: Any) -> None:
        over = threading.Event()
        sender = threading.Thread(target=self._send_on, args=(hosts, clients, over), daemon=True)
        sender.start()
        limit = self.record["StoppingCondition"]["MaxRuntimeInSeconds"]
        try:
            ended = self.run_hosts(hosts, program, clients, folder, limit)
        finally:
            over.set()
            sender.join()
        message = _message(ended, hosts)
        if message:
            self.change(ExitMessage=message)
        if self.stopping.is_set():
            self.finish("Stopped")
        elif ended.timed_out:
            raise Failed(f"ClientError: The job ran longer than MaxRuntimeInSeconds ({limit})")
        elif ended.code:
            raise Failed(_reason(ended, message))
        else:
            self._upload(hosts, clients)
            self.finish("Completed")

    def _download(self, hosts: list[Place], clients: Clients) -> None:
        record = self.record
        for number, host in enumerate(hosts):
            for each in record.get("ProcessingInputs", []):
                source = each["S3Input"]
                part = (number, len(hosts)) if source.get("S3DataDistributionType") == "ShardedByS3Key" else (0, 1)
                fetch = clients.files.manifest if source["S3DataType"] == "ManifestFile" else clients.files.download
                gunzip = source.get("S3CompressionType") == "Gzip"
                fetch(source["S3Uri"], host.at(source["LocalPath"]), shard=part, gunzip=gunzip)
            for each in self._outputs():
                host.at(each["S3Output"]["LocalPath"]).mkdir(parents=True, exist_ok=True)
            self._configure(host, hosts)

    def _configure(self, host: Place, hosts: list[Place]) -> None:
        shown = {key: value for key, value in self.record.items() if key in _SHOWN}
        host.write(f"{_CONFIG}/processingjobconfig.json", shown)
        names = [each.host for each in hosts]
        host.write(
            f"{_CONFIG}/resourceconfig.json",
            {"current_host": host.host, "hosts": names, "network_interface_name": "lo"},
        )

    def _outputs(self) -> list[Record]:
        outputs: list[Record] = self.record.get("ProcessingOutputConfig", {}).get("Outputs", [])
        return outputs

    def _upload(self, hosts: list[Place], clients: Clients, mode: str = "") -> None:
        key = self.record.get("ProcessingOutputConfig", {}).get("KmsKeyId", "")
        for host in hosts:
            for each in self._outputs():
                target = each["S3Output"]
                if not mode or target["S3UploadMode"] == mode:
                    clients.files.upload(host.at(target["LocalPath"]), target["S3Uri"], key)

    def _send_on(self, hosts: list[Place], clients: Clients, over: threading.Event) -> None:
        """Upload what is new in the outputs that are uploaded continuously."""
        outputs = [each["S3Output"] for each in self._outputs() if each["S3Output"]["S3UploadMode"] == "Continuous"]
        sent: dict[Any, float] = {}
        while outputs and not over.wait(_SYNC):
            for host in hosts:
                for target in outputs:
                    folder = host.at(target["LocalPath"])
                    for file in tree(folder):
                        if sent.get(file) != file.stat().st_mtime:
                            sent[file] = file.stat().st_mtime
                            name = file.relative_to(folder).as_posix()
                            clients.files.put(f"{target['S3Uri'].rstrip('/')}/{name}", file)


_SHOWN = {
    "AppSpecification",
    "Environment",
    "NetworkConfig",
    "ProcessingInputs",
    "ProcessingJobArn",
    "ProcessingJobName",
    "ProcessingOutputConfig",
    "ProcessingResources",
    "RoleArn",
    "StoppingCondition",
}


def _message(ended: Ended, hosts: list[Place]) -> str:
    for host in (ended.place, *hosts):
        file = host.ml / "output/message"
        if file.is_file():
            return file.read_text(encoding="utf-8", errors="replace")[:REASON]
    return ""


def _reason(ended: Ended, message: str) -> str:
    return (
        f"AlgorithmError: {message}, exit code: {ended.code}"
        if message
        else f"AlgorithmError: See job logs for more information, exit code: {ended.code}"
    )
