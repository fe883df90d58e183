"""Not as it stands: in other words, sent back, or handed over; and nothing typed is lost."""

from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import override

from crisis.forms.sign import REASON_LENGTH, ChangeForm
from crisis.models import Answer, Decision, Incident
from crisis.operations.answer import Wording, revise_answer
from crisis.operations.sign_off import approve
from crisis.screens.sign import whys
from escalation.models import ContactMethod, Escalation, Page
from tests.agreements import agree
from tests.browsers import Browser, first, known_browser, words
from tests.story import TEXT, House, act, at, fast_forward, make_person, paged

OWN = TEXT.replace("is off all shifts from tonight", "was suspended at 21:10")
MOVED = TEXT.replace("what he did is wrong", "what he did was wrong")


def shown_by(response: object) -> str:
    """What the page says it has shown, as the browser sends it back."""
    html = response.content.decode()  # type: ignore[attr-defined]
    return str(html.split('name="shown" value="')[1].split('"')[0])


def move(answer: Answer, house: House) -> None:
    """Olga changes the words while they are being read."""
    revise_answer(
        answer=answer,
        seen=1,
        wording=Wording(MOVED, answers_question=True),
        by=house.olga,
        now=at(95),
    )


# ------------------------------------------------------------ amend


def test_first_press_shows_what_changed_and_the_second_approves_it(
    house: House, phone: Browser, answer: Answer
) -> None:
    """A slip of the thumb at night must be seen before it is the organisation's word."""
    read = first(answer)

    page = phone.decide("amend", answer, read, text=OWN, answers_question="on")
    before = Decision.objects.count()
    phone.decide("amend", answer, read, text=OWN, answers_question="on", shown=shown_by(page))

    answer.refresh_from_db()
    assert "What you changed" in words(page)
    assert "<ins>was suspended at 21:10</ins>" in page.content.decode()
    assert before == 0
    assert (answer.status, answer.current) == ("approved", 2)
    assert answer.versions.get(number=2).text == OWN
    assert Decision.objects.get().kind == "amend_and_approve"


def test_words_changed_after_they_were_shown_are_shown_again(
    phone: Browser, answer: Answer
) -> None:
    """What is confirmed must be what was shown, not what was typed since."""
    read = first(answer)
    page = phone.decide("amend", answer, read, text=OWN)

    again = phone.decide("amend", answer, read, text=f"{OWN} More.", shown=shown_by(page))

    assert "What you changed" in words(again)
    assert not Decision.objects.exists()


def test_amending_without_a_change_is_said(phone: Browser, answer: Answer) -> None:
    """An amendment that amends nothing would say in the report that the text was wrong."""
    told = phone.decide("amend", answer, first(answer), text=f" {TEXT}\r\n")

    assert told.status_code == 422
    assert "Nothing is changed yet" in words(told)


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "half\x00"])
def test_words_that_cannot_be_kept_are_refused_with_a_sentence(
    phone: Browser, answer: Answer, text: str
) -> None:
    """An answer that nobody can see must not go out, and its page must not break."""
    told = phone.decide("amend", answer, first(answer), text=text)

    assert told.status_code == 422
    assert "Nothing has been approved" in words(told)


def test_too_long_in_own_words_stays_on_the_page_and_is_not_approved(
    phone: Browser, answer: Answer
) -> None:
    """The network would cut it in the middle, in front of everybody."""
    long = "It was wrong. " * 25
    read = first(answer)

    page = phone.decide("amend", answer, read, text=long)
    forced = phone.decide("amend", answer, read, text=long, shown=shown_by(page))

    for told in (page, forced):
        assert "too long for X" in words(told)
        assert "It was wrong. It was wrong." in told.content.decode()
    assert "Approve with changes" not in words(page)
    assert not Decision.objects.exists()


def test_words_typed_while_the_answer_changed_are_kept_beside_what_is_new(
    house: House, phone: Browser, answer: Answer
) -> None:
    """A minute of writing must not be lost to a comma that somebody else moved."""
    read = first(answer)
    page = phone.decide("amend", answer, read, text=OWN)
    move(answer, house)

    told = phone.decide("amend", answer, read, text=OWN, shown=shown_by(page))

    shown = told.content.decode()
    assert told.status_code == 409
    assert "The answer changed while you were writing" in shown
    assert OWN in words(told)
    assert 'name="version" value="2"' in shown
    assert not Decision.objects.exists()


