"""What a telephone keeps of the site: the shell, and what it was allowed to keep."""

import json
import re

from django.contrib.staticfiles import finders
from django.test import Client

from crisis.models import Incident
from escalation.models import ClockBeat, Person, Role
from tests.browsers import Browser
from tests.story import House, make_person

KEEP = "CodeRed-Keep"


def told() -> dict[str, object]:
    body = Client().get("/worker.js").content.decode()
    found = re.search(r"self\.codered = (\{.*\});", body)
    assert found
    return dict(json.loads(found[1]))


def test_shell_has_every_script_that_a_page_loads(db: None) -> None:
    """One script that is missing, and the page is dead in a lift."""
    files = told()["files"]

    assert isinstance(files, list)
    assert all(finders.find(each.removeprefix("/static/")) for each in files)
    for name in ("css/codered.css", "js/app.js", "js/outbox.js", "js/live.js", "icons.svg"):
        assert f"/static/crisis/{name}" in files


def test_page_without_a_network_names_nobody(house: House) -> None:
    """It lies on the device for good, whoever holds it next."""
    desk = Browser()
    desk.sign_in(house.olga)

    assert "Olga" not in desk.get("/offline/").content.decode()


def test_page_without_a_network_tells_nothing_of_this_minute(house: House) -> None:
    """'The clock has stopped', with everybody's number, shown for as long as it lies there."""
    Person.objects.update(duty_phone="+44 7700 900123")
    ClockBeat.objects.all().delete()
    desk = Browser()
    desk.sign_in(house.olga)
    assert "900123" in desk.get("/").content.decode()

    page = desk.get("/offline/").content.decode()

    assert "900123" not in page
    assert "The clock has stopped" not in page


def test_everybody_who_signs_out_takes_what_was_kept_along(house: House) -> None:
    """An admin's door out must not leave the pages behind."""
    cara = make_person("Cara Diaz", Role.ADMIN)
    for path in ("/sign-out/", "/admin/logout/"):
        desk = Browser()
        desk.sign_in(cara)

        assert desk.post(path).headers["Clear-Site-Data"] == '"storage"'


def test_what_may_be_kept_is_what_is_not_restricted(house: House, phone: Browser) -> None:
    """What three people may read lies on a telephone for half a day."""
    incident = house.alarm()
    desk = Browser()
    desk.sign_in(house.olga)
    assert phone.open(incident, house.anna).headers[KEEP] == "1"
    assert desk.get("/code-reds/1/").headers[KEEP] == "1"
    assert KEEP not in desk.get("/").headers

    Incident.objects.update(is_restricted=True)

    assert KEEP not in phone.open(incident, house.anna).headers
    assert KEEP not in desk.get("/code-reds/1/").headers
