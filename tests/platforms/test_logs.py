"""Following logs: each line once, also over empty pages and new streams; of an endpoint the newest lines first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from mlcl.platforms.sagemaker.errors import CloudError
from mlcl.platforms.sagemaker.logs import Tail
from mlcl.platforms.sagemaker.settings import Cloud


class Logs:
    """CloudWatch as it answers: pages that may be empty before the end, and the same token again at the end."""

    def __init__(self) -> None:
        self.streams: dict[str, list[str | None]] = {}  # None: an empty page

    def call(self, service: str, operation: str, where: str = "", **given: Any) -> Mapping[str, Any]:
        if operation == "describe_log_streams":
            if not self.streams:
                raise CloudError("No such group.", code="ResourceNotFoundException")
            start = given.get("logStreamNamePrefix", "")
            return {"logStreams": [{"logStreamName": name} for name in self.streams if name.startswith(start)]}
        lines = self.streams[given["logStreamName"]]
        at = int(given.get("nextToken", 0))
        if not given["startFromHead"]:
            at = max(0, len(lines) - given["limit"])
            return {"events": [{"message": line} for line in lines[at:]], "nextForwardToken": str(len(lines))}
        events = [{"message": line} for line in lines[at : at + 1] if line is not None]
        return {"events": events, "nextForwardToken": str(min(at + 1, len(lines)))}


def tail(logs: Logs, newest: int | None = None) -> tuple[Tail, list[str]]:
    said: list[str] = []
    return Tail(cast(Cloud, logs), said.append, newest), said


def test_each_line_once_and_over_empty_pages() -> None:
    logs = Logs()
    told, said = tail(logs)
    assert not told.look("group", "job/")
    logs.streams = {"job/1": ["a", None, None, "b"], "other/1": ["x"]}
    assert told.look("group", "job/")
    assert said == ["a", "b"]
    logs.streams["job/1"] += ["c"]
    logs.streams["job/2"] = ["d"]
    told.look("group", "job/")
    told.look("group", "job/")
    assert said == ["a", "b", "c", "d"]


def test_of_an_endpoint_the_newest_and_then_all_that_comes() -> None:
    logs = Logs()
    logs.streams = {"live/1": ["old", "new", "newer"]}
    told, said = tail(logs, newest=2)
    told.look("group")
    logs.streams["live/1"] += ["x", "y", "z"]
    told.look("group")
    assert said == ["new", "newer", "x", "y", "z"]
