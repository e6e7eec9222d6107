"""A container's process: started, watched line by line, ended as SageMaker ends one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Line = Callable[[str], None]
_LONGEST_LINE = 256 * 1024


class Container:
    """One process with its children. line: gets every line that it writes."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path, line: Line) -> None:
        self._process = subprocess.Popen(  # noqa: S603  (running what the job names is the purpose)
            command,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, args=(line,), daemon=True)
        self._reader.start()

    @property
    def code(self) -> int | None:
        """The exit code, or None while it runs; 128 + n after signal n, as in a container."""
        code = self._process.poll()
        return code if code is None or code >= 0 else 128 - code

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self, seconds: float | None = None) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self.code

    def stop(self, grace: float) -> None:
        """SIGTERM to the program, SIGKILL to all that is left after `grace` seconds."""
        if self.code is None:
            self._process.send_signal(signal.SIGTERM)
            self.wait(grace)
        self.finish()

    def finish(self) -> None:
        """Leave nothing behind: what the program started ends with it, and every line is read."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(5)

    def _read(self, line: Line) -> None:
        stream = self._process.stdout
        assert stream is not None  # noqa: S101  (Popen was told PIPE)
        with stream:
            while data := stream.readline(_LONGEST_LINE):
                line(data.decode("utf-8", "replace").rstrip("\r\n"))
