"""The way of a request through a stage: authorised, throttled, validated, mapped, answered, logged, counted."""

from __future__ import annotations

import contextlib
import datetime as dt
import queue
import re
import threading
import time
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from mlcl.sandbox.gateway import authorise, integration, validate
from mlcl.sandbox.gateway.integration import Given
from mlcl.sandbox.gateway.limits import Limits
from mlcl.sandbox.gateway.mapping import lookup
from mlcl.sandbox.gateway.refusal import Refusal
from mlcl.sandbox.gateway.stages import Address, Target, address, find
from mlcl.sandbox.runtime.core import Runtime, client
from mlcl.sandbox.runtime.invoke import Invocations
from mlcl.sandbox.wire import ACCOUNT, Reply, Request

_LARGEST = 10 * 1024 * 1024
_LOG_GROUP = re.compile(r"arn:aws:logs:([a-z0-9-]+):\d+:log-group:([^:]+)")
Context = dict[str, Any]


class Gateway:
    def __init__(self, runtime: Runtime, invocations: Invocations) -> None:
        self._runtime, self._invocations, self._limits = runtime, invocations, Limits()
        self._teller = _Teller()

    def __call__(self, request: Request) -> Reply | None:
        place = address(request)
        if place is None:
            return None
        started = time.monotonic()
        context = _context(request, place)
        target: list[Target] = []
        try:
            reply = self._carry_out(request, place, context, target)
        except Refusal as refusal:
            context["error"] = {"message": refusal.message, "responseType": refusal.kind}
            reply = refusal.reply(context)
        took = (time.monotonic() - started) * 1000
        context |= {"status": reply.status, "responseLength": len(reply.body), "responseLatency": round(took)}
        if target:
            self._teller.tell(target[0], context, took)
        return reply._replace(headers=[*reply.headers, ("x-amz-apigw-id", context["extendedRequestId"])])

    def _carry_out(self, request: Request, place: Address, context: Context, found: list[Target]) -> Reply:
        target = find(place, request.method)
        found.append(target)
        context |= {
            "apiId": target.api.id,
            "resourcePath": target.resource.get_path(),
            "resourceId": target.resource.id,
        }
        if len(request.body) > _LARGEST:
            raise Refusal("REQUEST_TOO_LARGE", "Request Too Long", api=target.api)
        self._authorise(request, place, context, target)
        self._limits.method(target.stage, target.resource.get_path(), request.method, target.api)
        sources = {
            "path": target.parameters,
            "querystring": dict(parse_qsl(request.query, keep_blank_values=True)),
            "header": request.headers,
        }
        validate.check(target, request.body, request.headers.get("content-type", "application/json"), sources)
        given = Given(request.body, sources, context)
        started = time.monotonic()
        reply = integration.ask(target, given, self._invocations.invoke, self._runtime.note)
        latency = round((time.monotonic() - started) * 1000)
        context |= {
            "integrationStatus": reply.status,
            "integrationLatency": latency,
            "integration": {"status": reply.status, "latency": latency},
        }
        return integration.answer(target, reply, given)

    def _authorise(self, request: Request, place: Address, context: Context, target: Target) -> None:
        kind, method = target.method.authorization_type or "NONE", target.method
        arn = f"arn:aws:execute-api:{target.region}:{ACCOUNT}:{place.api}/{place.stage}/{request.method}{place.path}"
        if kind == "AWS_IAM":
            caller = authorise.signed(request, arn, target.api)
            context["identity"] |= {
                "caller": caller.arn,
                "user": caller.arn,
                "userArn": caller.arn,
                "accessKey": request.access_key,
            }
            self._runtime.note(caller.role or caller.arn, "execute-api:Invoke", arn)
        elif kind != "NONE":
            raise Refusal(
                "API_CONFIGURATION_ERROR",
                f"The sandbox does not do authorization {kind}; it does NONE, AWS_IAM and API keys.",
                api=target.api,
            )
        if str(method.api_key_required).lower() == "true":
            key, plan = authorise.api_key(request, target.backend, target.api, place.stage)
            context["identity"] |= {"apiKeyId": key.id, "apiKey": key.value}
            self._limits.plan(plan, key, target.api)


def _context(request: Request, place: Address) -> Context:
    moment = dt.datetime.now(dt.UTC)
    return {
        "accountId": ACCOUNT,
        "apiId": place.api,
        "stage": place.stage,
        "path": f"/{place.stage}{place.path}",
        "httpMethod": request.method,
        "protocol": "HTTP/1.1",
        "requestId": str(uuid4()),
        "extendedRequestId": uuid4().hex[:15] + "=",
        "requestTime": moment.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(moment.timestamp() * 1000),
        "domainName": request.headers.get("host", ""),
        "identity": {
            "sourceIp": request.environ.get("REMOTE_ADDR", "127.0.0.1"),
            "userAgent": request.headers.get("user-agent", ""),
        },
    }


class _Teller:
    """Access logs and metrics, delivered in the background."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[tuple[Target, Context, float]] = queue.SimpleQueue()
        self._clients: dict[tuple[str, str], Any] = {}
        threading.Thread(target=self._deliver, daemon=True).start()

    def tell(self, target: Target, context: Context, took: float) -> None:
        self._waiting.put((target, context, took))

    def _deliver(self) -> None:
        while True:
            target, context, took = self._waiting.get()
            try:
                self._log(target, context)
                self._count(target, context, took)
            except Exception as error:  # noqa: BLE001  (a log is not worth a request)
                print(f"API Gateway's log of {target.api.id}: {error}", flush=True)  # noqa: T201

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = client(service, region)
        return self._clients[service, region]

    def _log(self, target: Target, context: Context) -> None:
        settings = target.stage.access_log_settings or {}
        group = _LOG_GROUP.match(settings.get("destinationArn", ""))
        if not group or not settings.get("format"):
            return
        logs, stream = self._client("logs", group[1]), f"{target.api.id}-{target.stage.name}"
        with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(logGroupName=group[2], logStreamName=stream)
        event = {"timestamp": int(time.time() * 1000), "message": _formatted(settings["format"], context)}
        logs.put_log_events(logGroupName=group[2], logStreamName=stream, logEvents=[event])

    def _count(self, target: Target, context: Context, took: float) -> None:
        status = context["status"]
        values = {
            "Count": (1.0, "Count"),
            "4XXError": (float(400 <= status < 500), "Count"),
            "5XXError": (float(status >= 500), "Count"),
            "Latency": (took, "Milliseconds"),
            "IntegrationLatency": (float(context.get("integrationLatency", 0)), "Milliseconds"),
        }
        for dimensions in (("ApiName",), ("ApiName", "Stage")):
            names = {"ApiName": target.api.name, "Stage": target.stage.name}
            told = [{"Name": name, "Value": names[name]} for name in dimensions]
            data = [
                {"MetricName": name, "Dimensions": told, "Value": value, "Unit": unit}
                for name, (value, unit) in values.items()
            ]
            self._client("cloudwatch", target.region).put_metric_data(Namespace="AWS/ApiGateway", MetricData=data)


def _formatted(template: str, context: Context) -> str:
    def value(found: re.Match[str]) -> str:
        told = lookup(context, found[1])
        return "-" if told is None or isinstance(told, dict) else str(told).replace('"', '\\"')

    return re.sub(r"\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)", value, template)
