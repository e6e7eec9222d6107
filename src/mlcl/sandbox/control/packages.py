"""The model registry: versions of model packages, their approval and their numbers."""

from __future__ import annotations

from mlcl.sandbox.control import listing, service
from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.control.resources import Record, arn, now
from mlcl.sandbox.wire import AwsError, invalid

_COMPLETED: Record = {"ValidationStatuses": [], "ImageScanStatuses": []}


def add(plane: Plane) -> None:
    plane.kinds.add("ModelPackage")
    plane.creating |= {"ModelPackage": _new_package, "ModelPackageGroup": _new_group}
    plane.deleting["ModelPackageGroup"] = _no_versions
    plane.handlers |= {
        "UpdateModelPackage": _update,
        "ListModelPackages": _list,
        "BatchDescribeModelPackage": _batch,
        "PutModelPackageGroupPolicy": _put_policy,
        "GetModelPackageGroupPolicy": _get_policy,
        "DeleteModelPackageGroupPolicy": _delete_policy,
    }


def _creator(where: Where) -> Record:
    return {"UserProfileName": where.caller.rpartition("/")[2], "IamIdentity": {"Arn": where.caller}}


def _new_group(plane: Plane, where: Where, record: Record) -> None:
    record["CreatedBy"] = _creator(where)


def _new_package(plane: Plane, where: Where, record: Record) -> None:
    """A version of a group gets the next number and no name but its ARN; others have a name."""
    noun = service.noun("ModelPackage")
    group = record.get("ModelPackageGroupName")
    if bool(group) == ("ModelPackageName" in record):
        raise invalid("Give either a ModelPackageGroupName (a version) or a ModelPackageName.")
    if group:
        kept = plane.describe("ModelPackageGroup", group, where.region)
        record["ModelPackageGroupName"] = group = kept["ModelPackageGroupName"]
        number = kept.get("_LastVersion", 0) + 1
        plane.change("ModelPackageGroup", group, where.region, _LastVersion=number)
        record |= {"ModelPackageVersion": number, "ModelPackageArn": arn(where.region, noun, group, str(number))}
        record["ModelPackageName"] = record["ModelPackageArn"]
        record.setdefault("ModelApprovalStatus", "PendingManualApproval")
    record |= {
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": _COMPLETED,
        "CreatedBy": _creator(where),
    }
    for container in record.get("InferenceSpecification", {}).get("Containers", ()):
        container.setdefault("ImageDigest", "sha256:" + "0" * 64)


def _update(plane: Plane, where: Where, given: Record) -> Record:
    noun = service.noun("ModelPackage")
    identity = {"ModelPackageName": given["ModelPackageArn"]}
    with plane.records.lock:
        record = plane.records.get(where.region, noun, identity)
        fields = {k: v for k, v in given.items() if k not in ("ModelPackageArn", "CustomerMetadataPropertiesToRemove")}
        if "CustomerMetadataProperties" in fields or "CustomerMetadataPropertiesToRemove" in given:
            merged = {**record.get("CustomerMetadataProperties", {}), **fields.get("CustomerMetadataProperties", {})}
            gone = given.get("CustomerMetadataPropertiesToRemove", ())
            fields["CustomerMetadataProperties"] = {k: v for k, v in merged.items() if k not in gone}
            if len(fields["CustomerMetadataProperties"]) > 50:
                raise invalid("A model package can have at most 50 customer metadata properties.")
        fields |= {"LastModifiedTime": now(), "LastModifiedBy": _creator(where)}
        plane.records.change(where.region, noun, identity, **fields)
    return {"ModelPackageArn": record["ModelPackageArn"]}


def _list(plane: Plane, where: Where, given: Record) -> Record:
    """Without a group AWS lists the packages that are no versions."""
    group = given.get("ModelPackageGroupName")
    if group:
        given["ModelPackageGroupName"] = plane.describe("ModelPackageGroup", group, where.region)[
            "ModelPackageGroupName"
        ]
    kind = given.get("ModelPackageType", "Unversioned" if not group else "Versioned")
    wanted = {"Versioned": (True,), "Unversioned": (False,), "Both": (True, False)}[kind]
    records = [r for r in plane.records.all(where.region, "ModelPackage") if ("ModelPackageVersion" in r) in wanted]
    return listing.page(service.noun("ModelPackage"), records, given)


def _batch(plane: Plane, where: Where, given: Record) -> Record:
    found: Record = {}
    failed: Record = {}
    for name in given["ModelPackageArnList"]:
        try:
            found[name] = plane.call("DescribeModelPackage", {"ModelPackageName": name}, where)
        except AwsError as error:
            failed[name] = {"ErrorCode": error.code, "ErrorResponse": error.message}
    return {"ModelPackageSummaries": found, "BatchDescribeModelPackageErrorMap": failed}


def _no_versions(plane: Plane, where: Where, record: Record) -> None:
    name = record["ModelPackageGroupName"]
    if any(p.get("ModelPackageGroupName") == name for p in plane.records.all(where.region, "ModelPackage")):
        raise AwsError(
            "ConflictException",
            f"Model Package Group {record['ModelPackageGroupArn']} has model packages. Delete them first.",
        )


def _put_policy(plane: Plane, where: Where, given: Record) -> Record:
    record = plane.change(
        "ModelPackageGroup", given["ModelPackageGroupName"], where.region, _Policy=given["ResourcePolicy"]
    )
    return {"ModelPackageGroupArn": record["ModelPackageGroupArn"]}


def _get_policy(plane: Plane, where: Where, given: Record) -> Record:
    record = plane.describe("ModelPackageGroup", given["ModelPackageGroupName"], where.region)
    if "_Policy" not in record:
        raise invalid(f"Cannot find resource policy for Model Package Group {record['ModelPackageGroupArn']}.")
    return {"ResourcePolicy": record["_Policy"]}


def _delete_policy(plane: Plane, where: Where, given: Record) -> Record:
    plane.change("ModelPackageGroup", given["ModelPackageGroupName"], where.region, _Policy=None)
    return {}
