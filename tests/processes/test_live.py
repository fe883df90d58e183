"""Streams over a real server and a real Redis: who hears what, and what a dead Redis costs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis as redis_client
import requests
from pytest_django import Settings

from crisis.models import Incident
from crisis.operations.incident import acknowledge
from escalation.operations import news
from tests.agreements import agree
from tests.browser.server import serving
from tests.browsers import PASSWORD
from tests.servers import Redis
from tests.story import House, at

PATIENCE_SECONDS = 10

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    with Redis() as redis:
        settings.CODERED_NEWS_URL = redis.url
        yield redis


@pytest.fixture
def site(redis: Redis) -> Iterator[str]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with serving() as url:
        yield url


@pytest.fixture
def desk(site: str, house: House) -> Iterator[requests.Session]:
    """Olga's browser, signed in."""
    with requests.Session() as session:
        session.get(f"{site}/sign-in/")
        form = {"username": house.olga.email, "password": PASSWORD}
        token = {"csrfmiddlewaretoken": session.cookies["csrftoken"]}
        session.post(f"{site}/sign-in/", data=form | token).raise_for_status()
        yield session


@contextmanager
def stream(desk: requests.Session, url: str) -> Iterator[Iterator[str]]:
    with desk.get(url, stream=True, timeout=60) as answer:
        answer.raise_for_status()
        assert answer.headers["Content-Type"] == "text/event-stream"
        lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
        yield (each.removeprefix("event: ") for each in lines if each.startswith("event: "))


@contextmanager
def told(redis: Redis) -> Iterator[set[str]]:
    """Wait until everything that is put here has been told, so that later news is later news."""
    with redis_client.Redis.from_url(redis.url) as client, client.pubsub() as ear:
        ear.subscribe(news.CHANNEL)
        assert ear.get_message(timeout=PATIENCE_SECONDS)
        waiting: set[str] = set()
        yield waiting
        while waiting:
            message = ear.get_message(timeout=PATIENCE_SECONDS)
            assert message, f"nobody was told of {waiting}"
            waiting -= set(message["data"].decode().split(","))


def test_stream_tells_of_its_own_code_red_alone(
    house: House, site: str, desk: requests.Session
) -> None:
    """Forty screens that read themselves anew whenever anything anywhere moves."""
    mine, other = house.alarm(), house.alarm(post_text="Another")

    with stream(desk, f"{site}/code-reds/{mine.number}/live/") as heard:
        assert next(heard) == "live"
        acknowledge(incident=other, by=house.anna, now=at(5))
        acknowledge(incident=mine, by=house.ben, now=at(6))
        assert next(heard) == "moved"
        acknowledge(incident=other, by=house.ben, now=at(7))
        acknowledge(incident=mine, by=house.anna, now=at(8))
        assert next(heard) == "moved"


def test_home_stream_keeps_quiet_about_what_is_restricted(
    house: House, site: str, desk: requests.Session, redis: Redis
) -> None:
    """Whoever may not know of it reads from the minute of the news that something is going on."""
    with told(redis) as waiting:
        hidden = house.alarm(playbook=agree(house, "SAFE-01", is_restricted=True))
        shown = house.alarm(post_text="Another")
        waiting |= {str(each.timeline_id) for each in (hidden, shown)}
    theirs = f"{site}/code-reds/{hidden.number}/live/"

    with stream(desk, f"{site}/live/") as home, stream(desk, theirs) as heard:
        assert (next(home), next(heard)) == ("live", "live")
        acknowledge(incident=shown, by=house.anna, now=at(5))
        assert next(home) == "moved"
        acknowledge(incident=hidden, by=house.anna, now=at(6))
        assert next(heard) == "moved"
        redis.kill()
        assert next(home) == "slow"


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_stream_begins_for_those_alone_who_read_it(
    site: str, desk: requests.Session, method: str
) -> None:
    """A stream that nobody reads goes on until its ten minutes are over."""
    token = {"X-CSRFToken": desk.cookies["csrftoken"]}

    answer = desk.request(method, f"{site}/live/", headers=token, timeout=10)

    assert answer.status_code == 405


def test_stream_says_that_redis_is_away_or_hung_and_that_it_is_back(
    house: House, site: str, desk: requests.Session, redis: Redis
) -> None:
    """A screen that waits for news which cannot come shows an hour ago."""
    incident = house.alarm()

    with stream(desk, f"{site}/code-reds/{incident.number}/live/") as heard:
        assert next(heard) == "live"
        redis.kill()
        assert next(heard) == "slow"
        redis.start()
        assert next(each for each in heard if each != "slow") == "live"
        redis.freeze()
        assert next(heard) == "slow"
        redis.thaw()
        assert next(each for each in heard if each != "slow") == "live"


def test_act_waits_for_no_redis_that_hangs(
    house: House, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raising would take as long as Redis is silent, and that is for ever."""
    monkeypatch.setattr(news, "PATIENCE_SECONDS", None)
    redis.freeze()

    # Whoever waited for it would never come back.
    for number in range(3):
        house.alarm(post_text=str(number))
    redis.thaw()

    assert Incident.objects.count() == 3
