"""Celery with an ETA task for each timer, on Redis, as one would write it.

celery -A tests.bench.peers.celery_eta worker -c 2
"""

from __future__ import annotations

import os

import psycopg
import requests
from celery import Celery

app = Celery("eta", broker=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
app.conf.update(
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    timezone="UTC",
    # Longer than any timer of these, or Redis would hand them out twice.
    broker_transport_options={"visibility_timeout": 7200},
)
_kept: dict[str, object] = {}


def database() -> psycopg.Connection:
    """Give this process's connection."""
    if "database" not in _kept:
        _kept["database"] = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    return _kept["database"]  # type: ignore[return-value]


def session() -> requests.Session:
    """Give this process's connections to the provider."""
    return _kept.setdefault("session", requests.Session())  # type: ignore[return-value]


@app.task
def fire(timer_id: int, url: str) -> None:
    """Record the page of one timer, and post it."""
    database().execute("INSERT INTO page (timer_id) VALUES (%s)", [timer_id])
    session().post(url, data=b"{}", headers={"webhook-id": str(timer_id)}, timeout=5)
    database().execute(
        "UPDATE page SET sent_at = clock_timestamp() WHERE timer_id = %s", [timer_id]
    )
