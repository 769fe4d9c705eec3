"""What Cloudsplaining knows of ways to more rights, and which of them a policy opens on every resource."""

import json
import sys

from cloudsplaining.scan.policy_document import PolicyDocument
from cloudsplaining.shared.constants import PRIVILEGE_ESCALATION_METHODS

policy = PolicyDocument(json.load(sys.stdin))
answer = {
    "methods": PRIVILEGE_ESCALATION_METHODS,
    "open": [each["type"] for each in policy.allows_privilege_escalation],
    "unbounded": {
        "exfiltration": policy.allows_data_exfiltration_actions,
        "exposure": policy.credentials_exposure,
        "permissions": policy.permissions_management_without_constraints,
    },
}
json.dump(answer, sys.stdout)
