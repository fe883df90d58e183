"""Pages by webhook, against a real receiver on this machine."""

import json
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from standardwebhooks import Webhook

from tests.receiver import PAGE, SECRET, Receiver, failure_of
from tests.wires import send_once

pytestmark = pytest.mark.enable_socket


def test_page_verifies_with_the_receivers_library(receiver: Receiver) -> None:
    """Harm: a receiver cannot tell our page from anybody else's."""
    page = receiver.page(sent_at=datetime.now(UTC))

    receipt = send_once("webhook", page)

    ((path, headers, body),) = receiver.heard
    heard = Webhook(SECRET).verify(body, headers)
    assert path == "/page?team=1"
    assert headers["content-type"] == "application/json"
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert heard["type"] == "page"
    assert heard["data"] == {
        "key": PAGE.key,
        "person": PAGE.person_name,
        "title": PAGE.title,
        "text": PAGE.text,
        "url": PAGE.url,
        "is_repeat": False,
        "is_restricted": False,
    }
    assert not receipt.is_delivered


def test_page_of_another_zone_is_stamped_in_utc(receiver: Receiver) -> None:
    """Harm: a receiver drops the page as an old one, by the hours of the zone."""
    summer = timezone(timedelta(hours=2))

    send_once("webhook", receiver.page(sent_at=PAGE.sent_at.astimezone(summer)))
    send_once("webhook", receiver.page())

    (_, there, first), (_, here, second) = receiver.heard
    assert there["webhook-timestamp"] == here["webhook-timestamp"] == "1794657600"
    assert there["webhook-signature"] == here["webhook-signature"]
    assert first == second


def test_repeat_has_the_same_id_and_says_so(receiver: Receiver) -> None:
    """Harm: a page that was sent twice looks like two code reds."""
    send_once("webhook", receiver.page())
    send_once("webhook", receiver.page(is_repeat=True))

    (_, first, _), (_, second, body) = receiver.heard
    assert first["webhook-id"] == second["webhook-id"] == PAGE.key
    assert json.loads(body)["data"]["is_repeat"] is True


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base 64!"])
def test_webhook_without_a_working_secret_is_not_called(receiver: Receiver, secret: str) -> None:
    """Harm: an unsigned page teaches a receiver to take anything."""
    failure = failure_of(receiver.page(secret=secret))

    assert failure.permanent
    assert not receiver.heard


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_yes_is_a_yes(receiver: Receiver, status: int) -> None:
    """Harm: a page that was taken is sent again."""
    receiver.status, receiver.body = status, b""

    send_once("webhook", receiver.page())

    assert len(receiver.heard) == 1


@pytest.mark.parametrize(
    ("status", "is_permanent"),
    [
        (400, True),
        (401, True),
        (403, True),
        (404, True),
        (410, True),
        (413, True),
        (422, True),
        (408, False),
        (425, False),
        (429, False),
        (500, False),
        (502, False),
        (503, False),
        (504, False),
    ],
)
def test_refusal_is_permanent_unless_it_may_pass(
    receiver: Receiver, status: int, is_permanent: bool
) -> None:
    """Harm: seconds go into a dead webhook, or a hiccup ends it."""
    receiver.status = status

    failure = failure_of(receiver.page())

    assert failure.permanent is is_permanent
    assert not failure.is_unknown
    assert failure.retry_after_seconds is None
    assert str(status) in str(failure)
    assert "127.0.0.1" not in str(failure)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    """Harm: a checked address sends us on to one that is not."""
    receiver.status = status
    receiver.headers = {"Location": f"http://127.0.0.1:{receiver.port}/elsewhere"}

    failure = failure_of(receiver.page())

    assert failure.permanent
    assert [path for path, _, _ in receiver.heard] == ["/page?team=1"]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("3600", 3600),
        (format_datetime(PAGE.sent_at + timedelta(seconds=8), usegmt=True), 8),
        (format_datetime(PAGE.sent_at - timedelta(hours=1), usegmt=True), 0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("Sat, 99999999999999999999 Nov 2026 12:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(
    receiver: Receiver, status: int, asked: str, seconds: float | None
) -> None:
    """Harm: a busy receiver is hit again at once, or a strange header stops the sender."""
    receiver.status, receiver.headers = status, {"Retry-After": asked}

    failure = failure_of(receiver.page())

    assert failure.retry_after_seconds == seconds
    assert not failure.permanent
