"""Who decides, on which words, and who was first."""

import pytest

from crisis.models import Answer, Decision
from crisis.operations.answer import (
    NobodyToSign,
    StaleVersion,
    Wording,
    revise_answer,
    submit_answer,
)
from crisis.operations.release import NotReleasable, ProofMissing, release_answer
from crisis.operations.sign_off import (
    FourEyes,
    NoReason,
    NotASigner,
    NotAwaitingSignOff,
    amend_and_approve,
    approve,
    hand_over,
    send_back,
    take_back,
)
from crisis.queries.invariants import faults
from escalation.models import Event, Person
from playbooks.models import Playbook, Protocol
from tests.agreements import agree
from tests.story import NOON, TEXT, House, act, at, fast_forward, paged

URL = "https://x.com/h/status/2"
BETTER = "Yes, he is one of our volunteers. We suspended him tonight. We post what we decide here."


def test_first_decision_wins_and_the_second_is_told_whose_it_was(house: House) -> None:
    """Two managers, two answers: the public must never see both."""
    incident = house.alarm()
    fast_forward(60)
    answer = house.submitted(incident, seconds=61)
    approve(answer=answer, act=act(house.anna, 70))

    with pytest.raises(NotAwaitingSignOff) as refused:
        amend_and_approve(answer=answer, wording=Wording(BETTER), act=act(house.ben, 78))

    assert refused.value.settled_by is not None
    assert refused.value.settled_by.by == house.anna
    assert answer.versions.count() == 1


def test_changed_while_reading_nothing_is_approved(house: House) -> None:
    """What was approved is what was read, word for word."""
    incident = house.alarm()
    answer = house.submitted(incident)
    revise_answer(answer=answer, seen=1, wording=Wording(BETTER), by=house.olga, now=at(65))

    with pytest.raises(StaleVersion) as refused:
        approve(answer=answer, act=act(house.anna, 70, seen=1))

    assert refused.value.current.text == BETTER
    assert refused.value.seen is not None
    assert refused.value.seen.text == TEXT
    assert not Decision.objects.exists()
    approve(answer=answer, act=act(house.anna, 75, seen=2))
    assert Answer.objects.get(pk=answer.pk).status == "approved"


def test_amending_approves_the_amended_words_and_only_them(house: House) -> None:
    """An edit after approval went out unapproved elsewhere; here the hash would not match."""
    incident = house.alarm()
    answer = house.submitted(incident)

    decision = amend_and_approve(answer=answer, wording=Wording(BETTER), act=act(house.anna, 80))

    assert decision.version.number == 2
    assert decision.sha256 == decision.version.sha256
    with pytest.raises(StaleVersion):
        release_answer(answer=answer, seen=1, url=URL, by=house.olga, now=at(90))
    release = release_answer(answer=answer, seen=2, url=URL, by=house.olga, now=at(90))
    assert release.version.text == BETTER
    assert faults(at(90)) == []


def test_editing_what_was_approved_drops_the_approval(house: House) -> None:
    """A text that was changed after the signature is unsigned."""
    answer = house.submitted(house.alarm())
    approve(answer=answer, act=act(house.anna, 80))

    revise_answer(answer=answer, seen=1, wording=Wording(BETTER), by=house.olga, now=at(85))

    assert Answer.objects.get(pk=answer.pk).status == "draft"
    with pytest.raises(NotReleasable):
        release_answer(answer=answer, seen=2, url=URL, by=house.olga, now=at(90))
    assert faults(at(90)) == []


def test_writing_the_same_words_once_more_keeps_the_approval(house: House) -> None:
    """A press on Save with nothing changed must not wake a manager a second time."""
    answer = house.submitted(house.alarm())
    approve(answer=answer, act=act(house.anna, 80))
    same = Wording(f"{TEXT}  ", answers_question=answer.versions.get().answers_question)

    kept = revise_answer(answer=answer, seen=1, wording=same, by=house.olga, now=at(85))

    assert kept.number == 1
    release_answer(answer=answer, seen=1, url=URL, by=house.olga, now=at(90))
    assert not Event.objects.filter(kind="answer_changed").exists()


def test_words_of_a_manager_that_came_back_can_be_signed_by_them(house: House) -> None:
    """Anna amends, stops it, and says it was fine: her press would do nothing, mutely."""
    answer = house.submitted(house.alarm())
    amend_and_approve(answer=answer, wording=Wording(BETTER), act=act(house.anna, 80))
    take_back(answer=answer, act=act(house.anna, 85, seen=2))

    kept = revise_answer(answer=answer, seen=2, wording=Wording(BETTER), by=house.olga, now=at(90))
    submit_answer(answer=answer, seen=3, by=house.olga, now=at(91))
    approve(answer=answer, act=act(house.anna, 95, seen=3))

    assert (kept.number, kept.written_by) == (3, house.olga)
    assert Answer.objects.get(pk=answer.pk).status == "approved"


def test_nobody_is_asked_to_sign_what_they_wrote(house: House) -> None:
    """A page at 3 am for a button that refuses."""
    answer = house.submitted(house.alarm())
    amend_and_approve(answer=answer, wording=Wording(BETTER), act=act(house.anna, 80))
    take_back(answer=answer, act=act(house.anna, 85, seen=2))

    sign_off = submit_answer(answer=answer, seen=2, by=house.olga, now=at(91))

    assert [each.first_name for each in sign_off.signers.all()] == ["Ben"]


