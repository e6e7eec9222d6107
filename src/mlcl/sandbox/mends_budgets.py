"""AWS Budgets: what moto's lacks, in the words of its own backend."""

from __future__ import annotations

import json
from typing import Any

from mlcl.sandbox.wire import ACCOUNT


def apply() -> None:
    from moto.budgets.responses import BudgetsResponse

    for name in _OPERATIONS:
        setattr(BudgetsResponse, name, globals()[f"_{name}"])


def _create_budget(self: Any) -> str:
    budget = self._get_param("Budget")
    self.backend.create_budget(
        account_id=self._get_param("AccountId"),
        budget=budget,
        notifications=self._get_param("NotificationsWithSubscribers", []),
    )
    _tags(self)[_arn(budget["BudgetName"])] = {t["Key"]: t["Value"] for t in self._get_param("ResourceTags", [])}
    return "{}"


def _update_budget(self: Any) -> str:
    new = self._get_param("NewBudget")
    _budget(self, new["BudgetName"]).budget.update(new)
    return "{}"


def _update_notification(self: Any) -> str:
    _notification(self, self._get_param("OldNotification")).details = self._get_param("NewNotification")
    return "{}"


def _create_subscriber(self: Any) -> str:
    _notification(self).subscribers.append(self._get_param("Subscriber"))
    return "{}"


def _update_subscriber(self: Any) -> str:
    subscribers = _notification(self).subscribers
    subscribers[subscribers.index(self._get_param("OldSubscriber"))] = self._get_param("NewSubscriber")
    return "{}"


def _delete_subscriber(self: Any) -> str:
    _notification(self).subscribers.remove(self._get_param("Subscriber"))
    return "{}"


def _describe_subscribers_for_notification(self: Any) -> str:
    return json.dumps({"Subscribers": _notification(self).subscribers})


def _list_tags_for_resource(self: Any) -> str:
    tags = _tags(self).get(self._get_param("ResourceARN"), {})
    return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]})


def _tag_resource(self: Any) -> str:
    new = {tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags")}
    _tags(self).setdefault(self._get_param("ResourceARN"), {}).update(new)
    return "{}"


def _untag_resource(self: Any) -> str:
    tags = _tags(self).get(self._get_param("ResourceARN"), {})
    for key in self._get_param("ResourceTagKeys"):
        tags.pop(key, None)
    return "{}"


_OPERATIONS = (
    "create_budget",
    "update_budget",
    "update_notification",
    "create_subscriber",
    "update_subscriber",
    "delete_subscriber",
    "describe_subscribers_for_notification",
    "list_tags_for_resource",
    "tag_resource",
    "untag_resource",
)


def _arn(name: str) -> str:
    return f"arn:aws:budgets::{ACCOUNT}:budget/{name}"


def _tags(self: Any) -> dict[str, dict[str, str]]:
    tags: dict[str, dict[str, str]] = self.backend.__dict__.setdefault("resource_tags", {})
    return tags


def _budget(self: Any, name: str) -> Any:
    self.backend.describe_budget(account_id=self._get_param("AccountId") or ACCOUNT, budget_name=name)  # or it raises
    return self.backend.budgets[self._get_param("AccountId") or ACCOUNT][name]


def _notification(self: Any, wanted: Any = None) -> Any:
    from moto.budgets.exceptions import NotFoundException

    wanted = wanted or self._get_param("Notification")
    name = self._get_param("BudgetName")
    same = {"ThresholdType": "PERCENTAGE", "NotificationState": "OK"}
    for notification in _budget(self, name).notifications:
        if {**same, **notification.details} == {**same, **wanted}:
            return notification
    raise NotFoundException(f"Unable to find the notification of budget: {name}.")
