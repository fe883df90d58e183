"""Release: the exact words, their link, and what may not go out."""

from __future__ import annotations

from typing import Any

import pytest

from crisis.models import Answer, Decision, Incident, Release
from crisis.operations.answer import Wording, withdraw_answer
from crisis.operations.sign_off import amend_and_approve, approve, send_back, take_back
from playbooks.models import Protocol
from tests.agreements import agree
from tests.browsers import Browser, words
from tests.desk import OUT
from tests.story import TEXT, House, act, at, fast_forward
from tests.tampering import change_rows

# ------------------------------------------------------------ letting it out


def approved(house: House, incident: Incident, text: str = TEXT) -> Answer:
    answer = house.submitted(incident, text)
    approve(answer=answer, act=act(house.anna))
    answer.refresh_from_db()
    return answer


def release_page(desk: Browser, answer: Answer) -> Any:
    return desk.get(f"/answers/{answer.pk}/release/")


def let_out(desk: Browser, answer: Answer, seen: int = 1, **changes: str) -> Any:
    sent = {"seen": str(seen), "url": OUT} | changes
    return desk.post(f"/answers/{answer.pk}/release/", **sent)


def test_exact_words_stand_there_to_be_copied(
    house: House, desk: Browser, incident: Incident
) -> None:
    """What is posted must be, to the letter, what was signed."""
    answer = approved(house, incident)
    page = release_page(desk, answer)

    told = words(page)
    assert "Approved. Post it now Anna Hale approved it at 12:02:00." in told
    assert f"as @Hearthside, to @priya_walks 88 of 280 {TEXT}" in told
    assert f'data-copy="{TEXT}"' in page.content.decode()
    assert 'href="https://x.com/priya_walks/status/1"' in page.content.decode()


def test_pasted_link_stops_the_clock(house: House, desk: Browser, incident: Incident) -> None:
    """The proof that it is out is where it can be seen."""
    answer = approved(house, incident)
    desk.seconds = 211

    done = let_out(desk, answer)

    release = Release.objects.get()
    assert done.headers["Location"] == "/code-reds/1/"
    assert (release.url, release.at, release.basis) == (OUT, at(211), "approved")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "Paste the link to your answer"),
        ("not a link", "Paste the whole link"),
        ("javascript:alert(1)", "Paste the whole link"),
        ("https://facebook.com/story/2", "That link leads to Facebook. This answer is for X."),
    ],
)
def test_nothing_is_out_without_its_link(
    house: House, desk: Browser, incident: Incident, url: str, says: str
) -> None:
    """A wrong link in the report is found by whoever wants to doubt the report."""
    page = let_out(desk, approved(house, incident), url=url)

    assert page.status_code == 422
    assert says in words(page)
    assert TEXT in words(page)
    assert not Release.objects.exists()


def test_pressing_out_twice_is_told_as_out(house: House, desk: Browser, incident: Incident) -> None:
    """A double press must not look like a fault, nor stop a clock twice."""
    answer = approved(house, incident)
    let_out(desk, answer)

    again = let_out(desk, answer)

    assert again.status_code == 409
    assert "It is out already" in words(again)
    assert "Out in 1:40" in words(again)
    assert Release.objects.count() == 1


def test_drill_posts_nothing_and_needs_no_link(house: House, desk: Browser) -> None:
    """A rehearsal must run to its end without a word in public."""
    answer = approved(house, house.alarm(is_drill=True))
    page = release_page(desk, answer)

    assert "Nothing gets posted in a drill" in words(page)
    assert "Copy it and open" not in words(page)
    assert let_out(desk, answer, url="").status_code == 302
    assert Release.objects.exists()


def test_what_the_manager_changed_is_shown_word_by_word(
    house: House, desk: Browser, incident: Incident
) -> None:
    """The officer answers for these words in public, and must know which are not hers."""
    answer = house.submitted(incident)
    changed = Wording(TEXT.replace("off all shifts", "suspended"))
    amend_and_approve(answer=answer, wording=changed, act=act(house.anna, 167))

    page = release_page(desk, answer)

    assert "Anna Hale amended and approved it at 12:02:47." in words(page)
    assert "What Anna changed" in words(page)
    assert "<del>off all shifts</del><ins>suspended</ins>" in page.content.decode()


def test_words_that_changed_meanwhile_do_not_go_out(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Whoever pasted the old words has posted the old words: the record must not say otherwise."""
    answer = approved(house, incident)

    page = let_out(desk, answer, seen=7)

    assert page.status_code == 409
    assert "The answer changed while you were here. Read it again below." in words(page)
    assert not Release.objects.exists()


def test_approval_that_was_taken_back_stops_it(
    house: House, desk: Browser, incident: Incident
) -> None:
    """ "Stop it going out" must work until the very last press."""
    answer = approved(house, incident)
    take_back(answer=answer, act=act(house.anna, 130))

    page = let_out(desk, answer)

    assert page.status_code == 409
    assert "It may not go out any more." in words(page)
    assert not Release.objects.exists()


def test_words_that_are_not_the_signed_ones_are_told(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Somebody with the database in hand must not be able to post in our name."""
    answer = approved(house, incident)
    change_rows("UPDATE crisis_answerversion SET text = 'Something else.'")

    page = let_out(desk, answer)

    assert page.status_code == 409
    assert "The words that are kept are not the words that were signed." in words(page)
    assert not Release.objects.exists()


def test_officer_takes_it_back_to_change_it(
    house: House, desk: Browser, incident: Incident
) -> None:
    """A fault seen at the last moment must be mendable at the last moment."""
    answer = approved(house, incident)

    back = desk.post(f"/answers/{answer.pk}/release/", seen="1", do="take_back")

    answer.refresh_from_db()
    assert back.headers["Location"] == f"/answers/{answer.pk}/"
    assert answer.status == Answer.Status.SENT_BACK
    assert Decision.objects.filter(kind="take_back", by=house.olga).exists()


@pytest.mark.parametrize("step", ["draft", "waiting", "sent_back", "withdrawn"])
def test_what_may_not_go_out_says_why(
    house: House, desk: Browser, incident: Incident, step: str
) -> None:
    """A page without the button, and without a reason, is pressed somewhere else."""
    answer = house.draft(incident) if step in ("draft", "withdrawn") else house.submitted(incident)
    if step == "sent_back":
        send_back(answer=answer, act=act(house.anna, reason="No."))
    if step == "withdrawn":
        withdraw_answer(answer=answer, by=house.olga, now=at(80))

    page = release_page(desk, answer)

    assert "It may not go out yet" in words(page)
    assert "It’s out" not in words(page)
    assert let_out(desk, answer).status_code == 409


def test_answer_falls_to_the_officer_with_its_clause(house: House, desk: Browser) -> None:
    """Authority is used where it is named."""
    clause = "From 5:00 the officer releases her own answer."
    playbook = agree(house, "OWN-01", falls_to_officer=Protocol.Falls.ANSWER, clause=clause)
    incident = house.alarm(playbook=playbook)
    answer = house.submitted(incident)
    fast_forward(300)
    desk.seconds = 310

    page = release_page(desk, answer)
    done = let_out(desk, answer)

    assert "Nobody has decided. It’s yours to release" in words(page)
    assert clause in words(page)
    assert done.status_code == 302
    assert Release.objects.get().clause == clause
