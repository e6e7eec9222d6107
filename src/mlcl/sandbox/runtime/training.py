"""Training jobs: channels in, model.tar.gz out, checkpoints beside, spot interruptions in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.control.resources import Record, now
from mlcl.sandbox.runtime import checks, implied
from mlcl.sandbox.runtime.core import Clients, Runtime
from mlcl.sandbox.runtime.files import Failed, pack, tree
from mlcl.sandbox.runtime.images import known_metrics
from mlcl.sandbox.runtime.job import REASON, Ended, Job, Program, ago, entry
from mlcl.sandbox.runtime.logs import Metric, final, metrics_of
from mlcl.sandbox.runtime.place import Place, places
from mlcl.sandbox.wire import invalid

GROUP = "/aws/sagemaker/TrainingJobs"
_SYNC = 2.0  # seconds between two looks at the checkpoints
_MESSAGES = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Stopping": "Stopping the training job",
    "Interrupted": "The instances were interrupted. The job waits for others.",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "The training job ran longer than MaxRuntimeInSeconds",
    "MaxWaitTimeExceeded": "The training job waited longer than MaxWaitTimeInSeconds",
}


def add(plane: Plane, runtime: Runtime) -> None:
    plane.kinds.add("TrainingJob")
    plane.creating["TrainingJob"] = _new
    plane.created["TrainingJob"] = lambda plane, where, record: TrainingJob(runtime, where.region, record).start()
    plane.deleting["TrainingJob"] = checks.ended("TrainingJob")
    plane.handlers["StopTrainingJob"] = checks.stopper(runtime, "TrainingJob")


def _new(plane: Plane, where: Where, record: Record) -> None:
    """What AWS refuses at once, and the first state."""
    algorithm = record.get("AlgorithmSpecification") or {}
    if "TrainingImage" not in algorithm:
        raise invalid("The sandbox trains with a TrainingImage only: AlgorithmSpecification.TrainingImage is required.")
    if "ResourceConfig" not in record or "StoppingCondition" not in record:
        raise invalid("ResourceConfig and StoppingCondition are required.")
    checks.channels(record)
    checks.role(record["RoleArn"])
    spot, condition = record.get("EnableManagedSpotTraining"), record["StoppingCondition"]
    if spot and condition.get("MaxWaitTimeInSeconds", -1) < condition.get("MaxRuntimeInSeconds", 86400):
        raise invalid(
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds"
        )
    if not spot and "MaxWaitTimeInSeconds" in condition:
        raise invalid("MaxWaitTimeInSeconds is only for jobs with EnableManagedSpotTraining.")
    record["ResourceConfig"].setdefault("InstanceCount", 1)
    condition.setdefault("MaxRuntimeInSeconds", 86400)
    algorithm.setdefault("EnableSageMakerMetricsTimeSeries", bool(algorithm.get("MetricDefinitions")))
    for flag in ("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining"):
        record.setdefault(flag, False)
    record |= {"TrainingJobStatus": "InProgress", "SecondaryStatus": "Starting", "ProfilingStatus": "Disabled"}
    record["SecondaryStatusTransitions"] = [
        {"Status": "Starting", "StartTime": record["CreationTime"], "StatusMessage": _MESSAGES["Starting"]}
    ]
    uri = f"{record['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{record['TrainingJobName']}/output"
    plain = record["OutputDataConfig"].get("CompressionType") == "NONE"
    record["_Output"] = uri
    record["_Model"] = f"{uri}/model/" if plain else f"{uri}/model.tar.gz"


class TrainingJob(Job):
    kind = "TrainingJob"
    seconds = 0  # that its hosts have run
    metrics: Sequence[Metric] = ()

    def work(self) -> None:
        record, algorithm = self.record, self.record["AlgorithmSpecification"]
        clients = self.clients()
        implied.job(self.runtime.note, record, algorithm["TrainingImage"])
        folder = self.runtime.place("jobs", self.name)
        definitions = algorithm.get("MetricDefinitions") or known_metrics(algorithm["TrainingImage"])
        self.metrics = metrics_of(definitions)
        try:
            command = self.runtime.command(algorithm["TrainingImage"])
            hosts = self._prepare(folder, clients)
            program = Program(
                entry(command, algorithm.get("ContainerEntrypoint"), algorithm.get("ContainerArguments"), ["train"]),
                {
                    "TRAINING_JOB_NAME": self.name,
                    "TRAINING_JOB_ARN": record["TrainingJobArn"],
                    **record.get("Environment", {}),
                },
                GROUP,
                self.metrics,
            )
            ended = self._train(hosts, program, clients, folder)
            self._upload(hosts, ended, clients, folder)
        finally:
            self.runtime.clear(folder)

    def finish(self, status: str, **fields: Any) -> None:
        second = fields.pop("second", status)
        times: Record = {"TrainingEndTime": now()}
        if "TrainingStartTime" in self.record:
            spent = max(1, self.seconds or ago(self.record["TrainingStartTime"]))
            times |= {"TrainingTimeInSeconds": ago(self.record["TrainingStartTime"]), "BillableTimeInSeconds": spent}
            times["FinalMetricDataList"] = final(self.metrics) or None
        self._enter(second, message=fields.get("FailureReason", ""), **{"TrainingJobStatus": status, **times, **fields})

    def stop(self) -> None:
        self._enter("Stopping", TrainingJobStatus="Stopping")
        self.stopping.set()

    def _enter(self, second: str, message: str = "", **fields: Any) -> None:
        """Go into a secondary status; the last transition ends where the new one starts."""
        moment = now()
        transitions = self.record["SecondaryStatusTransitions"]
        transitions[-1].setdefault("EndTime", moment)
        new = {"Status": second, "StartTime": moment, "StatusMessage": message or _MESSAGES[second]}
        if second in ("Completed", "Failed", "Stopped", "MaxRuntimeExceeded", "MaxWaitTimeExceeded"):
            new["EndTime"] = moment
        self.change(SecondaryStatus=second, SecondaryStatusTransitions=[*transitions, new], **fields)

    def _prepare(self, folder: Path, clients: Clients) -> list[Place]:
        self._enter("Downloading", TrainingStartTime=now())
        record, count = self.record, self.record["ResourceConfig"]["InstanceCount"]
        hosts = places(folder, count)
        channels = record.get("InputDataConfig", [])
        for number, host in enumerate(hosts):
            for channel in channels:
                _download(channel, host, (number, count), clients)
            _configure(record, host, hosts)
        if "CheckpointConfig" in record:
            self._restore(hosts, clients)
        return hosts

    def _train(self, hosts: list[Place], program: Program, clients: Clients, folder: Path) -> Ended:
        """Run; after a spot interruption run again, from the checkpoints, while the longest wait is not over."""
        condition = self.record["StoppingCondition"]
        give_up = time.monotonic() + condition.get("MaxWaitTimeInSeconds", float("inf"))
        while True:
            self._enter("Training")
            started, over = time.monotonic(), threading.Event()
            saver = threading.Thread(target=self._save, args=(hosts, clients, over), daemon=True)
            saver.start()
            left = condition["MaxRuntimeInSeconds"] - self.seconds
            ended = self.run_hosts(hosts, program, clients, folder, max(0.1, min(left, give_up - started)))
            over.set()
            saver.join()
            self.seconds += round(time.monotonic() - started)
            if not self.interrupted.is_set() or self.stopping.is_set():
                return ended
            self.interrupted.clear()
            self._enter("Interrupted")
            if time.monotonic() > give_up:
                raise Failed("MaxWaitTimeExceeded: no instance was to be had in time")
            self._enter("Starting")
            hosts = self._anew(folder, clients)

    def _anew(self, folder: Path, clients: Clients) -> list[Place]:
        """New instances: what the old ones had on disk is gone, but for the checkpoints."""
        return self._prepare(self.runtime.place("jobs", folder.name), clients)

    def _upload(self, hosts: list[Place], ended: Ended, clients: Clients, folder: Path) -> None:
        failed = ended.code != 0 and not self.stopping.is_set() and not ended.timed_out
        if not failed:
            self._enter("Uploading" if not self.stopping.is_set() else "Stopping")
        output, config = self.record["_Output"], self.record["OutputDataConfig"]
        data = [host.ml / "output/data" for host in hosts]
        if pack(data, folder / "output.tar.gz"):
            clients.files.put(f"{output}/output.tar.gz", folder / "output.tar.gz", config.get("KmsKeyId", ""))
        if failed:
            raise Failed(reason(ended))
        artifacts = {"S3ModelArtifacts": self.record["_Model"]} if self._model(hosts, clients, folder) else None
        if self.stopping.is_set():
            self.finish("Stopped", ModelArtifacts=artifacts)
        elif ended.timed_out:
            self.finish("Stopped", second="MaxRuntimeExceeded", ModelArtifacts=artifacts)
        else:
            self.finish("Completed", ModelArtifacts=artifacts or {"S3ModelArtifacts": self.record["_Model"]})

    def _model(self, hosts: list[Place], clients: Clients, folder: Path) -> bool:
        config, uri = self.record["OutputDataConfig"], self.record["_Model"]
        models = [host.ml / "model" for host in hosts]
        if uri.endswith("/"):
            sent = [clients.files.upload(model, uri, config.get("KmsKeyId", "")) for model in models]
            return any(sent)
        if not pack(models, folder / "model.tar.gz"):
            return False
        clients.files.put(uri, folder / "model.tar.gz", config.get("KmsKeyId", ""))
        return True

    def _checkpoints(self, host: Place) -> tuple[str, Path]:
        config = self.record["CheckpointConfig"]
        return config["S3Uri"], host.at(config.get("LocalPath", "/opt/ml/checkpoints"))

    def _restore(self, hosts: list[Place], clients: Clients) -> None:
        for host in hosts:
            uri, folder = self._checkpoints(host)
            folder.mkdir(parents=True, exist_ok=True)
            try:
                clients.files.download(uri.rstrip("/") + "/", folder)
            except Failed as failure:
                if "No S3 objects" not in str(failure):
                    raise

    def _save(self, hosts: list[Place], clients: Clients, over: threading.Event) -> None:
        """Copy checkpoints to S3 while the job runs, each file when it has changed, and once more at the end."""
        if "CheckpointConfig" not in self.record:
            return
        seen: dict[Path, tuple[float, int]] = {}
        files, last = clients.files, False
        while not last:
            last = over.wait(_SYNC)
            for host in hosts:
                uri, folder = self._checkpoints(host)
                for file in tree(folder):
                    stat = file.stat()
                    if seen.get(file) != (stat.st_mtime, stat.st_size):
                        files.put(f"{uri.rstrip('/')}/{file.relative_to(folder).as_posix()}", file)
                        seen[file] = (stat.st_mtime, stat.st_size)


def reason(ended: Ended) -> str:
    """The FailureReason: what the program wrote to /opt/ml/output/failure, and its exit code."""
    file = ended.place.ml / "output/failure"
    text = file.read_text(encoding="utf-8", errors="replace")[:REASON].strip() if file.is_file() else ""
    return f"AlgorithmError: {text}, exit code: {ended.code}" if text else f"AlgorithmError: Exit Code: {ended.code}"


def _download(channel: Record, host: Place, shard: tuple[int, int], clients: Clients) -> None:
    source, folder = channel["DataSource"]["S3DataSource"], host.ml / "input/data" / channel["ChannelName"]
    gunzip = channel.get("CompressionType") == "Gzip"
    part = shard if source.get("S3DataDistributionType") == "ShardedByS3Key" else (0, 1)
    fetch = clients.files.manifest if source["S3DataType"] == "ManifestFile" else clients.files.download
    fetch(source["S3Uri"], folder, shard=part, gunzip=gunzip)


def _configure(record: Record, host: Place, hosts: list[Place]) -> None:
    config, resource = "/opt/ml/input/config", record["ResourceConfig"]
    host.write(f"{config}/hyperparameters.json", record.get("HyperParameters", {}))
    mode = record["AlgorithmSpecification"]["TrainingInputMode"]
    channels = {
        channel["ChannelName"]: {
            "ContentType": channel.get("ContentType", ""),
            "TrainingInputMode": channel.get("InputMode", mode),
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
        }
        for channel in record.get("InputDataConfig", [])
    }
    host.write(f"{config}/inputdataconfig.json", channels)
    names, kind = [each.host for each in hosts], resource.get("InstanceType", "")
    group = {"instance_group_name": "homogeneousCluster", "instance_type": kind, "hosts": names}
    host.write(
        f"{config}/resourceconfig.json",
        {
            "current_host": host.host,
            "current_instance_type": kind,
            "current_group_name": "homogeneousCluster",
            "hosts": names,
            "instance_groups": [group],
            "network_interface_name": "lo",
        },
    )
