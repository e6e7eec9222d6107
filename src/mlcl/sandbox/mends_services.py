"""What moto's API Gateway and ECS forget of what they were told, so that Terraform wants to set it for ever."""

from __future__ import annotations

import json
from typing import Any

# Members of CreateService and UpdateService -> attributes of moto's service, in the spelling of its serializer.
_OF_A_SERVICE = {
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "deploymentConfiguration": "deployment_configuration",
}


def binary_types_of_an_api() -> None:
    """CreateRestApi forgets which bodies are binary."""
    from moto.apigateway.responses import APIGatewayResponse

    told = getattr(APIGatewayResponse.create_rest_api, "told", APIGatewayResponse.create_rest_api)

    def create_rest_api(self: Any) -> Any:
        answer = told(self)
        types = self._get_param("binaryMediaTypes")
        if answer[0] != 200 or not types:
            return answer
        document = {**json.loads(answer[2]), "binaryMediaTypes": types}
        self.backend.apis[document["id"]].binaryMediaTypes = list(types)
        return answer[0], answer[1], json.dumps(document)

    create_rest_api.told = told  # type: ignore[attr-defined]
    APIGatewayResponse.create_rest_api = create_rest_api


def details_of_a_container_service() -> None:
    """ECS forgets a service's tags of its own, its grace period, and how it is spread and rolled out."""
    from moto.ecs.models import Service
    from moto.ecs.responses import EC2ContainerServiceResponse as Responses

    Service.availability_zone_rebalancing = "DISABLED"  # AWS's default
    for name in ("create_service", "update_service"):
        setattr(Responses, name, _keeping(getattr(Responses, name)))


def _keeping(method: Any) -> Any:
    told = getattr(method, "told", method)

    def keeping(self: Any) -> Any:
        answer = told(self)
        service = answer.result["service"]
        for member, attribute in _OF_A_SERVICE.items():
            value = self._get_param(member)
            if value is not None:
                setattr(service, attribute, value)
        return answer

    keeping.told = told  # type: ignore[attr-defined]
    return keeping
