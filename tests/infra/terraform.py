"""Terraform for tests: a copy of infra/ in a folder of its own, applied for real to AWS on loopback.

The provider comes from a folder named tf-plugins when the machine has one (a "filesystem mirror": nothing is
downloaded, and the provider is linked, not copied), and from the registry otherwise.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

INFRA = Path(__file__).resolve().parents[2] / "infra"
REGION = "us-east-1"

# What loopback needs and AWS must never get: it stands in a file of the test's copy, not in the real configuration.
_PROVIDER = """
provider "aws" {{
{alias}  region                      = "{region}"
  access_key                  = "test"
  secret_key                  = "test"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  max_retries                 = 2
}}
"""
_LOCAL_STATE = 'terraform {\n  backend "local" {}\n}\n'
_LONGEST = 480  # seconds; on a quiet machine the longest takes 90
_ALIAS = re.compile(r'^provider "aws" \{[^}]*?^\s*alias\s*=\s*"(\w+)"', re.MULTILINE | re.DOTALL)


def installed() -> bool:
    return shutil.which("terraform") is not None


def program() -> str:
    """Path of terraform; skips the test where it is missing."""
    found = shutil.which("terraform")
    if not found:
        pytest.skip("terraform is not installed: the infrastructure's tests need Terraform 1.11 or newer on the PATH")
    return found


def plugins() -> Path | None:
    """The folder with the provider, when this machine has one: $MLCL_TF_PLUGINS, or 'tf-plugins' near the root."""
    named = os.environ.get("MLCL_TF_PLUGINS")
    places = [Path(named)] if named else [*Path("/").glob("*/tf-plugins"), Path.home() / "tf-plugins"]
    return next((place for place in places if place.is_dir()), None)


def copy(folder: Path) -> Path:
    """`folder`/infra: the configuration without what Terraform has left in the working tree."""
    left_out = shutil.ignore_patterns(".terraform", "*.tfstate*", "*.tfplan", "terraform.tfvars", "*.auto.tfvars")
    return Path(shutil.copytree(INFRA, folder / "infra", ignore=left_out))


class Failed(AssertionError):
    """Terraform ended with an error; its own words follow."""


class Root(NamedTuple):
    """One root module that is initialised. environment: of the AWS to use (AWS_ENDPOINT_URL ...)."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> str:
        """What `terraform ARGUMENTS` prints."""
        done = subprocess.run(
            [program(), *arguments],
            cwd=self.folder,
            env=_environment(self.environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST,
        )
        if done.returncode:
            raise Failed(f"terraform {' '.join(arguments)}\n{done.stdout[-4000:]}\n{done.stderr[-8000:]}")
        return done.stdout

    def apply(self, **variables: Any) -> dict[str, Any]:
        """Apply with `variables` (kept for later calls); gives the outputs."""
        if variables:
            (self.folder / "test.auto.tfvars.json").write_text(json.dumps(variables))
        self.run("apply", "-auto-approve", "-input=false", "-no-color", "-compact-warnings")
        return self.outputs()

    def outputs(self) -> dict[str, Any]:
        return {name: entry["value"] for name, entry in json.loads(self.run("output", "-json")).items()}

    def plan(self) -> dict[str, str]:
        """What a plan would change: the action at each address; empty when nothing."""
        events = map(json.loads, self.run("plan", "-input=false", "-json").splitlines())
        changes = [event["change"] for event in events if event["type"] == "planned_change"]
        return {change["resource"]["addr"]: change["action"] for change in changes if change["action"] != "read"}

    def resources(self) -> dict[str, dict[str, Any]]:
        """Every resource in the state by its address, modules included."""
        # As the state's file tells it: `terraform show` starts the provider for it, which takes seconds.
        kept = json.loads(self.run("state", "pull") or "{}").get("resources", [])
        return {address: values for resource in kept for address, values in _instances(resource)}

    def destroy(self) -> list[str]:
        """Destroy everything; gives the addresses that are left."""
        # What is there was read by the plan before; reading it once more is half of the time.
        self.run("destroy", "-auto-approve", "-refresh=false", "-input=false", "-no-color", "-compact-warnings")
        return sorted(self.resources())


def init(
    folder: Path, environment: Mapping[str, str], *, local_state: bool = True, options: Sequence[str] = ()
) -> Root:
    """Initialise the root module in `folder` (of a copy!) for the AWS on loopback in `environment`.

    local_state: replace a remote backend by a file. options: further ones of `terraform init`.
    """
    assert INFRA not in [folder, *folder.parents], "work in a copy (terraform.copy), not in the project's own folder"
    written = "".join(path.read_text() for path in folder.glob("*.tf") if not path.name.endswith("_override.tf"))
    aliases = ["", *(f'  alias = "{name}"\n' for name in _ALIAS.findall(written))]
    blocks = "".join(_PROVIDER.format(alias=alias, region=REGION) for alias in aliases)
    (folder / "test_override.tf").write_text(blocks + (_LOCAL_STATE if local_state else ""))
    root = Root(folder, environment)
    locked = ["-lockfile=readonly"] if (folder / ".terraform.lock.hcl").exists() else []
    root.run("init", "-input=false", "-no-color", *locked, *provider_options(), *options)
    return root


def provider_options() -> list[str]:
    """Options of `terraform init` that find the provider on this machine."""
    place = plugins()
    return [f"-plugin-dir={place}"] if place else []


def _environment(aws: Mapping[str, str]) -> dict[str, str]:
    # A proxy or a profile of the person who runs the tests must not reach them.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    quiet = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "AWS_EC2_METADATA_DISABLED": "true"}
    # The provider's schemas are large and live for a few seconds: collecting garbage less often saves a quarter of all.
    return {**kept, **quiet, "GOGC": "400", **aws}


def _instances(resource: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(address, values) of what a resource of the state's file (version 4) has made."""
    if resource["mode"] == "managed":
        start = ".".join(part for part in (resource.get("module"), resource["type"], resource["name"]) if part)
        for instance in resource["instances"]:
            key = instance.get("index_key")
            yield start if key is None else f"{start}[{json.dumps(key)}]", instance["attributes"]
