"""A pipeline's definition: checked as a whole when it is created, as AWS does, and its steps with what they need.

Source: the public schema 2020-12-01 and the SDK's own classes where the schema leaves things out (shared notes in
docs/sandbox.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlcl.sandbox.control import service, validation
from mlcl.sandbox.wire import invalid

VERSION = "2020-12-01"
CREATES = {
    "Processing": "CreateProcessingJob",
    "Training": "CreateTrainingJob",
    "Tuning": "CreateHyperParameterTuningJob",
    "Transform": "CreateTransformJob",
    "Model": "CreateModel",
    "RegisterModel": "CreateModelPackage",
}
_REFUSED = (
    "Callback",
    "Lambda",
    "QualityCheck",
    "ClarifyCheck",
    "EMR",
    "EMRServerless",
    "AutoML",
    "NotebookJob",
    "EndpointConfig",
    "Endpoint",
    "BedrockCustomModel",
)
_TOP = {"Version", "Metadata", "Parameters", "PipelineExperimentConfig", "Steps"}
_STEP = {
    "Name",
    "Type",
    "Arguments",
    "DependsOn",
    "DisplayName",
    "Description",
    "CacheConfig",
    "PropertyFiles",
    "RetryPolicies",
}
_PARAMETERS: Mapping[str, tuple[type, ...]] = {
    "String": (str,),
    "Integer": (int,),
    "Float": (float, int),
    "Boolean": (bool,),
}
_REFERENCE = re.compile(r"Steps\.([A-Za-z0-9_-]+)")
_NAME = re.compile(r"[A-Za-z0-9\-_]{1,64}")


class Step(NamedTuple):
    """A step and the steps that it needs. branch: (condition step, 'True' or 'False'), or None outside of branches."""

    name: str
    type: str
    body: Mapping[str, Any]
    needs: frozenset[str]
    branch: tuple[str, str] | None

    @property
    def arguments(self) -> Any:
        return self.body.get("Arguments", {})


class Definition(NamedTuple):
    parameters: Mapping[str, Mapping[str, Any]]
    steps: Mapping[str, Step]


def parse(text: str) -> Definition:
    """Raises ValidationException that names what is wrong."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise invalid(f"Invalid pipeline definition: it is not JSON ({error}).") from None
    if not isinstance(document, dict) or document.get("Version") != VERSION:
        raise invalid(f"Invalid pipeline definition: Version must be '{VERSION}'.")
    extra = set(document) - _TOP
    if extra or not isinstance(document.get("Steps"), list) or not document["Steps"]:
        found = f"unknown members {', '.join(sorted(extra))}" if extra else "Steps must be a list with a step in it"
        raise invalid(f"Invalid pipeline definition: {found}.")
    parameters = {each.get("Name", ""): each for each in document.get("Parameters", [])}
    for each in parameters.values():
        _check_parameter(each)
    steps: dict[str, Step] = {}
    for step in _walk(document["Steps"], None):
        if step.name in steps:
            raise invalid(f"Invalid pipeline definition: Step name '{step.name}' is used twice.")
        steps[step.name] = step
    _check_references(Definition(parameters, steps), document.get("Steps", []))
    return Definition(parameters, steps)


def values(definition: Definition, given: list[dict[str, str]]) -> dict[str, Any]:
    """Parameters of an execution. Raises ValidationException for unknown, missing or ill-typed ones."""
    told = {each["Name"]: each["Value"] for each in given}
    unknown = set(told) - set(definition.parameters)
    if unknown:
        raise invalid(f"Parameter [{', '.join(sorted(unknown))}] not found in the pipeline definition.")
    found: dict[str, Any] = {}
    for name, each in definition.parameters.items():
        if name in told:
            found[name] = _typed(name, each["Type"], told[name])
        elif "DefaultValue" in each:
            found[name] = each["DefaultValue"]
        else:
            raise invalid(f"Parameter [{name}] has no value and no default.")
        allowed = each.get("EnumValues")
        if allowed and found[name] not in allowed:
            raise invalid(f"Parameter [{name}] must be one of {allowed}, not {found[name]}.")
    return found


