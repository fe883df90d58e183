"""The sample organisation: whole, live, and ready for a code red."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crisis.models import Incident
from crisis.operations.incident import Storm, raise_incident
from escalation.models import ChainTarget, ContactMethod, Person, Rota
from escalation.operations.advance import advance_due
from escalation.queries import coverage
from playbooks.files.sample import last_changeover, load_sample, sign_ins
from playbooks.models import Briefing, Channel, Organisation, Playbook, Protocol, Statement
from playbooks.operations.fitness import faults_of
from playbooks.rules.jargon import flags
from tests.story import NOON, paged

PEOPLE = 7


@pytest.fixture
def sample(db, settings):
    settings.CODERED_DEMO = True
    load_sample(now=NOON)


def counts():
    models = (Person, ContactMethod, Rota, ChainTarget, Channel, Briefing, Playbook, Protocol)
    return {model.__name__: model.objects.count() for model in models}


def run(*arguments):
    out = StringIO()
    call_command("load_sample", *arguments, stdout=out)
    return out.getvalue()


def test_every_person_can_be_reached_in_two_ways(sample):
    """Without a second way there is nothing to send the code for a new device by."""
    people = Person.objects.all()

    assert len(people) == PEOPLE
    for person in people:
        ways = person.contact_methods.filter(verified_at__isnull=False)
        assert sorted(ways.values_list("label", flat=True)) == ["Desk", "Phone"]
        assert person.duty_phone


@pytest.mark.parametrize("code", ["VOL-01", "DATA-01", "SAFE-01"])
def test_every_playbook_is_live_signed_and_fit(sample, code):
    """A sample that is not fit teaches the wrong thing to everyone who copies it."""
    protocol = Protocol.objects.get(playbook__code=code, status=Protocol.Status.PUBLISHED)

    assert protocol.is_officer_signed
    assert protocol.manager_signed_by.is_manager
    assert faults_of(protocol, NOON) == ()


def test_no_statement_uses_words_that_a_neighbour_would_not(sample):
    """The house’s own jargon check must not go off at the house’s own statements."""
    jargon = tuple(Organisation.objects.get().jargon)

    assert jargon
    assert [
        (each.code, flags(each.text, jargon))
        for each in Statement.objects.all()
        if flags(each.text, jargon)
    ] == []


@pytest.mark.parametrize(
    ("code", "first", "seconds"),
    [
        ("VOL-01", {"Joanna", "Siobhan"}, 300),
        ("DATA-01", {"Joanna", "Siobhan"}, 600),
        ("SAFE-01", {"Siobhan", "Ruth"}, 600),
    ],
)
def test_a_code_red_pages_the_right_people_first(sample, code, first, seconds):
    """The wrong first person is a minute lost."""
    amara = Person.objects.get(email="amara.nwosu@hearthside.example")
    storm = Storm(question="Is it true?", playbook=Playbook.objects.get(code=code))

    incident = raise_incident(storm=storm, by=amara, now=NOON).incident
    advance_due(now=NOON)

    assert {name for name, _, _ in paged(incident.escalation)} == first
    assert incident.limit_seconds == seconds
    assert incident.is_restricted == (code == "SAFE-01")


def test_the_first_on_the_rota_is_on_call_when_the_sample_is_loaded(sample):
    """The demonstration tells of Joanna; a rota that has turned by chance tells of Idris twice."""
    chain = Organisation.objects.get().default_chain
    assert [each.person.first_name for each in coverage(chain, NOON)] == [
        "Joanna",
        "Siobhan",
        "Idris",
        "Ruth",
        "Marcus",
    ]


@pytest.mark.parametrize(
    ("local", "day"),
    [
        (datetime(2026, 11, 16, 9, 0, tzinfo=UTC), 16),
        (datetime(2026, 11, 16, 8, 59, tzinfo=UTC), 9),
        (datetime(2026, 11, 15, 23, 0, tzinfo=UTC), 9),
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), 16),
    ],
)
def test_last_changeover_is_at_or_before_now(local, day):
    """A first day in the future lets the turns run backwards, from the wrong person."""
    assert last_changeover(0, datetime(2026, 1, 1, 9, 0, tzinfo=UTC).time(), local).day == day


def test_a_second_run_changes_nothing(sample):
    """Whoever restarts the demonstration must not find their own changes undone."""
    Channel.objects.filter(network="x").update(handle="@OurOwn")
    Playbook.objects.filter(code="VOL-01").update(title="Ours")
    before = counts()

    is_new = load_sample(now=NOON)

    assert not is_new
    assert counts() == before
    assert Channel.objects.filter(handle="@OurOwn").exists()


def test_a_run_that_broke_off_is_finished_by_the_next(db, monkeypatch):
    """A sample without its playbooks cannot be raised with."""

    def crash(**_):
        raise OSError("the machine went away")

    monkeypatch.setattr("playbooks.files.sample.publish", crash)
    with pytest.raises(OSError, match="went away"):
        load_sample(now=NOON)
    monkeypatch.undo()

    assert load_sample(now=NOON)
    assert Protocol.objects.filter(status=Protocol.Status.PUBLISHED).count() == 3


def test_another_organisation_is_left_alone(house, settings):
    """Sample people in a real house could sign in to it."""
    settings.CODERED_DEMO = True

    with pytest.raises(CommandError, match="Hearthside lives here already"):
        run()
    assert not Incident.objects.exists()
    assert not Person.objects.filter(email__endswith="hearthside.example").exists()


def test_known_passwords_are_for_demonstrations_only(db, settings):
    """The passwords are printed in a public repository."""
    settings.CODERED_DEMO = settings.DEBUG = False

    with pytest.raises(CommandError, match="CODERED_DEMO=1"):
        run()
    assert not Person.objects.exists()


def test_the_sign_ins_are_shown_and_work(db, settings, client):
    """A demonstration that nobody can sign in to shows nothing."""
    settings.CODERED_DEMO = True

    printed = run()
    shown = run("--show")

    assert shown in printed
    assert len(shown.splitlines()) == PEOPLE
    assert "amara.nwosu@hearthside.example" in shown
    assert all(
        Person.objects.get(email=each.email).check_password(each.password) for each in sign_ins()
    )


def test_a_changed_password_is_not_claimed_to_be_the_sample_s(sample):
    """A table that tells the wrong password sends people to the admin."""
    tom = Person.objects.get(email="tom.asher@hearthside.example")
    tom.set_password("quite another one")
    tom.save()

    assert [each.name for each in sign_ins() if not each.password] == ["Tom Asher"]
    assert "(their own by now)" in run("--show")


def test_show_alone_loads_nothing(db, settings):
    """Looking must not found an organisation."""
    settings.CODERED_DEMO = True

    with pytest.raises(CommandError, match="not loaded"):
        run("--show")
    assert not Organisation.objects.exists()
