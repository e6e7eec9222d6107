"""Writes this project's own delivery workflows from the templates that users get: python tools/workflows.py"""

from __future__ import annotations

from pathlib import Path

from mlcl.infra.delivery import WORKFLOWS, workflows

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    for name, text in workflows(".[aws]").items():
        (ROOT / WORKFLOWS / name).write_text(text)
