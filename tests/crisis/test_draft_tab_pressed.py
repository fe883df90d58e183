"""A tab is pressed with words on the page: they are kept, or somebody is told that they are not."""

from __future__ import annotations

from typing import Any

import pytest

from crisis.models import Answer, AnswerVersion, Incident
from crisis.operations.answer import Wording, draft_answer, revise_answer, submit_answer
from crisis.operations.sign_off import approve
from tests.browsers import Browser, words
from tests.desk import draft_page, write
from tests.story import TEXT, House, act, at

OTHER = "We suspended him. The police know."


@pytest.fixture
def elsewhere(house: House) -> str:
    """What the tab of Facebook says when it is pressed."""
    return f"go:{house.facebook.pk}"


@pytest.fixture
def answer(house: House, incident: Incident) -> Answer:
    """Olga's words to everyone on X, kept."""
    return draft_answer(
        incident=incident,
        question=None,
        channel=house.x,
        statement=None,
        wording=Wording(TEXT, answers_question=True),
        by=house.olga,
        now=at(60),
    )


def page_of(desk: Browser, answer: Answer) -> Any:
    return desk.get(f"/answers/{answer.pk}/")


def test_new_words_are_kept_before_the_next_channel_is_shown(
    house: House, desk: Browser, incident: Incident, elsewhere: str
) -> None:
    """Half an answer is typed, the tab is pressed, and the half is gone."""
    pressed = write(desk, draft_page(desk), elsewhere, text=OTHER)

    assert pressed.headers["Location"] == f"/code-reds/1/draft/?channel={house.facebook.pk}"
    kept = AnswerVersion.objects.get()
    assert (kept.text, kept.answer.status) == (OTHER, Answer.Status.DRAFT)


def test_changed_words_are_kept_as_a_version(
    desk: Browser, incident: Incident, answer: Answer, elsewhere: str
) -> None:
    """The better half of a sentence is what was typed last."""
    write(desk, page_of(desk, answer), elsewhere, text=OTHER)

    assert [each.text for each in answer.versions.order_by("number")] == [TEXT, OTHER]


@pytest.mark.parametrize("query", ["", "?statement=HOLD"])
def test_looking_at_the_channels_begins_no_answer(
    desk: Browser, incident: Incident, elsewhere: str, query: str
) -> None:
    """Whoever looks once around would leave an empty draft on each channel behind."""
    pressed = write(desk, draft_page(desk, query), elsewhere)

    assert pressed.status_code == 302
    assert not Answer.objects.exists()


def test_blanks_that_were_filled_in_count_as_typed(
    house: House, desk: Browser, incident: Incident, elsewhere: str
) -> None:
    """The time that was asked for on the telephone is asked for again."""
    page = draft_page(desk, "?statement=HOLD")

    write(desk, page, elsewhere, **{"slot-time": "23:15"})

    assert "23:15" in AnswerVersion.objects.get().text


def test_unchanged_words_make_no_version(
    desk: Browser, incident: Incident, answer: Answer, elsewhere: str
) -> None:
    """A version more is a signature less."""
    pressed = write(desk, page_of(desk, answer), elsewhere)

    assert pressed.status_code == 302
    assert answer.versions.count() == 1


def test_unchanged_page_leads_on_though_somebody_else_has_written(
    house: House, desk: Browser, incident: Incident, answer: Answer, elsewhere: str
) -> None:
    """Two texts to choose from, for somebody who typed nothing, are one page in the way."""
    page = page_of(desk, answer)
    revise_answer(answer=answer, seen=1, wording=Wording(OTHER), by=house.olga, now=at(70))

    assert write(desk, page, elsewhere).status_code == 302


def test_words_over_somebody_elses_are_shown_beside_them(
    house: House, desk: Browser, incident: Incident, answer: Answer, elsewhere: str
) -> None:
    """A tab is not the press that may write over what a colleague has said."""
    page = page_of(desk, answer)
    revise_answer(answer=answer, seen=1, wording=Wording(OTHER), by=house.olga, now=at(70))

    pressed = write(desk, page, elsewhere, text="We know nothing yet.")

    assert pressed.status_code == 409
    assert "We know nothing yet." in words(pressed)


@pytest.mark.parametrize("is_approved", [False, True])
def test_what_was_sent_is_not_changed_by_a_tab(
    house: House,
    desk: Browser,
    incident: Incident,
    answer: Answer,
    elsewhere: str,
    is_approved: bool,
) -> None:
    """Signatures are gone with a word that is saved: that is for a button that says so."""
    submit_answer(answer=answer, seen=1, by=house.olga, now=at(62))
    if is_approved:
        approve(answer=Answer.objects.get(pk=answer.pk), act=act(house.anna, 65))

    page = page_of(desk, answer)
    pressed = write(desk, page, elsewhere, text=OTHER)

    assert "Save what you changed here first" in words(pressed)
    assert OTHER in pressed.content.decode()
    assert answer.versions.count() == 1
    assert write(desk, page, elsewhere).status_code == 302


def test_words_that_cannot_be_kept_stay_on_the_page(
    desk: Browser, incident: Incident, elsewhere: str
) -> None:
    """Ten thousand letters were pasted by mistake; the one sentence before them was not."""
    pressed = write(desk, draft_page(desk), elsewhere, text="n" * 10_001)

    assert pressed.status_code == 422
    assert "n" * 10_001 in pressed.content.decode()


@pytest.mark.parametrize("do", ["go:https://example.org/", "go:/admin/", "go:99", "go:"])
def test_tab_leads_to_no_other_place(desk: Browser, incident: Incident, do: str) -> None:
    """A form that leads anywhere is a form that is sent to officers by strangers."""
    pressed = write(desk, draft_page(desk), do, text=OTHER)

    assert pressed.status_code == 200
    assert not Answer.objects.exists()
