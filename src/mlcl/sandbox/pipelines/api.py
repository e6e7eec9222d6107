"""The operations on pipelines and their executions."""

from __future__ import annotations

import copy
from uuid import uuid4

from mlcl.sandbox.control import listing, service
from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.control.resources import Record, now
from mlcl.sandbox.pipelines import definition
from mlcl.sandbox.pipelines.execution import Cached, Execution
from mlcl.sandbox.runtime import checks
from mlcl.sandbox.runtime.core import Clients, Runtime
from mlcl.sandbox.runtime.files import Failed
from mlcl.sandbox.wire import invalid, not_found


class Pipelines:
    """Executions live as long as the sandbox."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._executions: dict[str, Execution] = {}
        self._caches: dict[str, dict[str, Cached]] = {}
        self._tokens: dict[tuple[str, str], str] = {}

    def add(self, plane: Plane) -> None:
        plane.kinds.add("Pipeline")
        plane.creating["Pipeline"] = self._new
        plane.deleting["Pipeline"] = self._deleting
        plane.handlers |= {
            "UpdatePipeline": self._update,
            "StartPipelineExecution": self._start,
            "StopPipelineExecution": self._stop,
            "RetryPipelineExecution": self._retry,
            "UpdatePipelineExecution": self._rename,
            "DescribePipelineExecution": lambda plane, where, given: self._shown(given),
            "ListPipelineExecutions": self._list,
            "ListPipelineExecutionSteps": self._steps,
            "ListPipelineParametersForExecution": self._parameters,
            "DescribePipelineDefinitionForExecution": self._definition,
        }

    def _new(self, plane: Plane, where: Where, record: Record) -> None:
        checks.role(record["RoleArn"])
        record["PipelineDefinition"] = self._text(record, where, record["RoleArn"])
        definition.parse(record["PipelineDefinition"])
        record["PipelineStatus"] = "Active"
        record.setdefault("PipelineDisplayName", record["PipelineName"])
        record["CreatedBy"] = {"IamIdentity": {"Arn": where.caller}} if where.caller else None

    def _text(self, given: Record, where: Where, role: str) -> str:
        if ("PipelineDefinition" in given) == ("PipelineDefinitionS3Location" in given):
            raise invalid("Give either PipelineDefinition or PipelineDefinitionS3Location.")
        if "PipelineDefinition" in given:
            return str(given["PipelineDefinition"])
        place = given.pop("PipelineDefinitionS3Location")
        try:
            return (
                Clients(role, "SageMaker", where.region)
                .files.read(f"s3://{place['Bucket']}/{place['ObjectKey']}")
                .decode()
            )
        except Failed as failure:
            raise invalid(str(failure)) from None

    def _update(self, plane: Plane, where: Where, given: Record) -> Record:
        record = plane.describe("Pipeline", given["PipelineName"], where.region)
        fields = {key: value for key, value in given.items() if key != "PipelineName"}
        if "PipelineDefinition" in given or "PipelineDefinitionS3Location" in given:
            fields["PipelineDefinition"] = self._text(fields, where, str(given.get("RoleArn") or record["RoleArn"]))
            definition.parse(fields["PipelineDefinition"])
        plane.change("Pipeline", given["PipelineName"], where.region, **fields)
        return record

    def _deleting(self, plane: Plane, where: Where, record: Record) -> None:
        for execution in self._of(record["PipelineArn"]):
            if execution.record["PipelineExecutionStatus"] in ("Executing", "Stopping"):
                raise invalid(f"Pipeline {record['PipelineArn']} has executions that run. Stop them first.")
        self._caches.pop(record["PipelineArn"], None)

    def _start(self, plane: Plane, where: Where, given: Record) -> Record:
        pipeline = plane.describe("Pipeline", given["PipelineName"], where.region)
        token = (pipeline["PipelineArn"], given.get("ClientRequestToken", ""))
        if token[1] and token in self._tokens:
            return {"PipelineExecutionArn": self._tokens[token]}
        if "SelectiveExecutionConfig" in given:
            raise invalid("The sandbox does not do selective executions.")
        parsed = definition.parse(pipeline["PipelineDefinition"])
        arn = f"{pipeline['PipelineArn']}/execution/{uuid4().hex[:12]}"
        moment = now()
        record = {
            "PipelineArn": pipeline["PipelineArn"],
            "PipelineExecutionArn": arn,
            "PipelineExecutionDisplayName": given.get("PipelineExecutionDisplayName", f"execution-{arn[-12:]}"),
            "PipelineExecutionDescription": given.get("PipelineExecutionDescription"),
            "PipelineExecutionStatus": "Executing",
            "CreationTime": moment,
            "StartTime": moment,
            "LastModifiedTime": moment,
            "CreatedBy": pipeline.get("CreatedBy"),
            "ParallelismConfiguration": given.get(
                "ParallelismConfiguration", pipeline.get("ParallelismConfiguration", {})
            ),
            "_RoleArn": pipeline["RoleArn"],
            "_PipelineName": pipeline["PipelineName"],
            "_Parameters": definition.values(parsed, given.get("PipelineParameters", [])),
            "_Given": given.get("PipelineParameters", []),
            "_Definition": pipeline["PipelineDefinition"],
        }
        cache = self._caches.setdefault(pipeline["PipelineArn"], {})
        execution = Execution(self._runtime, Where(where.region, pipeline["RoleArn"]), parsed, record, cache)
        self._executions[arn] = execution
        if token[1]:
            self._tokens[token] = arn
        plane.change("Pipeline", given["PipelineName"], where.region, LastRunTime=moment)
        execution.start()
        return {"PipelineExecutionArn": arn}

    def _stop(self, plane: Plane, where: Where, given: Record) -> Record:
        execution = self._get(given)
        status = execution.record["PipelineExecutionStatus"]
        if status not in ("Executing", "Stopping"):
            raise invalid(f"The pipeline execution is in status {status} and cannot be stopped.")
        execution.stop()
        return {"PipelineExecutionArn": given["PipelineExecutionArn"]}

    def _retry(self, plane: Plane, where: Where, given: Record) -> Record:
        execution = self._get(given)
        status = execution.record["PipelineExecutionStatus"]
        if status not in ("Failed", "Stopped"):
            raise invalid(f"The pipeline execution is in status {status} and cannot be retried.")
        execution.retry()
        return {"PipelineExecutionArn": given["PipelineExecutionArn"]}

    def _rename(self, plane: Plane, where: Where, given: Record) -> Record:
        execution = self._get(given)
        with execution.lock:
            execution.record |= {key: value for key, value in given.items() if key != "PipelineExecutionArn"}
        return {"PipelineExecutionArn": given["PipelineExecutionArn"]}

    def _list(self, plane: Plane, where: Where, given: Record) -> Record:
        pipeline = plane.describe("Pipeline", given["PipelineName"], where.region)
        records = [
            self._shown({"PipelineExecutionArn": e.record["PipelineExecutionArn"]})
            for e in self._of(pipeline["PipelineArn"])
        ]
        after, before = given.get("CreatedAfter"), given.get("CreatedBefore")
        kept = [
            r
            for r in records
            if (not after or r["CreationTime"] > after) and (not before or r["CreationTime"] < before)
        ]
        kept.sort(
            key=lambda record: record["CreationTime"], reverse=given.get("SortOrder", "Descending") == "Descending"
        )
        chosen, token = listing.cut(kept, given)
        shape = service.operation("ListPipelineExecutions").output_shape.members["PipelineExecutionSummaries"].member
        return {
            "PipelineExecutionSummaries": [{k: r[k] for k in shape.members if r.get(k) is not None} for r in chosen],
            "NextToken": token,
        }

    def _steps(self, plane: Plane, where: Where, given: Record) -> Record:
        execution = self._get(given)
        with execution.lock:
            found = copy.deepcopy(list(execution.steps.values()))
        found.sort(key=lambda step: step["StartTime"], reverse=given.get("SortOrder", "Descending") == "Descending")
        chosen, token = listing.cut(found, given)
        return {"PipelineExecutionSteps": chosen, "NextToken": token}

    def _parameters(self, plane: Plane, where: Where, given: Record) -> Record:
        found = self._get(given).record["_Parameters"]
        told = [
            {"Name": name, "Value": value if isinstance(value, str) else str(value)} for name, value in found.items()
        ]
        chosen, token = listing.cut(told, given)
        return {"PipelineParameters": chosen, "NextToken": token}

    def _definition(self, plane: Plane, where: Where, given: Record) -> Record:
        record = self._get(given).record
        return {"PipelineDefinition": record["_Definition"], "CreationTime": record["CreationTime"]}

    def _shown(self, given: Record) -> Record:
        execution = self._get(given)
        with execution.lock:
            return copy.deepcopy(execution.record)

    def _get(self, given: Record) -> Execution:
        found = self._executions.get(given.get("PipelineExecutionArn", "").lower())
        if found is None:
            raise not_found()
        return found

    def _of(self, arn: str) -> list[Execution]:
        return [execution for execution in list(self._executions.values()) if execution.record["PipelineArn"] == arn]
