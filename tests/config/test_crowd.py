"""A flood of requests leaves the clocks their connections, and nobody's words are lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory
from pytest_django import Settings

from config import crowd

pytestmark = pytest.mark.sqlite

LetIn = Callable[[HttpRequest], Awaitable[HttpResponse]]


class Slow:
    """A view that is at it until it may be done."""

    def __init__(self) -> None:
        self.may_be_done = asyncio.Event()
        self.inside = self.most_inside = self.done = 0

    async def answer(self, request: HttpRequest) -> HttpResponse:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        await self.may_be_done.wait()
        self.inside -= 1
        self.done += 1
        return HttpResponse("done")

    def door(self) -> LetIn:
        async def get_response(request: HttpRequest) -> HttpResponse:
            return await self.answer(request)

        door: LetIn = crowd.crowd(get_response)
        return door


@pytest.fixture(autouse=True)
def two_at_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CODERED_AT_ONCE = 2
    monkeypatch.setattr(crowd, "WAIT_SECONDS", 0.05)


def post() -> HttpRequest:
    return AsyncRequestFactory().post("/answers/1/", {"text": "Words that must not be lost."})


def test_whoever_finds_no_room_is_sent_back_with_their_words() -> None:
    """Every connection to the database taken by strangers: then no clock pages anybody."""

    async def flood() -> tuple[Slow, list[HttpResponse]]:
        view = Slow()
        door = view.door()
        crowd_outside = [asyncio.ensure_future(door(post())) for _ in range(5)]
        told = [await each for each in crowd_outside[2:]]
        view.may_be_done.set()
        return view, [*[await each for each in crowd_outside[:2]], *told]

    view, told = asyncio.run(flood())

    assert [each.status_code for each in told] == [200, 200, 503, 503, 503]
    assert view.most_inside == 2
    assert "Words that must not be lost." in told[-1].content.decode()
    assert told[-1]["Retry-After"]


def test_whoever_hangs_up_takes_their_room_until_the_work_is_done() -> None:
    """Else a thousand who hang up at once are a thousand connections."""

    async def hang_up() -> tuple[Slow, int, int]:
        view = Slow()
        door = view.door()
        leaving = [asyncio.ensure_future(door(post())) for _ in range(2)]
        while view.inside < 2:
            await asyncio.sleep(0)
        for each in leaving:
            each.cancel()
        refused = await door(post())
        view.may_be_done.set()
        await asyncio.wait(leaving)
        taken = await door(post())
        return view, refused.status_code, taken.status_code

    view, refused, taken = asyncio.run(hang_up())

    assert (refused, taken) == (503, 200)
    assert view.done == 3
