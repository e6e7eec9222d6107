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
