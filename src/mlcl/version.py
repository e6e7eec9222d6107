"""The code version: release and digest of the sources, so that a result names the code that made it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

__version__ = "0.1.0"


@cache
def code_version() -> str:
    """'0.1.0+1a2b3c4d5e6f': the same sources give the same text on every machine."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        if file.is_relative_to(root / "infra" / "terraform"):
            continue  # a wheel carries what Terraform hands to others; a checkout has it elsewhere
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"
