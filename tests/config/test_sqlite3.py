"""SQLite as the product opens it: what each connection promises, and how people take turns."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from config.env import database

ROOT = Path(__file__).resolve().parents[2]
PROMISED = {
    "journal_mode": "wal",
    # FULL: a commit is on the disk before anybody is told that it is accepted.
    "synchronous": 2,
    "busy_timeout": 20_000,
    "foreign_keys": 1,
}
EVERY_DOOR = """
import asyncio, json, threading
import django
django.setup()
from django.core.management import call_command
from django.db import connections
from django.db.backends.signals import connection_created
from django.test import AsyncClient
from crisis.operations.incident import raise_incident
from escalation import clock
from escalation.models import Page
from escalation.tasks import send_pages, tick
from tests.processes.programs import until
from tests.story import make_house

told = {}

def ask(sender, connection, **kwargs):
    with connection.cursor() as cursor:
        told[threading.current_thread().name] = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }

call_command("migrate", verbosity=0)
house = make_house()
connections.close_all()
connection_created.connect(ask)

async def visit():
    await AsyncClient().get("/api/v1/health/ready", headers={"host": "127.0.0.1"})

asyncio.run(visit())
raise_incident(storm=house.storm(), by=house.olga, now=clock.now())
loop = clock.Clock("test")
loop.start()
until("it is sent", lambda: Page.objects.filter(sent_at__isnull=False).exists(), 10)
worker = threading.Thread(target=lambda: (tick(), send_pages()), name="worker")
worker.start()
worker.join()
loop.stop()
print(json.dumps(told))
"""


@pytest.mark.processes
def test_every_connection_of_web_worker_and_clock_keeps_what_it_accepted(tmp_path: Path) -> None:
    """One connection with other settings, and a power cut takes evidence that was promised."""
    ended = subprocess.run(
        [sys.executable, "-c", EVERY_DOOR],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CODERED_DEMO": "1",
            "CODERED_VAR_DIR": str(tmp_path),
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    told: dict[str, Any] = json.loads(ended.stdout)
    assert {"MainThread", "clock", "worker"} < set(told)
    assert [name for name, found in told.items() if found != PROMISED] == []


@pytest.fixture
def handler(tmp_path: Path, django_db_blocker: Any) -> Iterator[ConnectionHandler]:
    """The product's own connections, on a file of their own, with less patience."""
    settings = database("", tmp_path)
    settings["OPTIONS"]["timeout"] = 0.5
    connections = ConnectionHandler({"default": settings})
    with django_db_blocker.unblock():
        with connections["default"].cursor() as cursor:
            cursor.execute("CREATE TABLE said (words text)")
        yield connections
        connections.close_all()


def begin(handler: ConnectionHandler) -> None:
    handler["default"].set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def say(handler: ConnectionHandler, words: str, hold_seconds: float = 0.0) -> None:
    begin(handler)
    connection = handler["default"]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO said VALUES (%s)", [words])
    time.sleep(hold_seconds)
    connection.commit()
    connection.close()


def busy_timeout(handler: ConnectionHandler) -> int:
    with handler["default"].cursor() as cursor:
        return int(cursor.execute("PRAGMA busy_timeout").fetchone()[0])


def test_transaction_waits_for_the_one_before_it(handler: ConnectionHandler) -> None:
    """Two people who press at the same moment are both heard."""
    first = threading.Thread(target=say, args=(handler, "first", 0.2))

    first.start()
    time.sleep(0.05)
    say(handler, "second")
    first.join()

    with handler["default"].cursor() as cursor:
        told = cursor.execute("SELECT words FROM said ORDER BY rowid").fetchall()
    assert told == [("first",), ("second",)]
    assert busy_timeout(handler) == 500


def test_waiting_comes_to_an_end(handler: ConnectionHandler) -> None:
    """A process that is stuck with the lock must not take every other one with it."""
    release = threading.Event()
    held = threading.Event()

    def hold() -> None:
        begin(handler)
        held.set()
        release.wait(10)
        handler["default"].close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    began = time.monotonic()

    with pytest.raises(OperationalError, match="locked"):
        begin(handler)

    release.set()
    holder.join()
    assert 0.4 < time.monotonic() - began < 5
    assert busy_timeout(handler) == 500
