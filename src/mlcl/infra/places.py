"""Where an environment's files lie.

The Terraform sources come with mlcl (in the wheel, or the repository's `infra/`), with a lock file for each root. What
is the user's own, and may be reviewed and committed, lies in `infra/ENV` of the project: backend.hcl, terraform.tfvars,
and the lock file that was used.
Terraform works in a copy below `infra/ENV/.terraform`, because an installed package may be read-only and Terraform
writes beside its sources.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from mlcl.errors import MlclError, NotFound

SANDBOX, BOOTSTRAP = "sandbox", "bootstrap"
LOCK = ".terraform.lock.hcl"
_IGNORED = shutil.ignore_patterns(".terraform", "*.tfstate*", "*.tfplan", "tests", "*.tfvars", "*.md")


class Place(NamedTuple):
    """One environment of a project. folder: the project's infra/ENV; sources: mlcl's infra/."""

    environment: str
    folder: Path
    sources: Path

    @property
    def local(self) -> bool:
        """Whether the state is a file of this folder (the sandbox, and what makes the bucket of the others' state)."""
        return self.environment in (SANDBOX, BOOTSTRAP)

    @property
    def work(self) -> Path:
        """The copy that Terraform works in: infra/ with modules/ and this root alone."""
        return self.folder / ".terraform" / "mlcl"

    @property
    def root(self) -> Path:
        return self.work / _inside(self.environment)

    @property
    def data(self) -> Path:
        return self.folder / ".terraform" / "data"

    @property
    def state(self) -> Path:
        return self.folder / "terraform.tfstate"

    @property
    def backend(self) -> Path:
        return self.folder / "backend.hcl"

    @property
    def variables(self) -> Path:
        return self.folder / "terraform.tfvars"

    @property
    def plan(self) -> Path:
        return self.folder / ".terraform" / "plan.tfplan"

    def stage(self) -> None:
        """Copy the sources anew. A lock file of the user's replaces that of the sources."""
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.sources / "modules", self.work / "modules", ignore=_IGNORED)
        shutil.copytree(self.sources / _inside(self.environment), self.root, ignore=_IGNORED)
        if self.environment == BOOTSTRAP:  # it has no backend of its own: a file in the user's folder
            (self.root / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
        if (self.folder / LOCK).exists():
            shutil.copy2(self.folder / LOCK, self.root / LOCK)

    def keep_lock(self) -> None:
        """Bring the lock file, which Terraform writes beside the sources, to the user's files."""
        if (self.root / LOCK).exists():
            shutil.copy2(self.root / LOCK, self.folder / LOCK)


def place(environment: str, project: Path) -> Place:
    """The environment's place below the folder `project`; NotFound for one that mlcl does not have."""
    sources = found()
    known = sorted(path.parent.name for path in (sources / "environments").glob("*/main.tf"))
    if environment not in (*known, BOOTSTRAP):
        raise NotFound.among("environment", environment, known)
    return Place(environment, (project / "infra" / environment).resolve(), sources)


def found() -> Path:
    """mlcl's Terraform sources: those of the package, or of the repository that it is developed in."""
    here = Path(__file__).resolve()
    for candidate in (here.with_name("terraform"), here.parents[3] / "infra"):
        if (candidate / "environments").is_dir():
            return candidate
    raise MlclError(
        "The Terraform sources of mlcl are missing.",
        where=str(here.with_name("terraform")),
        fix="Install mlcl anew: pip install --force-reinstall mlcl",
    )


def page() -> Path | None:
    """The built web page, or None where it was not built."""
    folder = Path(__file__).resolve().parents[1] / "server" / "page"
    return folder if (folder / "index.html").exists() else None


def _inside(environment: str) -> Path:
    return Path(BOOTSTRAP) if environment == BOOTSTRAP else Path("environments") / environment
