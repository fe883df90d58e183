"""The browsers that people open links in, at a moment of the story."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from crisis.models import Answer, AnswerVersion, Incident
from escalation.models import ContactMethod, PageLink, Person
from escalation.operations.links import link_token, links_of
from tests.programs import clock_at
from tests.story import NOON

PASSWORD = "correct horse battery staple"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/156 Mobile Safari/537.36"


def link_of(incident: Incident, person: Person) -> PageLink:
    """The link of a person in the alarm, made now if they are not on its chain."""
    pair = incident.escalation_id, person.pk
    return PageLink.objects.get(pk=links_of([pair], NOON)[pair].pk)


def address_of(incident: Incident, person: Person) -> str:
    """What stands in the person's page."""
    return f"/p/{link_token(link_of(incident, person))}"


def second_way(person: Person, label: str = "Work") -> ContactMethod:
    """Another contact method, by which a code can come."""
    return ContactMethod.objects.create(
        person=person, kind="email", address=person.email, label=label, verified_at=NOON
    )


class Browser:
    """A browser of somebody, empty at first. It reads no token: links are opened as they come."""

    def __init__(self, seconds: float = 100, *, checks_csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=checks_csrf, headers={"user-agent": PHONE})
        self.seconds = seconds

    def get(self, path: str) -> Any:
        with clock_at(self.seconds):
            return self.client.get(path)

    def head(self, path: str) -> Any:
        with clock_at(self.seconds):
            return self.client.head(path)

    def post(self, path: str, **fields: Any) -> Any:
        with clock_at(self.seconds):
            return self.client.post(path, fields)

    def open(self, incident: Incident, person: Person) -> Any:
        """Open the link of a page, and give the page that it leads to."""
        return self.get(self.get(address_of(incident, person)).headers["Location"])

    def sign_in(self, person: Person, **fields: str) -> Any:
        return self.post("/sign-in/", username=person.email, password=PASSWORD, **fields)

    def sign_out(self) -> None:
        self.post("/sign-out/")

    def decide(self, act: str, answer: Answer, read: AnswerVersion, **fields: Any) -> Any:
        """Press a button of the page on which these words were read."""
        path = f"/sign/{answer.incident.number}/{answer.pk}/{act}/"
        return self.post(path, version=read.number, sha256=read.sha256, **fields)


def known_browser(person: Person, seconds: float = 100) -> Browser:
    """A browser that the person has signed in with before, and out again."""
    browser = Browser(seconds)
    browser.sign_in(person)
    browser.sign_out()
    return browser


def words(response: Any) -> str:
    """What stands on a page, without its markup, in one line."""
    html = response.content.decode()
    main = html[html.index("<main") :] if "<main" in html else html
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def first(answer: Answer) -> AnswerVersion:
    return answer.versions.get(number=1)
