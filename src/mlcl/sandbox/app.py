"""One WSGI application for everything: each request goes to SageMaker, to a stage of API Gateway, or to moto."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

from mlcl.sandbox import mends
from mlcl.sandbox.control import nouns, packages, studio
from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.wire import AwsError, Reply, Request, Start, as_error, as_json, invalid, read, send

Route = Callable[[Request], Reply | None]


class Sandbox:
    """The application. folder: where it keeps its files; url: its own address, told by the server before the first
    request."""

    def __init__(self, folder: Path) -> None:
        from moto.server import DomainDispatcherApplication, create_backend_app

        mends.apply()
        self.folder, self.url = folder, ""
        self.plane = Plane()
        for part in (nouns, packages, studio):
            part.add(self.plane)
        self.routes: list[Route] = [self._sagemaker]
        self._moto = DomainDispatcherApplication(create_backend_app)
        # moto's backends are plain dictionaries that call one another, and its conditional S3 put looks and writes in
        # two steps: one request at a time.
        self._turn = threading.RLock()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        request = read(environ)
        for route in self.routes:
            reply = self._answer(route, request)
            if reply is not None:
                return send(reply, start, str(uuid4()))
        return self._to_moto(request, start)

    def _answer(self, route: Route, request: Request) -> Reply | None:
        try:
            return route(request)
        except AwsError as error:
            return as_error(error)
        except Exception as error:  # noqa: BLE001  (a fault of ours is AWS's InternalFailure, with its reason)
            import traceback

            traceback.print_exc()
            return as_error(AwsError("InternalFailure", f"{type(error).__name__}: {error}", 500))

    def _sagemaker(self, request: Request) -> Reply | None:
        if not request.headers.get("x-amz-target", "").startswith("SageMaker."):
            return None
        answer = self.plane.call(request.target, _parameters(request.body), Where(request.region))
        return as_json(answer)

    def _to_moto(self, request: Request, start: Start) -> Iterable[bytes]:
        with self._turn:
            return [b"".join(self._moto(request.environ, start))]


def _parameters(body: bytes) -> dict[str, Any]:
    import json

    try:
        value = json.loads(body or b"{}")
    except ValueError as error:
        raise AwsError("SerializationException", f"The body is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise invalid("The body must be a JSON object.")
    return value
