"""Statements agreed ahead: their blanks, and what of them needs no signature."""

from __future__ import annotations

import pytest

from crisis.models import Answer, Incident
from tests.agreements import agree
from tests.browsers import Browser, words
from tests.desk import draft_page, fields, question, write
from tests.story import House

# ------------------------------------------------------------ statements


@pytest.fixture
def agreed(house: House) -> Incident:
    """A storm with a playbook of three statements and five blanks."""
    return house.alarm(playbook=agree(house, "VOL-02"))


def test_statements_are_offered_in_groups_with_their_guards(
    desk: Browser, agreed: Incident
) -> None:
    """Words that may go only when something is true must say so where they are chosen."""
    told = words(draft_page(desk, question(agreed)))

    assert "Holding statement Holding statement Approved ahead of time" in told
    assert "Hearthside is finding out now." in told
    assert "Only when it is true" in told


def test_chosen_statement_brings_its_blanks(desk: Browser, agreed: Incident) -> None:
    """A blank is filled in its own field, of its own kind."""
    page = draft_page(desk, "?statement=HOLD")

    html = page.content.decode()
    assert "Say it to everyone on X" in words(page)
    assert '<select name="slot-media"' in html
    assert '<input type="time" name="slot-time" value="12:35"' in html
    assert "slot-org" not in html
    assert fields(page)["text"].startswith("We've seen the {media}. Hearthside is")


def test_filled_in_blanks_fill_the_words(desk: Browser, agreed: Incident) -> None:
    """Without a script, too, the words must be those that will go out."""
    page = draft_page(desk, "?statement=HOLD")

    checked = write(desk, page, "check", **{"slot-media": "video", "slot-time": "12:45"})

    said = "We've seen the video. Hearthside is finding out now. Next update here by 12:45."
    assert fields(checked)["text"] == said
    assert "Go on to release" in words(checked)


def test_another_statement_is_another_answer(desk: Browser, agreed: Incident) -> None:
    """Back, other words, Save: the older answer would take the new words for its own."""
    free = draft_page(desk)
    write(desk, free, "save", text="We are finding out.")
    hold = write(desk, free, "use:HOLD")
    write(desk, hold, "save", **{"slot-media": "video"})
    personal = write(desk, hold, "use:PERSONAL")
    blanks = {"slot-name": "Priya", "slot-specific": "He is off."}
    write(desk, personal, "save", **blanks)
    write(desk, personal, "save", **blanks)

    said = [(each.statement and each.statement.code) for each in Answer.objects.order_by("pk")]
    assert said == [None, "HOLD", "PERSONAL"]
    kept = [each.versions.get().values for each in Answer.objects.order_by("pk")]
    assert kept[1]["media"] == "video"
    assert (kept[2]["name"], kept[2]["specific"]) == ("Priya", "He is off.")


def test_pre_approved_words_go_straight_to_release(desk: Browser, agreed: Incident) -> None:
    """What was agreed ahead of time waits for nobody."""
    page = draft_page(desk, "?statement=HOLD")

    gone_on = write(desk, page, "send", **{"slot-media": "video"})

    answer = Answer.objects.get()
    assert gone_on.headers["Location"] == f"/answers/{answer.pk}/release/"
    assert "Approved ahead of time. Post it now" in words(
        desk.get(f"/answers/{answer.pk}/release/")
    )


def test_another_word_makes_it_an_answer_to_be_signed(desk: Browser, agreed: Incident) -> None:
    """One word beside the agreed ones, and it is no longer what was agreed."""
    page = write(desk, draft_page(desk, "?statement=HOLD"), "check", **{"slot-media": "video"})

    sent = write(desk, page, "send", text=fields(page)["text"] + " Sorry.")

    assert sent.headers["Location"] == "/code-reds/1/"
    assert Answer.objects.get().status == Answer.Status.AWAITING_SIGN_OFF


def test_blank_that_is_left_stops_it_beside_its_field(desk: Browser, agreed: Incident) -> None:
    """ "Next update here by {time}" has been posted, elsewhere."""
    page = write(desk, draft_page(desk, "?statement=HOLD"), "send")

    assert page.status_code == 422
    assert "Fill this in, or take it out" in words(page)
    assert 'href="#id_slot-media"' in page.content.decode()


def test_wrong_value_in_a_blank_is_told_and_kept(desk: Browser, agreed: Incident) -> None:
    """A time that is none would be promised in public."""
    page = draft_page(desk, "?statement=HOLD")

    wrong = write(desk, page, "send", **{"slot-media": "video", "slot-time": "half past"})

    assert wrong.status_code == 422
    assert "Write a time like 15:40" in words(wrong)
    assert 'value="half past"' in wrong.content.decode()
    assert not Answer.objects.exists()


def test_own_words_stay_beside_a_statement_that_takes_their_place(
    desk: Browser, agreed: Incident
) -> None:
    """Trying a statement must not cost what was written before."""
    page = draft_page(desk, question(agreed))

    used = write(desk, page, "use:SORRY", text="My own words.")

    assert fields(used)["text"] == "It was wrong, and we're sorry."
    assert "What you had written is not lost My own words." in words(used)
    assert not Answer.objects.exists()


def test_name_of_the_person_is_filled_in(desk: Browser, agreed: Incident) -> None:
    """Answers to people begin with their name, and nobody should have to type it."""
    page = write(desk, draft_page(desk, question(agreed)), "use:PERSONAL")

    assert fields(page)["slot-name"] == "@priya_walks"
    assert fields(page)["text"] == "@priya_walks, you're right to ask. {specific}"


def test_same_can_be_said_on_every_channel(house: House, desk: Browser, agreed: Incident) -> None:
    """There is no "only X": the others ask elsewhere."""
    page = draft_page(desk, "?statement=HOLD")

    pressed = write(desk, page, f"go:{house.facebook.pk}")
    other = desk.get(pressed.headers["Location"])

    assert "Holding statement" in words(other)
    assert "Say it to everyone on Facebook" in words(other)


def test_nonsense_in_the_address_begins_a_free_answer(desk: Browser, agreed: Incident) -> None:
    """A link that somebody cut short must lead somewhere."""
    page = draft_page(desk, "?question=abc&statement=NONE&channel=999999999999999999")

    assert page.status_code == 200
    assert "Say it to everyone on X" in words(page)