def references(value: Any) -> Iterator[str]:
    """Names of the steps that a value refers to."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "Get" and isinstance(item, str):
                found = _REFERENCE.match(item)
                if found:
                    yield found[1]
            elif key == "Std:JsonGet" and isinstance(item.get("PropertyFile"), str):
                continue
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def _walk(bodies: list[Any], branch: tuple[str, str] | None) -> Iterator[Step]:
    for body in bodies:
        step = _step(body, branch)
        yield step
        if step.type == "Condition":
            for outcome, key in (("True", "IfSteps"), ("False", "ElseSteps")):
                inner = step.arguments.get(key, [])
                if any(each.get("Type") == "Condition" for each in inner):
                    raise invalid(
                        f"Invalid pipeline definition: Nested conditions are not supported (step '{step.name}')."
                    )
                yield from _walk(inner, (step.name, outcome))


def _step(body: Any, branch: tuple[str, str] | None) -> Step:
    name, kind = body.get("Name", ""), body.get("Type", "")
    if not _NAME.fullmatch(name):
        raise invalid(f"Invalid pipeline definition: '{name}' is no name for a step.")
    if kind in _REFUSED:
        raise invalid(
            f"The sandbox does not do steps of type {kind} (step '{name}'); "
            f"it does Condition, Fail, {', '.join(CREATES)}."
        )
    if kind not in (*CREATES, "Condition", "Fail"):
        raise invalid(f"Invalid pipeline definition: Step '{name}' has an unknown type '{kind}'.")
    extra = set(body) - _STEP
    if extra:
        raise invalid(f"Invalid pipeline definition: Step '{name}' has unknown members {', '.join(sorted(extra))}.")
    if kind in CREATES:
        _check_arguments(name, kind, body.get("Arguments", {}))
    own = {k: v for k, v in body.get("Arguments", {}).items() if k not in ("IfSteps", "ElseSteps")}
    needs = {*references(own), *body.get("DependsOn", [])} - {name}
    if branch:
        needs.add(branch[0])
    return Step(name, kind, body, frozenset(needs), branch)


def _check_arguments(name: str, kind: str, arguments: Any) -> None:
    """Members that the operation has not; values are checked when they are known."""
    shape = service.operation(CREATES[kind]).input_shape
    strange = [
        path
        for path in validation.unknown(shape, _concrete(arguments))
        if path.rpartition(".")[2] not in ("Get",) and "Std:" not in path
    ]
    if strange:
        raise invalid(
            f"Invalid pipeline definition: Unknown argument {strange[0]} of step '{name}' ({CREATES[kind]} has none)."
        )


def _concrete(value: Any) -> Any:
    """Without what is only known later: references become nothing."""
    if isinstance(value, dict):
        if set(value) & {"Get", "Std:Join", "Std:JsonGet"}:
            return None
        return {key: _concrete(item) for key, item in value.items()}
    return [_concrete(item) for item in value] if isinstance(value, list) else value


def _check_parameter(each: Mapping[str, Any]) -> None:
    kind = each.get("Type", "")
    if kind not in _PARAMETERS or not each.get("Name"):
        raise invalid(
            f"Invalid pipeline definition: Parameter {each.get('Name')!r} has no name or an unknown type {kind!r}."
        )
    if "DefaultValue" in each and not isinstance(each["DefaultValue"], _PARAMETERS[kind]):
        raise invalid(f"Invalid pipeline definition: The default of parameter '{each['Name']}' is no {kind}.")


def _typed(name: str, kind: str, text: str) -> Any:
    try:
        if kind == "Boolean":
            return {"true": True, "false": False}[text.lower()]
        return {"String": str, "Integer": int, "Float": float}[kind](text)
    except (ValueError, KeyError):
        raise invalid(f"Parameter [{name}] must be of type {kind}; found '{text}'.") from None


def _check_references(definition: Definition, bodies: Any) -> None:
    for step in definition.steps.values():
        for need in step.needs:
            if need not in definition.steps:
                raise invalid(
                    f"Invalid pipeline definition: Step '{step.name}' refers to step '{need}', which is not there."
                )
    for name in re.findall(r'"Get": "Parameters\.([^"]+)"', json.dumps(bodies)):
        if name not in definition.parameters:
            raise invalid(f"Invalid pipeline definition: Parameter '{name}' is not defined.")
    _check_files(definition)
    left = dict(definition.steps)
    while left:
        ready = [name for name, step in left.items() if not step.needs & set(left)]
        if not ready:
            raise invalid(f"Invalid pipeline definition: Steps {', '.join(sorted(left))} wait for one another.")
        for name in ready:
            del left[name]


def _check_files(definition: Definition) -> None:
    for step in definition.steps.values():
        outputs = {
            each.get("OutputName") for each in step.arguments.get("ProcessingOutputConfig", {}).get("Outputs", [])
        }
        for file in step.body.get("PropertyFiles", []):
            if file["OutputName"] not in outputs:
                raise invalid(
                    f"Invalid pipeline definition: Property file '{file['PropertyFileName']}' names output "
                    f"'{file['OutputName']}', which step '{step.name}' has not."
                )
