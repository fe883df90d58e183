"""The social networks: their limits, how they count, and whose post an address is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urlsplit

Counter = Literal["weighted", "graphemes", "emoji_bytes", "gsm", "characters"]

_FILE = Path(__file__).resolve().parent.parent / "networks.toml"
_MASTODON_POST = re.compile(
    r"/(?:web/|deck/)?@\w+(?:@[\w.-]+)?/\d+/?|/users/\w+/statuses/\d+/?", re.ASCII
)


@dataclass(frozen=True, kw_only=True)
class Network:
    """One network as networks.toml has it; the units of every number are explained there."""

    key: str
    name: str
    limit: int
    counter: Counter
    source: str
    as_of: date
    light: tuple[tuple[int, int], ...] = ()
    emoji_weight: int | None = None
    link_weight: int | None = None
    bare_links: bool = False
    short_mentions: bool = False
    free_mentions: bool = False
    unicode_limit: int | None = None
    max_bytes: int | None = None
    max_links: int | None = None
    hosts: tuple[str, ...] = ()


def _network(key: str, row: dict[str, Any]) -> Network:
    light = tuple((first, last) for first, last in row.pop("light", ()))
    return Network(key=key, light=light, hosts=tuple(row.pop("hosts", ())), **row)


def _load() -> Mapping[str, Network]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return MappingProxyType({key: _network(key, row) for key, row in rows.items()})


NETWORKS: Mapping[str, Network] = _load()
_HOSTS = {host: net.key for net in NETWORKS.values() for host in net.hosts}


def network(key: str) -> Network:
    """Give one network. Raises KeyError when networks.toml does not know it."""
    return NETWORKS[key]


def network_of_url(url: str) -> str | None:
    """Give the key of the network that this address belongs to, or None when it is none of ours.

    The scheme may be missing, as in a pasted "x.com/dan/status/1". Mastodon has no host of its
    own, so it is told by the path of a post: /@name/12345.
    """
    url = url.strip()
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    return _network_of_host(host) or _network_of_path(parts.path)


def _network_of_host(host: str) -> str | None:
    labels = host.rstrip(".").split(".")
    tails = (".".join(labels[start:]) for start in range(len(labels)))
    return next((_HOSTS[tail] for tail in tails if tail in _HOSTS), None)


def _network_of_path(path: str) -> str | None:
    return "mastodon" if _MASTODON_POST.fullmatch(path) else None
