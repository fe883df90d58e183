"""Celery with a sweep that beat starts each second, and a task for each page that it finds.

celery -A tests.bench.peers.celery_sweep worker -c 2
celery -A tests.bench.peers.celery_sweep beat
"""

from __future__ import annotations

import os

from celery import Celery

from tests.bench.peers.celery_eta import database, session

app = Celery("sweep", broker=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
app.conf.update(
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    timezone="UTC",
    beat_schedule={"sweep": {"task": "sweep", "schedule": 1.0, "options": {"expires": 2}}},
)
DUE = """
UPDATE timer SET fired_at = clock_timestamp() WHERE id IN (
    SELECT id FROM timer WHERE fired_at IS NULL AND due_at <= clock_timestamp()
    FOR UPDATE SKIP LOCKED
) RETURNING id, url
"""


@app.task(name="sweep")
def sweep() -> None:
    """Find what is due, and leave each page to a task of its own."""
    for timer_id, url in database().execute(DUE).fetchall():
        fire.delay(timer_id, url)


@app.task(name="fire")
def fire(timer_id: int, url: str) -> None:
    """Record the page of one timer, and post it."""
    database().execute("INSERT INTO page (timer_id) VALUES (%s)", [timer_id])
    session().post(url, data=b"{}", headers={"webhook-id": str(timer_id)}, timeout=5)
    database().execute(
        "UPDATE page SET sent_at = clock_timestamp() WHERE timer_id = %s", [timer_id]
    )
