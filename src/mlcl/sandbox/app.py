"""One WSGI application for everything: each request goes to SageMaker, to a stage of API Gateway, or to moto."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from mlcl.sandbox import identity, mends
from mlcl.sandbox.admin import Admin
from mlcl.sandbox.control import nouns, packages, studio
from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.faults import Faults, answer
from mlcl.sandbox.gateway.api import Gateway
from mlcl.sandbox.pipelines.api import Pipelines
from mlcl.sandbox.record import Recorder, principal
from mlcl.sandbox.runtime import endpoints, processing, training, transform, tuning
from mlcl.sandbox.runtime.core import Hooks, Runtime
from mlcl.sandbox.runtime.images import Images
from mlcl.sandbox.runtime.invoke import Invocations
from mlcl.sandbox.wire import AwsError, Reply, Request, Start, as_error, as_json, invalid, read, send

Route = Callable[[Request], Reply | None]
ACTIONS = "actions.jsonl"
_EXPIRED = AwsError("ExpiredToken", "The provided token has expired.", 400)  # S3 says it in its own way


class Sandbox:
    """The application. folder: where it keeps its files; images: 'URI=COMMAND'; keep: whether containers' folders
    stay after their end."""

    def __init__(self, folder: Path, images: Sequence[str] = (), *, keep: bool = False) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        mends.apply()
        self.recorder, self.faults = Recorder(folder / ACTIONS), Faults()
        self.plane = Plane()
        hooks = Hooks(self.recorder.note, self.faults.strike)
        self.runtime = Runtime(self.plane, folder / "containers", Images(images), hooks, keep=keep)
        for part in (nouns, packages, studio):
            part.add(self.plane)
        for kind in (training, processing, transform, tuning, endpoints):
            kind.add(self.plane, self.runtime)
        Pipelines(self.runtime).add(self.plane)
        invocations = Invocations(self.runtime)
        self.routes: list[Route] = [Gateway(self.runtime, invocations), self._sagemaker, invocations]
        self._admin = Admin(self.runtime, self.faults)
        self._moto = DomainDispatcherApplication(create_backend_app)
        # moto's backends are plain dictionaries that call one another, and its conditional S3 put looks and writes in
        # two steps: one request at a time.
        self._turn = threading.RLock()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        request = read(environ)
        first: list[Route] = [self._admin, self._refused]
        for route in first + self.routes:
            reply = _answered(route, request)
            if reply is not None:
                return send(reply, start, str(uuid4()))
        return self._to_moto(request, start)

    def _refused(self, request: Request) -> Reply | None:
        """Faults on demand and expired credentials; what passes is recorded."""
        try:
            who = principal(identity.caller(request.access_key))
        except AwsError as error:
            return answer(request, _EXPIRED if request.service == "s3" else error)
        fault = self.faults.of(request, who)
        if fault is None and request.service != "execute-api":
            self.recorder.request(request)
        return fault

    def _sagemaker(self, request: Request) -> Reply | None:
        if not request.headers.get("x-amz-target", "").startswith("SageMaker."):
            return None
        who = identity.caller(request.access_key).arn
        return as_json(self.plane.call(request.target, _parameters(request.body), Where(request.region, who)))

    def _to_moto(self, request: Request, start: Start) -> Iterable[bytes]:
        with self._turn:
            return [b"".join(self._moto(request.environ, start))]


def _answered(route: Route, request: Request) -> Reply | None:
    try:
        return route(request)
    except AwsError as error:
        return as_error(error)
    except Exception as error:  # noqa: BLE001  (a fault of ours is AWS's InternalFailure, with its reason)
        import traceback

        traceback.print_exc()
        return as_error(AwsError("InternalFailure", f"{type(error).__name__}: {error}", 500))


def _parameters(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError as error:
        raise AwsError("SerializationException", f"The body is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise invalid("The body must be a JSON object.")
    return value
