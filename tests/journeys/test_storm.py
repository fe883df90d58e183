"""A storm around the storm: edits, drills, restricted cases, many who ask."""

import pytest

from crisis.access import incidents_of
from crisis.models import Incident, Question
from crisis.operations.answer import Blocked, Wording, draft_answer, submit_answer
from crisis.operations.incident import (
    KeyReused,
    NoChain,
    NotAnOfficer,
    NotOpen,
    acknowledge,
    hand_over_paging,
    raise_incident,
    stand_down,
)
from crisis.operations.question import AlreadyAdded, Post, add_question
from crisis.operations.release import AlreadyOut, release_answer
from crisis.operations.sign_off import approve
from crisis.queries.invariants import faults
from crisis.queries.waiting import queue_of
from escalation.models import ChainStep, Escalation
from escalation.operations.act import NotOnTheChain
from playbooks.models import Organisation, Playbook, Protocol
from tests.story import NOON, TEXT, House, act, ask_more, at, fast_forward, make_person, paged

URL = "https://x.com/h/status/2"


def test_editing_the_chain_mid_storm_changes_nothing_in_the_storm(house: House) -> None:
    """The plan that was agreed is the plan that runs, whatever is edited meanwhile."""
    incident = house.alarm()
    ChainStep.objects.filter(chain=house.chain, position=1).update(after_seconds=500)
    house.chain.steps.get(position=0).delete()

    fast_forward(60)

    assert paged(incident.escalation) == [("Anna", "step", 0), ("Ben", "step", 60)]


def test_same_key_raises_one_code_red(house: House) -> None:
    """A double click at 3 am must not page everyone twice."""
    first = raise_incident(storm=house.storm(), by=house.olga, key="k1", now=NOON)
    again = raise_incident(storm=house.storm(), by=house.olga, key="k1", now=at(1))

    assert again.incident == first.incident
    assert again.is_repeat
    assert Incident.objects.count() == 1
    with pytest.raises(KeyReused):
        raise_incident(storm=house.storm(question="Another?"), by=house.olga, key="k1", now=at(2))


def test_no_playbook_fits_and_the_alarm_goes_out_all_the_same(house: House) -> None:
    """Plans get thrown out at first contact: the default chain is always there."""
    incident = house.alarm(playbook=None)

    fast_forward(0)

    assert incident.protocol is None
    assert paged(incident.escalation) == [("Anna", "step", 0)]


def test_only_officers_raise(house: House) -> None:
    """Whoever has no part in it cannot wake the house."""
    with pytest.raises(NotAnOfficer):
        raise_incident(storm=house.storm(), by=house.anna, now=NOON)


def test_restricted_incident_does_not_exist_for_others(house: House) -> None:
    """A safeguarding case seen by one person too many cannot be unseen."""
    outsider = make_person("Paul Outside")
    playbook = Playbook.objects.create(code="SAFE-01", title="Safety")
    Protocol.objects.create(
        playbook=playbook,
        version=1,
        chain=house.chain,
        is_restricted=True,
        status="published",
        published_at=NOON,
        manager_signed_by=house.anna,
    )
    house.alarm(playbook=playbook)

    assert incidents_of(outsider).count() == 0
    assert [incidents_of(each).count() for each in (house.olga, house.anna, house.ben)] == [1, 1, 1]


def test_same_text_to_a_second_person_is_stopped(house: House) -> None:
    """Never paste the same reply to everyone."""
    incident = house.alarm()
    answer = house.submitted(incident)
    approve(answer=answer, act=act(house.anna, 70))
    release_answer(answer=answer, seen=1, url=URL, by=house.olga, now=at(80))
    other = ask_more(incident, 1, house.x)[0]
    copy = draft_answer(
        incident=incident,
        question=other,
        channel=house.x,
        statement=None,
        wording=Wording(TEXT, answers_question=True),
        by=house.olga,
        now=at(90),
    )

    with pytest.raises(Blocked) as refused:
        submit_answer(answer=copy, seen=1, by=house.olga, now=at(91))

    assert [check.code for check in refused.value.checks] == ["near_identical"]


