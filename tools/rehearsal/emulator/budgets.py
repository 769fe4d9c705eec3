"""Adds subscribers, tags and changes to moto's budgets, all of which the provider reads back."""

import json

from moto.budgets.models import Budget, Notification
from moto.budgets.responses import BudgetsResponse
from moto.core.exceptions import ServiceException
from moto.core.utils import unix_time


class NotFoundException(ServiceException):
    code = "NotFoundException"


def _find(response: BudgetsResponse, account: str, name: str) -> Budget:
    budget = response.backend.budgets[account].get(name)
    if budget is None:
        raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.")
    return budget


def _named(response: BudgetsResponse) -> Budget:
    return _find(response, response._get_param("AccountId"), response._get_param("BudgetName"))


def _tagged(response: BudgetsResponse) -> dict[str, str]:
    """The tags of the budget whose ARN the request has: arn:aws:budgets::ACCOUNT:budget/NAME."""
    name = response._get_param("ResourceARN").split(":budget/")[-1]
    budget = _find(response, response.current_account, name)
    if not hasattr(budget, "tags"):
        budget.tags = {}
    return budget.tags


def _threshold(notification: dict) -> tuple:
    """What tells one notification of a budget from another."""
    return (
        notification["NotificationType"],
        notification["ComparisonOperator"],
        float(notification["Threshold"]),
        notification.get("ThresholdType", "PERCENTAGE"),
    )


def describe_subscribers_for_notification(self) -> str:
    wanted = _threshold(self._get_param("Notification"))
    notifications: list[Notification] = _named(self).notifications
    found = [each.subscribers for each in notifications if _threshold(each.details) == wanted]
    if not found:
        raise NotFoundException("Unable to get subscribers - the notification doesn't exist.")
    return json.dumps({"Subscribers": found[0]})


def list_tags_for_resource(self) -> str:
    tags = _tagged(self).items()
    return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags]})


def tag_resource(self) -> str:
    _tagged(self).update({each["Key"]: each["Value"] for each in self._get_param("ResourceTags")})
    return "{}"


def untag_resource(self) -> str:
    tags = _tagged(self)
    for key in self._get_param("ResourceTagKeys"):
        tags.pop(key, None)
    return "{}"


def update_budget(self) -> str:
    wanted = self._get_param("NewBudget")
    budget = _find(self, self._get_param("AccountId"), wanted["BudgetName"])
    budget.budget = {**wanted, "LastUpdatedTime": unix_time()}
    return "{}"


def _create_budget(moto):
    def create_budget(self) -> str:
        answer = moto(self)
        budget = _find(self, self._get_param("AccountId"), self._get_param("Budget")["BudgetName"])
        budget.tags = {each["Key"]: each["Value"] for each in self._get_param("ResourceTags") or []}
        return answer

    return create_budget


def install() -> None:
    BudgetsResponse.create_budget = _create_budget(BudgetsResponse.create_budget)
    for operation in (
        describe_subscribers_for_notification,
        list_tags_for_resource,
        tag_resource,
        untag_resource,
        update_budget,
    ):
        setattr(BudgetsResponse, operation.__name__, operation)
