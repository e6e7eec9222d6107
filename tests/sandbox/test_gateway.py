"""A stage of API Gateway in front of an endpoint, asked over HTTP as a caller would."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.sandbox.started import World
from tests.sandbox.test_endpoints import config, endpoint, model, variant

pytestmark = pytest.mark.xdist_group("sandbox")
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "apigateway.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
PREFIX = "integration.request.header"


class Api(NamedTuple):
    identity: str
    endpoint: str
    key: str
    plan: str

    def url(self, world: World, path: str = "") -> str:
        return f"{world.running.url}/_aws/execute-api/{self.identity}/live{path or f'/predict/{self.endpoint}'}"


def policy(action: str, resource: str = "*") -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def made(world: World, authorization: str, **plan: Any) -> Api:
    """An API as the Terraform module makes one."""
    gateway, iam, short = world.client("apigateway"), world.client("iam"), uuid4().hex[:8]
    role = iam.create_role(RoleName=f"gateway-{short}", AssumeRolePolicyDocument=TRUST)["Role"]
    iam.put_role_policy(RoleName=role["RoleName"], PolicyName="p", PolicyDocument=policy("sagemaker:InvokeEndpoint"))
    api = gateway.create_rest_api(name=f"api-{short}")
    root = gateway.get_resources(restApiId=api["id"])["items"][0]["id"]
    predict = gateway.create_resource(restApiId=api["id"], parentId=root, pathPart="predict")["id"]
    place = gateway.create_resource(restApiId=api["id"], parentId=predict, pathPart="{endpoint}")["id"]
    at: dict[str, Any] = {"restApiId": api["id"], "resourceId": place, "httpMethod": "POST"}
    gateway.create_model(
        restApiId=api["id"],
        name="Rows",
        contentType="application/json",
        schema=json.dumps({"type": "object", "required": ["rows"]}),
    )
    validator = gateway.create_request_validator(
        restApiId=api["id"], name="all", validateRequestBody=True, validateRequestParameters=True
    )["id"]
    gateway.put_method(
        **at,
        authorizationType="AWS_IAM" if authorization == "AWS_IAM" else "NONE",
        apiKeyRequired=authorization == "API_KEY",
        requestValidatorId=validator,
        requestModels={"application/json": "Rows"},
        requestParameters={"method.request.path.endpoint": True, "method.request.header.X-Needed": True},
    )
    gateway.put_integration(
        **at,
        type="AWS",
        integrationHttpMethod="POST",
        uri="arn:aws:apigateway:us-east-1:runtime.sagemaker:path/endpoints/{endpoint}/invocations",
        credentials=role["Arn"],
        requestParameters={
            "integration.request.path.endpoint": "method.request.path.endpoint",
            f"{PREFIX}.X-Amzn-SageMaker-Custom-Attributes": "method.request.header.X-Attributes",
        },
    )
    for status, pattern in (("200", None), ("400", "400"), ("424", "424"), ("503", "40[134-9]")):
        gateway.put_method_response(**at, statusCode=status)
        gateway.put_integration_response(
            **at,
            statusCode=status,
            **({"selectionPattern": pattern} if pattern else {}),
            responseParameters={
                "method.response.header.Content-Type": "integration.response.header.Content-Type",
                "method.response.header.X-Amzn-Invoked-Production-Variant": (
                    "integration.response.header.X-Amzn-Invoked-Production-Variant"
                ),
                "method.response.header.X-Said": ("integration.response.header.X-Amzn-SageMaker-Custom-Attributes"),
            },
        )
    gateway.put_gateway_response(
        restApiId=api["id"],
        responseType="BAD_REQUEST_BODY",
        statusCode="422",
        responseTemplates={"application/json": '{"found": "$context.error.validationErrorString"}'},
    )
    gateway.create_deployment(restApiId=api["id"], stageName="live")
    key = gateway.create_api_key(name=f"key-{short}", enabled=True)
    usage = gateway.create_usage_plan(name=f"plan-{short}", apiStages=[{"apiId": api["id"], "stage": "live"}], **plan)
    gateway.create_usage_plan_key(usagePlanId=usage["id"], keyId=key["id"], keyType="API_KEY")
    name = endpoint(world, config(world, variant(model(world, "api"))))
    return Api(api["id"], name, key["value"], usage["id"])


def signed(world: World, url: str, body: bytes, keys: tuple[str, str]) -> httpx.Response:
    request = AWSRequest("POST", url, data=body, headers={"Content-Type": "application/json", "X-Needed": "1"})
    SigV4Auth(Credentials(*keys), "execute-api", "us-east-1").add_auth(request)
    return httpx.post(url, content=body, headers=dict(request.headers))


def test_iam_authorisation(world: World) -> None:
    api = made(world, "AWS_IAM")
    body = b'{"rows": [1, 2]}'
    answer = signed(world, api.url(world), body, ("test", "test"))
    assert (answer.status_code, answer.text) == (200, "api2\n")
    assert answer.headers["X-Amzn-Invoked-Production-Variant"] == "main"
    assert answer.headers["Content-Type"] == "text/csv"
    other = f"{world.running.url}/restapis/{api.identity}/live/_user_request_/predict/{api.endpoint}"
    assert signed(world, other, body, ("test", "test")).text == "api2\n"
    name = world.client("apigateway").get_rest_api(restApiId=api.identity)["name"]
    by_name = api.url(world).replace(api.identity, name)
    assert signed(world, by_name, body, ("test", "test")).text == "api2\n"

    unsigned = httpx.post(api.url(world), content=body)
    assert (unsigned.status_code, unsigned.json()) == (403, {"message": "Missing Authentication Token"})
    wrong = signed(world, api.url(world), body, ("test", "wrong"))
    assert wrong.status_code == 403
    assert "signature we calculated does not match" in wrong.json()["message"]

    iam, user = world.client("iam"), f"caller-{uuid4().hex[:8]}"
    iam.create_user(UserName=user)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    keys = (key["AccessKeyId"], key["SecretAccessKey"])
    refused = signed(world, api.url(world), body, keys)
    assert refused.status_code == 403
    assert "is not authorized to perform: execute-api:Invoke" in refused.json()["message"]
    arn = f"arn:aws:execute-api:us-east-1:123456789012:{api.identity}/live/POST/predict/*"
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=policy("execute-api:Invoke", arn))
    assert signed(world, api.url(world), body, keys).status_code == 200


def post(world: World, api: Api, body: str = '{"rows": []}', **headers: str) -> httpx.Response:
    given = {"x-api-key": api.key, "X-Needed": "1", "Content-Type": "application/json", **headers}
    return httpx.post(api.url(world), content=body, headers=given)


def test_keys_validation_and_answers(world: World) -> None:
    api = made(world, "API_KEY")
    good = post(world, api, **{"X-Attributes": "hello"})
    assert (good.status_code, good.headers["X-Said"]) == (200, "hello")
    assert post(world, api, **{"x-api-key": "nobody's"}).json() == {"message": "Forbidden"}
    missing = post(world, api, **{"X-Needed": ""})
    assert (missing.status_code, missing.json()["message"]) == (400, "Missing required request parameters: [X-Needed]")
    bad = post(world, api, '{"columns": 1}')
    assert bad.status_code == 422
    assert "'rows' is a required property" in bad.json()["found"]
    broken = post(world, api, '{"rows": "break"}')
    assert broken.status_code == 424
    assert broken.json()["OriginalMessage"] == "broken"
    nobody = api._replace(endpoint="nobody")
    assert post(world, nobody).status_code == 400
    nowhere = httpx.post(api.url(world, "/other"))
    assert (nowhere.status_code, nowhere.json()) == (403, {"message": "Missing Authentication Token"})


def test_a_role_that_may_not_invoke_is_the_platforms_fault(world: World) -> None:
    api = made(world, "API_KEY")
    gateway, iam = world.client("apigateway"), world.client("iam")
    resource = next(
        r for r in gateway.get_resources(restApiId=api.identity)["items"] if r.get("pathPart") == "{endpoint}"
    )
    found = gateway.get_integration(restApiId=api.identity, resourceId=resource["id"], httpMethod="POST")
    role = found["credentials"].rpartition("/")[2]
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy("sagemaker:InvokeEndpoint", "arn:aws:x"))
    refused = post(world, api)
    assert refused.status_code == 503
    assert "is not authorized to perform: sagemaker:InvokeEndpoint" in refused.text


def test_throttling_and_quota(world: World) -> None:
    api = made(world, "API_KEY", throttle={"rateLimit": 0.5, "burstLimit": 2})
    answers = [post(world, api) for _ in range(4)]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert (answers[3].status_code, answers[3].json()) == (429, {"message": "Too Many Requests"})
    api = made(world, "API_KEY", quota={"limit": 1, "period": "DAY"})
    assert post(world, api).status_code == 200
    over = post(world, api)
    assert (over.status_code, over.json()) == (429, {"message": "Limit Exceeded"})


def test_access_logs_and_metrics(world: World) -> None:
    api, logs = made(world, "API_KEY"), world.client("logs")
    group = f"/api/{api.identity}"
    logs.create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"
    template = '{"status": "$context.status", "key": "$context.identity.apiKeyId", "none": "$context.authorizer.x"}'
    operations = [
        {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": arn},
        {"op": "replace", "path": "/accessLogSettings/format", "value": template},
    ]
    world.client("apigateway").update_stage(restApiId=api.identity, stageName="live", patchOperations=operations)
    post(world, api)
    end = time.monotonic() + 10
    lines: list[str] = []
    while not lines and time.monotonic() < end:
        with contextlib.suppress(ClientError):
            lines = world.logs(group, api.identity)
        time.sleep(0.1)
    line = json.loads(lines[0])
    assert (line["status"], line["none"]) == ("200", "-")
    names = world.client("cloudwatch").list_metrics(Namespace="AWS/ApiGateway")["Metrics"]
    assert {"Count", "4XXError", "Latency"} <= {metric["MetricName"] for metric in names}
