"""Mends of moto's EC2 (see mends.py)."""

from __future__ import annotations

from inspect import signature
from typing import Any


def descriptions_of_rules() -> None:
    """moto keeps the description of a security group's rule for addresses only, not for groups and prefix lists, so
    that Terraform wants to set it for ever."""
    from moto.ec2.models.security_groups import SecurityGroupRule

    plain = getattr(SecurityGroupRule.__init__, "plain", SecurityGroupRule.__init__)

    def create(self: Any, *given: Any, **named: Any) -> None:
        plain(self, *given, **named)
        known = signature(plain).bind(self, *given, **named).arguments
        targets = (known.get(name) or {} for name in ("ip_range", "source_group", "prefix_list_id"))
        told = next((target["Description"] for target in targets if target.get("Description")), None)
        if told:
            self.ip_range = {**self.ip_range, "Description": told}

    create.plain = plain  # type: ignore[attr-defined]
    SecurityGroupRule.__init__ = create


def rules_that_are_gone() -> None:
    """Of a rule that is gone already (a request that was repeated after its answer was lost), AWS says that there is no
    such rule, and Terraform is content; moto says that there is no such permission, and Terraform fails."""
    from moto.ec2.exceptions import EC2ClientError, InvalidPermissionNotFoundError
    from moto.ec2.models.security_groups import SecurityGroupBackend

    for name in ("revoke_security_group_ingress", "revoke_security_group_egress"):
        found = getattr(SecurityGroupBackend, name)
        plain = getattr(found, "plain", found)

        def revoke(self: Any, *given: Any, plain: Any = plain, **named: Any) -> Any:
            try:
                return plain(self, *given, **named)
            except InvalidPermissionNotFoundError as error:
                rules = signature(plain).bind(self, *given, **named).arguments.get("security_rule_ids")
                if not rules:
                    raise
                words = f"The security group rule ID '{rules[0]}' does not exist"
                raise EC2ClientError("InvalidSecurityGroupRuleId.NotFound", words) from error

        revoke.plain = plain  # type: ignore[attr-defined]
        setattr(SecurityGroupBackend, name, revoke)
