"""Requests to addresses that people have typed in: only outwards, and only where was checked.

A name is looked up once, every address it has must be public, and the connection goes to one of
those addresses: a name that changes its mind between check and use gains nothing.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from django.conf import settings
from yarl import URL

PORTS = {"http": 80, "https": 443}
NAT64 = IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is routed on the internet today. Source: RFC 4291, 2.4, and IANA's registry."""

REACHING_SHARE = 0.9
"""How much of the send time-out a connection may take, look-up and handshake and all."""
KEPT_SECONDS = 4.0
"""How long an idle connection is kept: less than servers do, so that none is found closed."""
NAMES_KEPT_SECONDS = 10
LOOK_UPS = 2
LONGEST_PROVIDER = 120


class BadUrl(Exception):
    """A URL that nothing may be sent to; the sentence is for the person who wrote it."""


class NotReached(Exception):
    """Nobody was there in time, so that nothing can have arrived."""


@dataclass(frozen=True)
class Reply:
    """What matters of an answer; its body is never read, so it may be endless."""

    status: int
    retry_after: str


def check_url(url: str) -> None:
    """Check what can be checked of a URL without looking its name up. Raises BadUrl."""
    _checked(url, tuple(settings.CODERED_WEBHOOK_PRIVATE_HOSTS))


@lru_cache(maxsize=1024)
def _checked(url: str, private_hosts: tuple[str, ...]) -> URL:
    """Check and read a URL once: the same few are posted to over and over."""
    parts = _split(url)
    written = _written_address(_host(parts))
    if written and not _is_allowed_inside(_host(parts), _port(parts)):
        _check_places([str(written)])
    return URL(url, encoded=True)


@lru_cache(maxsize=8)
def _limits(seconds: float) -> ClientTimeout:
    """Give up reaching a little earlier than waiting, so that the two can be told apart."""
    return ClientTimeout(total=seconds, connect=seconds * REACHING_SHARE)


def warm_up() -> None:
    """Do ahead of time what the first page would wait for."""
    _trust()


class Web:
    """Posts to one provider, over connections that are kept between pages.

    Follows no redirect, asks no proxy, keeps no cookie. Belongs to the event loop it was made in.
    """

    def __init__(self, most_at_once: int) -> None:
        self._resolver = OutwardResolver()
        self._session = ClientSession(
            connector=TCPConnector(
                resolver=self._resolver,
                limit=most_at_once,
                ttl_dns_cache=NAMES_KEPT_SECONDS,
                keepalive_timeout=KEPT_SECONDS,
                ssl=_trust(),
            ),
            cookie_jar=DummyCookieJar(),
            skip_auto_headers=("Accept", "Accept-Encoding"),
            auto_decompress=False,
        )

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Post to a URL, within the send time-out.

        Raises BadUrl for one that leads inside, NotReached when nothing has left, ClientError or
        TimeoutError when it has.
        """
        try:
            answer = await self._session.post(
                _checked(url, tuple(settings.CODERED_WEBHOOK_PRIVATE_HOSTS)),
                data=body,
                headers=headers,
                timeout=_limits(settings.CODERED_SEND_TIMEOUT_SECONDS),
                allow_redirects=False,
            )
        except ClientConnectorCertificateError:
            raise
        except (ClientConnectorError, ConnectionTimeoutError, InvalidURL) as error:
            raise NotReached from error
        # What is left of the body is not read: it may be endless.
        answer.release()
        return Reply(answer.status, answer.headers.get("Retry-After", ""))

    async def close(self) -> None:
        await self._session.close()
        await self._resolver.close()


class OutwardResolver(AbstractResolver):
    """Looks names up, and gives their addresses only when all of them may be posted to."""

    def __init__(self) -> None:
        # Threads of its own: a name server that says nothing must hold up nobody else's pages.
        self._threads = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        look_up = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        if not _is_allowed_inside(host, port):
            _check_places([str(address[0]) for *_, address in found])
        return [_resolved(host, port, each) for each in found]

    async def close(self) -> None:
        self._threads.shutdown(wait=False)


def _resolved(host: str, port: int, found: tuple[Any, ...]) -> ResolveResult:
    family, _, protocol, _, address = found
    return ResolveResult(
        hostname=host,
        host=address[0],
        port=port,
        family=family,
        proto=protocol,
        flags=socket.AI_NUMERICHOST,
    )


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
    if port not in (None, *PORTS.values()) and not _is_allowed_inside(_host(parts), _port(parts)):
        raise BadUrl("This address must use port 80 or 443.")
    return parts


def provider_of(url: str) -> str:
    """Name the host and port that a URL leads to; for a broken one, nothing in particular."""
    try:
        parts = _split(url)
    except BadUrl:
        return "nowhere"
    return f"{_host(parts)}:{_port(parts)}"[:LONGEST_PROVIDER]


def _written_address(host: str) -> IPv4Address | IPv6Address | None:
    """Read a host that is an address already, in any spelling that a look-up would take."""
    with suppress(ValueError):
        return ip_address(host)
    with suppress(OSError):
        return IPv4Address(socket.inet_aton(host))
    return None


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def _host(parts: SplitResult) -> str:
    return parts.hostname or ""


def _is_allowed_inside(host: str, port: int) -> bool:
    written = f"[{host}]" if ":" in host else host
    return f"{written}:{port}" in settings.CODERED_WEBHOOK_PRIVATE_HOSTS


def _check_places(addresses: Sequence[str]) -> None:
    if not all(is_public(ip_address(each)) for each in addresses):
        raise BadUrl("This address leads inside a private network.")


@cache
def _trust() -> ssl.SSLContext:
    """Read the authorities that this machine trusts: a fiftieth of a second, and so only once."""
    return ssl.create_default_context()
