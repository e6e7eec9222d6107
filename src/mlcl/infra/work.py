"""The commands: open an environment, plan, apply, destroy. Each gives facts; printing is the command line's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from mlcl.errors import UsageError
from mlcl.infra import changes, folder, leftovers, places, prices
from mlcl.infra.account import Account, Clients, Refused
from mlcl.infra.changes import Changes
from mlcl.infra.leftovers import Leftover
from mlcl.infra.places import Place
from mlcl.infra.terraform import Terraform, TerraformError

PROJECT = "mlcl"


class Planned(NamedTuple):
    """changes: what would be done; bill: a month of what would then be there; run: an example."""

    changes: Changes
    bill: prices.Bill
    run: prices.Run

    def as_dict(self) -> dict[str, Any]:
        return {**self.changes.as_dict(), "idle": self.bill.as_dict(), "run": self.run._asdict()}


class Ending(NamedTuple):
    """What a destruction would do. keeps: buckets that hold something and stay; costs: what else of the environment
    costs and is ended first."""

    changes: Changes
    keeps: tuple[str, ...]
    costs: tuple[Leftover, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.changes.as_dict(),
            "keeps": list(self.keeps),
            "ends": [one._asdict() for one in self.costs],
        }


class Work:
    """One environment that is worked on. environment: variables of AWS for Terraform."""

    def __init__(self, place: Place, clients: Clients, environment: Mapping[str, str]) -> None:
        self.place, self.region = place, folder.region(place)
        self.account = Account(clients, self.region)
        self.terraform = Terraform(place, environment)
        self.terraform.init()

    def plan(self) -> Planned:
        found = self.terraform.plan()
        stated = found["variables"]["prices"]["value"]
        bill = prices.idle(prices.resources_of(found), self.region, stated)
        return Planned(changes.of(found), bill, prices.run(self.region, stated))

    def apply(self, planned: Planned) -> dict[str, Any]:
        self.terraform.apply(planned.changes.total)
        return self.terraform.outputs()

    def outputs(self) -> dict[str, Any]:
        return self.terraform.outputs()

    def ending(self, *, data: bool) -> Ending:
        """Look at what a destruction would take and keep. data: the data bucket goes, too."""
        known = self._known()
        bucket = _of(known, _DATA_BUCKET)
        kept = [bucket] if bucket and not data and self.account.holds(bucket) else []
        names = frozenset(
            str(value)
            for values in known.values()
            for value in (values.get("name"), values.get("alarm_name"), values.get("id"))
        )
        found = leftovers.find(self.account, f"{PROJECT}-{self.place.environment}-", names)
        going = _going(known, keep=bool(kept))
        plan = self.terraform.plan(destroy=going) if going else {}
        return Ending(changes.of(plan), tuple(kept), tuple(found))

    def destroy(self, ending: Ending) -> None:
        """End what costs, empty the buckets, destroy; what is kept stays in Terraform's state."""
        leftovers.end(self.account, list(ending.costs))
        self._empty_images(self._known())
        take_away(self.terraform, self.account, keep=bool(ending.keeps))

    def _empty_images(self, known: Mapping[str, Mapping[str, Any]]) -> None:
        repository = _of(known, ".aws_ecr_repository.image", "name")
        if not repository:
            return
        ids = list(self.account.pages("ecr", "list_images", "imageIds", repositoryName=repository))
        for start in range(0, len(ids), 100):
            part = ids[start : start + 100]
            self.account.call("ecr", "batch_delete_image", repositoryName=repository, imageIds=part)

    def _known(self) -> dict[str, Mapping[str, Any]]:
        """Address -> values of all that Terraform has made."""
        return self.terraform.resources()


NOTHING = Ending(changes.of({}), (), ())
_DATA_BUCKET = ".module.data_bucket.aws_s3_bucket.bucket"


def _kept(address: str) -> bool:
    """Whether an address belongs to the data bucket or to the key without which nobody could read it."""
    return (
        ".module.storage.module.data_bucket." in address
        or ".module.storage.aws_kms_key.data" in address
        or ".module.storage.aws_kms_alias.data" in address
    )


def _going(known: Mapping[str, Any], *, keep: bool) -> Sequence[str] | Literal["all"]:
    """What of all that is known goes; empty when nothing does. keep: the data bucket and its key stay."""
    going = [address for address in known if not (keep and _kept(address))]
    return "all" if going and len(going) == len(known) else going


