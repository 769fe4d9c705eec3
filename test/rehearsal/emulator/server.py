"""Serves moto by waitress, a server for production.

moto's own server is werkzeug's for development, which under load accepts connections and closes them without an
answer: the client sends its request again and meets what the first one made.
"""

import os
from collections.abc import Callable

import waitress
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

THREADS = 16
CONNECTIONS = 1000
# Longer than any client keeps a connection in its pool, so that none is closed under a request.
IDLE_SECONDS = 600


def serve(host: str, port: int, layers: list[Callable[[Callable], Callable]]) -> None:
    """Serves until SIGTERM or SIGINT.

    `layers` are WSGI middlewares around moto, the innermost first.
    """
    # moto sends requests to itself.
    os.environ["MOTO_PORT"] = str(port)
    application = _with_raw_address(DomainDispatcherApplication(create_backend_app))
    for layer in layers:
        application = layer(application)
    waitress.serve(
        application,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        asyncore_use_poll=True,
        ident=None,
    )


def _with_raw_address(inner: Callable) -> Callable:
    """Names the address as it arrived as werkzeug does, which is where moto looks for keys with encoded slashes."""

    def application(environ, start_response):
        environ["RAW_URI"] = environ["REQUEST_URI"]
        return inner(environ, start_response)

    return application
