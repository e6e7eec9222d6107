"""The process of an attempt that a person asked for: `python -m mlcl.server.retraining_worker STORE ENDPOINT`. What
came of it stands in the log of attempts."""

from __future__ import annotations

import logging
import os
import signal
import sys
from datetime import UTC, datetime
from types import FrameType

from mlcl.errors import MlclError
from mlcl.retraining import challenger
from mlcl.stores import Store

log = logging.getLogger("mlcl.retraining")


def main(arguments: list[str]) -> int:
    address, name = arguments
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)

    def told(number: int, frame: FrameType | None) -> None:
        raise SystemExit(1)

    signal.signal(signal.SIGTERM, told)
    if hasattr(os, "nice"):
        os.nice(10)  # predictions come first
    try:
        challenger.retrain(Store(address), name, datetime.now(UTC))
    except MlclError as error:
        log.error("%s was not retrained: %s", name, error)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
