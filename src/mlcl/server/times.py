"""Times as callers write them."""

from __future__ import annotations

from datetime import UTC, datetime

from mlcl.errors import UsageError


def moment(text: str | None, where: str) -> datetime | None:
    """An aware time; without a zone: UTC. UsageError: it is none."""
    if not text:
        return None
    try:
        # A '+' in a query is a space by the time it is here.
        time = datetime.fromisoformat(text.replace(" ", "+") if text.count(":") > 2 else text)
        return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            "This is no time.", where=where, found=text[:80], fix="Write it as 2026-01-31 or 2026-01-31T12:00Z."
        ) from error
