"""The logs of jobs and endpoints: followed live, each line once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from mlcl.platforms.sagemaker.errors import CloudError
from mlcl.platforms.sagemaker.execution import Job
from mlcl.platforms.sagemaker.settings import Cloud


class Tail:
    """say: told each new line."""

    def __init__(self, cloud: Cloud, say: Callable[[str], None]) -> None:
        self.cloud, self.say = cloud, say
        self._places: dict[tuple[str, str], str] = {}
        self._over: set[str] = set()

    def follow(self, job: Job) -> None:
        """Says the lines of a job that came since the last look; a log that is not there yet says nothing."""
        if not job.logs or not job.name or job.name in self._over:
            return
        try:
            for stream in self._streams(job.logs, job.name):
                self._read(job.logs, stream)
        except CloudError as error:
            if error.code not in ("ResourceNotFoundException", "ThrottlingException"):
                raise

    def close(self, jobs: Iterable[Job]) -> None:
        """The rest: logs arrive some seconds after what they tell of."""
        for job in jobs:
            self.follow(job)
            self._over.add(job.name)

    def _streams(self, group: str, name: str) -> list[str]:
        answer = self.cloud.call(
            "logs", "describe_log_streams", group, logGroupName=group, logStreamNamePrefix=f"{name}/", limit=50
        )
        return sorted(stream["logStreamName"] for stream in answer["logStreams"])

    def _read(self, group: str, stream: str) -> None:
        place = self._places.get((group, stream))
        while True:
            token = {"nextToken": place} if place else {}
            answer = self.cloud.call(
                "logs",
                "get_log_events",
                stream,
                logGroupName=group,
                logStreamName=stream,
                startFromHead=True,
                **token,
            )
            for event in answer["events"]:
                self.say(event["message"].rstrip("\n"))
            following = answer["nextForwardToken"]
            if following == place or not answer["events"]:
                self._places[group, stream] = following
                return
            place = following


def of_endpoint(cloud: Cloud, name: str, most: int = 200) -> Iterator[str]:
    """The newest lines of an endpoint's log, oldest first. name: the endpoint's in AWS."""
    group = f"/aws/sagemaker/Endpoints/{name}"
    answer: Any = cloud.call("logs", "filter_log_events", group, logGroupName=group, limit=most)
    yield from (event["message"].rstrip("\n") for event in answer["events"])
