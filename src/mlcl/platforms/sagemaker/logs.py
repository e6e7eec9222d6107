"""The logs of jobs and endpoints: followed live, each line once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from mlcl import runs
from mlcl.platforms.sagemaker.errors import CloudError
from mlcl.platforms.sagemaker.execution import RUNNING, Execution, Job
from mlcl.platforms.sagemaker.settings import Cloud

ENDPOINTS = "/aws/sagemaker/Endpoints"  # log groups, one for each endpoint
NEWEST = 200  # lines of each machine of an endpoint that a first look tells
_STREAMS = 50


class Tail:
    """say: told each new line; newest: so many lines of each stream are told at the first look (None: all)."""

    def __init__(self, cloud: Cloud, say: Callable[[str], None], newest: int | None = None) -> None:
        self.cloud, self.say, self.newest = cloud, say, newest
        self._places: dict[tuple[str, str], str] = {}
        self._over: set[str] = set()

    def follow(self, job: Job) -> None:
        """Says the lines of a job that came since the last look."""
        if job.logs and job.name and job.name not in self._over:
            self.look(job.logs, f"{job.name}/")

    def close(self, jobs: Iterable[Job]) -> None:
        """The rest: logs arrive some seconds after what they tell of."""
        for job in jobs:
            self.follow(job)
            self._over.add(job.name)

    def look(self, group: str, start: str = "") -> bool:
        """Says what came since the last look to the streams whose names begin so; False where there is no such log
        (yet)."""
        try:
            for stream in self._streams(group, start):
                self._read(group, stream)
        except CloudError as error:
            if error.code not in ("ResourceNotFoundException", "ThrottlingException"):
                raise
            return error.code == "ThrottlingException"
        return True

    def _streams(self, group: str, start: str) -> list[str]:
        chosen = {"logStreamNamePrefix": start} if start else {"orderBy": "LastEventTime", "descending": True}
        answer = self.cloud.call("logs", "describe_log_streams", group, logGroupName=group, limit=_STREAMS, **chosen)
        return sorted(stream["logStreamName"] for stream in answer["logStreams"])

    def _read(self, group: str, stream: str) -> None:
        place = self._places.get((group, stream))
        while True:
            where = {"nextToken": place} if place else {"limit": self.newest} if self.newest else {}
            answer = self.cloud.call(
                "logs",
                "get_log_events",
                stream,
                logGroupName=group,
                logStreamName=stream,
                startFromHead=bool(place) or not self.newest,
                **where,
            )
            for event in answer["events"]:
                self.say(event["message"].rstrip("\n"))
            following = answer["nextForwardToken"]
            if following == place:  # the only sign of the end: a page may be empty before it
                return
            place = self._places[group, stream] = following


def of_run(cloud: Cloud, run_id: str, say: Callable[[str], None], poll: float | None = None) -> None:
    """What a run's jobs have logged. poll: with it, also what they log from now on, looked at so often (seconds)."""
    tail = Tail(cloud, say)
    while _looked(cloud, run_id, tail) and poll is not None:
        time.sleep(poll)
    if poll is not None:
        time.sleep(poll)  # logs arrive some seconds after what they tell of
        _looked(cloud, run_id, tail)


def _looked(cloud: Cloud, run_id: str, tail: Tail) -> bool:
    """Says what is new; whether the run was still going on before."""
    found = runs.find(cloud.store, run_id)
    if not found.process.startswith("arn:"):
        return found.state == "running"
    execution = Execution(cloud, found.process)
    going = execution.describe()["PipelineExecutionStatus"] in RUNNING
    for job in execution.jobs().values():
        tail.follow(job)
    return going


def of_endpoint(cloud: Cloud, name: str, say: Callable[[str], None], poll: float | None = None) -> bool:
    """The newest lines of an endpoint (with poll: and for ever what follows); False where nothing has logged so."""
    tail, group = Tail(cloud, say, NEWEST), f"{ENDPOINTS}/{cloud.settings.name(name)}"
    there = tail.look(group)
    while there and poll is not None:
        time.sleep(poll)
        tail.look(group)
    return there
