"""When the watcher outside is told that all is well, or that it is not. Pure."""

from datetime import datetime, timedelta

LOOK_SECONDS = 10
"""How often somebody looks whether all is well, so that the alarm comes within seconds."""
PING = timedelta(seconds=30)
"""How often the watcher is told the same again; a watcher waits for a minute, at most for 90 s."""


def is_ping_due(*, reason: str, told: str, pinged_at: datetime | None, now: datetime) -> bool:
    """Say whether to tell: what is new at once, what was told before only after a while.

    `reason` is why all is not well, and `told` what the watcher heard last; empty is well.
    """
    is_news = pinged_at is None or bool(reason) != bool(told)
    return is_news or (pinged_at is not None and now - pinged_at >= PING)


def fail_url(url: str) -> str:
    """Give the address for what is not well. Source: the protocol of healthchecks.io."""
    path, mark, query = url.partition("?")
    return f"{path.rstrip('/')}/fail{mark}{query}"
