"""The records: what was created, by region and kind, in memory."""

from __future__ import annotations

import copy
import datetime as dt
import threading
from typing import Any

from mlcl.sandbox.control import service
from mlcl.sandbox.control.service import Noun
from mlcl.sandbox.wire import ACCOUNT, AwsError, in_use, invalid, not_found

Record = dict[str, Any]


def now() -> dt.datetime:
    """AWS tells times in whole milliseconds."""
    moment = dt.datetime.now(dt.UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Records:
    """All records of all regions. One lock guards them; what comes out is a copy, what goes in is by `put`/`change`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._kept: dict[tuple[str, str], dict[tuple[str, ...], Record]] = {}
        self._tags: dict[str, dict[str, str]] = {}

    def add(self, region: str, noun: Noun, record: Record) -> None:
        """Keep a new record. Raises ResourceInUse (or ValidationException, as AWS's older operations do)."""
        key = tuple(str(record[member]) for member in noun.keys)
        with self.lock:
            kept = self._kept.setdefault((region, noun.name), {})
            if key in kept:
                raise _exists(noun, kept[key])
            kept[key] = record
            tags = {tag["Key"]: tag["Value"] for tag in record.pop("Tags", ())}
            if noun.arn in record:
                self._tags[record[noun.arn]] = tags

    def get(self, region: str, noun: Noun, identity: Record) -> Record:
        """A copy of one record; identity: the members that name it (a name may be its ARN). Raises as AWS does."""
        with self.lock:
            return copy.deepcopy(self._find(region, noun, identity))

    def find(self, region: str, kind: str, name: str) -> Record | None:
        """A copy of the record of `kind` with this name or ARN, or None."""
        noun = service.noun(kind)
        with self.lock:
            found = self._lookup(region, noun, (name,))
            return copy.deepcopy(found) if found else None

    def change(self, region: str, noun: Noun, identity: Record, **fields: Any) -> Record:
        """Set fields of a record (None takes one away) and its LastModifiedTime; gives a copy."""
        with self.lock:
            record = self._find(region, noun, identity)
            for key, value in fields.items():
                record.pop(key, None) if value is None else record.__setitem__(key, value)
            if "LastModifiedTime" in record:
                record["LastModifiedTime"] = now()
            return copy.deepcopy(record)

    def remove(self, region: str, noun: Noun, identity: Record) -> Record:
        with self.lock:
            record = self._find(region, noun, identity)
            kept = self._kept[region, noun.name]
            del kept[next(key for key, value in kept.items() if value is record)]
            self._tags.pop(record.get(noun.arn, ""), None)
            return record

    def all(self, region: str, kind: str) -> list[Record]:
        with self.lock:
            return copy.deepcopy(list(self._kept.get((region, kind), {}).values()))

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of an ARN, to read and to change. Raises ValidationException for one that is not there."""
        with self.lock:
            if arn not in self._tags:
                raise invalid(f"Could not find resource {arn}.")
            return self._tags[arn]

    def _find(self, region: str, noun: Noun, identity: Record) -> Record:
        key = tuple(str(identity.get(member, "")) for member in noun.keys)
        found = self._lookup(region, noun, key)
        if found is None:
            raise missing(region, noun, key)
        return found

    def _lookup(self, region: str, noun: Noun, key: tuple[str, ...]) -> Record | None:
        kept = self._kept.get((region, noun.name), {})
        if key not in kept and key[-1].startswith("arn:"):
            return next((record for record in kept.values() if record.get(noun.arn) == key[-1].lower()), None)
        return kept.get(key)


def arn(region: str, noun: Noun, *names: str) -> str:
    return f"arn:aws:sagemaker:{region}:{ACCOUNT}:{noun.path}/{'/'.join(names)}".lower()


# How AWS's older operations tell that something is not there (clients look for these words).
_MISSING = {
    "Model": 'Could not find model "{arn}".',
    "Endpoint": 'Could not find endpoint "{arn}".',
    "EndpointConfig": 'Could not find endpoint configuration "{arn}".',
    "CodeRepository": "Cannot find CodeRepository {arn}.",
    "NotebookInstance": "RecordNotFound",
    "NotebookInstanceLifecycleConfig": "Unable to find Notebook Instance Lifecycle Config {arn}. RecordNotFound",
    "ModelPackage": "ModelPackage {arn} does not exist.",
    "ModelPackageGroup": "ModelPackageGroup {arn} does not exist.",
}


def missing(region: str, noun: Noun, key: tuple[str, ...]) -> AwsError:
    if noun.name in _MISSING:
        named = key[-1] if key[-1].startswith("arn:") else arn(region, noun, *key)
        return invalid(_MISSING[noun.name].format(arn=named))
    return not_found()


def _exists(noun: Noun, record: Record) -> AwsError:
    kind, known = service.words(noun.name), record.get(noun.arn, "")
    if any(shape.name == "ResourceInUse" for shape in service.operation(f"Create{noun.name}").error_shapes):
        return in_use(f"{kind.capitalize()} names must be unique within an AWS account and region. Existing: {known}")
    return invalid(f'Cannot create already existing {kind} "{known}".')
