"""The whole storm, at twenty times its speed, on everything that runs in production."""

import faulthandler
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from crisis.models import Incident, Release
from crisis.queries.invariants import faults
from escalation import clock
from escalation.models import ClockBeat
from playbooks.files.sample import load_sample
from tests.processes.programs import installation, until
from tests.servers import Redis

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

LONGEST_SECONDS = 300

FIGURES = (
    "First word",
    "Someone on it",
    "Wait for sign-off",
    "First answer",
    "Answered by 10:00",
    "Answered in the end          38",
    "Pages",
    "People paged",
    "Versions",
    "Sent back                     1",
    "Amended                       1",
    "verified  yes",
)


def test_forty_people_are_answered_by_two_workers_and_two_beats(tmp_path: Path) -> None:
    """Each part has its own tests; only all of them together, at once, show that they fit."""
    # It plays for longer than a test that hangs, above all beside other work.
    faulthandler.dump_traceback_later(LONGEST_SECONDS, exit=True)
    load_sample(now=clock.now())
    names = ("web", "worker1", "worker2", "beat1", "beat2")
    output = StringIO()
    with Redis() as redis, installation(tmp_path, redis.url, *names) as running:
        until("the clocks pass", lambda: ClockBeat.objects.count() >= 2)

        call_command("rehearse", f"--url={running.url}", "--speed=20", stdout=output)

        found = faults(clock.now())
    told = output.getvalue()
    assert [each for each in FIGURES if each not in told] == []
    assert "missing" not in told
    assert found == []
    incident = Incident.objects.get()
    assert (incident.end, incident.is_drill) == ("answered", True)
    assert Release.objects.filter(answer__question__isnull=False).count() == 38
