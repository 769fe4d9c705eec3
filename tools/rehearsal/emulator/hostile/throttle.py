"""Calls that come too fast, now and then: the same ones in each run with the same order of calls.

https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html and the "Common Errors" of each API reference.
A call that is sent again is let through, as every SDK waits before it does; one that changes something for good,
because its answer may get lost besides, and some of the provider's clients try three times.
"""

import itertools
import threading

from .calls import Call, Refusal

# One of so many.
PERIOD = 23

_EC2 = Refusal("Request limit exceeded.", "RequestLimitExceeded", 503)
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
_S3 = Refusal("Please reduce your request rate.", "SlowDown", 503)
_BY_PROTOCOL = {
    "query": Refusal("Rate exceeded", "Throttling", 400),
    "json": Refusal("Rate exceeded", "ThrottlingException", 400),
    "rest-json": Refusal("Rate exceeded", "TooManyRequestsException", 429),
    "rest-xml": Refusal("Rate exceeded", "Throttling", 400),
}

_ordinals = itertools.count(1)
_refused: set[tuple] = set()
_lock = threading.Lock()


def refuse(call: Call) -> Refusal | None:
    caller = call.service, call.operation, repr(call.params)
    with _lock:
        if caller in _refused:
            if call.operation.startswith(("Describe", "Get", "List")):
                _refused.discard(caller)
            return None
        if next(_ordinals) % PERIOD:
            return None
        _refused.add(caller)
    return {"ec2": _EC2, "s3": _S3}.get(call.service) or _BY_PROTOCOL[call.protocol]
