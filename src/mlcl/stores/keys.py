"""Every key of the store, in one place.

Immutable things lie under their digest or id; things that change are logs (mlcl.stores.log) of numbered documents.
"""

from __future__ import annotations

import re

from mlcl.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def name(text: str) -> str:
    """`text`, when it is safe as one part of a key: no separator, no '..', nothing hidden."""
    if not _NAME.fullmatch(text) or ".." in text:
        raise UsageError(
            "That is not a usable name.",
            found=repr(text),
            fix="Use letters, digits, '.', '_' and '-'; start with a letter or digit.",
        )
    return text


def dataset(digest: str) -> str:
    return f"datasets/{name(digest)}"


def bundle(digest: str) -> str:
    return f"bundles/{name(digest)}"


def run(run_id: str) -> str:
    """Log of a run's states."""
    return f"runs/{name(run_id)}/state"


def run_files(run_id: str) -> str:
    return f"runs/{name(run_id)}/files"


def answer(question: str) -> str:
    """Which run answered a question (digest of problem, data and code)."""
    return f"answers/{name(question)}"


def models(problem: str) -> str:
    """Log of a problem's registry: document N is what the registry holds after change N."""
    return f"models/{name(problem)}"


def endpoint(endpoint_name: str) -> str:
    """Log of an endpoint's states."""
    return f"endpoints/{name(endpoint_name)}/state"


def captures(endpoint_name: str) -> str:
    return f"captures/{name(endpoint_name)}"


def tokens() -> str:
    """Log of the token list (hashes only)."""
    return "tokens"
