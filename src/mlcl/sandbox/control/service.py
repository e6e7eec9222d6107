"""botocore's service model of SageMaker: operations, shapes, and the names that follow from them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

_VERB = re.compile(r"(Create|Describe|Update|Delete|Stop|Start|List)(\w+)")


class Noun(NamedTuple):
    """A kind of resource. keys: members that identify one; arn: the member that holds its ARN; status: likewise or
    ''; path: the ARN's type ('training-job'); summaries: the member of its list's answer ('' = no list)."""

    name: str
    keys: tuple[str, ...]
    arn: str
    status: str
    path: str
    lists: str
    summaries: str


@cache
def model() -> Any:
    import botocore.session

    return botocore.session.get_session().get_service_model("sagemaker")


@cache
def operations() -> frozenset[str]:
    return frozenset(model().operation_names)


def operation(name: str) -> Any:
    return model().operation_model(name)


def members(shape: Any) -> dict[str, Any]:
    return dict(shape.members) if shape is not None else {}


@cache
def split(name: str) -> tuple[str, str]:
    """('Create', 'TrainingJob') of 'CreateTrainingJob'; a list's noun is in the singular; ('', name) for others."""
    found = _VERB.fullmatch(name)
    if not found:
        return "", name
    verb, thing = found.groups()
    return (verb, _singular(thing)) if verb == "List" else (verb, thing)


@cache
def noun(name: str) -> Noun:
    """What the model tells about a kind of resource, such as 'TrainingJob'."""
    create = operation(f"Create{name}")
    describe = operation(f"Describe{name}")
    answers = {**members(create.output_shape), **members(describe.output_shape)}
    arn = next((m for m in members(create.output_shape) if m.endswith("Arn")), f"{name}Arn")
    lists = next((o for o in operations() if split(o) == ("List", name)), "")
    return Noun(
        name,
        tuple(describe.input_shape.required_members),
        arn,
        _status(name, answers),
        _path(name, answers.get(arn)),
        lists,
        next((m for m, s in members(operation(lists).output_shape).items() if s.type_name == "list"), "")
        if lists
        else "",
    )


def words(name: str) -> str:
    """'training job' of 'TrainingJob'."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


def _status(name: str, answers: dict[str, Any]) -> str:
    wanted = (f"{name}Status", "Status", f"{name.removeprefix('Mlflow')}Status")
    return next((member for member in wanted if member in answers), "")


def _path(name: str, shape: Any) -> str:
    """The type in the ARN: what the shape's pattern says, else the noun in small letters with dashes."""
    found = re.search(r"\{12\}:([a-z0-9-]+)/", shape.metadata.get("pattern", "") if shape is not None else "")
    return found[1] if found else words(name).replace(" ", "-")


def _singular(plural: str) -> str:
    nouns = {name[6:] for name in model().operation_names if name.startswith("Create")}
    ends = (("ies", "y"), ("s", ""), ("", ""))
    return next(
        (plural.removesuffix(e) + r for e, r in ends if plural.endswith(e) and plural.removesuffix(e) + r in nouns),
        plural,
    )
