"""What AWS itself says: who asks, what is there, what is left. Clients are given: this layer imports no boto3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

Clients = Callable[[str], Any]  # service -> boto3 client of the environment's region


class Refused(Exception):
    """AWS's answer to one call, where that is not success. code: AWS's own, '' when it was not reached."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Account(NamedTuple):
    """The account that an environment lies in."""

    clients: Clients
    region: str

    def call(self, service: str, operation: str, **arguments: Any) -> Mapping[str, Any]:
        """One call; Refused when it does not go well."""
        try:
            answer: Mapping[str, Any] = getattr(self.clients(service), operation)(**arguments)
        except Exception as error:  # botocore's tree of errors is not to be imported here
            response = getattr(error, "response", None)
            if response is None and not type(error).__module__.startswith("botocore"):
                code = getattr(error, "code", None)
                if code is None:
                    raise
                raise Refused(str(code), str(error)) from error
            told = (response or {}).get("Error", {})
            raise Refused(told.get("Code", ""), told.get("Message", str(error))) from error
        return answer

    def pages(self, service: str, operation: str, items: str, **arguments: Any) -> Iterator[Any]:
        """All items of a listing."""
        token: dict[str, str] = {}
        while True:
            answer = self.call(service, operation, **arguments, **token)
            yield from answer.get(items, [])
            following = next((name for name in ("NextToken", "nextToken") if answer.get(name)), None)
            if not following:
                return
            token = {following: answer[following]}

    def who(self) -> str:
        """ARN of whoever asks."""
        return str(self.call("sts", "get_caller_identity")["Arn"])

    def number(self) -> str:
        return str(self.call("sts", "get_caller_identity")["Account"])

    def bucket_exists(self, name: str) -> bool:
        """Refused for a bucket that is somebody else's."""
        try:
            self.call("s3", "head_bucket", Bucket=name)
        except Refused as refused:
            if refused.code in ("404", "NoSuchBucket"):
                return False
            raise
        return True

    def holds(self, bucket: str) -> bool:
        """Whether a bucket holds an object, of now or of before."""
        try:
            found = self.call("s3", "list_object_versions", Bucket=bucket, MaxKeys=1)
        except Refused as refused:
            if refused.code in ("404", "NoSuchBucket"):
                return False
            raise
        return bool(found.get("Versions") or found.get("DeleteMarkers"))

    def empty(self, bucket: str) -> None:
        """Delete everything in a bucket, versions included."""
        while True:
            try:
                found = self.call("s3", "list_object_versions", Bucket=bucket, MaxKeys=1000)
            except Refused as refused:
                if refused.code in ("404", "NoSuchBucket"):
                    return
                raise
            here = [*found.get("Versions", []), *found.get("DeleteMarkers", [])]
            if not here:
                return
            objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in here]
            self.call("s3", "delete_objects", Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
