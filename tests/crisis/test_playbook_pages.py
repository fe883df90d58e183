"""Playbooks and chains as officers read them before anything happens."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from crisis.models import Incident
from escalation.models import Override, Person, Rota, Shift
from playbooks.models import Briefing, Organisation, Playbook, Protocol
from tests.agreements import agree
from tests.browsers import Browser, words
from tests.story import NOON, House, at, make_person

# ------------------------------------------------------------ playbooks and chains, to be read


def test_playbook_is_shown_as_it_was_agreed(house: House, desk: Browser) -> None:
    """Who reads the plan on a quiet day knows it in the storm."""
    agree(
        house,
        "VOL-02",
        never=["Name anybody"],
        trigger="A volunteer is filmed",
        falls_to_officer=Protocol.Falls.ANSWER,
        clause="It is hers.",
    )

    told = words(desk.get("/playbooks/VOL-02/"))

    for part in (
        "Version 1 is live, since Sat 14 Nov",
        "A volunteer is filmed",
        "2:00 Send an answer Officer",
        "Holding statement Approved ahead of time",
        "Any one of: everyone on the chain who is asked to act",
        "The officer’s own answer may be released It is hers.",
        "Never Name anybody",
        "Anna Hale, manager Signed on Sat 14 Nov",
        "No officer has signed",
    ):
        assert part in told


def test_statement_shows_whether_it_fits_each_channel_at_its_longest(
    house: House, desk: Browser
) -> None:
    """A statement that does not fit is found out while somebody waits for it."""
    agree(house, "VOL-02")

    assert re.search(
        r"At its longest: X \d+ of 280 Facebook \d+ of 400", words(desk.get("/playbooks/VOL-02/"))
    )


def test_playbooks_are_listed_with_what_is_live(house: House, desk: Browser) -> None:
    """A playbook without a live version is a plan that nobody may use."""
    Playbook.objects.create(code="NEW-01", title="Not yet agreed")
    house.alarm()

    told = words(desk.get("/playbooks/"))

    assert "Volunteer or staff conduct Raised once. Chain: Duty chain Version 1 is live" in told
    assert "Not yet agreed Never raised No version is live" in told
    assert "It has no version yet." in words(desk.get("/playbooks/NEW-01/"))
    assert desk.get("/playbooks/NONE-99/").status_code == 404


def test_nobody_learns_from_a_playbook_that_something_restricted_was_raised(
    house: House, desk: Browser
) -> None:
    """That there was a storm about one of the managers is itself the secret."""
    secret = agree(house, "SECRET-01", is_restricted=True)
    before = words(desk.get("/playbooks/"))

    house.alarm(playbook=secret)

    secret.refresh_from_db()
    assert secret.times_raised == 0
    assert words(desk.get("/playbooks/")) == before
    assert "Restricted to its chain. Chain: Duty chain" in before


def test_what_was_counted_of_the_restricted_is_taken_off(house: House) -> None:
    """A number that was told before the upgrade tells as much after it."""
    house.alarm()
    house.alarm(is_drill=True)
    hidden = house.alarm()
    Incident.objects.filter(pk=hidden.pk).update(is_restricted=True)

    migration = import_module("crisis.migrations.0008_count_nothing_restricted")
    migration.uncount(apps, None)

    assert Playbook.objects.get(pk=house.playbook.pk).times_raised == 1


def test_chain_shows_who_is_paged_now_and_who_takes_over(house: House, desk: Browser) -> None:
    """Whoever relies on a rota must see who is on it tonight."""
    rota = Rota.objects.create(
        name="Night rota", starts_on=(NOON - timedelta(days=1)).date(), handover_at="07:00"
    )
    eve = make_person("Eve Stone")
    for position, person in enumerate([house.ben, eve]):
        Shift.objects.create(rota=rota, position=position, person=person)
    Override.objects.create(
        rota=rota, person=house.anna, starts_at=NOON + timedelta(hours=2), ends_at=at(36_000)
    )
    house.chain.steps.get(position=0).targets.create(rota=rota)

    told = words(desk.get("/chains/"))

    assert "Chain: Duty chain Used by 1 playbook" in told
    assert "0:00 Ben Okafor On call for Night rota" in told
    assert "Night rota Now: Ben Okafor Anna Hale From Sat 14 Nov, 14:00" in told
    assert "Ben Okafor From Sat 14 Nov, 22:00 Eve Stone From Fri 20 Nov, 07:00" in told


def test_chain_that_reaches_nobody_says_so_in_red(house: House, desk: Browser) -> None:
    """Found here it costs a telephone call; found at night it costs the night."""
    Person.objects.filter(pk__in=[house.anna.pk, house.ben.pk]).update(is_active=False)

    assert "Nobody would be reached now" in words(desk.get("/chains/"))


def test_house_without_a_chain_says_so(house: House, desk: Browser) -> None:
    """Before a chain is there, the screens must stand all the same."""
    Organisation.objects.update(default_chain=None)

    assert "There is no chain for when no playbook fits." in words(desk.get("/"))


@pytest.mark.parametrize("path", ["/", "/raise/", "/chains/", "/playbooks/", "/playbooks/VOL-02/"])
def test_no_quiet_page_asks_more_than_twenty_questions(
    house: House, desk: Browser, django_assert_max_num_queries: Any, path: str
) -> None:
    """Twenty questions to the database are what a screen may cost."""
    agree(house, "VOL-02")
    for number in range(2):
        rota = Rota.objects.create(
            name=f"Rota {number}", starts_on=NOON.date(), handover_at="07:00"
        )
        Shift.objects.create(rota=rota, position=0, person=house.ben)
        house.chain.steps.get(position=0).targets.create(rota=rota)
    Briefing.objects.create(title="Soon", happens_at=NOON, background="b", ask=house.ben)

    with django_assert_max_num_queries(20):
        desk.get(path)
