"""What anybody may ask of the sign-in form: a few passwords at once, and not many wrong ones.

Counted in this process's memory, before the database is asked for anything: whoever floods the form
must neither use up the processors nor the places at the database, which the clocks need.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from threading import BoundedSemaphore

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from escalation.browser import device_tokens

AT_ONCE = 2
"""Passwords that a process looks at together: each takes 100 MB, and a tenth of a second of every
processor. Browsers that were signed in with before have as many places of their own."""
PATIENCE_SECONDS = 2.0
"""How long somebody waits for a place."""
MOST_FAILURES = 60
"""Wrong passwords from one address. Generous: a whole office may come from one."""
FAILED_SECONDS = settings.AXES_COOLOFF_TIME.total_seconds()
"""How long one counts: as long as those for one person do, and as the page says."""

_places = {is_known: BoundedSemaphore(AT_ONCE) for is_known in (True, False)}


def is_known(request: HttpRequest) -> bool:
    """Say whether somebody has signed in with this browser before. The cookie is signed."""
    return bool(device_tokens(request))


@contextmanager
def place(request: HttpRequest) -> Iterator[bool]:
    """Hold a place among those whose password is looked at; False when none came free in time."""
    places = _places[is_known(request)]
    has_place = places.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield has_place
    finally:
        if has_place:
            places.release()


def locked_seconds(request: HttpRequest) -> int:
    """Tell how long this address must wait; 0 for one that may try, or a browser that is known."""
    failed_at = [] if is_known(request) else _failures(_key(request))
    if len(failed_at) < MOST_FAILURES:
        return 0
    return ceil(failed_at[-MOST_FAILURES] + FAILED_SECONDS - time.monotonic())


def note_failure(request: HttpRequest) -> None:
    """Count a wrong password against the address that it came from."""
    key = _key(request)
    if key and not is_known(request):
        failed_at = [*_failures(key), time.monotonic()]
        cache.set(key, failed_at[-MOST_FAILURES:], FAILED_SECONDS)


def _failures(key: str) -> list[float]:
    """List when wrong passwords came, in steady seconds: a host's clock may be set back."""
    since = time.monotonic() - FAILED_SECONDS
    return [at for at in cache.get(key, []) if at > since]


def _key(request: HttpRequest) -> str:
    """Name the network that somebody comes from: in IPv6 each has 2^64 addresses to try from.

    Empty where the web server does not say: all would be one.
    """
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    bits = 64 if isinstance(address, IPv6Address) else 32
    return f"wrong-passwords:{ip_network((int(address), bits), strict=False)}"
