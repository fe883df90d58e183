"""The evidence to take along: all of the night is in it, and how to reach nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from crisis.models import Incident, Question
from crisis.operations.sign_off import approve, take_back
from crisis.queries.evidence import NAMES_PEOPLE, evidence_of
from escalation.models import ContactMethod, Person, Role
from escalation.rules import evidence as rule
from tests.agreements import agree
from tests.browsers import Browser
from tests.desk import OUT, released
from tests.evidence_files import AMENDED, SAID, download, kept, more, run, unpacked
from tests.story import House, act, at, fast_forward, make_person

HOSTILE = '</script>\u2028"\\u0000" \\ {"events": []} \u202eevil\u202c \U0001f3f4\n\t%s ’ é'


# ------------------------------------------------------------ what is in it


def test_file_says_what_it_is(desk: Browser, storm: Incident) -> None:
    """Found in a folder years later, or in a cache that was not to keep it."""
    page = download(desk, storm)

    assert page.status_code == 200
    assert page["Content-Type"] == "application/zip"
    assert page["Content-Disposition"] == 'attachment; filename="codered-1-evidence.zip"'
    assert page["Cache-Control"] == "no-store"


def test_drill_is_no_storm_on_the_disk(house: House, desk: Browser) -> None:
    """A rehearsal that is taken for the night itself."""
    incident = house.alarm(is_drill=True)

    page = download(desk, incident)

    assert 'filename="drill-1-evidence.zip"' in page["Content-Disposition"]


def test_everything_of_the_night_is_in_it(house: House, storm: Incident, folder: Path) -> None:
    """What was left out of the evidence did not happen."""
    told = kept(folder)

    assert told["organisation"] == "Hearthside"
    assert told["time_zone"] == "Europe/London"
    assert told["incident"]["open"] is False
    assert told["incident"]["end"] == "answered"
    assert told["timeline"]["seal"] == storm.timeline.head_hash
    assert len(told["events"]) == storm.timeline.length
    assert told["events"][0]["at"] == "2026-11-14T12:00:00.000000+00:00"
    names = {"Olga Reyes", "Anna Hale", "Ben Okafor"}
    assert set(told["people"].values()) == names
    assert told["people"][str(house.olga.pk)] == "Olga Reyes"
    assert [each["author"] for each in told["questions"]] == [
        *("@priya_walks", "@asker0", "@asker1", "@late")
    ]
    first, second, _ = told["answers"]
    assert [each["text"] for each in first["versions"]][1] == AMENDED
    assert (first["channel"], first["handle"]) == ("x", "@Hearthside")
    assert (first["release"]["url"], first["release"]["version"]) == (OUT, 2)
    assert [each["kind"] for each in second["decisions"]] == ["hand_over", "send_back"]
    assert second["decisions"][1]["reason"] == "Say who he is."
    said, unknown = told["facts"]
    assert said == {
        "id": storm.facts.earliest("pk").pk,
        "text": SAID,
        "source": "Joy Mensah, volunteering",
        "is_known": True,
        "at": "2026-11-14T12:05:10.000000+00:00",
        "added_by": house.olga.pk,
        "dropped_at": "2026-11-14T12:06:40.000000+00:00",
        "dropped_by": house.anna.pk,
    }
    assert (unknown["is_known"], unknown["source"], unknown["dropped_by"]) == (False, "", None)


def names_of_fields(value: Any) -> set[str]:
    """Give what the fields of a file are called, however deep they lie."""
    if isinstance(value, list):
        return set().union(*map(names_of_fields, value))
    if isinstance(value, dict):
        return set(value).union(*map(names_of_fields, value.values()))
    return set()


def test_whoever_did_anything_can_be_looked_up(storm: Incident, folder: Path) -> None:
    """A number in the place of whoever dropped a fact, and no house any more to ask whose it is."""
    told = kept(folder)
    hands = {name for name in names_of_fields(told) if name == "by" or name.endswith("_by")}

    assert {"by", "added_by", "dropped_by", "written_by"} <= hands <= NAMES_PEOPLE


def test_open_storm_may_be_taken_along(house: House, desk: Browser, tmp_path: Path) -> None:
    """Whoever fears for the server does not wait until it is over."""
    incident = house.alarm()
    fast_forward(70)
    house.submitted(incident)

    folder = unpacked(download(desk, incident), tmp_path)

    assert kept(folder)["incident"]["open"] is True
    assert run(folder)[0] == 0


def test_approval_that_was_taken_back_is_no_tampering(
    house: House, desk: Browser, incident: Incident, tmp_path: Path
) -> None:
    """The manager who stopped it in time is told that somebody changed the evidence."""
    answer = house.submitted(incident)
    approve(answer=answer, act=act(house.anna, 160))
    take_back(answer=answer, act=act(house.ben, 170))

    code, says = run(unpacked(download(desk, incident), tmp_path))

    assert (code, "No event was changed" in says) == (0, True), says


def test_file_tells_how_to_reach_nobody(storm: Incident, folder: Path) -> None:
    """A file that goes to lawyers and papers with everybody's private number in it."""
    told = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.*")))
    secrets = {
        *Person.objects.values_list("email", flat=True),
        *Person.objects.values_list("duty_phone", flat=True),
        *Person.objects.values_list("password", flat=True),
        *ContactMethod.objects.values_list("address", flat=True),
        *ContactMethod.objects.values_list("secret", flat=True),
    }

    assert len(secrets) > 8
    assert [each for each in secrets if each in told] == []
    assert "example.org" not in told


