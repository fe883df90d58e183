"""Fixtures of the tests that go through the doors."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

from crisis.models import Answer, Incident
from tests.browsers import Browser, known_browser
from tests.evidence_files import closed_storm, download, unpacked
from tests.programs import Program
from tests.story import House, fast_forward


@pytest.fixture(autouse=True)
def nobody_has_asked_before() -> Iterator[None]:
    """The throttles count in memory, which outlives a test's rows."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def olgas(house: House) -> Program:
    """The officer's program."""
    return Program(house.olga)


@pytest.fixture
def annas(house: House) -> Program:
    """A manager's program."""
    return Program(house.anna)


@pytest.fixture
def incident(house: House) -> Incident:
    """A code red at noon, for which Anna has been paged."""
    incident = house.alarm()
    fast_forward(0)
    return incident


@pytest.fixture
def answer(house: House, incident: Incident) -> Answer:
    """Olga's answer, waiting for Anna or Ben."""
    return house.submitted(incident)


@pytest.fixture
def desk(house: House) -> Browser:
    """The officer's browser, in which she has signed in."""
    browser = Browser()
    browser.sign_in(house.olga)
    return browser


@pytest.fixture
def phone(house: House, incident: Incident) -> Browser:
    """Anna's telephone, on which she has opened the link."""
    browser = known_browser(house.anna)
    browser.open(incident, house.anna)
    return browser


@pytest.fixture
def storm(house: House, incident: Incident) -> Incident:
    """A storm with all that evidence can hold."""
    return closed_storm(house, incident)


@pytest.fixture
def folder(desk: Browser, storm: Incident, tmp_path: Path) -> Path:
    """Where somebody has unpacked the evidence of a storm."""
    return unpacked(download(desk, storm), tmp_path)
