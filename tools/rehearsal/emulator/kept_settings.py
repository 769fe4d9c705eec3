"""Copies settings of a request to moto's object, where answers read them.

moto drops them and answers with nothing or a made-up value, so that the provider finds a difference in each deploy.
"""

import re

_NUMBER = re.compile(r"(Cooldown|Warmup|Lifetime|Percentage|Interval|Period)$")


def after(response: type, operation: str, keep) -> None:
    """Calls `keep(response, answer)` when an operation of a moto response class has succeeded."""
    original = getattr(response, operation)

    def call(self):
        answer = original(self)
        keep(self, answer)
        return answer

    setattr(response, operation, call)


def keep(target: object, request: dict, names: tuple[str, ...]) -> None:
    """Copies members of a request to attributes: `MonitoringRoleArn` to `monitoring_role_arn`."""
    for name in names:
        if request.get(name) not in (None, ""):
            setattr(target, _attribute(name), typed(request[name], name))


def typed(value, name: str = ""):
    """A member as what it is, where the query protocol has text."""
    if isinstance(value, dict):
        return {key: typed(each, key) for key, each in value.items()}
    if not isinstance(value, str):
        return value
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    return int(value) if _NUMBER.search(name) else value


def _attribute(name: str) -> str:
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", words).lower()
