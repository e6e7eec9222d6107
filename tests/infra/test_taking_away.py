"""What a destruction takes and what it leaves, when it has to be tried again or has nothing left to take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlcl.infra import places, work
from mlcl.infra.terraform import Terraform, TerraformError


class Refusing:
    """A Terraform with resources, whose first attempts to apply are refused."""

    def __init__(self, *refusals: str) -> None:
        self.refusals = list(refusals)
        self.asked: list[Any] = []

    def resources(self) -> dict[str, Any]:
        storage = "module.mlcl.module.storage"
        data, logs = (f"{storage}.module.{name}_bucket.aws_s3_bucket.bucket" for name in ("data", "log"))
        return {data: {"bucket": "data"}, f"{storage}.aws_kms_key.data": {}, logs: {"bucket": "logs"}}

    def plan(self, *, destroy: Any) -> None:
        self.asked.append(destroy)

    def apply(self, total: int) -> None:
        if self.refusals:
            raise TerraformError("terraform apply failed.", found=self.refusals.pop(0))


class Emptied:
    def __init__(self) -> None:
        self.buckets: list[str] = []

    def empty(self, bucket: str) -> None:
        self.buckets.append(bucket)


def test_a_bucket_that_fills_again_is_emptied_again() -> None:
    refusing, account = Refusing("api error BucketNotEmpty", "api error BucketNotEmpty"), Emptied()
    work.take_away(refusing, account, keep=True)  # type: ignore[arg-type]
    logs = "module.mlcl.module.storage.module.log_bucket.aws_s3_bucket.bucket"
    assert refusing.asked == [[logs]] * 3, "what is kept is never among what goes"
    assert account.buckets == ["logs"] * 3
    with pytest.raises(TerraformError, match="failed"):
        work.take_away(Refusing("AccessDenied"), account, keep=False)  # type: ignore[arg-type]


def test_nothing_left_to_destroy_is_not_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To Terraform, a destruction that names no resource is one of all."""
    refusing = Refusing()
    logs = next(address for address in refusing.resources() if ".log_bucket." in address)
    left = {address: one for address, one in refusing.resources().items() if address != logs}
    monkeypatch.setattr(refusing, "resources", lambda: left)
    work.take_away(refusing, Emptied(), keep=True)  # type: ignore[arg-type]
    assert refusing.asked == []
    work.take_away(refusing, Emptied(), keep=False)  # type: ignore[arg-type]
    assert refusing.asked == ["all"]
    with pytest.raises(ValueError, match="no address"):
        Terraform(places.Place("dev", tmp_path, tmp_path), {}).plan(destroy=())
