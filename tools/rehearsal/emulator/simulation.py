"""Adds the simulation of a principal's policies, which moto lacks, by moto's own evaluation of policies.

It evaluates actions and resources and ignores conditions: a conditional allow allows, a conditional deny does not deny.
"""

import json

from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse


def _policies(backend, arn: str) -> list[IAMPolicy]:
    kind, _, name = arn.split(":")[-1].partition("/")
    name = name.split("/")[-1]
    principals = backend.users if kind == "user" else {each.name: each for each in backend.roles.values()}
    principal = principals.get(name)
    if principal is None:
        raise NotFoundException(f"The {kind} with name {name} cannot be found.")
    inline = principal.policies.values()
    managed = [each.document for each in principal.managed_policies.values()]
    return [IAMPolicy(_unconditional(text)) for text in (*inline, *managed)]


def _unconditional(policy: str | dict) -> str:
    document = json.loads(policy) if isinstance(policy, str) else policy
    kept = [each for each in document["Statement"] if each["Effect"] == "Allow" or "Condition" not in each]
    return json.dumps({**document, "Statement": [{**each, "Condition": {}} for each in kept]})


def _decision(policies: list[IAMPolicy], action: str, resource: str) -> str:
    results = [each.is_action_permitted(action, resource) for each in policies]
    if PermissionResult.DENIED in results:
        return "explicitDeny"
    return "allowed" if PermissionResult.PERMITTED in results else "implicitDeny"


def simulate_principal_policy(self) -> ActionResult:
    policies = _policies(iam_backends[self.current_account][self.partition], self._get_param("PolicySourceArn"))
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": _decision(policies, action, resource),
            "MatchedStatements": [],
            "MissingContextValues": [],
        }
        for action in self._get_param("ActionNames", [])
        for resource in self._get_param("ResourceArns", ["*"])
    ]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


def install() -> None:
    IamResponse.simulate_principal_policy = simulate_principal_policy
