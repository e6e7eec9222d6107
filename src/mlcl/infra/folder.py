"""What `mlcl infra init` writes into the user's project: small files to review, change and commit."""

from __future__ import annotations

import json
import re
from pathlib import Path

from mlcl.errors import UsageError
from mlcl.infra.places import SANDBOX, Place

_IGNORE = "# What Terraform works with; nothing of it is worth a commit.\n.terraform/\n*.tfstate*\n*.tfplan\n"


def state_bucket(project: str, account: str, region: str) -> str:
    """The name that infra/bootstrap gives the bucket of all environments' state."""
    return f"{project}-state-{account}-{region}"


def write(
    place: Place, *, region: str, bucket: str, key_arn: str, emails: list[str], budget: float | None
) -> list[Path]:
    """Write what is not there yet; gives the files written. A file of the user's is never overwritten."""
    place.folder.mkdir(parents=True, exist_ok=True)
    wanted = {place.folder.parent / ".gitignore": _IGNORE, place.variables: _variables(place, region, emails, budget)}
    if not place.local:
        wanted[place.backend] = _backend(place, region, bucket, key_arn)
    written = []
    for path, text in wanted.items():
        if not path.exists():
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def region(place: Place) -> str:
    """The region that the variables name; UsageError when the environment was not initialised."""
    if place.environment == SANDBOX:
        return "us-east-1"
    if not place.variables.exists() or not (place.local or place.backend.exists()):
        raise UsageError(
            f"The environment '{place.environment}' was not initialised here.",
            where=str(place.folder),
            fix=f"mlcl infra init --env {place.environment} --region REGION",
        )
    found = re.search(r'^\s*region\s*=\s*"([^"]+)"', place.variables.read_text("utf-8"), re.MULTILINE)
    if not found:
        raise UsageError("The region is missing.", where=str(place.variables), fix='Write: region = "eu-west-2"')
    return found[1]


def set_image(place: Place, image: str) -> None:
    """Name the container image in the variables, in place of the one before."""
    text = place.variables.read_text("utf-8")
    line = f"image = {json.dumps(image)}"
    new, done = re.subn(r'^#?\s*image\s*=\s*"[^"]*".*$', line, text, count=1, flags=re.MULTILINE)
    place.variables.write_text(new if done else f"{text.rstrip()}\n{line}\n", encoding="utf-8")


def _backend(place: Place, region: str, bucket: str, key_arn: str) -> str:
    return f"""# Where Terraform keeps what it knows. A lock file beside it keeps two people from applying at once.
bucket       = "{bucket}"
key          = "{place.environment}/terraform.tfstate"
region       = "{region}"
encrypt      = true
kms_key_id   = "{key_arn}"
use_lockfile = true
"""


def _variables(place: Place, region: str, emails: list[str], budget: float | None) -> str:
    alerts = [f"  emails = {json.dumps(emails)}"] if emails else []
    alerts += [f"  budget_usd = {budget:g}"] if budget else []
    told = "\nalerts = {\n" + "\n".join(alerts) + "\n}\n" if alerts else ""
    return f"""# The environment {place.environment}. Everything that can be set stands, with its default, in
# infra/environments/{place.environment}/variables.tf of mlcl. What a change would do:
# mlcl infra plan --env {place.environment}
region = "{region}"
{told}
# mlcl's container image by its digest; mlcl infra image writes it.
# image = "ACCOUNT.dkr.ecr.{region}.amazonaws.com/mlcl-{place.environment}-mlcl@sha256:..."

# notebook = {{}}                              # a notebook instance; it costs while it runs
# page     = {{ server = true }}               # the web page with its server; costs by the hour
# api      = {{ authorization = "API_KEY" }}   # instead of signed requests (AWS_IAM)
# account  = {{ log_groups = false, api_logs = false }} # when another environment of this account has them
"""
