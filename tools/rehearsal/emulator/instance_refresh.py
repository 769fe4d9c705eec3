"""Adds instance refreshes, which moto lacks, to its Auto Scaling: start, describe, cancel, roll back.

As in AWS, a refresh is Pending, then InProgress. When it succeeds, the group takes over the desired configuration and
its instances are replaced. When it rolls back (RollbackInProgress, then RollbackSuccessful), the group keeps the
configuration that it had when the refresh started. `control.py` says which end is wanted, and when. A refresh that may
stop no instance before its successor serves gets nowhere while that one cannot be launched, see `launches.py`. A group
of machines that were booted elsewhere, see `booted_instances.py`, is refreshed when none of another version is left; in
any case a watched alarm that fires rolls a refresh back.
"""

import math
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.responses import ActionResult

import booted_instances
import control
import launches

ENDED = ("Successful", "Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed")


class RefreshError(AutoscalingClientError):
    code = 400


@dataclass
class Refresh:
    group: FakeAutoScalingGroup
    preferences: dict
    desired: dict
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: float = field(default_factory=time.time)
    # Since when nothing has been in its way.
    moving: float = field(default_factory=time.time)
    ended: float | None = None
    status: str = "Pending"
    percent: int = 0
    reason: str | None = None

    @property
    def active(self) -> bool:
        return self.status not in ENDED

    def advance(self) -> None:
        """Brings the refresh to where the clock says it is."""
        if not self.active:
            return
        fires = self._firing()
        if fires:
            self.end("RollbackSuccessful", f"Rolled back because of the CloudWatch alarm {fires}.")
            return
        if booted_instances.members(self.group):
            self._advance_booted()
            return
        if self._waits_for_room():
            self.status, self.moving = "InProgress", time.time()
            return
        wanted = control.read()
        elapsed = time.time() - self.moving
        share = min(1, elapsed / wanted.refresh_seconds) if wanted.refresh_seconds else 1
        if share == 1:
            self.end(wanted.refresh_outcome, wanted.refresh_reason)
        elif share > 0.6 and wanted.refresh_outcome.startswith("Rollback"):
            self.status, self.percent, self.reason = "RollbackInProgress", 50, wanted.refresh_reason
        elif share > 0.2:
            self.status, self.percent = "InProgress", int(share * 100)

    def _firing(self) -> str | None:
        """A watched alarm that fires."""
        backend = self.group.autoscaling_backend
        known = cloudwatch_backends[backend.account_id][backend.region_name].alarms
        watched = self.preferences.get("AlarmSpecification", {}).get("Alarms") or []
        return next((name for name in watched if name in known and known[name].state_value == "ALARM"), None)

    def _advance_booted(self) -> None:
        machines, wanted = booted_instances.members(self.group), booted_instances.version_of(self.desired)
        fresh = [each for each in machines if each.version == wanted]
        serving = len([each for each in fresh if each.serves])
        self.status = "InProgress"
        self.percent = min(99, 100 * serving // max(1, self.group.desired_capacity))
        if len(fresh) == len(machines) and serving >= self.group.desired_capacity:
            self.end("Successful", "")

    def _waits_for_room(self) -> bool:
        desired = self.group.desired_capacity
        serving = math.ceil(desired * int(self.preferences.get("MinHealthyPercentage", 90)) / 100)
        return serving >= desired > 0 and launches.launch_fails(self.group)

    def end(self, status: str, reason: str) -> None:
        self.status, self.ended = status, time.time()
        if status == "Successful":
            self.percent, self.reason = 100, None
            self._replace_instances()
        else:
            self.reason = reason

    def _replace_instances(self) -> None:
        template, mixed = self.desired.get("LaunchTemplate"), self.desired.get("MixedInstancesPolicy")
        if template or mixed:
            self.group.mixed_instances_policy = mixed
            self.group._set_launch_configuration(None, template, mixed)
        if booted_instances.members(self.group):
            return
        capacity = self.group.desired_capacity
        replaced = [{"Id": each.instance.id} for each in self.group.instance_states]
        self.group.set_desired_capacity(0)
        self.group.set_desired_capacity(capacity)
        for target_group in self.group.target_group_arns or []:  # moto registers new instances only
            self.group.autoscaling_backend.elbv2_backend.deregister_targets(target_group, replaced)

    def describe(self) -> dict:
        self.advance()
        seen = {
            "InstanceRefreshId": self.id,
            "AutoScalingGroupName": self.group.name,
            "Status": self.status,
            "StatusReason": self.reason,
            "StartTime": _moment(self.started),
            "EndTime": _moment(self.ended),
            "PercentageComplete": self.percent,
            "InstancesToUpdate": len(self.group.instance_states) if self.active else 0,
            "Preferences": self.preferences,
            "DesiredConfiguration": self.desired,
        }
        return {name: value for name, value in seen.items() if value not in (None, {})}


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _group_and_refreshes(response: AutoScalingResponse) -> tuple[FakeAutoScalingGroup, list[Refresh]]:
    """The request's group and its refreshes, latest first."""
    name = response._get_param("AutoScalingGroupName")
    group = response.autoscaling_backend.autoscaling_groups.get(name)
    if group is None:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    if not hasattr(group, "refreshes"):
        group.refreshes = []
    for refresh in group.refreshes:
        refresh.advance()
    return group, group.refreshes


def _check(preferences: dict, desired: dict) -> None:
    """Refuses what AWS refuses of an automatic rollback."""
    if str(preferences.get("AutoRollback", False)).lower() != "true":
        return
    if not desired:
        raise ValidationError(
            "The AutoRollback parameter cannot be set to true when the DesiredConfiguration parameter is empty."
        )
    if not booted_instances.version_of(desired).isdigit():
        raise ValidationError("The AutoRollback parameter needs a numbered version of the launch template.")


def start_instance_refresh(self) -> ActionResult:
    group, refreshes = _group_and_refreshes(self)
    if any(each.active for each in refreshes):
        raise RefreshError("InstanceRefreshInProgress", "An Instance Refresh is already in progress.")
    preferences, desired = self._get_param("Preferences", {}), self._get_param("DesiredConfiguration", {})
    _check(preferences, desired)
    refresh = Refresh(group, preferences, desired)
    refreshes.insert(0, refresh)
    return ActionResult({"InstanceRefreshId": refresh.id})


def describe_instance_refreshes(self) -> ActionResult:
    _, refreshes = _group_and_refreshes(self)
    wanted = self._get_param("InstanceRefreshIds", [])
    shown = [each.describe() for each in refreshes if not wanted or each.id in wanted]
    return ActionResult({"InstanceRefreshes": shown[: self._get_param("MaxRecords") or 50]})


def _end_active(response: AutoScalingResponse, status: str) -> ActionResult:
    _, refreshes = _group_and_refreshes(response)
    active = next((each for each in refreshes if each.active), None)
    if active is None:
        raise RefreshError("ActiveInstanceRefreshNotFound", "No in progress or pending Instance Refresh found.")
    active.end(status, "Ended by request.")
    return ActionResult({"InstanceRefreshId": active.id})


def cancel_instance_refresh(self) -> ActionResult:
    return _end_active(self, "Cancelled")


def rollback_instance_refresh(self) -> ActionResult:
    return _end_active(self, "RollbackSuccessful")


def install() -> None:
    operations = (
        start_instance_refresh,
        describe_instance_refreshes,
        cancel_instance_refresh,
        rollback_instance_refresh,
    )
    for operation in operations:
        setattr(AutoScalingResponse, operation.__name__, operation)
