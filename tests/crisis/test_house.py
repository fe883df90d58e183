"""What every screen shows about the house, and to whom."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import include, path

from crisis.context import House
from escalation.clock import now
from escalation.models import ClockBeat, Person, Role
from playbooks.models import Organisation
from tests.story import make_person


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


addresses = [
    path("", empty, name="home"),
    path("playbooks/", empty, name="playbooks"),
    path("raise/", empty, name="raise"),
    path("sign-out/", empty, name="sign_out"),
    path("app.webmanifest", empty, name="manifest"),
]
urlpatterns = [path("", include((addresses, "crisis")))]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def request_of(person: Person | None = None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = person or AnonymousUser()
    return request


def clock_ticked(seconds_ago: float) -> None:
    ClockBeat.objects.create(driver="test", at=now() - timedelta(seconds=seconds_ago))


def test_menu_offers_only_screens_that_exist() -> None:
    """A link to nowhere costs a minute in a storm."""
    house = House(request_of(make_person("Olga Officer")))

    assert [item.key for item in house.nav] == ["home", "playbooks"]


def test_raise_is_offered_to_officers_alone() -> None:
    """A button that answers "not yours" costs the seconds in which to call the officer."""
    olga = make_person("Olga Officer", Role.OFFICER)

    assert House(request_of(olga)).raise_url
    assert not House(request_of(make_person("Anna Manager"))).raise_url


def test_stranger_sees_no_menu_no_name_and_no_number() -> None:
    """The sign-in page must not tell a stranger whom to call, or what there is."""
    Person.objects.create_user("a@example.org", name="Anna", duty_phone="0113 496 0001")

    html = render_to_string("crisis/base.html", request=request_of())

    assert "The clock has stopped" in html
    assert "0113 496 0001" not in html
    assert "Raise code red" not in html


def test_stopped_clock_shows_whom_to_call() -> None:
    """When nothing pages any more, people must learn it from every screen, with the numbers."""
    olga = make_person("Olga Officer")
    Person.objects.create_user("a@example.org", name="Anna", duty_phone="(0113) 496 0001")
    Person.objects.create_user("b@example.org", name="Ben", duty_phone="1", is_active=False)
    clock_ticked(42)

    html = render_to_string("crisis/base.html", request=request_of(olga))

    assert "It last ticked 42 seconds ago" in html
    assert '<a href="tel:01134960001">(0113) 496 0001</a>' in html
    assert "Ben" not in html


def test_running_clock_shows_no_red_bar() -> None:
    """A red bar that is always there is never read."""
    clock_ticked(3)

    assert not House(request_of()).clock_is_stopped


def test_base_page_of_a_drill_says_so_first() -> None:
    """Somebody who takes a drill for real wakes the board; the other way round is worse."""
    clock_ticked(0)

    html = render_to_string("crisis/base.html", {"is_drill": True}, request=request_of())

    assert "<title>[Drill] " in html
    assert "Nothing gets posted" in html


def test_house_costs_nothing_until_asked(django_assert_num_queries: object) -> None:
    """A page that shows no menu must not wait for the database."""
    olga = make_person("Olga Officer")

    with django_assert_num_queries(0):  # type: ignore[operator]
        House(request_of(olga))


def test_organisation_is_named() -> None:
    """A manager woken at night must see at once whose page this is."""
    Organisation.objects.create(pk=1, name="Hearthside")

    assert House(request_of()).organisation == "Hearthside"
