"""A run in the cloud: its pipeline is started, or joined when it is under way, and followed to its end.

What is seen here is only a picture: the pipeline goes on when nobody looks, and whoever comes back (`mlcl attach`, or
the same `mlcl run` again) sees the same states, from the same documents in the store.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mlcl.data import sources
from mlcl.data.sources import file as files
from mlcl.errors import MlclError
from mlcl.platforms.base import Detached, Plan, Watch
from mlcl.platforms.sagemaker import orders as ordering
from mlcl.platforms.sagemaker.definition import definition, digest
from mlcl.platforms.sagemaker.errors import CloudError
from mlcl.platforms.sagemaker.execution import Execution
from mlcl.platforms.sagemaker.follow import Follower
from mlcl.platforms.sagemaker.jobs import Request
from mlcl.platforms.sagemaker.settings import Cloud, tag_list
from mlcl.runs import DOCUMENTS
from mlcl.steps import STEPS
from mlcl.stores import keys

_TRIES = 5  # of a start that others get into


class SageMaker:
    """run: id of the run; started: told the execution's ARN as soon as there is one; say: for lines of the logs.

    The folders that it gives lie in a temporary one, until `close` or the end of a `with`.
    """

    def __init__(
        self,
        cloud: Cloud,
        run: str,
        *,
        started: Callable[[str], None] = lambda arn: None,
        say: Callable[[str], None] | None = None,
        poll: float = 2.0,
    ) -> None:
        self.cloud, self.run_id, self._started, self._say, self._poll = cloud, run, started, say, poll
        self._fetched: list[Path] = []

    def __enter__(self) -> SageMaker:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Deletes what was fetched."""
        while self._fetched:
            shutil.rmtree(self._fetched.pop(), ignore_errors=True)

    def run(self, plan: Plan, watch: Watch) -> Mapping[str, Path]:
        """Gives folders with the documents and the bundle; matrices and data stay in the bucket."""
        arn = self.start(plan)
        self._started(arn)
        return self.follow(arn, watch)

    def start(self, plan: Plan) -> str:
        """Writes the orders, makes or changes the pipeline, and starts it; gives the execution's ARN."""
        ordering.check(plan.problem)
        request = self.request(plan)
        for one in request.orders.values():
            key = f"{one.key}/orders.json"
            if not self.cloud.store.exists(key):
                self.cloud.store.put(key, one.to_json())
        return self._begin(definition(request), request)

    def request(self, plan: Plan) -> Request:
        """What the definition is made from; a data file of this machine is uploaded under its digest."""
        file = self._uploaded(plan)
        made = ordering.orders(self.cloud.settings, plan, file)
        folder = f"{self.cloud.settings.store}/{file.rsplit('/', 1)[0]}/" if file else ""
        return Request(self.cloud.settings, plan.problem, made, folder)

    def _uploaded(self, plan: Plan) -> str:
        if not sources.is_file(plan.problem.data):
            return ""
        path = files.located(plan.problem.data.source, plan.problem.base)
        key = keys.upload(plan.source.removeprefix("sha256:"), keys.file_name(path.name))
        if not self.cloud.store.exists(key):
            self.cloud.store.put(key, path)
        return key

    def _begin(self, document: dict[str, Any], request: Request) -> str:
        name = self.cloud.settings.name(request.problem.name)
        for _ in range(_TRIES):
            self._settle(name, document, request)
            try:
                return self._execute(name, document)
            except CloudError as error:
                if "Definition" not in error.found:
                    raise
                # Somebody else changed the pipeline between our change and our start.
        raise CloudError("The pipeline is being changed all the time.", where=name, fix="Repeat later.", retryable=True)

    def _settle(self, name: str, document: dict[str, Any], request: Request) -> None:
        """The pipeline as the definition says it."""
        text = json.dumps(document)
        role = self.cloud.settings.roles["pipeline"]
        arguments = {"PipelineName": name, "PipelineDefinition": text, "RoleArn": role}
        try:
            self.cloud.call("sagemaker", "update_pipeline", name, **arguments)
        except CloudError as error:
            if not error.missing:
                raise
            tags = tag_list({**self.cloud.tags, "mlcl:problem": request.problem.name})
            token = self.run_id.ljust(32, "-")
            self.cloud.call("sagemaker", "create_pipeline", name, ClientRequestToken=token, Tags=tags, **arguments)

    def _execute(self, name: str, document: dict[str, Any]) -> str:
        parameters = {"Run": self.run_id, "Definition": digest(document)}
        answer = self.cloud.call(
            "sagemaker",
            "start_pipeline_execution",
            name,
            PipelineName=name,
            PipelineExecutionDisplayName=f"run-{self.run_id}",
            PipelineParameters=[{"Name": key, "Value": value} for key, value in parameters.items()],
            # The same run asked for twice (a lost answer) is one execution.
            ClientRequestToken=self.run_id.ljust(32, "-"),
        )
        return str(answer["PipelineExecutionArn"])

    def follow(self, arn: str, watch: Watch) -> Mapping[str, Path]:
        """Tells the states of the steps until the pipeline has ended; raises the error that ended it."""
        follower = Follower(self.cloud, Execution(self.cloud, arn), watch, self._say)
        try:
            while not follower.look():
                time.sleep(self._poll)
        except KeyboardInterrupt as error:
            raise self._detached("You have left the run; it goes on in AWS.", "", told=True) from error
        except MlclError as error:
            raise self._detached("The run goes on in AWS, but cannot be seen from here.", str(error)) from error
        follower.settle()
        return self.folders(follower.facts)

    def _detached(self, what: str, found: str, *, told: bool = False) -> Detached:
        run, on = self.run_id, self.cloud.platform
        fix = f"Come back with: mlcl attach {run} --on {on}; end it with: mlcl stop {run} --on {on}"
        return Detached(what, told=told, where=f"run {run}", found=found, fix=fix)

    def folders(self, facts: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Path]:
        """A local folder per step with its documents, and the bundle."""
        root = Path(tempfile.mkdtemp(prefix="mlcl-run-"))
        self._fetched.append(root)
        store = self.cloud.store
        found: dict[str, Path] = {}
        for spec in STEPS:
            if spec.name not in facts:
                raise MlclError("The run has no result of a step.", where=f"{self.run_id}, {spec.name}")
            folder, key = root / spec.name, f"steps/{spec.name}/{facts[spec.name]['key']}"
            folder.mkdir()
            for step, file in DOCUMENTS.values():
                if step == spec.name:
                    store.save(f"{key}/{file}", folder / file)
            found[spec.name] = folder
        store.download(f"steps/register/{facts['register']['key']}/bundle", found["register"] / "bundle")
        return found
