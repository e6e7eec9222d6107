"""Lists: filters, order and pages, read from the parameters' names."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from mlcl.sandbox.control import service
from mlcl.sandbox.control.resources import Record
from mlcl.sandbox.control.service import Noun
from mlcl.sandbox.wire import invalid

PAGE = 10  # as many as AWS gives when nobody says how many
_TIME = re.compile(r"(Creation|LastModified|Modified|Created|StartTime|Start)(?:Time)?(After|Before)")
_TIMES = {"Creation": "CreationTime", "Created": "CreationTime", "LastModified": "LastModifiedTime"}
_TIMES |= {"Modified": "LastModifiedTime", "StartTime": "StartTime", "Start": "StartTime"}
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def page(noun: Noun, records: Sequence[Record], given: Record, member: str = "") -> Record:
    """One page of the summaries of `records` under the filters in `given`; member: of the answer, if another than the
    noun's."""
    shape = service.operation(noun.lists).output_shape
    member = member or noun.summaries
    kept = [record for record in records if _wanted(noun, record, given)]
    chosen, token = cut(_sorted(noun, kept, given), given)
    summary = shape.members[member].member
    items = [fitted(summary, record, noun) for record in chosen] if summary.type_name == "structure" else chosen
    return {member: items, "NextToken": token}


def cut(records: Sequence[Any], given: Record, most: int = PAGE) -> tuple[list[Any], str | None]:
    """The page that NextToken and MaxResults ask for, and the token of the next."""
    size = given.get("MaxResults", most)
    try:
        start = int(base64.b64decode(given.get("NextToken", "") or b"MA=="))
    except ValueError:
        raise invalid(f"The NextToken '{given['NextToken']}' is not one of ours.") from None
    end = start + size
    token = base64.b64encode(str(end).encode()).decode() if end < len(records) else None
    return list(records[start:end]), token


def fitted(shape: Any, record: Record, noun: Noun) -> Record:
    """The members of a summary; a summary calls the monitoring definitions' names otherwise."""
    renamed = {
        "MonitoringJobDefinitionName": record.get("JobDefinitionName"),
        "MonitoringJobDefinitionArn": record.get("JobDefinitionArn"),
    }
    source = {**{k: v for k, v in renamed.items() if v}, **record}
    return {key: source[key] for key in shape.members if source.get(key) is not None}


def _wanted(noun: Noun, record: Record, given: Record) -> bool:
    return all(_passes(noun, record, key, value) for key, value in given.items())


def _passes(noun: Noun, record: Record, key: str, value: Any) -> bool:
    if key in ("SortBy", "SortOrder", "MaxResults", "NextToken", "CrossAccountFilterOption", "ModelPackageType"):
        return True
    time = _TIME.fullmatch(key)
    if time:
        moment = record.get(_TIMES[time[1]], _NEVER)
        return bool(moment > value if time[2] == "After" else moment < value)
    if key == "NameContains":
        return value.lower() in str(record.get(noun.keys[-1], "")).lower()
    if key == "StatusEquals":
        return bool(record.get(noun.status) == value)
    if key.endswith("Contains"):
        return value.lower() in str(record.get(key.removesuffix("Contains"), "")).lower()
    member = key.removesuffix("Equals")
    return bool(record.get(member) == value)


def _sorted(noun: Noun, records: Sequence[Record], given: Record) -> list[Record]:
    """AWS's own default is the creation time, the newest first."""
    by = str(given.get("SortBy", "CreationTime"))
    member = {"Name": noun.keys[-1], "Status": noun.status}.get(by, by)
    member = member if any(member in record for record in records) else "CreationTime"
    empty: Any = _NEVER if member.endswith("Time") else ""
    order = given.get("SortOrder", "Descending")
    ranked = sorted(enumerate(records), key=lambda pair: (pair[1].get(member, empty), pair[0]))
    ordered = [record for _, record in ranked]
    return ordered[::-1] if order == "Descending" else ordered
