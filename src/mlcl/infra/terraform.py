"""The terraform program: found, started, its JSON lines turned into progress and its errors into ours."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from mlcl import progress
from mlcl.errors import MlclError, UsageError
from mlcl.infra.places import Place, page

LEAST = (1, 11)
_INSTALL = "Install Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install"
_COUNTED = {"apply_complete": 1, "apply_errored": 1}


class TerraformError(MlclError):
    """Terraform refused or failed. errors: all that it said, not the first one alone."""

    def __init__(self, what: str, errors: Sequence[str] = (), **rest: str) -> None:
        super().__init__(what, **rest)
        self.errors = list(errors)

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "errors": self.errors}


class Terraform(NamedTuple):
    """The program at one place. environment: of AWS; None where the user's own holds."""

    place: Place
    environment: Mapping[str, str]

    def init(self) -> None:
        """Fetch the provider and open the state. Needs the backend's file unless the state is local."""
        self.place.stage()
        where = (
            f"-backend-config=path={self.place.state}" if self.place.local else f"-backend-config={self.place.backend}"
        )
        self._run("init", "-input=false", "-reconfigure", where)
        self.place.keep_lock()

    def plan(self, *, destroy: Sequence[str] | Literal["all"] | None = None) -> dict[str, Any]:
        """What would change, as Terraform's JSON; the plan is kept for `apply`.

        destroy: None = no destruction; else the addresses to destroy, one at least, or 'all'.
        """
        options: list[str] = [] if destroy is None else ["-destroy"]
        if destroy is not None and destroy != "all":
            if not destroy:
                raise ValueError("Terraform takes no address for all of them.")
            options += [f"-target={address}" for address in destroy]
        if self.place.variables.exists():
            options.append(f"-var-file={self.place.variables}")
        self._stream("plan", f"-out={self.place.plan}", *options)
        shown: dict[str, Any] = json.loads(self._run("show", "-json", str(self.place.plan)))
        return shown

    def apply(self, total: int) -> None:
        """Do what the kept plan says. total: how many changes it has, for the progress."""
        self._stream("apply", str(self.place.plan), total=total)
        self.place.plan.unlink(missing_ok=True)

    def outputs(self) -> dict[str, Any]:
        return {name: one["value"] for name, one in json.loads(self._run("output", "-json")).items()}

    def resources(self) -> dict[str, Mapping[str, Any]]:
        """Everything that Terraform has made and knows: address -> values."""
        values = json.loads(self._run("show", "-json")).get("values", {})
        return {one["address"]: one["values"] for one in managed(values.get("root_module", {}))}

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603
            [program(), f"-chdir={self.place.root}", *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise _failed(arguments[0], [_plain(done.stderr or done.stdout)])
        return done.stdout

    def _stream(self, *arguments: str, total: int = 0) -> None:
        command = [program(), f"-chdir={self.place.root}", arguments[0], "-json", "-input=false", *arguments[1:]]
        with subprocess.Popen(  # noqa: S603
            command, env=self._environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                errors = _listen(process.stdout or iter(()), arguments[0], total)
            except KeyboardInterrupt:
                # Ctrl-C reached Terraform, too: it ends what it has begun and writes its state.
                process.wait()
                raise
            rest = process.stderr.read() if process.stderr else ""
        if process.returncode:
            raise _failed(arguments[0], errors or [_plain(rest)])

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_CLI_ARGS")}
        own = {"TF_DATA_DIR": str(self.place.data), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        # The provider's schemas are large and live for seconds: collecting garbage less often saves a quarter.
        kept.setdefault("GOGC", "400")
        built = page()
        if built:  # its place differs from machine to machine, so it is no matter of the user's files
            own["TF_VAR_page_folder"] = str(built)
        return {**kept, **own, **self.environment}


def managed(module: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The resources of a module in Terraform's JSON, with those of its children."""
    yield from (one for one in module.get("resources", []) if one.get("mode") == "managed")
    for child in module.get("child_modules", []):
        yield from managed(child)


def program() -> str:
    found = shutil.which("terraform")
    if not found:
        raise UsageError("Terraform is not installed.", where="PATH", fix=_INSTALL)
    return found


def version() -> tuple[int, ...]:
    """Of the program: (1, 11, 4)."""
    done = subprocess.run([program(), "version", "-json"], capture_output=True, text=True, check=False)  # noqa: S603
    try:
        text = str(json.loads(done.stdout)["terraform_version"])
    except (ValueError, KeyError) as error:
        raise MlclError("terraform does not say its version.", found=done.stderr[:500], fix=_INSTALL) from error
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def require() -> None:
    """UsageError where Terraform is missing or too old."""
    found = version()
    if found[:2] < LEAST:
        raise UsageError("This Terraform is too old.", found=".".join(map(str, found)), fix=_INSTALL)


def _listen(lines: Iterator[str], doing: str, total: int) -> list[str]:
    """Report the progress of a run; give its errors."""
    errors: list[str] = []
    done = 0
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        kind = event.get("type", "")
        done += _COUNTED.get(kind, 0)
        if kind == "diagnostic" and event["diagnostic"]["severity"] == "error":
            errors.append(_told(event["diagnostic"]))
        text = _doing(event)
        if text:
            progress.report(done, total, text)
    return errors


def _doing(event: Mapping[str, Any]) -> str:
    """What an event is about, in words; '' for one that says nothing to a person."""
    hook = event.get("hook", {})
    resource = (hook.get("resource") or {}).get("resource", "")
    if event.get("type") in ("apply_start", "apply_progress", "apply_complete"):
        verb = {"create": "making", "update": "changing", "delete": "deleting"}.get(hook.get("action", ""), "")
        return f"{verb} {resource}" if verb else ""
    return f"looking at {resource}" if event.get("type") == "refresh_start" else ""


def _told(diagnostic: Mapping[str, Any]) -> str:
    address = f"{diagnostic['address']}: " if diagnostic.get("address") else ""
    detail = diagnostic.get("detail") or ""
    return f"{address}{diagnostic['summary']}" + (f"\n{detail}" if detail else "")


class _Cause(NamedTuple):
    pattern: str
    fix: str


# What Terraform's words mean here, and what to do; the first that fits.
_CAUSES = (
    _Cause(
        r"No valid credential sources|ExpiredToken|InvalidClientTokenId|security token",
        "Log in: aws sso login, or set AWS_PROFILE; then: mlcl infra doctor",
    ),
    _Cause(
        r"AccessDenied|UnauthorizedOperation|not authorized to perform",
        "Ask for the permission that the message names; see: mlcl infra doctor",
    ),
    _Cause(
        r"Error acquiring the state lock",
        "Somebody else is applying. If nobody is: terraform force-unlock with the ID that the message names.",
    ),
    _Cause(r"NoSuchBucket|S3 bucket .* does not exist", "Make the state bucket: mlcl infra init --env ENV --bootstrap"),
    _Cause(
        r"aws/sagemaker/\S+.*(already exists)|ResourceAlreadyExistsException.*log group",
        "Another environment has the account's log groups: account = { log_groups = false } in terraform.tfvars.",
    ),
    _Cause(r"LimitExceeded|VpcLimitExceeded|quota", "A quota of the account is used up; see: mlcl infra doctor"),
    _Cause(
        r"Failed to (query|install|load).*provider|registry\.terraform\.io|provider registry",
        "The provider could not be fetched: check the network, or name a mirror in ~/.terraformrc.",
    ),
    _Cause(r"BucketNotEmpty", "Something was written into a bucket meanwhile. The same command again goes on."),
)


def _failed(doing: str, errors: Sequence[str]) -> TerraformError:
    text = "\n".join(errors).strip()
    fix = next((cause.fix for cause in _CAUSES if re.search(cause.pattern, text, re.IGNORECASE | re.DOTALL)), "")
    shown = "\n".join(errors[:5]).strip()[:3000]
    more = f"\nand {len(errors) - 5} more" if len(errors) > 5 else ""
    return TerraformError(f"terraform {doing} failed.", errors, found=shown + more, fix=fix)


def _plain(text: str) -> str:
    """Without colours and frames."""
    return re.sub(r"\x1b\[[0-9;]*m|[╷│╵]", "", text).strip()