def test_sent_back_with_a_reason_changed_and_signed(house: House) -> None:
    """Without a reason the officer has nothing to go by; the alarm is held, never silenced."""
    incident = house.alarm()
    fast_forward(0)
    answer = house.submitted(incident)
    with pytest.raises(NoReason):
        send_back(answer=answer, act=act(house.anna, 70, reason="  "))

    send_back(answer=answer, act=act(house.anna, 70, reason="Say that he is suspended."))
    fast_forward(159, from_seconds=70)
    assert [row for row in paged(incident.escalation) if row[0] == "Ben"] == []
    revise_answer(answer=answer, seen=1, wording=Wording(BETTER), by=house.olga, now=at(159))
    submit_answer(answer=answer, seen=2, by=house.olga, now=at(159))
    fast_forward(165, from_seconds=159)

    assert ("Ben", "step", 160) in paged(incident.escalation)
    assert ("Anna", "answer_ready", 159) in paged(incident.escalation)
    approve(answer=answer, act=act(house.anna, 170, seen=2))
    assert Answer.objects.get(pk=answer.pk).status == "approved"
    assert faults(at(170)) == []


def test_same_words_sent_once_more_can_be_signed(house: House) -> None:
    """An officer who stands by the words must not meet a manager whose button fails."""
    answer = house.submitted(house.alarm())
    send_back(answer=answer, act=act(house.anna, 70, reason="Are we sure?"))

    submit_answer(answer=answer, seen=1, by=house.olga, now=at(80))
    approve(answer=answer, act=act(house.anna, 90))

    answer.refresh_from_db()
    assert answer.status == "approved"
    assert release_answer(answer=answer, seen=1, url=URL, by=house.olga, now=at(95)).sha256
    assert faults(at(100)) == []


def test_handing_over_pages_the_next_at_once(house: House) -> None:
    """Whoever cannot decide must be able to say so in one touch."""
    incident = house.alarm()
    fast_forward(0)
    answer = house.submitted(incident, seconds=20)

    people = hand_over(answer=answer, to=None, act=act(house.anna, 30))

    assert people == [house.ben.pk]
    assert ("Ben", "hand_over", 30) in paged(incident.escalation)
    approve(answer=answer, act=act(house.ben, 40))


def test_nobody_signs_off_their_own_text(house: House) -> None:
    """Four eyes, also when the officer stands on the chain herself."""
    house.chain.steps.get(position=0).targets.create(person=house.olga)
    answer = house.submitted(house.alarm())

    with pytest.raises((FourEyes, NotASigner)):
        approve(answer=answer, act=act(house.olga, 70))


def test_taken_back_until_it_is_out(house: House) -> None:
    """The wrong words can be stopped at the last moment, and not after it."""
    answer = house.submitted(house.alarm())
    approve(answer=answer, act=act(house.anna, 70))

    take_back(answer=answer, act=act(house.anna, 75))

    assert Answer.objects.get(pk=answer.pk).status == "sent_back"
    with pytest.raises(NotReleasable):
        release_answer(answer=answer, seen=1, url=URL, by=house.olga, now=at(80))
    assert faults(at(80)) == []


def test_out_means_there_is_a_link(house: House) -> None:
    """A clock that stops without proof measures nothing."""
    answer = house.submitted(house.alarm())
    approve(answer=answer, act=act(house.anna, 70))

    with pytest.raises(ProofMissing):
        release_answer(answer=answer, seen=1, by=house.olga, now=at(80))


def test_all_must_sign_where_the_protocol_says_so(house: House) -> None:
    """A safeguarding answer that went out on one signature is a breach of the protocol."""
    playbook = Playbook.objects.create(code="SAFE-01", title="Safety")
    protocol = Protocol.objects.create(
        playbook=playbook, version=1, chain=house.chain, sign_off="all", needed=2, limit_seconds=600
    )
    protocol.signers.set([house.anna, house.ben])
    Protocol.objects.filter(pk=protocol.pk).update(
        status="published", published_at=NOON, manager_signed_by=house.anna
    )
    incident = house.alarm(playbook=playbook)
    answer = house.submitted(incident)

    approve(answer=answer, act=act(house.anna, 70))
    assert Answer.objects.get(pk=answer.pk).status == "awaiting_sign_off"
    amend_and_approve(answer=answer, wording=Wording(BETTER), act=act(house.ben, 80))
    assert Answer.objects.get(pk=answer.pk).status == "awaiting_sign_off"
    approve(answer=answer, act=act(house.anna, 90, seen=2))

    assert Answer.objects.get(pk=answer.pk).status == "approved"
    assert Decision.objects.filter(is_effective=True).count() == 1
    assert faults(at(90)) == []


def test_whoever_has_left_is_not_waited_for(house: House) -> None:
    """One leaver among those who must all sign would keep every answer in until the breach."""
    playbook = agree(house, "SAFE-01", sign_off="all", signers=[house.anna, house.ben])
    Person.objects.filter(pk=house.ben.pk).update(is_active=False)
    answer = house.submitted(house.alarm(playbook=playbook))

    approve(answer=answer, act=act(house.anna, 70))

    assert Answer.objects.get(pk=answer.pk).status == "approved"
    told = Event.objects.get(kind="answer_submitted").detail
    assert (told["needed"], told["signers"]) == (1, [house.anna.pk])
    assert playbook.protocols.get().signers.count() == 2
    assert faults(at(80)) == []


def test_fewer_left_to_sign_than_must_is_said_at_once(house: House) -> None:
    """Two signatures of which one is the author's own never come, and the clock runs."""
    signers = [house.olga, house.anna]
    playbook = agree(house, "TWO-01", sign_off="n_of", needed=2, signers=signers)
    answer = house.draft(house.alarm(playbook=playbook))

    with pytest.raises(NobodyToSign) as refused:
        submit_answer(answer=answer, seen=1, by=house.olga, now=at(60))

    assert (refused.value.needed, refused.value.left) == (2, 1)
    assert Answer.objects.get(pk=answer.pk).status == "draft"
