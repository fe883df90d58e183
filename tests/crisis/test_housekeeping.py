"""What is forgotten, and what is not."""

from datetime import timedelta

from crisis.models import RaiseKey
from crisis.operations.housekeeping import forget_what_is_over
from crisis.operations.incident import raise_incident
from escalation.models import ClockBeat, Event
from escalation.operations.links import enrol_device
from tests.story import NOON, House


def test_only_what_has_served_its_time_is_forgotten(house: House) -> None:
    """Tables that only grow slow the alarm down one day; evidence must outlive them all."""
    raise_incident(storm=house.storm(), by=house.olga, key="k", now=NOON)
    enrol_device(person=house.anna, now=NOON)
    ClockBeat.objects.create(driver="old", at=NOON)
    events = Event.objects.count()

    forget_what_is_over(now=NOON + timedelta(hours=23))
    assert (RaiseKey.objects.count(), ClockBeat.objects.count()) == (1, 1)
    forget_what_is_over(now=NOON + timedelta(days=31))

    assert (RaiseKey.objects.count(), ClockBeat.objects.count()) == (0, 0)
    assert house.anna.devices.count() == 0
    assert Event.objects.count() == events
