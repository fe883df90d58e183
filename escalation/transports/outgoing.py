"""Requests to addresses that people have typed in: only outwards, and only where was checked.

A name is looked up once, every address it has must be public, and the connection goes to one of
those addresses: a name that changes its mind between check and use gains nothing.
"""

import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from escalation.transports.exchange import Exchange

PORTS = {"http": 80, "https": 443}
NAT64 = IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is routed on the internet today. Source: RFC 4291, 2.4, and IANA's registry."""

Place = tuple[socket.AddressFamily, Any]


class BadUrl(Exception):
    """A URL that nothing may be sent to; the sentence is for the person who wrote it."""


@dataclass(frozen=True)
class Reply:
    """What matters of an answer; its body is never read, so it may be endless."""

    status: int
    retry_after: str


def check_url(url: str) -> None:
    """Check what can be checked of a URL without looking its name up. Raises BadUrl."""
    parts = _split(url)
    try:
        places = socket.getaddrinfo(parts.hostname, None, flags=socket.AI_NUMERICHOST)
    except OSError:
        return
    _check_places(parts, [(family, address) for family, _, _, _, address in places])


def post(url: str, body: bytes, headers: Mapping[str, str], exchange: Exchange) -> Reply:
    """Post to a URL, within an exchange. Follows no redirect and asks no proxy.

    Raises BadUrl for one that leads inside, OSError or HTTPException for one that does not answer.
    """
    parts = _split(url)
    connection = _connection(parts)
    connection.auto_open = 0
    line = _dial(parts, exchange)
    try:
        if parts.scheme == "https":
            line = _trust().wrap_socket(line, server_hostname=parts.hostname)
        connection.sock = line
        exchange.leave()
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, {**headers, "Connection": "close"})
        with connection.getresponse() as answer:
            return Reply(answer.status, answer.headers.get("Retry-After", ""))
    finally:
        connection.close()
        line.close()


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether an address is on the internet, seen through its wrappings."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    inner = address.ipv4_mapped or address.sixtofour
    if address in NAT64:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return is_public(inner) if inner else address.is_global and address in GLOBAL_UNICAST


def _split(url: str) -> SplitResult:
    """Take a URL apart. Raises BadUrl for what no webhook needs."""
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadUrl("Write this address in plain letters, without spaces.")
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")
    except ValueError:
        raise BadUrl("This is not a web address.") from None
    if parts.scheme not in PORTS or not parts.hostname or "%" in parts.netloc:
        raise BadUrl("Start this address with https:// or http://.")
    if "@" in parts.netloc:
        raise BadUrl("Leave name and password out of this address.")
    if port not in (None, *PORTS.values()) and not _is_allowed_inside(parts):
        raise BadUrl("This address must use port 80 or 443.")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def _is_allowed_inside(parts: SplitResult) -> bool:
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}:{_port(parts)}" in settings.CODERED_WEBHOOK_PRIVATE_HOSTS


def _check_places(parts: SplitResult, places: Sequence[Place]) -> None:
    if _is_allowed_inside(parts):
        return
    if not all(is_public(ip_address(address[0])) for _, address in places):
        raise BadUrl("This address leads inside a private network.")


def _dial(parts: SplitResult, exchange: Exchange) -> socket.socket:
    """Connect to an address that was checked, sharing out what is left of the time."""
    found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    places = [(family, address) for family, _, _, _, address in found]
    _check_places(parts, places)
    failure = OSError("no address")
    for tried, (family, address) in enumerate(places):
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            line.settimeout(exchange.left_seconds / (len(places) - tried))
            line.connect(address)
            line.settimeout(exchange.left_seconds)
            exchange.hold(line)
            return line
        except OSError as error:
            failure = error
            line.close()
    raise failure


def _connection(parts: SplitResult) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return HTTPSConnection(host, _port(parts), context=_trust())
    return HTTPConnection(host, _port(parts))


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