def test_words_typed_while_somebody_else_approved_are_given_back(
    house: House, phone: Browser, answer: Answer
) -> None:
    """What the manager knew better may still be needed, for a correction."""
    read = first(answer)
    approve(answer=answer, act=act(house.ben, 95))

    told = phone.decide("amend", answer, read, text=OWN)

    assert told.status_code == 409
    assert "Ben Okafor approved it first" in words(told)
    assert OWN in words(told)


def test_undo_gives_the_officers_words_back(phone: Browser, answer: Answer) -> None:
    """A way back must not need to be remembered word by word."""
    told = phone.decide("amend", answer, first(answer), text=OWN, undo="1")

    assert told.status_code == 303
    assert TEXT in words(phone.get(told.headers["Location"]))


# ------------------------------------------------------------ ask for a change


def test_change_goes_back_to_the_officer_with_its_reason(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """Sent back without a reason, the officer can only guess, and the clock runs."""
    note = "He was suspended, not off shifts"

    phone.decide("change", answer, first(answer), why="fact", note=note)

    answer.refresh_from_db()
    page = words(phone.get(f"/sign/{incident.number}/"))
    assert answer.status == "sent_back"
    assert Decision.objects.get().reason == f"A fact is wrong. {note}"
    assert "It is back with Olga" in page
    assert f"You asked for a change at 12:01:40: “A fact is wrong. {note}”" in page


def test_officer_reads_every_reason_on_the_page_where_the_words_are(
    phone: Browser, desk: Browser, answer: Answer
) -> None:
    """She mends the fact, sends it again, and a minute later it comes back for the rest."""
    phone.decide("change", answer, first(answer), why=["much", "fact"], note="Not off shifts")

    told = words(desk.get(f"/answers/{answer.pk}/"))
    reasons = "A fact is wrong. It says more than we should. Not off shifts"
    assert f"Anna Hale asked for a change at 12:01:40 {reasons}" in told


def test_reason_that_was_never_offered_is_not_sent(phone: Browser, answer: Answer) -> None:
    """A code that means nothing is all that the officer would have to go by."""
    told = phone.decide("change", answer, first(answer), why=["fact", "mood"])

    assert told.status_code == 422
    assert "mood is not one of the available choices" in words(told)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_all_that_can_be_ticked_and_typed_is_kept(language: str) -> None:
    """PostgreSQL refuses what is too long for its column, and the press ends in an error."""
    with override(language):
        every = [why for why, _ in whys()] * 20
        posted = QueryDict(urlencode({"why": every, "note": "n" * REASON_LENGTH}, doseq=True))
        form = ChangeForm(whys(), posted)
        assert form.is_valid()

        assert form.reason.endswith("n" * REASON_LENGTH)
        assert len(form.reason) <= Decision._meta.get_field("reason").max_length


def test_change_without_a_reason_is_not_sent(phone: Browser, answer: Answer) -> None:
    """ "Not like this" helps nobody in five minutes."""
    told = phone.decide("change", answer, first(answer))

    answer.refresh_from_db()
    assert told.status_code == 422
    assert "Say what should change" in words(told)
    assert answer.status == "awaiting_sign_off"


def test_reason_too_long_for_one_line_stays_in_the_field(phone: Browser, answer: Answer) -> None:
    """What was typed comes back to be cut, not to be typed again."""
    told = phone.decide("change", answer, first(answer), note="long " * 40)

    assert told.status_code == 422
    assert "long long long" in words(told)


def test_reason_typed_while_the_answer_changed_is_kept(
    house: House, phone: Browser, answer: Answer
) -> None:
    """The change may be the very one that was asked for: look, then decide."""
    read = first(answer)
    move(answer, house)

    told = phone.decide("change", answer, read, note="He was suspended")

    assert told.status_code == 409
    assert "He was suspended" in told.content.decode()
    assert MOVED in words(told)
    assert not Decision.objects.exists()


# ------------------------------------------------------------ hand over


def test_decision_is_handed_over_to_whoever_is_chosen(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """A manager in a tunnel must not be the end of the chain."""
    page = phone.get(f"/sign/{incident.number}/{answer.pk}/hand-over/")

    phone.decide("hand-over", answer, first(answer), to=house.ben.pk)

    assert "Ben Okafor" in words(page)
    assert paged(incident.escalation)[-1] == ("Ben", "hand_over", 100)
    told = words(phone.get(f"/sign/{incident.number}/"))
    assert "You handed over to Ben Okafor at 12:01:40. You may still decide." in told


def test_page_is_handed_over_before_there_is_an_answer(
    house: House, phone: Browser, incident: Incident
) -> None:
    """Whoever cannot be on it must be able to say so at once, not when the text arrives."""
    phone.seconds = 20
    path = f"/sign/{incident.number}/hand-over/"

    page = phone.get(path)
    told = phone.post(path, to=house.ben.pk)

    assert "Next on the chain" in words(page)
    assert told.status_code == 303
    assert paged(incident.escalation)[-1] == ("Ben", "hand_over", 20)


def test_each_choice_says_how_far_their_page_has_come(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """Handing over to somebody who sleeps is no help: the list must say who is awake."""
    fast_forward(61, from_seconds=1)
    Page.objects.filter(person=house.ben).update(status="seen", seen_at=at(70))

    page = words(phone.get(f"/sign/{incident.number}/{answer.pk}/hand-over/"))

    assert "Ben Okafor Seen 12:01:10" in page


@pytest.mark.parametrize("to", ["", "0", "x", "olga"])
def test_nobody_else_can_be_chosen(
    house: House, phone: Browser, incident: Incident, answer: Answer, to: str
) -> None:
    """A decision handed to somebody who may not sign is a decision that nobody takes."""
    chosen = str(house.olga.pk) if to == "olga" else to

    told = phone.decide("hand-over", answer, first(answer), to=chosen)

    assert told.status_code == 422
    assert "Nobody was paged" in words(told)
    assert not Page.objects.filter(occasion="hand_over").exists()


def test_choices_are_read_out_with_what_is_wrong_about_them(phone: Browser, answer: Answer) -> None:
    """Whoever decides by ear hears a list of names, and not why nobody was paged."""
    told = phone.decide("hand-over", answer, first(answer)).content.decode()

    assert '<div id="id_to_error">' in told
    assert '<fieldset class="field" aria-describedby="id_to_error">' in told


def test_signer_whom_the_run_does_not_page_is_not_offered(house: House) -> None:
    """Chosen at night, a name that nothing pages must not be an error page with a clock on it."""
    chief = make_person("Chief Executive")
    playbook = agree(house, "TWO-01", signers=[house.anna, house.ben, chief])
    incident = house.alarm(playbook=playbook)
    answer = house.submitted(incident)
    phone = known_browser(house.anna)
    phone.open(incident, house.anna)

    page = phone.get(f"/sign/{incident.number}/{answer.pk}/hand-over/")
    told = phone.decide("hand-over", answer, first(answer), to=chief.pk)

    assert "Ben Okafor" in words(page)
    assert "Chief Executive" not in words(page)
    assert told.status_code == 422
    assert "They cannot decide this. Choose somebody else." in words(told)


def test_somebody_who_cannot_be_reached_is_named(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """A hand-over into nothing must not look done."""
    ContactMethod.objects.filter(person=house.ben).update(is_enabled=False)

    told = phone.decide("hand-over", answer, first(answer), to=house.ben.pk)

    assert told.status_code == 409
    assert "Ben Okafor cannot be reached" in words(told)


def test_hand_over_of_a_page_that_stopped_says_so(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """The press must not page a colleague for something that is decided."""
    approve(answer=answer, act=act(house.ben, 95))

    told = phone.post(f"/sign/{incident.number}/hand-over/", to=house.ben.pk)

    assert Escalation.objects.get().status == "stopped"
    assert told.status_code == 409
    assert "Nobody is paged for this any more" in words(told)
