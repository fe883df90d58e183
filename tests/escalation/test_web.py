"""Addresses that people type in must lead outwards, by every trick that is known."""

import asyncio
import socket
from collections.abc import Callable

import pytest
from pytest_django import Settings

from escalation.transports.web import BadUrl, NotReached, Web, check_url

pytestmark = pytest.mark.enable_socket

PUBLIC = "93.184.215.14"
Answers = list[str]

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001::1",
    "2001:db8::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "100::1",
]
OUTSIDE = [
    "93.184.215.14",
    "8.8.8.8",
    "2606:4700:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]


class Wire:
    """A resolver that says what it is told, and a note of every address that was dialled."""

    def __init__(self) -> None:
        self.answers: list[Answers] = []
        self.look_ups: list[str] = []
        self.dialled: list[tuple[str, int]] = []

    def look_up(self, host: str, port: int | None, *_: object, **options: object) -> list[object]:
        if options.get("flags") == socket.AI_NUMERICHOST:
            raise socket.gaierror
        self.look_ups.append(host)
        answers = self.answers.pop(0)
        return [_place(each, port or 0) for each in answers]

    def connect(self, _: socket.socket, address: tuple[str, int]) -> None:
        self.dialled.append(address[:2])
        raise ConnectionRefusedError


def _place(address: str, port: int) -> object:
    is_six = ":" in address
    family = socket.AF_INET6 if is_six else socket.AF_INET
    return family, socket.SOCK_STREAM, 6, "", (address, port, 0, 0) if is_six else (address, port)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    connect: Callable[..., None] = lambda line, address: wire.connect(line, address)  # noqa: E731
    monkeypatch.setattr(socket, "getaddrinfo", wire.look_up)
    monkeypatch.setattr(socket.socket, "connect", connect)
    return wire


def _post(url: str) -> None:
    asyncio.run(_post_once(url))


async def _post_once(url: str) -> None:
    web = Web(1)
    try:
        await web.post(url, b"{}", {})
    finally:
        await web.close()


@pytest.mark.parametrize("address", INSIDE)
def test_name_of_an_inner_address_is_refused_at_connect(wire: Wire, address: str) -> None:
    """Harm: anybody with a contact method reads the metadata service, or calls the database."""
    wire.answers = [[address]]

    with pytest.raises(BadUrl, match="private network"):
        _post("http://hooks.example/page")

    assert not wire.dialled


@pytest.mark.parametrize("address", OUTSIDE)
def test_name_of_a_public_address_is_dialled_there(wire: Wire, address: str) -> None:
    """Harm: the guard keeps pages from networks that reach the internet by NAT64."""
    wire.answers = [[address]]

    with pytest.raises(NotReached):
        _post("https://hooks.example/page")

    assert wire.dialled == [(address, 443)]


@pytest.mark.parametrize("answers", [[PUBLIC, "127.0.0.1"], ["::1", PUBLIC]])
def test_one_inner_address_among_public_ones_refuses_all(wire: Wire, answers: Answers) -> None:
    """Harm: the second address of a name is tried when the first one is down."""
    wire.answers = [answers]

    with pytest.raises(BadUrl):
        _post("http://hooks.example/page")

    assert not wire.dialled


def test_name_that_changes_its_mind_gains_nothing(wire: Wire) -> None:
    """Harm: a name is public when checked and loopback when dialled."""
    wire.answers = [[PUBLIC], ["127.0.0.1"]]

    with pytest.raises(NotReached):
        _post("http://hooks.example/page")
    look_ups, dialled = list(wire.look_ups), list(wire.dialled)
    with pytest.raises(BadUrl):
        _post("http://hooks.example/page")

    assert look_ups == ["hooks.example"]
    assert dialled == wire.dialled == [(PUBLIC, 80)]


def test_next_address_is_tried_when_the_first_refuses(wire: Wire) -> None:
    """Harm: a host whose IPv6 is broken cannot be paged."""
    wire.answers = [["2606:4700:4700::1111", PUBLIC]]

    with pytest.raises(NotReached):
        _post("http://hooks.example/page")

    assert wire.dialled == [("2606:4700:4700::1111", 80), (PUBLIC, 80)]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://0/",
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fe80::1%25lo]/",
        "http://100.64.0.1/",
    ],
)
def test_inner_address_in_any_spelling_is_refused_in_forms_and_at_connect(url: str) -> None:
    """Harm: loopback written as one number passes the form."""
    with pytest.raises(BadUrl):
        check_url(url)
    with pytest.raises(BadUrl):
        _post(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example",
        "//hooks.example/",
        "gopher://hooks.example/",
        "file:///etc/passwd",
        "ftp://hooks.example/",
        "javascript:alert(1)",
        "http://",
        "http:///page",
        "http://user@hooks.example/",
        "http://user:word@hooks.example/",
        "http://@hooks.example/",
        "http://hooks.example:22/",
        "http://hooks.example:6379/",
        "http://hooks.example:99999/",
        "http://hooks.example:x/",
        "http://[::1/",
        "http://hooks.example/a b",
        "http://hooks.example/\r\nHost: inside",
        "http://hooks.example\t/",
        "http://hooks.example/\0",
        "http://höoks.example/",
        "http://hooks..example/",
        "http://" + "a" * 64 + ".example/",
    ],
)
def test_url_that_no_webhook_needs_is_refused_with_a_sentence(wire: Wire, url: str) -> None:
    """Harm: another protocol, port or header is spoken in our name."""
    with pytest.raises(BadUrl, match=r"^[A-Z].*\.$"):
        check_url(url)
    with pytest.raises(BadUrl):
        _post(url)

    assert not wire.look_ups


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example",
        "https://hooks.example/page?team=1&x=%C3%A9#top",
        "http://hooks.example:80/",
        "http://hooks.example:443/",
        "HTTPS://Hooks.Example/",
        "https://xn--hks-rna.example/",
        "https://8.8.8.8/",
    ],
)
def test_ordinary_url_passes_the_form_without_a_look_up(wire: Wire, url: str) -> None:
    """Harm: saving a contact method waits for somebody's name server."""
    check_url(url)

    assert not wire.look_ups


def test_operator_may_allow_a_host_inside(settings: Settings, wire: Wire) -> None:
    """Harm: a hook on the organisation's own network cannot be used at all, or opens all of it."""
    settings.CODERED_WEBHOOK_PRIVATE_HOSTS = ["hooks.intern:8443", "[::1]:9000"]
    wire.answers = [["10.1.2.3"], ["10.1.2.3"], ["::1"]]

    check_url("https://hooks.intern:8443/page")
    with pytest.raises(NotReached):
        _post("https://hooks.intern:8443/page")
    with pytest.raises(BadUrl):
        _post("https://hooks.intern/page")
    with pytest.raises(NotReached):
        _post("http://[::1]:9000/")

    assert wire.dialled == [("10.1.2.3", 8443), ("::1", 9000)]
