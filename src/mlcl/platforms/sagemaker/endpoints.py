"""Models in use in AWS: the wanted configuration is rendered as a whole, compared with the live one, and applied.

The store keeps the same log of states as on a laptop, so that monitoring, page and rollback know what is live.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mlcl import registry
from mlcl.errors import MlclError, UsageError
from mlcl.platforms.sagemaker import scaling
from mlcl.platforms.sagemaker.errors import CloudError, JobError
from mlcl.platforms.sagemaker.processing import package
from mlcl.platforms.sagemaker.rendering import (
    Hosted,
    Wanted,
    deployment,
    differences,
    endpoint_name,
    wanted,
)
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.problem.aws import EndpointOnAws
from mlcl.serving import endpoints as states
from mlcl.serving.endpoints import EndpointState

LONGEST = 3600.0  # seconds that an endpoint may take to get ready
_MOVING = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
_GONE = ("Deleting",)

Say = Callable[[str], None]


class Release(NamedTuple):
    """A model of the store that is to be put into use, and how. version: None for one that did not meet its goals (then
    forced); weight: per cent of the traffic that a canary gets."""

    name: str
    digest: str
    version: int | None
    asked: EndpointOnAws
    strategy: str = "all-at-once"
    weight: float = 10
    forced: bool = False


class Applied(NamedTuple):
    """state: in the store; changed: what differed, [] when nothing did; address: in AWS."""

    state: EndpointState
    changed: list[str]
    address: str


def aws_name(cloud: Cloud, name: str) -> str:
    return endpoint_name(cloud.settings, name)


def deploy(cloud: Cloud, release: Release, *, say: Say = lambda text: None, poll: float = 5.0) -> Applied:
    """Puts a registered model into use, and waits until it answers. An endpoint that does not get healthy, or whose
    alarms go off, stays as it was: JobError."""
    name, digest, version = release.name, release.digest, release.version
    asked_for, changed = _put(cloud, release, say, poll)
    # Once SageMaker has moved the traffic, the canary is the live model.
    kept = "shadow" if "ShadowProductionVariants" in asked_for.config else "all-at-once"
    forced = release.forced or version is None
    state = states.deploy(cloud.store, name, digest, version, strategy=kept, forced=forced)
    return Applied(state, changed, f"{cloud.settings.region}:{asked_for.endpoint}")


def promote(
    cloud: Cloud, name: str, asked: EndpointOnAws, *, say: Say = lambda text: None, poll: float = 5.0
) -> EndpointState:
    """Makes the shadow the live model. A canary needs it not: SageMaker promotes it after its wait."""
    present = states.find(cloud.store, name)
    rival = present.rival
    if rival is None:
        fix = "A canary is promoted by itself when nothing rings for aws.endpoint.canary_wait."
        raise UsageError(f"'{name}' has no shadow to promote.", where=aws_name(cloud, name), fix=fix)
    _put(cloud, Release(name, rival.bundle_digest, rival.version, asked), say, poll)
    return states.promote(cloud.store, name, revision=present.revision)


def rollback(
    cloud: Cloud, name: str, asked: EndpointOnAws, *, say: Say = lambda text: None, poll: float = 5.0
) -> EndpointState:
    """Puts the model back into use that was live before the last deployment, and waits until it answers."""
    known = {state.revision: state for state in states.history(cloud.store, name)}
    present = known[max(known)] if known else states.find(cloud.store, name)
    before = known.get(present.previous or 0)
    if before is None or before.live is None:
        raise UsageError(f"'{name}' has no earlier state to go back to.", where=aws_name(cloud, name))
    live = before.live
    _put(cloud, Release(name, live.bundle_digest, live.version, asked), say, poll)
    return states.rollback(cloud.store, name, revision=present.revision)


def _put(cloud: Cloud, release: Release, say: Say, poll: float) -> tuple[Wanted, list[str]]:
    """Brings AWS to what the release wants; gives that, and what differed."""
    name, asked = release.name, release.asked
    new, shadow = Hosted(name, release.digest, release.version), None
    package(cloud.store, release.digest, registry.bundle_folder(cloud.store, release.digest))
    live = _cleared(cloud, name, describe(cloud, name), say, poll)
    if release.strategy == "shadow" and live is not None:
        present = states.find(cloud.store, name).live
        if present:
            new, shadow = Hosted(name, present.bundle_digest, present.version), new
    asked_for = wanted(cloud.settings, asked, new, shadow)
    changed = _apply(cloud, asked_for, release, live, say)
    if changed:
        _wait(cloud, asked_for, say, poll)
        scaling.settle(cloud, asked_for.endpoint, asked)
    scaling.expire(cloud, asked_for.endpoint, asked.expires)
    return asked_for, changed


def describe(cloud: Cloud, name: str) -> Mapping[str, Any] | None:
    """The endpoint as AWS has it, or None."""
    found = _described(cloud, name)
    return None if found is None or found["EndpointStatus"] in _GONE else found


def _described(cloud: Cloud, name: str) -> Mapping[str, Any] | None:
    try:
        return cloud.call("sagemaker", "describe_endpoint", name, EndpointName=aws_name(cloud, name))
    except CloudError as error:
        if error.missing:
            return None
        raise


def _cleared(
    cloud: Cloud, name: str, live: Mapping[str, Any] | None, say: Say, poll: float
) -> Mapping[str, Any] | None:
    """The endpoint, unless it has failed: AWS lets nothing be done with such a one but to delete it."""
    if live is None or live["EndpointStatus"] != "Failed":
        return live
    say(f"deleting endpoint {aws_name(cloud, name)}, which has failed")
    _delete(cloud, "delete_endpoint", EndpointName=aws_name(cloud, name))
    end = time.monotonic() + LONGEST
    while _described(cloud, name) is not None:
        if time.monotonic() > end:
            raise JobError("The failed endpoint does not go away.", where=aws_name(cloud, name))
        time.sleep(poll)
    return None


def undeploy(cloud: Cloud, name: str) -> EndpointState:
    """Deletes the endpoint, then what only it used: configurations, models, alarms, scaling, schedule."""
    endpoint = aws_name(cloud, name)
    scaling.remove(cloud, endpoint)
    _delete(cloud, "delete_endpoint", EndpointName=endpoint)
    leftovers(cloud, name)
    return states.undeploy(cloud.store, name)


def leftovers(cloud: Cloud, name: str, keep: Wanted | None = None) -> list[str]:
    """Deletes configurations and models of an endpoint that are not in use; gives their names."""
    start = aws_name(cloud, name)
    kept = {keep.config["EndpointConfigName"], *(one["ModelName"] for one in keep.models)} if keep else set()
    found = []
    for listing, items, key, delete in (
        ("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName", "delete_endpoint_config"),
        ("list_models", "Models", "ModelName", "delete_model"),
    ):
        for item in cloud.pages("sagemaker", listing, items, NameContains=start):
            if item[key].startswith(f"{start}-") and item[key] not in kept:
                _delete(cloud, delete, **{key: item[key]})
                found.append(item[key])
    return found


def _apply(cloud: Cloud, asked_for: Wanted, release: Release, live: Mapping[str, Any] | None, say: Say) -> list[str]:
    """Makes what is missing, and changes the endpoint when it is not as wanted; gives what differed."""
    for one in asked_for.models:
        _make(cloud, "model", "ModelName", one)
    config, endpoint = asked_for.config["EndpointConfigName"], asked_for.endpoint
    _make(cloud, "endpoint_config", "EndpointConfigName", asked_for.config)
    if live is None:
        say(f"creating endpoint {endpoint}")
        cloud.call(
            "sagemaker",
            "create_endpoint",
            endpoint,
            EndpointName=endpoint,
            EndpointConfigName=config,
            Tags=asked_for.config["Tags"],
        )
        return ["endpoint"]
    changed = _changes(cloud, live, asked_for)
    if not changed:
        return []
    asked, strategy = release.asked, release.strategy
    alarms = scaling.alarms(cloud, endpoint, asked) if strategy in ("canary", "blue-green") else []
    how = deployment(asked, strategy, release.weight, alarms)
    say(f"updating endpoint {endpoint}: {strategy}")
    request: dict[str, Any] = {"EndpointName": endpoint, "EndpointConfigName": config}
    cloud.call("sagemaker", "update_endpoint", endpoint, **request, **({"DeploymentConfig": how} if how else {}))
    return changed


def _changes(cloud: Cloud, live: Mapping[str, Any], asked_for: Wanted) -> list[str]:
    """Where the live configuration differs from the wanted one."""
    present = cloud.call("sagemaker", "describe_endpoint_config", EndpointConfigName=live["EndpointConfigName"])
    own = {key: value for key, value in asked_for.config.items() if key not in ("Tags", "EndpointConfigName")}
    changed = differences(present, own)
    return [*changed, *(["ShadowProductionVariants"] if _more_shadows(present, own) else [])]


def _more_shadows(present: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    return bool(present.get("ShadowProductionVariants")) and not own.get("ShadowProductionVariants")


def _make(cloud: Cloud, kind: str, key: str, request: Mapping[str, Any]) -> None:
    """Creates what is not there yet; its name says what it is."""
    name = request[key]
    try:
        cloud.call("sagemaker", f"describe_{kind}", name, **{key: name})
    except CloudError as error:
        if not error.missing:
            raise
        cloud.call("sagemaker", f"create_{kind}", name, **request)


def _wait(cloud: Cloud, asked_for: Wanted, say: Say, poll: float) -> None:
    end, before = time.monotonic() + LONGEST, ""
    while True:
        found = cloud.call("sagemaker", "describe_endpoint", asked_for.endpoint, EndpointName=asked_for.endpoint)
        status = found["EndpointStatus"]
        if status != before:
            say(f"endpoint {asked_for.endpoint}: {status}")
        before = status
        if status not in _MOVING:
            break
        if time.monotonic() > end:
            raise JobError("The endpoint did not get ready in time.", where=asked_for.endpoint, found=status)
        time.sleep(poll)
    wanted_config = asked_for.config["EndpointConfigName"]
    if status == "InService" and found["EndpointConfigName"] == wanted_config and not found.get("FailureReason"):
        return
    raise JobError(
        "The endpoint could not be changed; what was live before stays live."
        if status == "InService"
        else "The endpoint did not get healthy.",
        where=asked_for.endpoint,
        found=found.get("FailureReason") or status,
        fix="See its logs with: mlcl logs NAME --on aws:ENV; then deploy again.",
    )


def _delete(cloud: Cloud, operation: str, **arguments: str) -> None:
    try:
        cloud.call("sagemaker", operation, **arguments)
    except CloudError as error:
        if not error.missing:
            raise


def invoke(cloud: Cloud, name: str, body: bytes, content_type: str, accept: str) -> bytes:
    """The answer of the endpoint to one request."""
    answer = cloud.call(
        "sagemaker-runtime",
        "invoke_endpoint",
        name,
        EndpointName=aws_name(cloud, name),
        Body=body,
        ContentType=content_type,
        Accept=accept,
    )
    try:
        found: bytes = answer["Body"].read()
    except OSError as error:
        raise MlclError("The endpoint's answer broke off.", where=name, found=str(error)) from error
    return found
