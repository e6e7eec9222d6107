"""What each operation of SageMaker does: by its verb for every kind of record, or by a function of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from mlcl.sandbox.control import listing, service, validation
from mlcl.sandbox.control.resources import Record, Records, arn, now
from mlcl.sandbox.control.service import Noun
from mlcl.sandbox.wire import REGION, AwsError

# Kinds that are records and nothing more. All others need something that works behind them: who runs it adds it.
RECORDS = frozenset(
    {
        "Action",
        "AppImageConfig",
        "Artifact",
        "CodeRepository",
        "Context",
        "DataQualityJobDefinition",
        "EndpointConfig",
        "Experiment",
        "Image",
        "Model",
        "ModelBiasJobDefinition",
        "ModelCard",
        "ModelExplainabilityJobDefinition",
        "ModelPackageGroup",
        "ModelQualityJobDefinition",
        "NotebookInstanceLifecycleConfig",
        "StudioLifecycleConfig",
        "Trial",
        "TrialComponent",
    }
)
_READY = ("InService", "Active", "CREATED", "Created", "Scheduled", "Completed", "InProgress", "Draft")


class Where(NamedTuple):
    """Region of a call and who calls (an ARN)."""

    region: str = REGION
    caller: str = ""


Handler = Callable[["Plane", Where, Record], Record]
Made = Callable[["Plane", Where, Record], None]


class Plane:
    """The control plane. handlers: functions of single operations; creating: per kind, what completes a new record
    before it is kept; created: likewise, what happens when it is kept; deleting: what may refuse a deletion."""

    def __init__(self) -> None:
        self.records = Records()
        self.kinds = set(RECORDS)
        self.handlers: dict[str, Handler] = {}
        self.creating: dict[str, Made] = {}
        self.created: dict[str, Made] = {}
        self.deleting: dict[str, Made] = {}
        self.observers: list[Callable[[str, Record, Where], None]] = []

    def call(self, name: str, parameters: Record, where: Where = Where()) -> Record:  # noqa: B008  (immutable)
        """Carry out one operation. Raises AwsError."""
        if name not in service.operations():
            raise AwsError("UnknownOperationException", f"SageMaker has no operation {name}.")
        handler = self._handler(name)
        operation = service.operation(name)
        given = validation.checked(operation.input_shape, parameters)
        for observe in self.observers:
            observe(name, given, where)
        answer = handler(self, where, given)
        return fitted(operation.output_shape, answer)

    def describe(self, kind: str, name: str, region: str) -> Record:
        """The record of a kind with a single key. Raises as AWS does."""
        noun = service.noun(kind)
        return self.records.get(region, noun, {noun.keys[0]: name})

    def change(self, kind: str, name: str, region: str, **fields: Any) -> Record:
        noun = service.noun(kind)
        return self.records.change(region, noun, {noun.keys[0]: name}, **fields)

    def _handler(self, name: str) -> Handler:
        if name in self.handlers:
            return self.handlers[name]
        verb, kind = service.split(name)
        if verb in _VERBS and kind in self.kinds:
            return lambda plane, where, given: _VERBS[verb](plane, where, service.noun(kind), given)
        raise AwsError(
            "UnsupportedOperation",
            f"The sandbox does not do {name}. It would have to answer without doing it, and that it never does; "
            "docs/sandbox.md lists what it does.",
        )


def fitted(shape: Any, answer: Record) -> Record:
    """The members of `answer` that the output shape has."""
    return {key: answer[key] for key in service.members(shape) if answer.get(key) is not None}


def _create(plane: Plane, where: Where, noun: Noun, given: Record) -> Record:
    record = dict(given)
    moment = now()
    answers = service.members(service.operation(f"Describe{noun.name}").output_shape)
    record |= {key: moment for key in ("CreationTime", "LastModifiedTime") if key in answers}
    if noun.status and noun.status not in record:
        enum = answers[noun.status].enum
        record[noun.status] = next((status for status in _READY if status in enum), enum[0])
    if noun.name in plane.creating:
        plane.creating[noun.name](plane, where, record)
    record.setdefault(noun.arn, arn(where.region, noun, *(str(record[key]) for key in noun.keys)))
    plane.records.add(where.region, noun, record)
    if noun.name in plane.created:
        plane.created[noun.name](plane, where, plane.records.get(where.region, noun, record))
    return record


def _describe(plane: Plane, where: Where, noun: Noun, given: Record) -> Record:
    return plane.records.get(where.region, noun, given)


def _update(plane: Plane, where: Where, noun: Noun, given: Record) -> Record:
    return plane.records.change(
        where.region, noun, given, **{key: value for key, value in given.items() if key not in noun.keys}
    )


def _delete(plane: Plane, where: Where, noun: Noun, given: Record) -> Record:
    with plane.records.lock:
        record = plane.records.get(where.region, noun, given)
        if noun.name in plane.deleting:
            plane.deleting[noun.name](plane, where, record)
        return plane.records.remove(where.region, noun, given)


def _list(plane: Plane, where: Where, noun: Noun, given: Record) -> Record:
    return listing.page(noun, plane.records.all(where.region, noun.name), given)


_VERBS: dict[str, Callable[[Plane, Where, Noun, Record], Record]] = {
    "Create": _create,
    "Describe": _describe,
    "Update": _update,
    "Delete": _delete,
    "List": _list,
}
