"""Studio: domains, user profiles, spaces and apps. They are kept; no app runs behind them."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import uuid4

from mlcl.sandbox.control import service
from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.control.resources import Record, arn
from mlcl.sandbox.wire import in_use

_UID = itertools.count(200001)
_BELOW = ("UserProfile", "Space")


def add(plane: Plane) -> None:
    plane.kinds |= {"Domain", "App", *_BELOW}
    plane.creating |= {"Domain": _new_domain, "App": _new_app, **dict.fromkeys(_BELOW, _new_below)}
    plane.deleting |= {"Domain": _empty_domain, **dict.fromkeys(_BELOW, _no_apps)}
    plane.handlers["UpdateDomain"] = _update_domain


def _new_domain(plane: Plane, where: Where, record: Record) -> None:
    short = uuid4().hex[:12]
    record |= {
        "DomainId": f"d-{short}",
        "Url": f"https://d-{short}.studio.{where.region}.sagemaker.aws",
        "HomeEfsFileSystemId": f"fs-{uuid4().hex[:17]}",
        "Status": "InService",
    }
    record["DomainArn"] = arn(where.region, service.noun("Domain"), record["DomainId"])
    record.setdefault("AppNetworkAccessType", "PublicInternetOnly")
    record.setdefault("TagPropagation", "DISABLED")
    if record["AppNetworkAccessType"] == "VpcOnly" and record.get("AppSecurityGroupManagement") == "Service":
        record["SecurityGroupIdForDomainBoundary"] = f"sg-{uuid4().hex[:17]}"


def _new_below(plane: Plane, where: Where, record: Record) -> None:
    plane.describe("Domain", record["DomainId"], where.region)
    record |= {"Status": "InService", "HomeEfsFileSystemUid": str(next(_UID))}


def _new_app(plane: Plane, where: Where, record: Record) -> None:
    owner = record.get("UserProfileName") or record.get("SpaceName", "")
    kind = "UserProfile" if "UserProfileName" in record else "Space"
    plane.records.get(where.region, service.noun(kind), {"DomainId": record["DomainId"], f"{kind}Name": owner})
    record["Status"] = "InService"
    parts = (record["DomainId"], owner, record["AppType"], record["AppName"])
    record["AppArn"] = arn(where.region, service.noun("App"), *parts)


def _update_domain(plane: Plane, where: Where, given: Record) -> Record:
    record = plane.describe("Domain", given["DomainId"], where.region)
    fields = {key: value for key, value in given.items() if key != "DomainId"}
    settings = fields.pop("DomainSettingsForUpdate", None)
    if settings is not None:
        fields["DomainSettings"] = _merged(record.get("DomainSettings", {}), settings)
    for member in ("DefaultUserSettings", "DefaultSpaceSettings"):
        if member in fields:
            fields[member] = _merged(record.get(member, {}), fields[member])
    plane.change("Domain", given["DomainId"], where.region, **fields)
    return record


def _merged(old: Any, new: Any) -> Any:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}


def _empty_domain(plane: Plane, where: Where, record: Record) -> None:
    for kind in _BELOW:
        if any(below["DomainId"] == record["DomainId"] for below in plane.records.all(where.region, kind)):
            raise in_use(
                f"Unable to delete Domain {record['DomainId']} because {service.words(kind)}(s) are associated with it."
            )


def _no_apps(plane: Plane, where: Where, record: Record) -> None:
    kind = "UserProfileName" if "UserProfileName" in record else "SpaceName"
    for app in plane.records.all(where.region, "App"):
        if app["DomainId"] == record["DomainId"] and app.get(kind) == record[kind]:
            raise in_use(f"Unable to delete {record[kind]}: the app {app['AppName']} is associated with it.")
