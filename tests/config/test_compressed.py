"""What is compressed on its way, and what must not be."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from config.compressed import CompressedPages
from tests.story import House

BROWSER = {"accept-encoding": "gzip, deflate, br, zstd"}


def passed(response: HttpResponse | StreamingHttpResponse) -> HttpResponse | StreamingHttpResponse:
    def answer(_: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        return response

    through: HttpResponse = CompressedPages(answer)(RequestFactory().get("/", headers=BROWSER))
    return through


@pytest.mark.django_db
def test_pages_are_small(house: House, client: Client) -> None:
    """Forty kilobytes over one bar of network are ten seconds of five minutes."""
    client.force_login(house.olga, backend="django.contrib.auth.backends.ModelBackend")
    whole = client.get("/")

    small = client.get("/", headers=BROWSER)

    assert small["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small["Vary"]
    assert len(small.content) < len(whole.content) / 2
    assert b"Raise code red" in gzip.decompress(small.content)


def test_stream_leaves_word_by_word() -> None:
    """News that waits until a block is full is no news."""

    def words() -> Iterator[bytes]:
        yield b"data: moved\n\n" * 100

    stream = passed(StreamingHttpResponse(words(), content_type="text/html"))

    assert "Content-Encoding" not in stream
    assert b"".join(stream.streaming_content) == b"data: moved\n\n" * 100  # type: ignore[union-attr]


def test_same_page_never_has_quite_the_same_length() -> None:
    """Who can measure a page that repeats their guess would read it letter by letter."""
    lengths = {len(passed(HttpResponse(b"the same words " * 50)).content) for _ in range(50)}

    assert len(lengths) > 1


def test_program_gets_it_plain() -> None:
    """Whoever wrote a small program against the interface has not thought of compression."""
    told = passed(HttpResponse(b"[]" * 200, content_type="application/json"))

    assert "Content-Encoding" not in told


def test_browser_that_takes_nothing_gets_it_plain(client: Client, db: None) -> None:
    assert "Content-Encoding" not in client.get("/sign-in/")
