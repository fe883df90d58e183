"""Pages for what went wrong leave nothing behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.db import connections
from django.test import AsyncRequestFactory
from django.urls import get_resolver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, ValueError()), (403, ValueError()), (404, ValueError()), (500, None)],
)
def test_page_for_an_error_leaves_no_connection_in_its_thread(
    status: int, error: ValueError | None
) -> None:
    """In threads that live as long as the process, a dozen mistyped addresses hold the database."""
    page = get_resolver().resolve_error_handler(status)
    request = AsyncRequestFactory().get("/nothing/")

    def shown() -> Any:
        connections["default"].ensure_connection()
        answer = page(request, error) if error else page(request)
        return answer.status_code, connections["default"].connection

    async def in_a_thread_that_is_nobodys() -> Any:
        return await asyncio.get_running_loop().run_in_executor(None, shown)

    assert asyncio.run(in_a_thread_that_is_nobodys()) == (status, None)
