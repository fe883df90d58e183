"""What every screen shows about the house: its name, the menu, who is here, and a stopped clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import Subquery
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crisis.access import incidents_of
from crisis.models import Incident
from crisis.screens.parts import spoken
from crisis.screens.rows import dialled
from crisis.who import tag_of
from escalation import clock
from escalation.models import Person
from escalation.queries import STALE_CLOCK_SECONDS, age_of, clock_age, latest_beat
from playbooks.models import Organisation

MENU = (
    ("home", _("Home"), "crisis:home"),
    ("codereds", _("Code reds"), "crisis:incidents"),
    ("playbooks", _("Playbooks"), "crisis:playbooks"),
    ("rota", _("Chains and rota"), "crisis:chains"),
    ("reports", _("Reports"), "crisis:reports"),
)
"""Key, title and name of the url, in the order of the menu."""


@dataclass(frozen=True, slots=True)
class NavItem:
    key: str
    title: str | Promise
    url: str


@dataclass(frozen=True, slots=True)
class Telephone:
    name: str
    number: str

    @property
    def tel(self) -> str:
        return dialled(self.number)


def moment_of(request: HttpRequest) -> datetime:
    """Give the moment of this request; the first to ask reads the clock, for all."""
    if not hasattr(request, "moment"):
        request.moment = clock.now()  # type: ignore[attr-defined]
    return request.moment  # type: ignore[attr-defined]


def organisation_of(request: HttpRequest) -> Organisation | None:
    """Give the organisation, looked up once per request; None before the first run is done.

    When the clock last passed comes with it: every page asks for both.
    """
    if not hasattr(request, "_organisation"):
        rows = Organisation.objects.select_related("default_chain")
        found = rows.annotate(beat_at=Subquery(latest_beat())).first()
        request._organisation = found  # type: ignore[attr-defined]
    return request._organisation  # type: ignore[attr-defined]


class House:
    """Looked up only when a template asks: a page that shows no menu costs no query."""

    def __init__(self, request: HttpRequest) -> None:
        user = getattr(request, "user", None)
        self._request = request
        self._person = user if isinstance(user, Person) else None

    @cached_property
    def organisation(self) -> str:
        found = organisation_of(self._request)
        return found.name if found else ""

    @cached_property
    def nav(self) -> tuple[NavItem, ...]:
        """The menu of somebody who has signed in; a screen that does not exist is not offered."""
        if self._person is None:
            return ()
        items = (NavItem(key, title, url_of(name)) for key, title, name in MENU)
        return tuple(item for item in items if item.url)

    @property
    def home_url(self) -> str:
        return url_of("crisis:home") or "/"

    @property
    def raise_url(self) -> str:
        """Where an officer raises; nobody else is offered a button that they may not press."""
        return url_of("crisis:raise") if self._person and self._person.is_officer else ""

    @property
    def sign_out_url(self) -> str:
        return url_of("crisis:sign_out") if self._person else ""

    @cached_property
    def _open(self) -> list[bool]:
        """Whether each open code red that this person may see is a drill."""
        if self._person is None:
            return []
        mine = incidents_of(self._person).filter(status=Incident.Status.OPEN)
        return list(mine.values_list("is_drill", flat=True))

    @property
    def opened(self) -> int:
        return len(self._open)

    @property
    def opened_are_drills(self) -> bool:
        return all(self._open)

    @property
    def language_url(self) -> str:
        return url_of("crisis:language")

    @property
    def other_languages(self) -> list[tuple[str, str]]:
        """Code and own name of every language that this screen is not in."""
        return [each for each in settings.LANGUAGES if each[0] != get_language()]

    @property
    def name(self) -> str:
        return self._person.name if self._person else ""

    @property
    def who(self) -> str:
        return tag_of(self._person) if self._person else ""

    @property
    def initials(self) -> str:
        return self._person.initials if self._person else ""

    @cached_property
    def _clock_age_seconds(self) -> float | None:
        now, found = moment_of(self._request), getattr(self._request, "_organisation", None)
        return age_of(found.beat_at, now) if found else clock_age(now)

    @property
    def clock_is_stopped(self) -> bool:
        """Whether people must be called by hand, because nothing pages them in time."""
        age = self._clock_age_seconds
        return age is None or age > STALE_CLOCK_SECONDS

    @property
    def clock_age(self) -> str:
        """How long ago the clock ticked, in words; empty when it never did."""
        age = self._clock_age_seconds
        return "" if age is None else spoken(age)

    @cached_property
    def telephones(self) -> tuple[Telephone, ...]:
        """Whom to call when the clock has stopped. Colleagues only: a stranger sees no number."""
        if self._person is None:
            return ()
        people = Person.objects.filter(is_active=True).exclude(duty_phone="")
        return tuple(Telephone(*each) for each in people.values_list("name", "duty_phone"))


def house(request: HttpRequest) -> dict[str, House]:
    """Give every template the house; a door, so it reads the clock."""
    return {"house": House(request)}


def url_of(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
