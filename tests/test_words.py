"""Every sentence in every language: none without words, none out of step with the program."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from django.utils.translation import gettext, override

from crisis.rules.checks import AnswerFacts, check_answer
from crisis.screens.acts import Act
from escalation.models import Page
from escalation.rules.messages import ONE_PART, page_text
from escalation.rules.messages import Words as PageWords
from playbooks.rules.counting import count, network_limit
from tests.browsers import Browser, words
from tests.story import House
from tests.words import APPS, KEYWORDS, LANGUAGES, ROOT, catalogue_path, compiled, read, words_of

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_words_are_translated_alike_in_every_app(language: str) -> None:
    """Catalogues are merged: a link to open was said as the status of a code red, "under way"."""
    found: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for app in APPS:
        for message in read(app, language):
            if message.id:
                found[str(message.id), message.context].add(str(message.string))

    assert {each: strings for each, strings in found.items() if len(strings) > 1} == {}


@pytest.mark.parametrize("occasion", ["answer", "next_update", "regulator", "nobody"])
def test_link_of_a_page_says_what_it_does(occasion: str) -> None:
    """Whoever is woken reads "under way" before a link, and does not know that it is to be read."""
    assert " Ouvrir: https" in _french_page(occasion).text


@pytest.mark.django_db
def test_button_that_begins_an_answer_says_what_it_does(house: House) -> None:
    """A button with the name of a status, "brouillon", looks as if somebody had begun already."""
    with override("fr"):
        assert Act.draft(house.alarm(), None, None).word == "Rédiger"


def test_one_phrase_is_counted_in_the_right_gender() -> None:
    """A slip in the first sentence that is read makes all others look untrue."""
    facts = AnswerFacts(text="Our robust plan.", network="x", jargon=("robust plan",))

    with override("fr"):
        told = [check.title for check in check_answer(facts)]

    assert "Une expression qu’un voisin n’emploierait pas" in told


@pytest.mark.parametrize("app", APPS)
def test_nothing_is_said_where_the_search_for_words_does_not_look(app: str) -> None:
    """One sentence in English after another in French: f-strings are not searched for words."""
    known = {words.key for words in words_of(app)}

    hidden = [
        (path.name, words)
        for path in sorted((ROOT / app).rglob("*.py"))
        for words in _said_in_fstrings(ast.parse(path.read_text("utf-8")))
        if words not in known
    ]
    assert hidden == [], "say it in a line of its own"


def _said_in_fstrings(tree: ast.Module) -> Iterator[str]:
    for outer in ast.walk(tree):
        for each in ast.walk(outer) if isinstance(outer, ast.JoinedStr) else ():
            if isinstance(each, ast.Call) and getattr(each.func, "id", "") in KEYWORDS:
                yield from (a.value for a in each.args[-2:] if isinstance(a, ast.Constant))


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
    page = _french_page(occasion)

    assert page.title.startswith("Code rouge : ")
    assert count(page.text, "sms") <= network_limit(page.text, "sms") == ONE_PART


def _french_page(occasion: str) -> PageWords:
    with override("fr"):
        return page_text(
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


@pytest.mark.django_db
def test_whoever_is_paged_reads_the_language_of_the_house(house: House) -> None:
    """The officer reads French, and a manager gets a page that she cannot read."""
    with override("fr"):
        incident = house.alarm()

    assert incident.escalation.subject == "Code red 1"