def take_away(terraform: Terraform, account: Account, *, keep: bool) -> None:
    """Empty the buckets and destroy. keep: the data bucket and its key stay.

    Access logs arrive late, so a bucket can fill again before it is deleted: then once more.
    """
    for last in (False, False, True):
        known = terraform.resources()
        going = _going(known, keep=keep)
        if not going:
            return
        addresses = known if going == "all" else going
        for address in addresses:
            if address.endswith(".aws_s3_bucket.bucket"):
                account.empty(str(known[address]["bucket"]))
        try:
            terraform.plan(destroy=going)
            terraform.apply(len(addresses))
            return
        except TerraformError as error:
            if last or "BucketNotEmpty" not in error.found:
                raise


def _of(known: Mapping[str, Mapping[str, Any]], end: str, attribute: str = "bucket") -> str:
    return next((str(values.get(attribute) or "") for address, values in known.items() if address.endswith(end)), "")


def state(
    place: Place, clients: Clients, environment: Mapping[str, str], region: str, *, make: bool
) -> tuple[str, str]:
    """Name of the bucket of Terraform's state and its key's ARN; UsageError where there is none."""
    account = Account(clients, region)
    try:
        bucket = folder.state_bucket(PROJECT, account.number(), region)
        there = account.bucket_exists(bucket)
    except Refused as refused:
        raise UsageError(
            "AWS does not say whether the state's bucket is there.",
            found=str(refused),
            fix="Log in with aws configure sso (or aws sso login), or set AWS_PROFILE.",
        ) from refused
    if there and not make:
        found = account.call("s3", "get_bucket_encryption", Bucket=bucket)["ServerSideEncryptionConfiguration"]
        return bucket, str(found["Rules"][0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"])
    if not (there or make):
        raise UsageError(
            "There is no bucket for Terraform's state in this account and region yet.",
            where=bucket,
            fix=f"Make it, once for all environments: mlcl infra init --env {place.environment} --bootstrap",
        )
    return bootstrap(place, environment, region)


def bootstrap(place: Place, environment: Mapping[str, str], region: str) -> tuple[str, str]:
    """Make the bucket of Terraform's state, once for an account and region; gives its name and its key's ARN."""
    home = Place(places.BOOTSTRAP, place.folder.with_name(places.BOOTSTRAP), place.sources)
    home.folder.mkdir(parents=True, exist_ok=True)
    if not home.variables.exists():
        home.variables.write_text(f'region = "{region}"\n', encoding="utf-8")
    terraform = Terraform(home, environment)
    terraform.init()
    terraform.apply(changes.of(terraform.plan()).total)
    found = terraform.outputs()
    return str(found["state_bucket"]), str(found["state_key_arn"])


def state_is_gone(place: Place, clients: Clients) -> bool:
    """Whether the bucket that backend.hcl names is there no more: its destruction was broken off after it."""
    if place.local:
        return False
    found = re.search(r'^bucket\s*=\s*"([^"]+)"', place.backend.read_text("utf-8"), re.MULTILINE)
    return bool(found and not Account(clients, folder.region(place)).bucket_exists(found[1]))


def unmake_state(project: Path, clients: Clients, environment: Mapping[str, str]) -> str:
    """Destroy the bucket of Terraform's state with its key, or what is left of them; gives its name.

    UsageError while an environment still has state in it.
    """
    home = places.place(places.BOOTSTRAP, project)
    if not home.state.exists():
        raise UsageError(
            "There is no state bucket of this project.",
            where=str(home.state),
            fix="Was it made by another project folder?",
        )
    terraform = Terraform(home, environment)
    terraform.init()
    account = Account(clients, folder.region(home))
    bucket = _of(terraform.resources(), "module.state.aws_s3_bucket.bucket")
    using = _environments(account, bucket) if bucket and account.bucket_exists(bucket) else ()
    if using:
        raise UsageError(
            "Environments still have their state in the bucket.",
            found=", ".join(using),
            fix=f"mlcl infra destroy --env {using[0]}",
        )
    take_away(terraform, account, keep=False)
    return folder.state_bucket(PROJECT, account.number(), account.region)


def _environments(account: Account, bucket: str) -> Sequence[str]:
    """Environments whose state in the bucket names resources."""
    import json

    using = []
    for one in account.call("s3", "list_objects_v2", Bucket=bucket).get("Contents", []):
        body = account.call("s3", "get_object", Bucket=bucket, Key=one["Key"])["Body"].read()
        if one["Key"].endswith(".tfstate") and json.loads(body).get("resources"):
            using.append(one["Key"].split("/")[0])
    return using
