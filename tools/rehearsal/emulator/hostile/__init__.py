"""An AWS that is late and strict: what people meet on an account, and moto alone never does.

A layer is a module with `refuse(call)`, which says why AWS would not do it, and perhaps with `served(call)`, which
learns what was done. `EMULATOR_HOSTILE` names those that are on, e.g. `texts,throttle`; without it none is.
"""

import importlib
import os
from collections.abc import Callable

from . import calls, lost

LAYERS = ("texts", "alarms", "roles", "newcomer", "gateways", "zones", "throttle")


def around(inner: Callable) -> Callable:
    """WSGI middleware: moto with the wanted layers."""
    names = [each for each in os.environ.get("EMULATOR_HOSTILE", "").split(",") if each]
    known = (*LAYERS, "lost")
    for name in names:
        if name not in known:
            raise SystemExit(f'EMULATOR_HOSTILE: no layer "{name}"; there are {", ".join(known)}')
    layers = [importlib.import_module(f".{name}", __name__) for name in LAYERS if name in names]
    serve = lost.around(inner) if "lost" in names else inner
    return _application(layers, serve) if names else inner


def _application(layers: list, inner: Callable) -> Callable:
    def application(environ, start_response):
        call = calls.read(environ)
        if call is None:
            return inner(environ, start_response)
        environ[calls.ENVIRON] = call
        for layer in layers:
            refusal = layer.refuse(call)
            if refusal:
                return calls.refuse(call, refusal, start_response)
        done = []

        def start(status, headers, exc_info=None):
            done.append(status.startswith("2"))
            return start_response(status, headers, exc_info)

        try:
            return [b"".join(inner(environ, start))]
        finally:
            for layer in layers if any(done) else []:
                if hasattr(layer, "served"):
                    layer.served(call)

    return application
