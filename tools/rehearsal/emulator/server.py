"""Serves moto by waitress, a server for production, one request at a time.

moto's own server is werkzeug's development server, which loses answers on a busy machine: the client retries and meets
what its first request created.

moto changes and lists objects in several threads without a lock: listing a bucket while it is emptied fails. Python
computes in one thread at a time, so that taking turns costs nothing.
"""

import os
import threading
from collections.abc import Callable

import waitress
import waitress.channel
import waitress.task
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

THREADS = 16
CONNECTIONS = 1000
# moto may send a request to itself, which must not wait for the one that it is part of.
TURN_SECONDS = 30


def serve(host: str, port: int, layers: list[Callable[[Callable], Callable]]) -> None:
    """Serves until SIGTERM or SIGINT.

    `layers` are WSGI middlewares around moto, the innermost first.
    """
    os.environ["MOTO_PORT"] = str(port)
    application = _in_turn(_with_raw_address(DomainDispatcherApplication(create_backend_app)))
    for layer in layers:
        application = layer(application)
    waitress.channel.HTTPChannel.task_class = _OnlyCall
    waitress.serve(
        application,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,
        ident=None,
    )


class _OnlyCall(waitress.task.WSGITask):
    """A call on a connection of its own. A client never closes one that it thinks idle while it waits for an answer, as
    the Terraform provider does once in a thousand calls when the tools let its time fly."""

    def __init__(self, channel, request):
        request.headers["CONNECTION"] = "close"
        super().__init__(channel, request)


def _in_turn(inner: Callable) -> Callable:
    """Lets one request at a time in, and its whole answer out."""
    turn = threading.Lock()

    def application(environ, start_response):
        taken = turn.acquire(timeout=TURN_SECONDS)
        try:
            return [b"".join(inner(environ, start_response))]
        finally:
            if taken:
                turn.release()

    return application


def _with_raw_address(inner: Callable) -> Callable:
    """Names the address as it arrived as werkzeug does, which is where moto looks for keys with encoded slashes."""

    def application(environ, start_response):
        environ["RAW_URI"] = environ["REQUEST_URI"]
        return inner(environ, start_response)

    return application
