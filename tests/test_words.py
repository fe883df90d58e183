"""Every sentence in every language: none without words, none out of step with the program."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import gettext, override

from escalation.models import Page
from escalation.rules.messages import ONE_PART, page_text
from playbooks.rules.counting import count, network_limit
from tests.browsers import Browser, words
from tests.story import House
from tests.words import APPS, LANGUAGES, catalogue_path, compiled, read, words_of

pytestmark = pytest.mark.sqlite
BLANK = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
EACH = [(app, language) for app in APPS for language in LANGUAGES]


@pytest.mark.parametrize(("app", "language"), EACH)
def test_everything_that_is_said_is_said_in_every_language(app: str, language: str) -> None:
    """A sentence in another language, at 3 am, in the middle of the page that decides."""
    catalogue = read(app, language)

    missing = []
    for said in words_of(app):
        known = catalogue.get(said.key, said.about)
        string = known.string if known else ""
        if not all([string] if isinstance(string, str) else string):
            missing.append(said.key)
    assert missing == [], "make words"


@pytest.mark.parametrize(("app", "language"), EACH)
def test_translations_have_the_same_blanks(app: str, language: str) -> None:
    """A name that is lost in a sentence, or one that raises where the page should be."""
    wrong = []
    for message in read(app, language):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        blanks = {blank for each in ids for blank in BLANK.findall(each)}
        if message.id and any(not set(BLANK.findall(each)) <= blanks for each in strings):
            wrong.append(message.id)
        if message.id and not blanks <= {b for each in strings for b in BLANK.findall(each)}:
            wrong.append(message.id)
    assert wrong == []


@pytest.mark.parametrize(("app", "language"), EACH)
def test_what_is_read_is_what_was_translated(app: str, language: str) -> None:
    """The program reads the compiled file alone."""
    path = catalogue_path(app, language).with_suffix(".mo")

    assert path.read_bytes() == compiled(read(app, language)), "make words"


@pytest.mark.django_db
def test_screens_come_in_the_language_that_somebody_chose(house: House) -> None:
    """Whoever reads English slowly decides slowly."""
    desk = Browser()
    desk.sign_in(house.olga)
    assert "All quiet" in words(desk.get("/"))

    assert desk.post("/language/", language="fr", next="/").status_code == 302
    page = desk.get("/")

    assert 'lang="fr"' in page.content.decode()
    assert "All quiet" not in words(page)
    assert "Déclencher un code rouge" in words(page)
    desk.post("/language/", language="en-gb", next="/")
    assert "All quiet" in words(desk.get("/"))


@pytest.mark.django_db
def test_language_of_the_browser_counts_where_nobody_chose(house: House) -> None:
    """The manager's link opens without a menu."""
    page = Browser().client.get("/sign-in/", headers={"accept-language": "fr-BE,fr;q=0.9"})

    assert "Se connecter" in words(page)


@pytest.mark.parametrize("occasion", sorted(Page.Occasion.values))
def test_page_in_another_language_fits_one_part(occasion: str) -> None:
    """A text in two parts, of which the one with the link comes late."""
    with override("fr"):
        page = page_text(
            subject="Code rouge 27",
            question="Est-il des vôtres ? Qu’allez-vous faire ? Nous voulons le savoir. " * 4,
            due_label="21:19",
            url="https://codered.example.org/p/" + "k" * 22,
            is_drill=False,
            is_restricted=False,
            occasion=occasion,
            by_name="Amélie",
            digits="123456",
            say=gettext,
        )

    assert page.title.startswith("Code rouge : ")
    assert count(page.text, "sms") <= network_limit(page.text, "sms") == ONE_PART


@pytest.mark.django_db
def test_whoever_is_paged_reads_the_language_of_the_house(house: House) -> None:
    """The officer reads French, and a manager gets a page that she cannot read."""
    with override("fr"):
        incident = house.alarm()

    assert incident.escalation.subject == "Code red 1"
