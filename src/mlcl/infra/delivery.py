"""Workflows of GitHub Actions that deliver a project: plan, apply, drift, run and promote, destroy."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from mlcl.errors import UsageError
from mlcl.version import __version__

WORKFLOWS = Path(".github/workflows")
_INSTALL = "@INSTALL@"


def workflows(install: str = f"mlcl[aws]=={__version__}") -> dict[str, str]:
    """The files' texts by name. install: what the workflows give to pip to have mlcl."""
    folder = resources.files("mlcl.infra") / "github"
    texts = {file.name: file.read_text() for file in folder.iterdir() if file.name.endswith(".yml")}
    return {name: texts[name].replace(_INSTALL, install) for name in sorted(texts)}


def write(project: Path, *, force: bool = False) -> list[Path]:
    """Write the workflows below `project`; UsageError when one is there that differs, unless `force`."""
    wanted = {project / WORKFLOWS / name: text for name, text in workflows().items()}
    changed = [path for path, text in wanted.items() if path.exists() and path.read_text() != text]
    if changed and not force:
        raise UsageError(
            "There are other workflows of these names.",
            where=", ".join(str(path) for path in changed),
            fix="Move them away, or replace them with --force.",
        )
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return list(wanted)
