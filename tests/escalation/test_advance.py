"""One pass of the clock over real rows."""

from itertools import combinations

import pytest
from django.db import IntegrityError, transaction

from escalation.models import Deadline, Escalation, EscalationStep, Page, Person, Timeline
from escalation.operations import advance
from escalation.operations.act import hand_over
from escalation.operations.advance import advance_due
from escalation.operations.claim import claim_pages
from escalation.operations.evidence import verify
from escalation.operations.sending import Outcome, stamp
from escalation.rules.sending import Failure
from escalation.transports import Receipt
from playbooks.models import Organisation
from tests.story import House, at, fast_forward, make_chain, make_person, paged

GONE = Failure(is_permanent=True)


def test_raise_pages_the_first_step_by_itself(house: House) -> None:
    """The officer presses, and every clock is busy, or down: the first page waits for none."""
    incident = house.alarm()

    assert paged(incident.escalation) == [("Anna", "step", 0)]
    run = Escalation.objects.get(pk=incident.escalation_id)
    assert (run.next_step, run.next_page_at) == (1, at(60))
    assert (incident.escalation.next_step, incident.escalation.next_page_at) == (1, at(60))


def test_run_that_cannot_begin_is_taken_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault in the first page must not cost the officer the code red, nor the chain its start."""
    original = advance._write

    def half_way(*facts: object) -> object:
        original(*facts)  # type: ignore[arg-type]
        raise RuntimeError("poison")

    monkeypatch.setattr(advance, "_write", half_way)

    incident = house.alarm()

    assert paged(incident.escalation) == []
    assert "could not begin" in caplog.text
    assert verify(Timeline.objects.get(pk=incident.timeline_id)) is None
    monkeypatch.undo()
    advance_due(now=at(1))
    assert paged(incident.escalation) == [("Anna", "step", 1)]


def test_second_pass_at_the_same_moment_pages_nobody_twice(house: House) -> None:
    """Two clocks are harmless: the row says that it was done."""
    incident = house.alarm()

    for _ in range(3):
        advance_due(now=at(60))

    assert paged(incident.escalation) == [("Anna", "step", 0), ("Ben", "step", 60)]


def test_late_pass_does_not_delay_the_next_step(house: House) -> None:
    """Due times count from the start: a slow minute must not push back all that follows."""
    incident = house.alarm()
    advance_due(now=at(0))

    advance_due(now=at(75))

    run = Escalation.objects.get(pk=incident.escalation_id)
    assert paged(run)[-1] == ("Ben", "step", 75)
    assert run.next_page_at == at(120)


def test_deactivated_person_is_passed_over_in_the_same_pass(house: House) -> None:
    """Somebody left last week and the chain still names them: nobody waits a minute for that."""
    Person.objects.filter(pk=house.anna.pk).update(is_active=False)

    incident = house.alarm()

    assert paged(incident.escalation) == [("Ben", "step", 0)]
    kinds = list(incident.timeline.events.values_list("kind", flat=True))
    assert "step_unreachable" in kinds


def test_unverified_contact_method_is_no_way_to_reach_anybody(house: House) -> None:
    """A number with a typo looks like a person who does not care."""
    house.anna.contact_methods.update(verified_at=None)

    incident = house.alarm()

    assert paged(incident.escalation) == [("Ben", "step", 0)]


def test_person_out_of_office_is_passed_over_until_it_is_late(house: House) -> None:
    """Holidays are respected for five minutes; after that anybody is better than nobody."""
    Person.objects.filter(pk=house.anna.pk).update(out_of_office_from=at(-3600))
    incident = house.alarm()

    fast_forward(300)

    assert paged(incident.escalation)[0] == ("Ben", "step", 0)
    assert ("Anna", "round", 300) in paged(incident.escalation)


@pytest.mark.parametrize(
    "missing", [set(each) for size in range(4) for each in combinations(range(3), size)]
)
def test_whoever_is_missing_somebody_is_paged_within_a_minute(
    house: House, missing: set[int]
) -> None:
    """No silent end: for every subset of missing people somebody, or the officer, is told."""
    people = [make_person(f"Manager{number} M") for number in range(3)]
    rungs = zip((0, 60, 120), people, strict=True)
    chain = make_chain(*((after, [person]) for after, person in rungs), name="Three")
    Organisation.objects.update(default_chain=chain)
    for number in missing:
        people[number].contact_methods.update(is_enabled=False)
    incident = house.alarm(playbook=None)

    fast_forward(420)

    told = sorted({seconds for _, _, seconds in paged(incident.escalation)})
    gaps = [later - earlier for earlier, later in zip(told, told[1:], strict=False)]
    assert told[0] == 0
    assert max(gaps) <= 60, "a step that was brought forward leaves no gap where it was"


def test_step_whose_every_page_failed_gives_way_at_once(house: House) -> None:
    """ "Number not in service" after three seconds is no reason to wait for sixty."""
    incident = house.alarm()
    advance_due(now=at(0))
    (page,) = claim_pages(limit=5, now=at(1)).pages

    stamp([Outcome(page, at(3), failure=GONE, error="550 no such person")])
    advance_due(now=at(3))

    assert paged(incident.escalation)[-1] == ("Ben", "step", 3)
    step = EscalationStep.objects.get(escalation=incident.escalation, position=0)
    assert step.outcome == EscalationStep.Outcome.UNREACHABLE


def test_one_failed_page_of_two_keeps_the_step_alive(house: House) -> None:
    """The second contact method may still wake them."""
    house.anna.contact_methods.create(kind="email", address="anna@example.org", verified_at=at(0))
    incident = house.alarm()
    advance_due(now=at(0))
    pages = claim_pages(limit=5, now=at(1)).pages
    (mail,) = [each for each in pages if each.kind == "email"]

    stamp([Outcome(mail, at(3), failure=GONE, error="550")])
    advance_due(now=at(3))

    assert {row[0] for row in paged(incident.escalation)} == {"Anna"}


def test_one_broken_incident_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A poisoned row must not silence everybody else's alarm."""
    broken = house.alarm()
    fine = house.alarm(post_url="")
    original = advance._turn

    def explode(batch, run):  # type: ignore[no-untyped-def]
        if run.pk == broken.escalation_id:
            raise RuntimeError("poison")
        original(batch, run)

    monkeypatch.setattr(advance, "_turn", explode)

    advance_due(now=at(60))

    assert paged(fine.escalation) == [("Anna", "step", 0), ("Ben", "step", 60)]
    assert "could not be advanced" in caplog.text


