"""Claim, commit, send, stamp: and what becomes of a page that does not go through."""

from datetime import datetime, timedelta

import pytest
from django.utils.translation import override

from crisis.operations.incident import stand_down
from escalation.models import Page
from escalation.operations.advance import advance_due
from escalation.operations.claim import begin_again, claim_pages, claim_queued
from escalation.operations.outgoing import message_of
from escalation.operations.sending import Outcome, renew, stamp
from escalation.rules.sending import Failure, retry_at
from escalation.senders import send_all
from escalation.transports import TRANSPORTS, Receipt, TransportError
from tests.story import House, at
from tests.wires import Wire


@pytest.fixture
def queued(house: House) -> Page:
    house.alarm()
    advance_due(now=at(0))
    return Page.objects.get()


def deliver(monkeypatch: pytest.MonkeyPatch, wire: Wire, moment: datetime) -> Page:
    monkeypatch.setitem(TRANSPORTS, "tray", wire)
    send_all(lambda: moment)
    return Page.objects.get()


def test_accepted_page_is_stamped_and_sent_once(
    queued: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice the same ring without a fault teaches people to ignore it."""
    wire = Wire(Receipt(provider_id="p1"))

    page = deliver(monkeypatch, wire, at(1))
    deliver(monkeypatch, wire, at(60))

    assert (page.status, page.sent_at, page.provider_id) == ("sent", at(1), "p1")
    assert len(wire.sent) == 1


def test_temporary_failures_are_tried_again_after_1_3_and_9_seconds(
    queued: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that hiccups must not cost the page, and a dead one must not be asked for ever."""
    wire = Wire(*[TransportError("503") for _ in range(4)])
    moments = []
    moment = at(0)

    for _ in range(4):
        page = deliver(monkeypatch, wire, moment)
        if page.next_send_at:
            moments.append(page.next_send_at)
            moment = page.next_send_at

    assert moments == [at(1), at(4), at(13)]
    assert (page.status, page.failed_at) == ("failed", at(13))


def test_unknown_outcome_is_sent_again_with_the_same_key_and_link_and_never_a_third_time(
    queued: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once, at most twice: the repeat must be told apart by its key."""
    wire = Wire(*[TransportError("time-out", is_unknown=True) for _ in range(3)])

    for seconds in (0, 1, 2, 3):
        page = deliver(monkeypatch, wire, at(seconds))

    assert len(wire.sent) == 2
    assert wire.sent[0].key == wire.sent[1].key
    assert wire.sent[0].url == wire.sent[1].url
    assert [message.is_repeat for message in wire.sent] == [False, True]
    assert page.status == "failed"


def test_sender_that_died_is_followed_by_another_once(
    queued: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the provider's yes and our record: repeated once, never lost, never thrice."""
    assert claim_pages(limit=5, now=at(0)).pages
    assert claim_pages(limit=5, now=at(4.9)).pages == []
    begin_again(claim_pages(limit=5, now=at(5)).pages)

    wire = Wire()
    page = deliver(monkeypatch, wire, at(10))

    assert wire.sent == []
    assert (page.status, page.error) == ("failed", "unknown twice")


def test_dying_before_a_repeat_is_dialled_costs_no_try(
    queued: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that two processes died with, the second without dialling, must still go out."""
    claim_pages(limit=5, now=at(0))
    claim_pages(limit=5, now=at(5))

    wire = Wire()
    page = deliver(monkeypatch, wire, at(10))

    assert [message.is_repeat for message in wire.sent] == [True]
    assert (page.status, page.sends, page.unknowns) == ("sent", 2, 1)


def test_living_process_keeps_what_it_has_in_hand(queued: Page) -> None:
    """A provider that takes its time must not make a second process ring the same person."""
    (page,) = claim_pages(limit=5, now=at(0)).pages

    assert renew(pages=[page], now=at(4)) == {page.key}

    assert claim_pages(limit=5, now=at(8.9)).pages == []
    assert claim_pages(limit=5, now=at(9)).pages
    assert renew(pages=[page], now=at(9.1)) == set(), "it is somebody else's now"


def test_provider_that_is_full_does_not_hide_the_others(queued: Page) -> None:
    """Thousands of pages for a host that hangs stand in front of the one that would get through."""
    assert claim_queued(limit=5, now=at(0), until=at(5), but=["tray"]).pages == []
    assert len(claim_queued(limit=5, now=at(0), until=at(5), but=["hooks.example:443"]).pages) == 1


def test_stamp_after_the_person_opened_it_keeps_what_is_further(queued: Page) -> None:
    """The link may be opened before the provider's answer is back: seen must stay seen."""
    (outgoing,) = claim_pages(limit=5, now=at(0)).pages
    Page.objects.update(status="seen", seen_at=at(1), next_send_at=None)

    assert stamp([Outcome(outgoing, at(2), Receipt())]).ours == 1

    page = Page.objects.get()
    assert (page.status, page.sent_at) == ("seen", at(2))


def test_restricted_page_says_nothing_of_the_question(queued: Page) -> None:
    """A lock screen is read by whoever stands beside it."""
    queued.escalation.is_restricted = True
    queued.escalation.save()
    (page,) = claim_pages(limit=5, now=at(0)).pages

    message = message_of(page, at(0))

    assert "one of yours" not in message.text + message.title


@pytest.mark.parametrize(
    ("failure", "sends", "unknowns", "age", "seconds"),
    [
        (Failure(), 1, 0, 5, 1),
        (Failure(), 2, 0, 5, 3),
        (Failure(), 3, 0, 60, 9),
        (Failure(), 4, 0, 5, None),
        (Failure(is_permanent=True), 1, 0, 5, None),
        (Failure(is_unknown=True), 1, 1, 5, 0),
        (Failure(is_unknown=True), 2, 2, 5, None),
        (Failure(retry_after_seconds=6), 1, 0, 5, 6),
        (Failure(retry_after_seconds=11), 1, 0, 5, None),
        (Failure(pause_seconds=2), 0, 0, 19, 2),
        (Failure(pause_seconds=2), 3, 1, 19, 2),
        (Failure(pause_seconds=2), 0, 0, 20, None),
    ],
)
def test_retry_rules(
    failure: Failure, sends: int, unknowns: int, age: int, seconds: int | None
) -> None:
    """Retries are decided by rules and rows, where anybody can read them."""
    expected = None if seconds is None else at(seconds)

    assert retry_at(failure, sends, unknowns, timedelta(seconds=age), at(0)) == expected


def test_page_to_somebody_who_left_meanwhile_is_not_sent(
    queued: Page, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link in it would open for nobody, and the chain must not wait for them."""
    house.anna.is_active = False
    house.anna.save()
    wire = Wire()

    page = deliver(monkeypatch, wire, at(0))
    advance_due(now=at(0))

    assert wire.sent == []
    assert page.status == "failed"
    assert Page.objects.filter(person=house.ben, occasion="step").exists()


def test_page_of_a_sender_that_died_is_not_sent_again_once_the_run_has_stopped(
    house: House,
) -> None:
    """Called out of bed to decide what is over: the second call would be believed."""
    incident = house.alarm()
    advance_due(now=at(0))
    claim_pages(limit=5, now=at(0))
    stand_down(incident=incident, by=house.olga, end="over", now=at(3))

    again = claim_pages(limit=5, now=at(6))

    assert [each.occasion for each in again.pages] == ["stood_down"]
    assert again.refused == []
    assert Page.objects.get(occasion="step").status == Page.Status.DROPPED


def test_page_that_failed_for_now_is_not_tried_again_once_the_run_has_stopped(
    house: House,
) -> None:
    """A busy line is no reason to ring for a decision that somebody else has made meanwhile."""
    incident = house.alarm()
    advance_due(now=at(0))
    (page,) = claim_pages(limit=5, now=at(0)).pages
    stand_down(incident=incident, by=house.olga, end="over", now=at(3))

    stamp([Outcome(page, at(4), failure=Failure(), error="busy")])

    assert [each.occasion for each in claim_pages(limit=5, now=at(9)).pages] == ["stood_down"]
    assert Page.objects.get(occasion="step").status == Page.Status.DROPPED


def test_page_that_was_not_dialled_has_used_up_no_try(queued: Page) -> None:
    """Given up after four tries that nobody made, and told at last as if it had come before."""
    for seconds in (1, 3, 5, 7, 9, 11):
        (page,) = claim_pages(limit=5, now=at(seconds)).pages
        assert not message_of(page, at(seconds)).is_repeat
        stamp([Outcome(page, at(seconds), failure=Failure(pause_seconds=2), error="silent")])

    kept = Page.objects.get()
    assert (kept.status, kept.sends, kept.next_send_at) == ("queued", 0, at(13))


def test_provider_that_answers_nobody_gives_way_to_the_next_person_in_time(
    queued: Page, house: House
) -> None:
    """No dead air: what cannot even be dialled is given up while there is time to page another."""
    for seconds in (0, 5, 10, 15, 20):
        (page,) = claim_pages(limit=5, now=at(seconds)).pages
        stamp([Outcome(page, at(seconds), failure=Failure(pause_seconds=5), error="silent")])
    advance_due(now=at(20))

    assert Page.objects.get(pk=queued.pk).status == "failed"
    assert Page.objects.filter(person=house.ben, occasion="step").exists()


@pytest.mark.parametrize(("is_dialled", "status"), [(False, "dropped"), (True, "sending")])
def test_page_that_waits_to_be_dialled_is_dropped_once_its_run_has_stopped(
    house: House, is_dialled: bool, status: str
) -> None:
    """A slow provider, a long queue: called out of bed for what was decided minutes ago."""
    incident = house.alarm()
    (page,) = claim_pages(limit=5, now=at(0)).pages
    page.is_dialled = is_dialled
    stand_down(incident=incident, by=house.olga, end="over", now=at(3))

    ours = renew(pages=[page], now=at(4))

    assert Page.objects.get(occasion="step").status == status
    assert ours == ({page.key} if is_dialled else set())


def test_only_what_is_in_hand_is_renewed(house: House) -> None:
    """Pages are claimed many at a time: one that was lost on the way must come free again."""
    house.alarm()
    house.alarm(post_text="Another one")
    kept, lost = claim_pages(limit=5, now=at(0)).pages

    assert renew(pages=[kept], now=at(4)) == {kept.key}

    assert Page.objects.get(key=lost.key).next_send_at == at(5)


def test_page_is_worded_in_the_language_that_is_spoken_now(queued: Page) -> None:
    """Words that are kept for the next thousand pages must not be those of another language."""
    (page,) = claim_pages(limit=5, now=at(0)).pages

    said = []
    for language in ("fr", "en-gb", "fr"):
        with override(language):
            said.append(message_of(page, at(0)).text)

    assert "Answer due" in said[1]
    assert "Answer due" not in said[0]
    assert said[0] == said[2]
