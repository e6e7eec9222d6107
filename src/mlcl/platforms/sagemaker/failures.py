"""Why a job ended that did not end well, when its steps themselves have not said."""

from __future__ import annotations

import re

from mlcl.errors import MlclError
from mlcl.platforms.sagemaker.errors import CAPACITY, DENIED, DOWN, LAPSED, QUOTA, JobError, StoppedError, advice

# How a job's failure reason begins, and what to do about it. SageMaker's own words.
_REASONS = (
    (re.compile(r"CapacityError|insufficient capacity|Unable to provision", re.I), CAPACITY),
    (re.compile(r"ResourceLimitExceeded|service limit", re.I), QUOTA),
    (re.compile(r"ExpiredToken|credentials .*have expired|token .*is expired", re.I), LAPSED),
    (re.compile(r"not authorized|AccessDenied|Access denied|403", re.I), DENIED),
    (re.compile(r"InternalServerError|Internal ?Error", re.I), DOWN),
)


def of_job(job: str, state: str, reason: str) -> MlclError:
    """Why a job ended that did not end well, when its steps themselves have not said."""
    for pattern, kind in _REASONS:
        if pattern.search(reason):
            return kind.error(
                kind.what, where=job, found=reason, fix=advice(kind, reason, "the job"), retryable=kind.retryable
            )
    if "MaxRuntimeExceeded" in reason or "maximum runtime" in reason.lower() or "MaxWaitTimeExceeded" in reason:
        return JobError("The job took longer than it may.", where=job, found=reason, fix="Raise max_run in [aws].")
    if state == "Stopped":
        fix = "Run it again: what its jobs have finished is kept."
        return StoppedError("Somebody has stopped it.", where=job, found=reason or state, fix=fix, retryable=True)
    memory = "137" in reason or "memory" in reason.lower()
    fix = (
        "Choose an instance with more memory in [aws]."
        if memory
        else "See its logs with `mlcl logs RUN --on aws:ENV`; run again: what is done is kept."
    )
    what = "The job was killed, probably for want of memory." if memory else "The job failed."
    return JobError(what, where=job, found=reason or state, fix=fix, retryable=memory)