def test_who_has_no_part_is_not_named(desk: Browser, storm: Incident, tmp_path: Path) -> None:
    """A list of the house goes along with every storm."""
    make_person("Eve Stone")

    folder = unpacked(download(desk, storm), tmp_path)

    assert "Eve Stone" not in (folder / "evidence.json").read_text(encoding="utf-8")


def test_same_evidence_is_the_same_file(desk: Browser, storm: Incident) -> None:
    """Two files of one night that differ, and each side has its own."""
    first = download(desk, storm).content
    desk.seconds = 9000

    assert desk.get("/code-reds/1/evidence.zip").content == first


def test_rule_of_the_chain_goes_along_word_for_word(folder: Path) -> None:
    """Checked by another rule than ours, it would prove another thing."""
    assert rule.__file__
    assert (folder / "evidence.py").read_bytes() == Path(rule.__file__).read_bytes()


def test_hostile_words_survive(
    house: House, desk: Browser, incident: Incident, tmp_path: Path
) -> None:
    """What was said must come out as it went in, whatever it tries to be on the way."""
    house.draft(incident, HOSTILE)
    question = Question.objects.create(
        incident=incident, author=HOSTILE[:80], text=HOSTILE, added_at=at(5), added_by=house.olga
    )

    folder = unpacked(download(desk, incident), tmp_path)

    code, said = run(folder)
    told = kept(folder)
    assert code == 0, said
    assert told["answers"][0]["versions"][0]["text"] == HOSTILE
    assert told["questions"][-1]["id"] == question.pk
    assert told["questions"][-1]["text"] == HOSTILE


# ------------------------------------------------------------ who may take it


def test_restricted_evidence_is_not_there_for_others(house: House, desk: Browser) -> None:
    """That there is one at all is what a restricted storm must keep to itself."""
    incident = house.alarm(playbook=agree(house, "SAFE-01", is_restricted=True))
    outsider = Browser()
    outsider.sign_in(make_person("Eve Stone", Role.OFFICER))

    assert download(outsider, incident).status_code == 404
    assert download(desk, incident).status_code == 200


def test_admin_as_such_takes_no_storm_along(house: House, incident: Incident) -> None:
    """Whoever sets up the chains need not read what they are used for."""
    browser = Browser()
    browser.sign_in(make_person("Tom Asher", Role.ADMIN))

    assert download(browser, incident).status_code == 404


def test_stranger_is_led_to_the_sign_in(incident: Incident) -> None:
    """An address that anybody can guess must not be the evidence."""
    page = download(Browser(), incident)

    assert page.status_code == 302
    assert page["Location"].startswith("/sign-in/")


def test_storm_that_is_not_there_has_no_evidence(desk: Browser, house: House) -> None:
    """A mistyped number is not a fault of ours."""
    assert desk.get("/code-reds/99/evidence.zip").status_code == 404


# ------------------------------------------------------------ what it costs


def queries(incident: Incident) -> int:
    with CaptureQueriesContext(connection) as seen:
        evidence_of(incident, "Hearthside")
    return len(seen)


def test_large_storm_asks_no_more_than_a_small_one(house: House) -> None:
    """One query per event, and the evidence of the worst night cannot be had."""
    incident = house.alarm()
    released(house, incident)
    more(house, incident, 1, seconds=220)
    small = queries(incident)
    more(house, incident, 12, seconds=240)

    assert queries(incident) == small
    assert small < 10


# ------------------------------------------------------------ the buttons


def test_report_offers_both(desk: Browser, storm: Incident) -> None:
    """Evidence that nobody finds is evidence that nobody has."""
    desk.seconds = 2000
    html = desk.get("/code-reds/1/report/").content.decode()

    assert 'href="/code-reds/1/evidence.zip"' in html
    assert "Download evidence" in html


def test_print_is_not_offered_where_it_would_do_nothing(desk: Browser, storm: Incident) -> None:
    """A button without its script is pressed three times, and then distrusted with the rest."""
    desk.seconds = 2000
    html = desk.get("/code-reds/1/report/").content.decode()

    assert '<button type="button" class="btn" data-print hidden>' in html
    assert 'src="/static/crisis/js/print.js"' in html
