"""Where the links in a text are, as X and Mastodon find them.

Source: the behaviour of twitter-text v3, which both use. A dotted name is a link when its last
part is a top-level domain (tlds.txt), so "readme.md" is one and "node.js" is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_FILE = Path(__file__).resolve().parent.parent / "tlds.txt"
TLDS = frozenset(
    name
    for line in _FILE.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for name in line.split()
)

_FULL = r"(?<![a-z0-9@＠$#＃])https?://(?P<full>[\w-]+(?:\.[\w-]+)+)"
_BARE = (
    r"(?<![a-z0-9\u00c0-\u024f@＠$#＃_./-])"
    r"(?P<bare>[a-z0-9\u00c0-\u024f][a-z0-9\u00c0-\u024f_-]*"
    r"(?:\.(?:[a-z0-9\u00c0-\u024f_-]+|[^\W\x00-\x7f]+))+)"
)
_WITH_SCHEME = re.compile(_FULL, re.IGNORECASE)
_WITH_OR_WITHOUT = re.compile(f"{_FULL}|{_BARE}", re.IGNORECASE)

_DOMAIN = re.compile(r"(?!-)[^\W_](?:[^\W_]|-)*(?<!-)")
_ASCII_HEAD = re.compile(r"[a-z0-9-]+", re.IGNORECASE)
_GOES_ON = re.compile(r"[a-z0-9@+-]", re.IGNORECASE)
_PORT = re.compile(r":[0-9]+")
_LETTERS = r"a-z0-9\u00c0-\u024f\u0400-\u04ff"
_IN_PATH = rf"[{_LETTERS}!*';:=+,.$%\[\]\-\u2013_~@|&#/]"
_PATH = re.compile(rf"/(?:{_IN_PATH}|\({_IN_PATH}+\))*", re.IGNORECASE)
_PATH_END = re.compile(rf"[{_LETTERS}=_#/+)-]", re.IGNORECASE)
_QUERY = re.compile(r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*", re.IGNORECASE)
_QUERY_END = re.compile(r"[a-z0-9_&=#/-]", re.IGNORECASE)


def links(text: str, *, bare: bool) -> Iterator[tuple[int, int]]:
    """Give start and end of every link, in code points, left to right.

    With `bare`, example.org is a link too; without, only what starts with http:// or https://.
    """
    pattern = _WITH_OR_WITHOUT if bare else _WITH_SCHEME
    at = 0
    while found := pattern.search(text, at):
        host_end = _host_end(text, found)
        at = found.end()
        if host_end is not None:
            at = _link_end(text, host_end, has_scheme=found.lastgroup == "full")
            yield found.start(), at


def _host_end(text: str, found: re.Match[str]) -> int | None:
    """Cut the dotted name back, part by part, until it ends in a top-level domain."""
    start, stop = found.span(found.lastgroup or 0)
    while (dot := text.rfind(".", start, stop)) > start:
        domain = text[text.rfind(".", start, dot) + 1 or start : dot]
        end = _tld_end(text, dot + 1, stop)
        if end is not None and _DOMAIN.fullmatch(domain):
            return end
        stop = dot
    return None


def _tld_end(text: str, start: int, stop: int) -> int | None:
    head = _ASCII_HEAD.match(text, start, stop)
    for end in (stop, head.end() if head else stop):
        name = text[start:end].lower()
        known = name in TLDS or name.startswith("xn--")
        if known and not _GOES_ON.match(text, end):
            return end
    return None


def _link_end(text: str, host_end: int, *, has_scheme: bool) -> int:
    """Take port, path and query. Without a scheme, port and query need a path."""
    port = _PORT.match(text, host_end)
    at = port.end() if port else host_end
    path = _PATH.match(text, at)
    if path is None and not has_scheme:
        return host_end
    if path:
        at = _trimmed(text, path, _PATH_END)
    query = _QUERY.match(text, at)
    return _trimmed(text, query, _QUERY_END) if query else at


def _trimmed(text: str, found: re.Match[str], ending: re.Pattern[str]) -> int:
    """Leave out the punctuation that belongs to the sentence and not to the link."""
    start, end = found.span()
    while end > start and not ending.match(text, end - 1):
        end -= 1
    return end
