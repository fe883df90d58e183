"""The archive that figures are taken on: what is measured there must be what the product writes."""

from crisis.models import Incident
from crisis.queries.figures import figures_of
from crisis.queries.invariants import faults
from escalation.models import Event, Page
from tests.bench.archive import fill
from tests.bench.stories import CYCLE, leave_open
from tests.story import NOON

COUNT = 40


def test_archive_holds_what_must_always_hold(db: None) -> None:
    """Figures taken on rows that the product would never write say nothing of the product."""
    street = fill(COUNT, NOON, say=lambda line: None)
    lived = len(set(CYCLE))

    assert faults(NOON) == []
    assert Incident.objects.filter(status="stood_down").count() == COUNT + lived
    assert set(Incident.objects.values_list("number", flat=True)) == set(
        range(1, COUNT + lived + 1)
    )
    assert Event.objects.values("hash").distinct().count() == Event.objects.count()
    assert Page.objects.filter(sent_at=None).exclude(status="dropped").count() == 0
    assert street.house.olga.is_officer


def test_copies_tell_the_story_they_are_copies_of(db: None) -> None:
    """A report of a copy must cost what a report of the real one costs."""
    fill(COUNT, NOON, say=lambda line: None)
    lived = len(set(CYCLE))
    stories = list(Incident.objects.order_by("number")[:lived])

    for number, which in enumerate(CYCLE, start=lived + 1):
        copy = Incident.objects.get(number=number)
        assert figures_of(copy) == figures_of(stories[which])
        assert copy.question == stories[which].question
        assert copy.raised_at > stories[-1].raised_at


def test_some_are_open_beside_the_archive(db: None) -> None:
    """What is open must lie on top of what is past, as it does in life."""
    street = fill(COUNT, NOON, say=lambda line: None)

    opened = leave_open(street, 4, NOON)

    assert {each.status for each in opened} == {"open"}
    assert min(each.number for each in opened) > COUNT
    assert faults(NOON) == []
