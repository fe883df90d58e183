"""Values out of the environment; a name with `_FILE` behind it reads the value from a file."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"", "0", "false", "no", "off"}
POSTGRES_SCHEMES = {"postgres", "postgresql"}
SECRET_BYTES = 50

KEPT_SECONDS = 60
"""How long a thread of a worker or a clock keeps its connection to a file."""
WEB_CONNECTIONS = 16
"""Idle connections that a web process keeps for its next requests."""
WEB_PATIENCE_SECONDS = 7.0
"""A request that waits for longer than this for one reply says that the database is away."""
CLIENT_LIMITS: dict[str, Any] = {
    "connect_timeout": 3,
    # A server that has gone without a word, with its network or its power, is noticed.
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
SERVER_LIMITS = {
    # A process that freezes in the middle of a transaction must let go of its incident.
    "idle_in_transaction_session_timeout": "5s",
    # Longer than that: whatever else holds a row may hold it for good.
    "lock_timeout": "6s",
}
WEB_LIMITS = {
    # Longer than a frozen process can hold a row, shorter than the patience above.
    "statement_timeout": "6s",
}


def env(name: str, default: str = "") -> str:
    """Give a value; an empty one counts as not set.

    Raises ImproperlyConfigured for a file that cannot be read.
    """
    path = os.environ.get(f"{name}_FILE", "")
    if not path:
        return os.environ.get(name, "") or default
    try:
        return Path(path).read_text(encoding="utf-8").strip() or default
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error


def env_bool(name: str, default: bool = False) -> bool:
    value = env(name, str(int(default))).lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")
    return value in TRUE


def env_int(name: str, default: int) -> int:
    value = env(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number.") from None


def env_list(name: str) -> list[str]:
    """Give the parts between commas, without blanks."""
    return [part.strip() for part in env(name).split(",") if part.strip()]


def env_url(name: str) -> str:
    """Give a web address, or nothing. Raises ImproperlyConfigured for anything else."""
    value = env(name)
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ImproperlyConfigured(f"{name} is not a web address: start it with https://")
    return value


def database(url: str, var: Path, *, is_web: bool = False) -> dict[str, Any]:
    """Read a database URL; an empty one means SQLite in `var`.

    Raises ImproperlyConfigured for a URL of anything but PostgreSQL or SQLite.
    """
    parts = urlsplit(url)
    if parts.scheme in POSTGRES_SCHEMES:
        # For good: where a flood of requests has every place that the server has, a clock that
        # gives its own away gets none again. One that is broken is given up all the same.
        return {**_postgres(url, is_web=is_web), "CONN_MAX_AGE": 0 if is_web else None}
    if url and parts.scheme != "sqlite":
        raise ImproperlyConfigured("DATABASE_URL is postgres://…, sqlite:///… or empty.")
    path = Path(unquote(parts.path[1:])) if url else var / "codered.sqlite3"
    # In the web each request has a thread of its own, so what a thread keeps is kept for nobody.
    return {**_sqlite(path), "CONN_MAX_AGE": 0 if is_web else KEPT_SECONDS}


def _postgres(url: str, *, is_web: bool) -> dict[str, Any]:
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    limits = SERVER_LIMITS | (WEB_LIMITS if is_web else {})
    # Later ones win: what the URL says about the session has the last word.
    said = [f"-c {name}={value}" for name, value in limits.items()] + [given.pop("options", "")]
    options: dict[str, Any] = {**CLIENT_LIMITS, "options": " ".join(filter(None, said)), **given}
    # Only for who asks for it, which the ORM does not: Django's default is for nobody.
    options["prepare_threshold"] = 1
    # A socket's directory has slashes: it comes percent-encoded, or as ?host=/run/postgresql.
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "config.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "KEPT": WEB_CONNECTIONS if is_web else 0,
        "PATIENCE_SECONDS": WEB_PATIENCE_SECONDS if is_web else None,
        "OPTIONS": options,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "config.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            # Without IMMEDIATE two writers that have read first refuse each other at once.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: what was accepted is evidence, and survives a power cut.
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
        },
    }


def kept_secret(path: Path) -> str:
    """Give the secret of this file, made at the first call. Two callers at once get the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(SECRET_BYTES), encoding="utf-8")
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text(encoding="utf-8").strip()
