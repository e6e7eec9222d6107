"""When outcomes are told, and of predictions that nobody made."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

from mlcl.serving.events import new_id
from tests.monitoring.truth import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = START + 3 * DAY
_numbers = itertools.count(1)


def made_up(at: datetime = START) -> str:
    """The id of a prediction that no endpoint has made."""
    return f"{new_id(at, 'f' * 16, next(_numbers))}-0"
