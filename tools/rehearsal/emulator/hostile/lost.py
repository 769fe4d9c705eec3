"""Answers that get lost: the call was done, and the connection closes before the caller hears of it.

Every SDK then sends the call again, whatever it is, see
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html. It must not do harm where AWS recognises the
call, by a token, https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html, or by its settings, or where
the call says how things shall be.

Of other calls, such as CreateRole, no answer is lost here: AWS refuses the second one, and the provider takes that for
the outcome, so that the deploy fails, on an account as here, and whatever the program does. The next deploy gives what it
makes another name. What has a fixed name must be removed by hand before, as docs/deploy.md says.
"""

import collections
import threading
from collections.abc import Callable, Iterator

from waitress.channel import ClientDisconnected

from . import calls

# Parameters by which AWS knows a call again.
TOKENS = ("ClientToken", "IdempotencyToken", "ClientRequestToken", "CreatorRequestId", "clientRequestToken")

# Calls that AWS knows again by their settings: "each call succeeds", say their pages,
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html.
IDEMPOTENT = {"elbv2": {"CreateListener", "CreateLoadBalancer", "CreateTargetGroup"}}

# Calls that say how things shall be, so that the second does what the first did.
REPEATABLE = {
    "autoscaling": {"PutLifecycleHook", "PutScalingPolicy", "PutNotificationConfiguration"},
    "cloudwatch": {"PutMetricAlarm", "PutCompositeAlarm", "PutDashboard"},
    "dynamodb": {"UpdateContinuousBackups"},
    "ec2": {"ModifyVpcAttribute", "ModifySubnetAttribute"},
    "elbv2": {"ModifyLoadBalancerAttributes", "ModifyTargetGroupAttributes"},
    "events": {"PutRule", "PutTargets"},
    "iam": {"PutRolePolicy", "AttachRolePolicy"},
    "logs": {"PutRetentionPolicy", "PutMetricFilter"},
    "s3": {"PutBucketPolicy", "PutBucketVersioning", "PutPublicAccessBlock", "PutObject"},
    "sns": {"CreateTopic", "SetTopicAttributes"},
    # Only with Overwrite: without, a fixed name is taken, and the second call is refused, as every later deploy's is.
    "ssm": {"PutParameter"},
}

# The first call of an operation, and then each of so many.
PERIOD = 9

_counts: collections.Counter = collections.Counter()
_answers: dict[tuple, tuple] = {}
_lock = threading.Lock()


def around(inner: Callable) -> Callable:
    def application(environ, start_response):
        call = environ[calls.ENVIRON] if calls.ENVIRON in environ else calls.read(environ)
        if call is None:
            return inner(environ, start_response)
        token = _token(call)
        if token in _answers:
            status, headers, content = _answers[token]
        else:
            status, headers, content = _serve(inner, environ)
        done = status.startswith("2")
        if done and token:
            _answers[token] = status, headers, content
        start_response(status, headers)
        return _nothing(call) if done and _loses(call, token) else [content]

    return application


def _serve(inner: Callable, environ: dict) -> tuple[str, list, bytes]:
    said: list[tuple] = []

    def start(status, headers, exc_info=None):
        said.append((status, headers))

    content = b"".join(inner(environ, start))
    return *said[-1], content


def _token(call: calls.Call) -> tuple | None:
    """What AWS knows the call again by."""
    found = next((call.params[name] for name in TOKENS if call.params.get(name)), None)
    if call.operation in IDEMPOTENT.get(call.service, ()):
        found = repr(call.params)
    return found and (call.service, call.operation, call.region, found)


def _loses(call: calls.Call, token: tuple | None) -> bool:
    if not token and call.operation not in REPEATABLE.get(call.service, ()):
        return False
    # SST's own passphrase, which its CLI puts once. It fails then, and finds the passphrase when it runs again.
    if str(call.params.get("Name", "")).startswith("/sst/passphrase/"):
        return False
    with _lock:
        _counts[call.service, call.operation] += 1
        return _counts[call.service, call.operation] % PERIOD == 1


def _nothing(call: calls.Call) -> Iterator[bytes]:
    """No answer, on a connection that waitress closes then."""
    raise ClientDisconnected(f"{call.operation} is done, and its answer gets lost")
    yield b""
