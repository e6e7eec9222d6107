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


def file_name(text: str) -> str:
    """The last part of a file's name as a key of the store may hold it."""
    last = re.split(r"[/\\]", text)[-1]
    stem, dot, ending = last.rpartition(".")
    if ending.lower() == "gz" and "." in stem:  # rows.csv.gz: both endings say what it is
        return f"{file_name(stem)}.gz"
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", stem if dot else last).strip("-_")[:80] or "data"
    end = re.sub(r"[^A-Za-z0-9]", "", ending)[:10] if dot else ""
    return f"{plain}.{end.lower()}" if end else plain


def dataset(digest: str) -> str:
    return f"datasets/{name(digest)}"


def bundle(digest: str) -> str:
    return f"bundles/{name(digest)}"


def run(run_id: str) -> str:
    """Log of a run's states."""
    return f"runs/{name(run_id)}/state"


def run_files(run_id: str) -> str:
    return f"runs/{name(run_id)}/files"


def run_said(run_id: str) -> str:
    """What a run said so far, a JSON object a line."""
    return f"runs/{name(run_id)}/said.jsonl"


def run_progress(run_id: str) -> str:
    """How far the present step of a run is."""
    return f"runs/{name(run_id)}/progress.json"


def run_stop(run_id: str) -> str:
    """There as soon as somebody wants the run to end."""
    return f"runs/{name(run_id)}/stop"


def problem(problem_name: str) -> str:
    """Log of the texts of a problem file."""
    return f"problems/{name(problem_name)}"


def start(problem_name: str) -> str:
    """Log of the runs of a problem that were started from the page: who is first has the next number."""
    return f"starts/{name(problem_name)}"


def upload(digest: str, file_name: str) -> str:
    """A file of another machine, under the SHA-256 of its bytes (`file_name` makes a name for it)."""
    return f"uploads/{name(digest)}/{name(file_name)}"


def index(kind: str) -> str:
    """What a server remembers of immutable things, to start quickly; may be deleted at any time."""
    return f"index/{name(kind)}.json"


def prediction_index(endpoint_name: str, part: str) -> str:
    """What a server remembers of captured predictions (yyyy/mm/dd/hh, or 'summary'); may be deleted at any time."""
    return f"index/{captures(endpoint_name)}/{part}"


def batch(batch_id: str) -> str:
    """Log of a scored file's states."""
    return f"batches/{name(batch_id)}/state"


def batch_file(batch_id: str, file_name: str) -> str:
    """What came of a scored file."""
    return f"batches/{name(batch_id)}/files/{name(file_name)}"


def sessions() -> str:
    """Log of the secrets that sign the sessions of browsers."""
    return "sessions"


def settling(environment: str) -> str:
    """Log of when servers asked AWS how the runs of an environment ended."""
    return f"settling/{name(environment)}"


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


def monitoring(endpoint_name: str) -> str:
    """Reports of an endpoint's looks, each a folder by its id."""
    return f"monitoring/{name(endpoint_name)}"


def alerts(endpoint_name: str) -> str:
    """Log of an endpoint's alerts, and of the notifications that are still to be sent."""
    return f"alerts/{name(endpoint_name)}"


def job(kind: str, endpoint_name: str) -> str:
    """Log of a scheduled job's states."""
    return f"jobs/{name(kind)}/{name(endpoint_name)}"


def feedback(endpoint_name: str) -> str:
    """Outcomes of an endpoint's predictions, filed by the hour of arrival: …/yyyy/mm/dd/hh/*.jsonl."""
    return f"feedback/{name(endpoint_name)}"


def retraining(endpoint_name: str) -> str:
    """Log of the attempts to replace an endpoint's model."""
    return f"retraining/{name(endpoint_name)}/attempts"


def challenger_data(endpoint_name: str, digest: str) -> str:
    """A table that a model was made from: of a challenger, or of the demonstration."""
    return f"retraining/{name(endpoint_name)}/{name(digest)}.parquet"


def tokens() -> str:
    """Log of the token list (hashes only)."""
    return "tokens"


def certificate(bundle_digest: str, platform: str) -> str:
    """Proof that a bundle answers alike everywhere, as far as that platform goes."""
    return f"certificates/{name(bundle_digest)}/{name(platform.replace(':', '-'))}.json"
