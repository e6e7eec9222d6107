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


_LIVE: set[Container] = set()
_LOCK = threading.Lock()
_ENDED = threading.Event()


def end_all() -> None:
    """Kill every container, and let none start any more: the sandbox goes down, and all that they made with it."""
    with _LOCK:
        _ENDED.set()
        live = list(_LIVE)
    for container in live:
        container.kill()


class Container:
    """One process with its children. line: gets every line that it writes."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path, line: Line) -> None:
        with _LOCK:
            if _ENDED.is_set():
                raise OSError("the sandbox goes down")
            self._process = subprocess.Popen(  # noqa: S603  (running what the job names is the purpose)
                command,
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            _LIVE.add(self)
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
        self.kill()
        self._process.wait()
        self._reader.join(5)
        with _LOCK:
            _LIVE.discard(self)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _read(self, line: Line) -> None:
        stream = self._process.stdout
        assert stream is not None  # noqa: S101  (Popen was told PIPE)
        with stream:
            while data := stream.readline(_LONGEST_LINE):
                line(data.decode("utf-8", "replace").rstrip("\r\n"))
