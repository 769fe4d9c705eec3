"""Refuses what AWS refuses of balancers: deleting a protected one or one behind CloudFront, and a target group of two.

Sources: the Application Load Balancer's guide, "Deletion protection", and the API reference of CreateRule
(TargetGroupAssociationLimit) and DeleteLoadBalancer (ResourceInUse, OperationNotPermitted).
"""

from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend
from vpc_origins import is_behind_an_origin


def _groups(backend: ELBv2Backend, actions) -> set[str]:
    forwards = [action for action in actions if action.type == "forward"]
    return {arn for action in forwards for arn in backend._get_target_group_arns_from(action_data=action.data)}


def _balancers_of(backend: ELBv2Backend, group: str) -> set[str]:
    """Balancers with a rule, default or not, that forwards to a target group."""
    return {
        balancer.arn
        for balancer in backend.load_balancers.values()
        for listener in balancer.listeners.values()
        for rule in listener.rules.values()
        if group in _groups(backend, rule.actions)
    }


def install() -> None:
    delete, create_rule = ELBv2Backend.delete_load_balancer, ELBv2Backend.create_rule

    def delete_load_balancer(self, arn: str) -> None:
        balancer = self.load_balancers.get(arn)
        if balancer and balancer.attrs.get("deletion_protection.enabled") == "true":
            raise ELBClientError("OperationNotPermitted", f"Load balancer '{arn}' cannot be deleted: it is protected.")
        if is_behind_an_origin(self.account_id, arn):
            raise ELBClientError("ResourceInUse", f"Load balancer '{arn}' is associated with another service.")
        delete(self, arn)

    def create_rule_of_one_balancer(self, listener_arn, conditions, priority, actions, tags=None):
        listeners = self.describe_listeners(None, [listener_arn])
        own = {listener.load_balancer_arn for listener in listeners}
        for action in actions:
            for arn in self._get_target_group_arns_from(action_data=action) if action["Type"] == "forward" else []:
                if _balancers_of(self, arn) - own:
                    raise ELBClientError(
                        "TargetGroupAssociationLimit", f"Target group '{arn}' belongs to another load balancer."
                    )
        return create_rule(self, listener_arn, conditions, priority, actions, tags)

    ELBv2Backend.delete_load_balancer = delete_load_balancer
    ELBv2Backend.create_rule = create_rule_of_one_balancer