@pytest.mark.parametrize("seconds", [601, 3600])
def test_no_answer_deadline_later_than_ten_minutes_can_be_stored(
    house: House, seconds: int
) -> None:
    """Ten minutes, no more: not by a form, not by a script, not by hand in the database."""
    incident = house.alarm()

    with pytest.raises(IntegrityError), transaction.atomic():
        Deadline.objects.filter(escalation=incident.escalation, kind="answer").update(
            due_at=at(seconds)
        )


def test_page_exists_once_per_attempt(house: House) -> None:
    """A second row for the same attempt would be a second ring for the same reason."""
    house.alarm()
    advance_due(now=at(0))
    page = Page.objects.get()
    page.pk, page.key = None, "11111111-1111-4111-8111-111111111111"

    with pytest.raises(IntegrityError), transaction.atomic():
        page.save(force_insert=True)


def test_lost_lease_stamps_nothing(house: House) -> None:
    """A sender that slept through its lease must not overwrite what the next one did."""
    house.alarm()
    advance_due(now=at(0))
    (first,) = claim_pages(limit=5, now=at(0)).pages
    (second,) = claim_pages(limit=5, now=at(20)).pages

    assert first.key == second.key
    assert stamp([Outcome(first, at(21), failure=GONE)]).ours == 0
    assert stamp([Outcome(first, at(21), Receipt())]).ours == 0
    assert Page.objects.get().status == Page.Status.SENDING


def test_hand_over_past_people_who_are_missing_pages_whoever_is_there(house: House) -> None:
    """ "Handed over", and a minute of silence: the next on the chain left last week."""
    cleo = make_person("Cleo Marsh")
    chain = make_chain((0, [house.anna]), (60, [house.ben]), (120, [cleo]), name="Three")
    Organisation.objects.update(default_chain=chain)
    Person.objects.filter(pk=house.ben.pk).update(is_active=False)
    incident = house.alarm(playbook=None)
    advance_due(now=at(0))

    paged_now = hand_over(escalation=incident.escalation, by=house.anna, now=at(10))

    assert paged_now == [cleo.pk]
    assert paged(incident.escalation)[-1] == ("Cleo", "hand_over", 10)


def test_step_that_was_brought_on_counts_as_late_from_that_moment(house: House) -> None:
    """A clock that was down for a minute must not measure itself as punctual."""
    cleo = make_person("Cleo Marsh")
    chain = make_chain((0, [house.anna]), (60, [house.ben]), (120, [cleo]), name="Three")
    Organisation.objects.update(default_chain=chain)
    Person.objects.filter(pk=house.anna.pk).update(is_active=False)
    incident = house.alarm(playbook=None)
    advance_due(now=at(0))

    advance_due(now=at(75))

    page = Page.objects.get(escalation=incident.escalation, person=cleo)
    assert (page.due_at, page.queued_at) == (at(60), at(75))


def test_deadline_is_not_breached_early_by_a_pass_that_fails(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that is ready early looks for no deadlines, nor does it when it falls back."""
    house.alarm()
    monkeypatch.setattr(advance, "lock_next", lambda *_, **__: 1 / 0)

    advance_due(now=at(300), deadlines=False)
    early = Deadline.objects.filter(status="breached").count()
    advance_due(now=at(300))

    assert early == 0
    assert Deadline.objects.filter(status="breached").exists()
