"""`mlcl monitor --cron`: a line for those who let cron look instead of `mlcl up`."""

from __future__ import annotations

import shlex
import sys
from datetime import timedelta
from pathlib import Path

from mlcl.errors import UsageError
from mlcl.monitoring.watched import Watched
from mlcl.problem.base import duration
from mlcl.stores import Store

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def line(store: Store, name: str, window: str | None) -> str:
    """The crontab line that looks at an endpoint as often as its problem file says."""
    address = store.absolute
    program = str(Path(sys.argv[0]).absolute()) if Path(sys.argv[0]).name == "mlcl" else "mlcl"
    command = [program, "monitor", name, "--store", address, *(["--window", window] if window else [])]
    # A per cent sign ends a crontab's command.
    return f"{times(Watched(store, name).settings.every)} {shlex.join(command)}".replace("%", "\\%")


def times(every: str) -> str:
    """'15m' as '*/15 * * * *'. UsageError for what a crontab cannot say, such as every 7 minutes."""
    span = duration(every)
    if span < _HOUR and _HOUR % span == timedelta() and not span % _MINUTE:
        return f"*/{span // _MINUTE} * * * *"
    if _HOUR <= span < _DAY and not _DAY % span and not span % _HOUR:
        return f"0 */{span // _HOUR} * * *"
    if span == _DAY:
        return "0 0 * * *"
    if span == 7 * _DAY:
        return "0 0 * * 0"
    raise UsageError(
        "A crontab cannot say this.",
        where="monitor.every",
        found=every,
        fix="Use minutes or hours that divide an hour or a day, 1d or 1w; or let `mlcl up` look.",
    )
