"""What tests of the transports share."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.receiver import Receiver, serving


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    receiver = Receiver()
    with serving(receiver):
        settings.CODERED_SEND_TIMEOUT_SECONDS = 5
        settings.CODERED_WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{receiver.port}"]
        yield receiver
