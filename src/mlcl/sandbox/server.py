"""Start and stop: in this process (`serve`) or as a process of its own (`start`, `python -m mlcl.sandbox.server`)."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from mlcl.errors import MlclError, UsageError
from mlcl.sandbox.wire import REGION

STATE = "sandbox.json"
_LONGEST_START = 60.0  # seconds


class Running(NamedTuple):
    """A sandbox that runs. environment: what a client needs to reach it; folder: where it keeps its files."""

    url: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    folder: Path

    def stop(self) -> None:
        """End it with everything that it started."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def environment(url: str) -> dict[str, str]:
    """The variables by which boto3, the AWS CLI, Terraform and the SDK go to the sandbox and nowhere else."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def start(
    folder: Path,
    port: int = 0,
    *,
    images: Mapping[str, str] | None = None,
    keep: bool = False,
    extra: Mapping[str, str] | None = None,
) -> Running:
    """Start a sandbox as a process of its own and wait until it answers.

    port: 0 = any free one; images: commands by image (`--image URI=COMMAND`); keep: containers'
    folders stay; extra: environment of the process.
    Raises MlclError when it does not come up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = folder / STATE
    state.unlink(missing_ok=True)
    command = [sys.executable, "-m", "mlcl.sandbox.server", "--folder", str(folder), "--port", str(port)]
    command += [part for uri, run in (images or {}).items() for part in ("--image", f"{uri}={run}")]
    command += ["--keep"] if keep else []
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **(extra or {})})  # noqa: S603
    end = time.monotonic() + _LONGEST_START
    while not state.exists():
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            process.wait()
            raise _not_up(folder / "server.log")
        time.sleep(0.05)
    url = json.loads(state.read_text())["url"]
    return Running(url, environment(url), process, folder)


def serve(
    folder: Path,
    *,
    port: int = 0,
    images: Sequence[str] = (),
    keep: bool = False,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve in this process until SIGINT or SIGTERM. images: 'URI=COMMAND'; keep: whether the containers' folders stay;
    ready: called with the address when it answers."""
    from werkzeug.serving import make_server

    from mlcl.sandbox.app import Sandbox

    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    sandbox = Sandbox(folder, images, keep=keep)
    try:
        server = make_server("127.0.0.1", port, sandbox, threaded=True, request_handler=_handler())
    except (OSError, SystemExit) as error:
        raise UsageError(
            f"Port {port} cannot be had.", found=str(error), fix="Give another with --port, or 0."
        ) from None
    url = f"http://127.0.0.1:{server.port}"
    for name, value in environment(url).items():  # what it starts itself talks to it alone
        os.environ[name] = value
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _write(folder / STATE, {"url": url, "pid": os.getpid()})
    try:
        ready(url)
        stop.wait()
    finally:
        (folder / STATE).unlink(missing_ok=True)
        sandbox.runtime.end()
        server.shutdown()
        server.server_close()


def leave() -> NoReturn:
    """End this process at once: Python would first free, object by object, what moto has kept."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def running(folder: Path) -> dict[str, Any] | None:
    """{url, pid} of the sandbox that runs on this folder, or None."""
    try:
        state: dict[str, Any] = json.loads((folder / STATE).read_text())
        os.kill(state["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return state


def enter(folder: Path = Path(".mlcl/sandbox")) -> None:
    """Lead the AWS clients of this process to the sandbox that runs on `folder`, unless AWS_ENDPOINT_URL leads
    somewhere already. Raises UsageError where none runs: what is meant for the sandbox must not reach AWS."""
    if os.environ.get("AWS_ENDPOINT_URL"):
        return
    state = running(folder)
    if not state:
        raise UsageError("No sandbox runs here.", where=str(folder), fix="mlcl sandbox up, in another terminal")
    os.environ.update(environment(state["url"]))


def inside(url: str) -> list[dict[str, str]]:
    """Jobs and endpoints that run in the sandbox at `url`: kind and name. Raises MlclError when it does not answer."""
    import urllib.request

    try:
        with urllib.request.urlopen(f"{url}/_sandbox/status", timeout=10) as answer:  # noqa: S310  (http, on loopback)
            found: list[dict[str, str]] = json.load(answer)["running"]
    except OSError as error:
        raise MlclError("The sandbox does not answer.", where=url, found=str(error)) from error
    return found


def _write(path: Path, value: Any) -> None:
    aside = path.with_suffix(".tmp")
    aside.write_text(json.dumps(value))
    aside.replace(path)


def _handler() -> Any:
    from moto.moto_server.werkzeug_app import MotoRequestHandler

    class Handler(MotoRequestHandler):  # type: ignore[misc]
        protocol_version = "HTTP/1.1"  # clients keep their connections
        disable_nagle_algorithm = True
        timeout = 300

        def log(self, *_: object) -> None:
            pass

    return Handler


def _not_up(log: Path) -> MlclError:
    return MlclError("The sandbox did not come up.", where=str(log), found=log.read_text(errors="replace")[-2000:])


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--image", action="append", default=[])
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    serve(given.folder, port=given.port, images=given.image, keep=given.keep)
    leave()


if __name__ == "__main__":
    _main()
