"""Containers' programs for the tests, as `python programs.py WHAT`: small, and written against the literal paths."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ML = Path("/opt/ml")


def train() -> int:
    """Adds up the numbers of a channel; hyperparameters tell how to behave."""
    config = ML / "input/config"
    parameters = json.loads((config / "hyperparameters.json").read_text())
    resource = json.loads((config / "resourceconfig.json").read_text())
    print(f"host {resource['current_host']} of {resource['hosts']}", flush=True)
    behaviour = parameters.get("behaviour", "")
    if behaviour == "fail":
        (ML / "output/failure").write_text("the data are wrong")
        return 3
    if behaviour == "sleep":
        return _sleep()
    if behaviour == "checkpoint":
        return _checkpoint()
    files = sorted((ML / "input/data/train").rglob("*"))
    total = sum(float(line) for file in files if file.is_file() for line in file.read_text().split())
    value = total * float(parameters.get("factor", "1"))
    print(f"score={value};", flush=True)
    others = {name: socket.gethostbyname(name) for name in resource["hosts"]}
    (ML / "model" / f"sum-{resource['current_host']}.json").write_text(
        json.dumps(
            {"sum": total, "value": value, "files": [f.name for f in files], "hosts": others, "env": dict(os.environ)}
        )
    )
    (ML / "output/data/note.txt").write_text("note")
    return 0


def _sleep() -> int:
    def told(*_: object) -> None:
        print("told to end", flush=True)
        (ML / "model/partial.txt").write_text("so far")
        sys.exit(0)

    signal.signal(signal.SIGTERM, told)
    print("sleeping", flush=True)
    time.sleep(60)
    return 0


def _checkpoint() -> int:
    folder = ML / "checkpoints"
    file = folder / "step"
    step = int(file.read_text()) if file.exists() else 0
    print(f"from step {step}", flush=True)
    while step < 30:
        step += 1
        file.write_text(str(step))
        time.sleep(0.1)
    (ML / "model/steps.txt").write_text(str(step))
    return 0


def process() -> int:
    """Copies what comes in, in capitals."""
    given, made = ML / "processing/input", ML / "processing/output"
    for file in sorted(given.rglob("*")):
        if file.is_file():
            (made / file.name).write_text(file.read_text().upper())
    (made / "link").symlink_to(made / "nowhere")
    if os.environ.get("SAY"):
        (ML / "output").mkdir(parents=True, exist_ok=True)
        (ML / "output/message").write_text(os.environ["SAY"])
    (made / "report.json").write_text(json.dumps({"metrics": {"score": float(os.environ.get("SCORE", "0.9"))}}))
    print(sys.argv[2:], flush=True)
    return int(os.environ.get("CODE", "0"))


def serve() -> int:
    """Answers each line with its number of fields, and with what the model says."""
    files = sorted((ML / "model").rglob("*.json"))
    name = json.loads(files[0].read_text()).get("name", "") if files else ""
    behaviour = os.environ.get("BEHAVIOUR", "")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(503 if behaviour == "sick" else 200, b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if behaviour == "broken" or b"break" in body:
                self._send(500, b"broken")
                return
            lines = [line for line in body.decode().splitlines() if line]
            self._send(200, "".join(f"{name}{len(line.split(','))}\n" for line in lines).encode())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/csv")
            self.send_header("Content-Length", str(len(body)))
            self.send_header(
                "X-Amzn-SageMaker-Custom-Attributes", self.headers.get("X-Amzn-SageMaker-Custom-Attributes", "none")
            )
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
    return 0


if __name__ == "__main__":
    # The image's name says what it is; the last argument what SageMaker asks for.
    what = sys.argv[1]
    sys.exit({"train": train, "process": process, "serve": serve}[what]())
