"""InvokeEndpoint and InvokeEndpointAsync over HTTP."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from typing import Any

from mlcl.sandbox.runtime.core import Runtime
from mlcl.sandbox.runtime.endpoints import KIND, Endpoint
from mlcl.sandbox.runtime.fleet import Variant
from mlcl.sandbox.runtime.serving import ANSWER_WITHIN, Answer
from mlcl.sandbox.wire import ACCOUNT, AwsError, Reply, Request, as_json

_PATH = re.compile(r"/endpoints/([^/]+)/(invocations|async-invocations|invocations-response-stream)")
_OWN = "x-amzn-sagemaker-"
_PASSED = ("content-type", "accept")


class Invocations:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def __call__(self, request: Request) -> Reply | None:
        found = _PATH.fullmatch(request.path)
        if not found or request.method != "POST" or request.service not in ("sagemaker", ""):
            return None
        if not request.access_key:
            raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
        name, kind = found.groups()
        if kind == "async-invocations":
            return self._asynchronous(name, request)
        if kind == "invocations-response-stream":
            raise AwsError("UnsupportedOperation", "The sandbox does not do InvokeEndpointWithResponseStream.", 400)
        return self.invoke(name, request.body, request.headers, request.region)

    def invoke(self, name: str, body: bytes, headers: Mapping[str, str], region: str) -> Reply:
        """As InvokeEndpoint answers. headers: in small letters. Raises AwsError."""
        endpoint = self._endpoint(name, region)
        if endpoint.queue is not None:
            raise AwsError("ValidationError", f"Endpoint {name} is asynchronous: use InvokeEndpointAsync.", 400)
        fleet, variant = endpoint.route(headers.get(f"{_OWN}target-variant", ""))
        if len(body) > variant.limit:
            raise AwsError("ValidationError", f"Request of {len(body)} bytes is larger than {variant.limit}.", 413)
        for shadow in fleet.copies(variant):
            threading.Thread(target=self._shadow, args=(endpoint, shadow, body, headers), daemon=True).start()
        answer = self._ask(endpoint, variant, body, headers)
        if answer.status != 200:
            raise _model_error(answer, name, variant.name, region)
        if endpoint.capture:
            endpoint.capture.take(variant.name, body, headers, answer)
        told = [("Content-Type", answer.content_type or "application/octet-stream")]
        told.append(("x-Amzn-Invoked-Production-Variant", variant.name))
        attributes = answer.headers.get(f"{_OWN}custom-attributes")
        told += [("X-Amzn-SageMaker-Custom-Attributes", attributes)] if attributes else []
        return Reply(200, told, answer.body)

    def _endpoint(self, name: str, region: str) -> Endpoint:
        record = self._runtime.plane.records.find(region, KIND, name)
        endpoint: Endpoint | None = self._runtime.get(KIND, record["EndpointName"]) if record else None
        if record is None:
            raise AwsError("ValidationError", f"Endpoint {name} of account {ACCOUNT} not found.", 400)
        if endpoint is None or record["EndpointStatus"] in ("Creating", "Failed", "Deleting"):
            raise AwsError("ValidationError", f"Endpoint {name} of account {ACCOUNT} is not in service.", 400)
        return endpoint

    def _ask(self, endpoint: Endpoint, variant: Variant, body: bytes, headers: Mapping[str, str]) -> Answer:
        if not variant.enter():
            raise AwsError("ThrottlingException", "Rate exceeded (MaxConcurrency of the serverless endpoint).", 429)
        started = time.monotonic()
        try:
            server: Any = variant.server
            answer: Answer = server.invoke(body, _passed(headers), ANSWER_WITHIN)
        except TimeoutError:
            answer = Answer(504, {}, b"Your invocation timed out while waiting for a response from container primary.")
        except OSError as error:
            answer = Answer(503, {}, f"The server gave no answer: {error}".encode())
        finally:
            variant.leave()
        endpoint.meter.count(variant.name, answer.status, time.monotonic() - started)
        return answer

    def _shadow(self, endpoint: Endpoint, shadow: Variant, body: bytes, headers: Mapping[str, str]) -> None:
        """A copy of the request for a shadow variant: its answer is kept, not given."""
        try:
            answer = self._ask(endpoint, shadow, body, headers)
        except AwsError:
            return
        if endpoint.capture and answer.status == 200:
            endpoint.capture.take(shadow.name, body, headers, answer)

    def _asynchronous(self, name: str, request: Request) -> Reply:
        endpoint = self._endpoint(name, request.region)
        if endpoint.queue is None:
            raise AwsError("ValidationError", f"Endpoint {name} is not asynchronous: use InvokeEndpoint.", 400)
        asked = endpoint.queue.ask(_asynchronous_headers(request.headers))
        reply = as_json({"InferenceId": asked.inference_id}, 202)
        places = [("X-Amzn-SageMaker-OutputLocation", asked.output)]
        places.append(("X-Amzn-SageMaker-FailureLocation", asked.failure))
        return reply._replace(headers=[*reply.headers, *places])


def _passed(headers: Mapping[str, str]) -> dict[str, str]:
    """What the container gets: content type, accept, and SageMaker's own headers."""
    return {name: value for name, value in headers.items() if name in _PASSED or name.startswith(_OWN)}


def _asynchronous_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """An asynchronous request names its input's type in headers of its own."""
    told = dict(headers)
    told.pop("content-type", None)
    for name in _PASSED:
        if f"{_OWN}{name}" in headers:
            told[name] = headers[f"{_OWN}{name}"]
    return told


def _model_error(answer: Answer, endpoint: str, variant: str, region: str) -> AwsError:
    text = answer.body[:2000].decode("utf-8", "replace")
    kind = "client" if answer.status < 500 else "server"
    group = f"/aws/sagemaker/Endpoints/{endpoint}"
    message = (
        f'Received {kind} error ({answer.status}) from {variant} with message "{text}". See {group} in CloudWatch Logs '
        f"of account {ACCOUNT} for more information."
    )
    arn = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{group}"
    return AwsError(
        "ModelError", message, 424, OriginalStatusCode=answer.status, OriginalMessage=text, LogStreamArn=arn
    )
