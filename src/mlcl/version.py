"""The code version: release and digest of the sources, so that a result names the code that made it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

__version__ = "0.1.0"


@cache
def code_version() -> str:
    """'0.1.0+1a2b3c4d5e6f': the same sources give the same text on every machine."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for parts in sorted(_sources(root)):
        digest.update("/".join(parts).encode() + b"\0" + root.joinpath(*parts).read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def _sources(root: Path) -> Iterator[tuple[str, ...]]:
    """Every source file below `root`, by the parts of its path: sorting paths themselves takes as long as reading."""
    for folder, _, files in os.walk(root):
        above = Path(folder).relative_to(root).parts
        # A wheel carries what Terraform hands to others; a checkout has it elsewhere.
        if above[:2] != ("infra", "terraform"):
            yield from ((*above, name) for name in files if name.endswith(".py"))
