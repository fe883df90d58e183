"""The web as it runs in production, in this process: uvicorn, and streams that stay open."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from unittest.mock import patch

import uvicorn
from django.core.asgi import get_asgi_application
from django.db import connections

PATIENCE_SECONDS = 10
"""A request that is cut off would leave its connection behind, and the database could not go."""


@contextmanager
def serving() -> Iterator[str]:
    """Run a server for as long as the test lasts, and give its address."""
    config = uvicorn.Config(
        get_asgi_application(),
        lifespan="off",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=PATIENCE_SECONDS,
    )
    server = uvicorn.Server(config)
    # As in a web process: each request has a connection of its own, and leaves none behind.
    as_web = patch.dict(connections.settings["default"], CONN_MAX_AGE=0)
    with as_web, socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(2 * PATIENCE_SECONDS)