def test_two_answers_to_one_question_only_one_goes_out(house: House) -> None:
    """Nobody saw that a colleague was already answering: the hard stop is at release."""
    incident = house.alarm()
    one = house.submitted(incident)
    two = house.submitted(incident, "He is suspended. We will say here what comes of it tonight.")
    approve(answer=one, act=act(house.anna, 70))
    approve(answer=two, act=act(house.anna, 71))
    release_answer(answer=one, seen=1, url=URL, by=house.olga, now=at(80))

    with pytest.raises(AlreadyOut):
        release_answer(answer=two, seen=1, url=URL, by=house.olga, now=at(81))


def test_second_answer_goes_first_to_whoever_is_on_it(house: House) -> None:
    """With forty people asking, the same manager signs on; others sleep unless they are needed."""
    incident = house.alarm()
    fast_forward(0)
    one = house.submitted(incident, seconds=20)
    acknowledge(incident=incident, by=house.anna, now=at(25))
    approve(answer=one, act=act(house.anna, 30))
    other = ask_more(incident, 1, house.facebook)[0]
    text = "No. Your ten pounds pay for blankets, and he is off all shifts tonight."
    two = house.draft(incident, text, seconds=40, question=other)
    sign_off = submit_answer(answer=two, seen=1, by=house.olga, now=at(45))
    fast_forward(130, from_seconds=45)

    run = Escalation.objects.get(pk=sign_off.escalation_id)
    assert run != incident.escalation
    assert paged(run) == [("Anna", "step", 45)]
    assert [each.answer for each in queue_of(house.anna)] == [two]
    fast_forward(195, from_seconds=131)
    assert ("Ben", "step", 195) in paged(run)


def test_stood_down_is_closed_to_writing(house: House) -> None:
    """After the end nothing may be added to the evidence but what really happened."""
    incident = house.alarm()
    stand_down(incident=incident, by=house.olga, end="mistake", now=at(30))

    with pytest.raises(NotOpen):
        house.draft(incident)
    with pytest.raises(NotOpen):
        add_question(incident=incident, post=Post("And now?"), by=house.olga, now=at(40))
    with pytest.raises(NotOpen):
        stand_down(incident=incident, by=house.olga, end="over", now=at(41))
    assert faults(at(60)) == []


def test_drill_runs_the_same_and_posts_nothing(house: House) -> None:
    """A drill that runs other code rehearses nothing."""
    incident = house.alarm(is_drill=True)
    fast_forward(0)
    answer = house.submitted(incident)
    approve(answer=answer, act=act(house.anna, 70))

    release = release_answer(answer=answer, seen=1, by=house.olga, now=at(80))

    assert release.url == ""
    assert incident.escalation.subject == "Drill 1"


def test_a_post_is_added_once(house: House) -> None:
    """Two officers paste the same link: one person, one answer."""
    incident = house.alarm()
    post = Post("Is the man all right?", house.x, "@tomasz", "https://x.com/t/status/9")
    add_question(incident=incident, post=post, by=house.olga, now=at(10))

    with pytest.raises(AlreadyAdded):
        add_question(incident=incident, post=post, by=house.olga, now=at(11))

    assert Question.objects.filter(incident=incident).count() == 2


def test_later_answers_run_the_plan_that_was_frozen_too(house: House) -> None:
    """An edit during the storm must not reach the second answer either."""
    incident = house.alarm()
    one = house.submitted(incident)
    approve(answer=one, act=act(house.anna, 70))
    house.chain.steps.all().delete()
    other = ask_more(incident, 1, house.x)[0]
    two = draft_answer(
        incident=incident,
        question=other,
        channel=house.x,
        statement=None,
        wording=Wording("Nobody was hurt. He is indoors, and our outreach team is with him."),
        by=house.olga,
        now=at(80),
    )

    sign_off = submit_answer(answer=two, seen=1, by=house.olga, now=at(85))
    fast_forward(150, from_seconds=85)

    assert ("Ben", "step", 145) in paged(sign_off.escalation)


def test_handing_over_to_somebody_off_the_chain_is_refused(house: House) -> None:
    """Whoever was not agreed on cannot decide, and would be woken for nothing."""
    incident = house.alarm()
    fast_forward(0)

    with pytest.raises(NotOnTheChain):
        hand_over_paging(
            incident=incident, by=house.anna, to=make_person("Paul Outside"), now=at(5)
        )


def test_raising_without_an_organisation_says_what_is_missing(house: House) -> None:
    """The first minute of an installation must not end in an error page."""
    Organisation.objects.all().delete()

    with pytest.raises(NoChain):
        house.alarm()
