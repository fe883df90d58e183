"""Where wake-ups travel."""

import time

import pytest
from celery.exceptions import OperationalError
from django.conf import settings

from config.celery import app
from escalation.tasks import tick
from tests.servers import Redis


def test_every_queue_has_a_key_of_its_own() -> None:
    """With one key for all, each message is done once per queue: three ticks for one."""
    queues = settings.CELERY_TASK_QUEUES

    assert len({queue.routing_key for queue in queues}) == len(queues)


def test_every_message_of_beat_goes_to_a_queue_and_expires() -> None:
    """A queue nobody reads is silence; ticks that never expire are a storm after an outage."""
    queues = {queue.name for queue in settings.CELERY_TASK_QUEUES}

    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["options"]["queue"] in queues
        assert entry["options"]["expires"] > 0


@pytest.mark.processes
@pytest.mark.enable_socket
def test_redis_that_hangs_holds_a_publisher_for_a_moment_only() -> None:
    """On defaults a request that publishes waits for ever, and the officer with it."""
    with Redis() as server, app.connection_for_write(server.url) as connection:
        server.freeze()
        for _ in range(2):
            began = time.monotonic()

            with pytest.raises(OperationalError):
                tick.apply_async(connection=connection)

            assert time.monotonic() - began < 3
