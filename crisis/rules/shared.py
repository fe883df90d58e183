"""What another program on a telephone passes on when somebody shares a post. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

LINK = re.compile(r"https?://[^\s<>\"']+")
AFTER_A_LINK = ".,;:!?)]}…"


class Shared(NamedTuple):
    """The link to a post, and its words."""

    url: str
    text: str


def shared_post(*, title: str, text: str, url: str) -> Shared:
    """Tell link and words apart: most programs write both into one text, and none agree on how.

    Source: https://w3c.github.io/web-share-target/ (url is often left out on Android).
    """
    words = text.strip() or title.strip()
    given = url.strip()
    if given:
        return Shared(given, words.replace(given, "").strip())
    found = LINK.search(words)
    if found is None:
        return Shared("", words)
    link = found[0].rstrip(AFTER_A_LINK)
    rest = (words[: found.start()] + words[found.start() + len(link) :]).strip()
    return Shared(link, rest or title.strip())
