"""How long a text is, counted as the network itself counts it. The numbers: networks.toml."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import regex

from playbooks.rules.links import links
from playbooks.rules.networks import Network, network

HOUSE_LIMIT = 280
"""Characters of the network's own kind. Source: a short answer is the doctrine."""

_GRAPHEME = regex.compile(r"\X")
_PICTURE = (
    r"(?:\p{Emoji_Modifier_Base}\uFE0F?\p{Emoji_Modifier}"
    r"|[\u00A9\u00AE]\uFE0F"
    r"|(?![\u00A9\u00AE])\p{Extended_Pictographic}\uFE0F?)"
)
_EMOJI = regex.compile(
    r"\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3"
    r"|\U0001F3F4[\U000E0020-\U000E007E]+\U000E007F"
    rf"|{_PICTURE}(?:\u200D{_PICTURE})*"
)
_LEADING_NAMES = regex.compile(r"\A(?:@[A-Za-z0-9_]{1,20}(?:\s+|$))+")
_FULL_NAME = regex.compile(r"(?<![=/\w])(@[a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_])?)@[\w.-]*\w", regex.I)
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True)
class Fit:
    """How a text fits: all three numbers in the network's own units."""

    count: int
    limit: int
    over: int
    is_over: bool


def count(text: str, network_key: str, is_reply: bool = False) -> int:
    """Count a text in the network's own units, after NFC and with CRLF as one line end.

    Units: X weighted characters, Bluesky and Mastodon graphemes, Threads characters with emoji as
    bytes, SMS septets or UTF-16 units, elsewhere code points. With `is_reply`, the leading @names
    are free where the network fills them in itself. Source: networks.toml.
    """
    net = network(network_key)
    text = as_sent(text)
    if is_reply and net.free_mentions:
        text = _LEADING_NAMES.sub("", text)
    return _COUNTERS[net.counter](_shortened(text, net), net)


def fit(
    text: str,
    network_key: str,
    house_limit: int = HOUSE_LIMIT,
    channel_limit: int | None = None,
    is_reply: bool = False,
) -> Fit:
    """Compare the count with the limit that holds here.

    That is the channel's own limit if it has one, else the house's; never more than the network's.
    """
    counted = count(text, network_key, is_reply)
    own = house_limit if channel_limit is None else channel_limit
    limit = min(own, network_limit(text, network_key))
    over = max(0, counted - limit)
    return Fit(count=counted, limit=limit, over=over, is_over=over > 0)


def network_limit(text: str, network_key: str) -> int:
    """Give what the network itself takes at most, in its own units.

    The text matters for SMS alone: 160, or 70 once one character is outside the GSM alphabet.
    """
    net = network(network_key)
    if net.unicode_limit is not None and not _is_gsm(as_sent(text)):
        return net.unicode_limit
    return net.limit


def link_count(text: str) -> int:
    """Count the links in a text, with and without https://."""
    return sum(1 for _ in links(as_sent(text), bare=True))


def as_sent(text: str) -> str:
    """Give the text as it leaves: line ends as LF, characters composed (NFC)."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _shortened(text: str, net: Network) -> str:
    if net.link_weight is not None:
        text = _with_short_links(text, net.link_weight, bare=net.bare_links)
    return _FULL_NAME.sub(r"\1", text) if net.short_mentions else text


def _with_short_links(text: str, weight: int, *, bare: bool) -> str:
    parts: list[str] = []
    at = 0
    for start, end in links(text, bare=bare):
        parts += [text[at:start], "x" * weight]
        at = end
    return "".join([*parts, text[at:]])


def _weighted(text: str, net: Network) -> int:
    rest, emoji = _EMOJI.subn("", text)
    return emoji * (net.emoji_weight or 2) + sum(1 if _is_light(char, net) else 2 for char in rest)


def _is_light(char: str, net: Network) -> bool:
    return any(first <= ord(char) <= last for first, last in net.light)


def _graphemes(text: str, net: Network) -> int:
    """Beyond the byte ceiling the bytes are the tighter measure: scaled, they pass the limit."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if net.max_bytes is not None and size > net.max_bytes:
        return -(-size * net.limit // net.max_bytes)
    return sum(1 for _ in _GRAPHEME.finditer(text))


def _emoji_bytes(text: str, net: Network) -> int:
    emoji = _EMOJI.findall(text)
    return len(text) + sum(len(one.encode("utf-8")) - len(one) for one in emoji)


def _is_gsm(text: str) -> bool:
    return all(char in _GSM or char in _GSM_TWICE for char in text)


def _gsm(text: str, net: Network) -> int:
    if _is_gsm(text):
        return len(text) + sum(char in _GSM_TWICE for char in text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _characters(text: str, net: Network) -> int:
    return len(text)


_COUNTERS: dict[str, Callable[[str, Network], int]] = {
    "weighted": _weighted,
    "graphemes": _graphemes,
    "emoji_bytes": _emoji_bytes,
    "gsm": _gsm,
    "characters": _characters,
}
