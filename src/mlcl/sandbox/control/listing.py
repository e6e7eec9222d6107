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
from mlcl.sandbox.wire import AwsError, invalid

PAGE = 10  # as many as AWS gives when nobody says how many
_TIME = re.compile(r"(Creation|LastModified|Modified|Created|StartTime|Start)(?:Time)?(After|Before)")
_TIMES = {"Creation": "CreationTime", "Created": "CreationTime", "LastModified": "LastModifiedTime"}
_TIMES |= {"Modified": "LastModifiedTime", "StartTime": "StartTime", "Start": "StartTime"}
_NO_FILTERS = {"SortBy", "SortOrder", "MaxResults", "NextToken", "CrossAccountFilterOption", "ModelPackageType"}
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def page(noun: Noun, records: Sequence[Record], given: Record, member: str = "") -> Record:
    """One page of the summaries of `records` under the filters in `given`; member: of the answer, if another than the
    noun's."""
    shape = service.operation(noun.lists).output_shape
    member = member or noun.summaries
    summary = shape.members[member].member
    _known(noun, summary if summary.type_name == "structure" else None, given)
    kept = [record for record in records if _wanted(noun, record, given)]
    chosen, token = cut(_sorted(noun, kept, given), given)
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
    return all(_passes(noun, record, key, value) for key, value in given.items() if key not in _NO_FILTERS)


def _passes(noun: Noun, record: Record, key: str, value: Any) -> bool:
    time = _TIME.fullmatch(key)
    if time:
        moment = record.get(_TIMES[time[1]], _NEVER)
        return bool(moment > value if time[2] == "After" else moment < value)
    member, how = _compared(noun, key)
    found = record.get(member)
    if how == "Contains":
        return value.lower() in str(found or "").lower()
    return str(found or "").startswith(value) if how == "Prefix" else bool(found == value)


def _compared(noun: Noun, key: str) -> tuple[str, str]:
    """The member that a filter looks at, and how."""
    how = next((end for end in ("Equals", "Contains", "Prefix") if key.endswith(end)), "")
    member = key.removesuffix(how)
    return {"Name": noun.keys[-1], "Status": noun.status}.get(member, member), how


def _known(noun: Noun, summary: Any, given: Record) -> None:
    """AwsError for a filter by something that no record here has: an empty list would be a wrong answer."""
    described = service.operation(f"Describe{noun.name}").output_shape
    has = {*service.members(described), *service.members(summary), "CreationTime", "LastModifiedTime"}
    for key in given.keys() - _NO_FILTERS:
        time = _TIME.fullmatch(key)
        member = _TIMES[time[1]] if time else _compared(noun, key)[0]
        if member not in has:
            raise AwsError("UnsupportedOperation", f"The sandbox does not do {noun.lists} with {key}.", 400)


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
