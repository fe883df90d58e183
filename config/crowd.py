"""So many requests at once, and no more: a flood leaves the clocks their connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from crisis.views.unavailable import unavailable

WAIT_SECONDS = 5.0
"""For room. Then whoever asks is told to come back, with all that they had typed."""

Answer = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def crowd(get_response: Any) -> Any:
    """Let `CODERED_AT_ONCE` requests in at once. A stream has left as soon as it has begun."""
    if not iscoroutinefunction(get_response):
        # A server that speaks WSGI has as many threads as it was given.
        return get_response
    room = asyncio.Semaphore(settings.CODERED_AT_ONCE)

    async def let_in(request: HttpRequest) -> HttpResponseBase:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await room.acquire()
        except TimeoutError:
            return await sync_to_async(unavailable)(request)
        try:
            return await _finished(get_response, request)
        finally:
            room.release()

    return let_in


async def _finished(get_response: Answer, request: HttpRequest) -> HttpResponseBase:
    """Answer, and stay until that is done: the database works on for somebody who has hung up."""
    answer = asyncio.ensure_future(get_response(request))
    try:
        return await asyncio.shield(answer)
    except asyncio.CancelledError:
        await asyncio.wait([answer])
        raise
