"""An admin at the desk, and something of everything on it."""

import pytest

from escalation.models import (
    Role,
    Rota,
    Shift,
)
from escalation.operations.keys import create_key
from playbooks.models import Briefing
from tests.story import NOON, make_person


@pytest.fixture
def tom(house):
    return make_person("Tom Asher", Role.ADMIN)


@pytest.fixture
def desk(client, tom):
    client.force_login(tom)
    return client


@pytest.fixture
def furnished(house, tom):
    """One row of everything that the desk shows."""
    rota = Rota.objects.create(name="Duty", starts_on=NOON.date(), handover_at="09:00")
    Shift.objects.create(rota=rota, position=0, person=house.anna)
    Briefing.objects.create(title="Shelter", happens_at=NOON, ask=house.ben)
    create_key(person=house.olga, name="Bot", scopes=["read"], now=NOON)
    return house
