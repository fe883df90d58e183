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


def database(url: str, var: Path) -> dict[str, Any]:
    """Read a database URL; an empty one means SQLite in `var`.

    Raises ImproperlyConfigured for a URL of anything but PostgreSQL or SQLite.
    """
    parts = urlsplit(url)
    if parts.scheme in POSTGRES_SCHEMES:
        return _postgres(url)
    if url and parts.scheme != "sqlite":
        raise ImproperlyConfigured("DATABASE_URL is postgres://…, sqlite:///… or empty.")
    return _sqlite(Path(unquote(parts.path[1:])) if url else var / "codered.sqlite3")


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options: dict[str, Any] = {"connect_timeout": 3, **dict(parse_qsl(parts.query))}
    # A socket's directory has slashes: it comes percent-encoded, or as ?host=/run/postgresql.
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
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
