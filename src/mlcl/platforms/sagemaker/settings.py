"""What an environment is: written by Terraform into the SSM parameter /mlcl/ENV/settings, read here."""

from __future__ import annotations

import json
import os
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from mlcl.errors import MlclError, UsageError
from mlcl.infra.prices import machine
from mlcl.platforms.sagemaker.errors import CloudError, translated
from mlcl.records import Record
from mlcl.sandbox import server

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlcl.stores import Store

_PLATFORM = re.compile(r"aws:([a-z][a-z0-9-]{0,31})")


class Settings(Record):
    """One environment. store: s3://BUCKET/PREFIX; roles: ARNs by job, endpoint, pipeline, schedule; image: URI of the
    container with its digest, '' before one was pushed; prices: US dollars an hour by instance type, where the
    environment states its own."""

    environment: str
    region: str
    store: str
    data_bucket: str = ""
    kms_key: str = ""
    roles: dict[str, str]
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    image: str = ""
    model_package_group: str = ""
    alerts_topic: str = ""
    api: dict[str, Any] = Field(default_factory=dict)
    log_group_prefix: str = ""
    prices: dict[str, float] = Field(default_factory=dict)
    tags: dict[str, str] = Field(default_factory=dict)

    @property
    def project(self) -> str:
        """What all names in AWS start with."""
        return self.model_package_group.split(f"-{self.environment}")[0] if self.model_package_group else "mlcl"

    def name(self, what: str) -> str:
        """PROJECT-ENV-WHAT, the name of a thing in AWS: at most 63 characters, as endpoints want it."""
        return f"{self.project}-{self.environment}-{what}"[:63].rstrip("-")

    def hourly(self, use: str, instance: str) -> float | None:
        """US dollars an hour of a machine (use: processing, training, hosting, transform, notebook); None: unknown."""
        return machine(use, instance, self.region, self.prices)

    @property
    def schedules(self) -> str:
        """Group of the environment's schedules; the role that they act with trusts no other."""
        return self.name("")

    @property
    def container(self) -> str:
        """The image of our container; CloudError when none was pushed yet."""
        if not self.image:
            raise CloudError(
                "No container image has been pushed to this environment.",
                where=f"/mlcl/{self.environment}/settings, image",
                fix=f"Build and push it: mlcl infra image --env {self.environment} (see docs/aws-run.md).",
            )
        return self.image


class Cloud:
    """One environment with its clients, made at the first use of each."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._clients: dict[str, Any] = {}

    @classmethod
    def open(cls, platform: str) -> Cloud:
        """The environment that `aws:ENV` names."""
        name = environment(platform)
        if name == "sandbox":
            server.enter()
        parameter = f"/mlcl/{name}/settings"
        try:
            with translated(parameter):
                text = client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
        except CloudError as error:
            if error.code != "ParameterNotFound":
                raise
            raise CloudError(
                f"There is no environment '{name}' in this account and region.",
                where=parameter,
                code=error.code,
                fix=f"Make it with: mlcl infra apply --env {name}; or check AWS_PROFILE and AWS_REGION.",
            ) from error
        try:
            return cls(Settings.model_validate(json.loads(text)))
        except (ValueError, ValidationError) as error:
            raise CloudError(
                "The settings of the environment are damaged.",
                where=parameter,
                found=str(error).splitlines()[0],
                fix=f"Write them anew with: mlcl infra apply --env {name}",
            ) from error

    @classmethod
    def inside(cls, environment: str, store: Store) -> Cloud:
        """As a job sees the environment that it runs in: enough to publish its figures."""
        region = os.environ.get("AWS_REGION", "")
        return cls(Settings(environment=environment, region=region, store=store.address, roles={}))

    @property
    def platform(self) -> str:
        return f"aws:{self.settings.environment}"

    @cached_property
    def store(self) -> Store:
        from mlcl.stores import Store

        return Store(self.settings.store)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = client(service, self.settings.region)
        return self._clients[service]

    def call(self, service: str, operation: str, where: str = "", **arguments: Any) -> Mapping[str, Any]:
        """One call of AWS; its errors are ours."""
        with translated(where):
            answer: Mapping[str, Any] = getattr(self.client(service), operation)(**arguments)
        return answer

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        """All items of a listing."""
        found: list[Any] = []
        token: dict[str, str] = {}
        while True:
            answer = self.call(service, operation, **arguments, **token)
            found += answer.get(key, [])
            if not answer.get("NextToken"):
                return found
            token = {"NextToken": answer["NextToken"]}

    @property
    def tags(self) -> dict[str, str]:
        return {**self.settings.tags, "mlcl:environment": self.settings.environment}


def environment(platform: str) -> str:
    """ENV of 'aws:ENV'; UsageError when it is not written so."""
    match = _PLATFORM.fullmatch(platform)
    if not match:
        raise UsageError("There is no such platform.", where="--on", found=platform, fix="Use local or aws:ENV.")
    return match[1]


def client(service: str, region: str | None = None) -> Any:
    """A client of AWS that repeats what may be repeated, and gives up within a minute or two."""
    try:
        import boto3
        from botocore.config import Config
    except ModuleNotFoundError as error:
        raise MlclError("The AWS client is not installed.", found=str(error), fix="pip install 'mlcl[aws]'") from error
    config = Config(
        retries={"mode": "standard", "max_attempts": 6}, connect_timeout=10, read_timeout=70, user_agent_extra="mlcl"
    )
    with translated(service):
        return boto3.session.Session().client(service, region_name=region, config=config)  # type: ignore[call-overload]


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as AWS wants them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
