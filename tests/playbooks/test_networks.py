"""The list of networks, and whose post an address is."""

from dataclasses import FrozenInstanceError

import pytest

from playbooks.rules.networks import NETWORKS, network, network_of_url


def test_limits_are_those_that_the_sources_give():
    """A limit changed by accident stops answers that fit, or lets through one that is refused."""
    limits = {key: net.limit for key, net in NETWORKS.items()}

    assert limits == {
        "x": 280,
        "bluesky": 300,
        "mastodon": 500,
        "threads": 500,
        "instagram": 2196,
        "facebook": 8000,
        "linkedin": 1250,
        "youtube": 10000,
        "reddit": 10000,
        "tiktok": 150,
        "telegram": 4096,
        "sms": 160,
        "other": 5000,
    }


@pytest.mark.parametrize("key", NETWORKS)
def test_every_network_names_its_source_and_date(key):
    """A number without a source is never checked again, and goes stale in silence."""
    net = network(key)

    assert net.name
    assert net.source
    assert net.as_of.year >= 2026


def test_network_cannot_be_changed_while_running():
    """One request that changes a limit changes it for everybody."""
    with pytest.raises(FrozenInstanceError):
        network("x").limit = 10_000  # type: ignore[misc]
    with pytest.raises(TypeError):
        NETWORKS["x"] = network("other")  # type: ignore[index]


def test_unknown_network_is_refused():
    """A typing error that counts as some other network lets a long answer through."""
    with pytest.raises(KeyError):
        network("myspace")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://x.com/leedsdan/status/1234567890", "x"),
        ("https://twitter.com/leedsdan/status/1234567890?s=20", "x"),
        ("https://mobile.twitter.com/leedsdan/status/1", "x"),
        ("HTTPS://WWW.X.COM/leedsdan", "x"),
        ("x.com/leedsdan/status/1", "x"),
        ("  https://x.com./leedsdan  ", "x"),
        ("https://x.com:443/leedsdan", "x"),
        ("https://bsky.app/profile/dan.bsky.social/post/3kabc", "bluesky"),
        ("https://www.threads.net/@dan/post/C1abc", "threads"),
        ("https://www.instagram.com/p/C1abc/", "instagram"),
        ("https://m.facebook.com/groups/1/posts/2", "facebook"),
        ("https://fb.watch/abc/", "facebook"),
        ("https://uk.linkedin.com/posts/dan_activity-1", "linkedin"),
        ("https://youtu.be/abc?t=4", "youtube"),
        ("https://old.reddit.com/r/leeds/comments/abc/def/", "reddit"),
        ("https://www.tiktok.com/@dan/video/7301", "tiktok"),
        ("https://t.me/harbour/12", "telegram"),
        ("https://mastodon.social/@dan/111222333", "mastodon"),
        ("https://leeds.example/@dan@other.example/111222333", "mastodon"),
        ("https://leeds.example/users/dan/statuses/111222333", "mastodon"),
    ],
)
def test_address_of_a_post_tells_its_network(url, key):
    """An officer who pastes a link and gets the wrong channel loses time to put it right."""
    assert network_of_url(url) == key


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "not a link",
        "https://",
        "https://example.org/news",
        "https://notx.com/dan/status/1",
        "https://x.com.example.org/dan",
        "https://example.org/?u=https://x.com/dan",
        "https://x.com@example.org/dan",
        "https://leeds.example/@dan",
        "https://blog.example/@dan/why-we-left",
        "javascript://x.com/%0aalert(1)",
        "ftp://x.com/dan",
        "https://[::1/x.com",
        "https://[x.com]/",
        "https://x.com\uff0fdan",
    ],
)
def test_address_of_no_network_gives_none(url):
    """A look-alike taken for a network would carry its name and mark on the approval screen."""
    assert network_of_url(url) is None
