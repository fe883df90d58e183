"""The evidence proves itself elsewhere: its own program names what was changed on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crisis.models import Fact, Incident
from escalation.rules.evidence import Entry, entry_hash
from tests.browsers import Browser
from tests.crisis.test_report import altered_rows
from tests.evidence_files import AMENDED, download, keep, kept, run, unpacked


def test_whole_evidence_is_found_whole(storm: Incident, folder: Path) -> None:
    """Evidence that only its maker can check is a claim."""
    count, seal = storm.timeline.length, storm.timeline.head_hash

    code, told = run(folder)

    assert code == 0, told
    assert f"{count} events, chained. No event was changed or removed. Seal: {seal}\n" in told
    assert "Compare the seal to the one in the report" in told


def test_seal_of_the_report_is_its_own(storm: Incident, folder: Path) -> None:
    """The seal on paper is what keeps us from making all of it anew."""
    seal = storm.timeline.head_hash

    # As it is copied from a printed page: in two lines, and in whatever case.
    code, told = run(folder, seal[:40], seal[40:].upper())

    assert code == 0, told
    assert "Compare the seal" not in told


def test_another_seal_is_told(folder: Path) -> None:
    """A chain made anew is as whole as the true one, and has another seal."""
    for given in ("", "0" * 64, "12ab"):
        code, told = run(folder, given)

        assert code == 1, given
        assert "This is not the evidence of that seal." in told


def test_seal_of_a_storm_that_went_on_is_known(storm: Incident, folder: Path) -> None:
    """A report that was printed too early makes true evidence look forged."""
    fifth = kept(folder)["events"][4]["hash"]

    code, told = run(folder, fifth)

    assert code == 1
    assert f"That is the seal of event 5: {storm.timeline.length - 5} came after it." in told


def change_event(told: Any) -> None:
    told["events"][4]["detail"]["people"] = []


def change_moment(told: Any) -> None:
    told["events"][2]["at"] = "2026-11-14T11:59:59.000000+00:00"


def change_hand(told: Any) -> None:
    told["events"][0]["by"] += 1


def remove_event(told: Any) -> None:
    del told["events"][5]


def remove_event_and_count_anew(told: Any) -> None:
    remove_event(told)
    for place, event in enumerate(told["events"], start=1):
        event["sequence"] = place


def cut_off_the_end(told: Any) -> None:
    del told["events"][-2:]


def add_an_event(told: Any) -> None:
    last = told["events"][-1]
    entry = {"kind": "raised", "at": last["at"], "by": last["by"], "detail": {}}
    told["events"].append(entry | {"sequence": last["sequence"] + 1, "hash": "0" * 64})


def change_words(told: Any) -> None:
    told["answers"][0]["versions"][1]["text"] = "We said nothing."


def change_words_and_hash(told: Any) -> None:
    change_words(told)
    version = told["answers"][0]["versions"][1]
    version["sha256"] = hashlib.sha256(version["text"].encode()).hexdigest()


def add_words(told: Any) -> None:
    versions = told["answers"][0]["versions"]
    versions.append(versions[0] | {"number": 3})


def write_words_twice(told: Any) -> None:
    versions = told["answers"][0]["versions"]
    versions.append(dict(versions[0]))


def remove_words(told: Any) -> None:
    del told["answers"][0]["versions"][0]


def remove_answer(told: Any) -> None:
    del told["answers"][1]


def give_decision_to_another(told: Any) -> None:
    told["answers"][0]["decisions"][0]["by"] += 1


def give_words_to_another(told: Any) -> None:
    told["answers"][0]["versions"][1]["written_by"] += 1


def give_answer_to_another(told: Any) -> None:
    told["answers"][0]["created_by"] += 1


def add_an_answer(told: Any) -> None:
    told["answers"].append(told["answers"][0] | {"id": 99, "versions": [], "decisions": []})


def forget_who_asked(told: Any) -> None:
    del told["questions"][-1]


def turn_a_decision(told: Any) -> None:
    told["answers"][1]["decisions"][-1]["kind"] = "approve"


def move_what_went_out(told: Any) -> None:
    told["answers"][0]["release"]["url"] = "https://x.com/somebody/status/9"


def call_it_a_drill(told: Any) -> None:
    told["incident"]["drill"] = True


def call_it_open(told: Any) -> None:
    told["incident"]["open"] = True


CHANGES: list[tuple[Callable[[Any], None], str]] = [
    (change_event, "Event 5 does not hold: it was changed."),
    (change_moment, "Event 3 does not hold: it was changed."),
    (change_hand, "Event 1 does not hold: it was changed."),
    (remove_event, "Event 6 is missing, or has been moved."),
    (remove_event_and_count_anew, "Event 6 does not hold: it was changed."),
    (cut_off_the_end, "The end was cut off after event "),
    (add_an_event, "does not hold: it was changed."),
    (change_words, "its words are not those of its hash."),
    (change_words_and_hash, "is not what its event holds."),
    (add_words, "stands in no event."),
    (write_words_twice, "stands twice."),
    (remove_words, "was not begun with its first version."),
    (give_words_to_another, "is not what its event holds."),
    (give_answer_to_another, "was not begun with its first version."),
    (add_an_answer, "Answer 99 has no words."),
    (forget_who_asked, "holds it."),
    (remove_answer, "is told of by an event, and is not here."),
    (give_decision_to_another, "is not what its event holds."),
    (turn_a_decision, "is not what its event holds."),
    (move_what_went_out, "is not what its event holds."),
    (call_it_a_drill, "The events tell another drill"),
    (call_it_open, "The events tell another open"),
]


def test_what_was_changed_is_named(folder: Path) -> None:
    """One word altered on the way to a judge, and nobody the wiser."""
    whole = (folder / "evidence.json").read_text(encoding="utf-8")

    for change, says in CHANGES:
        told = json.loads(whole)
        change(told)
        keep(folder, told)
        code, said = run(folder)

        assert (code, says in said) == (1, True), (change, said)


def change_fact(told: Any) -> None:
    told["facts"][0]["text"] = "He left in 2019."


def say_that_another_said_it(told: Any) -> None:
    told["facts"][0]["source"] = "Somebody in the street"


def move_words_to_who_said_them(told: Any) -> None:
    told["facts"][0] |= {"text": "He", "source": f"left in 2021.\n{told['facts'][0]['source']}"}


def say_that_it_was_known(told: Any) -> None:
    told["facts"][1]["is_known"] = True


def know_it_earlier(told: Any) -> None:
    told["facts"][1]["at"] = told["incident"]["raised_at"]


def give_fact_to_another(told: Any) -> None:
    told["facts"][1]["added_by"] = told["facts"][0]["added_by"]


def say_that_it_stood(told: Any) -> None:
    told["facts"][0] |= {"dropped_at": None, "dropped_by": None}


def drop_it_earlier(told: Any) -> None:
    told["facts"][0]["dropped_at"] = told["facts"][0]["at"]


def give_drop_to_another(told: Any) -> None:
    told["facts"][0]["dropped_by"] = told["facts"][0]["added_by"]


def drop_what_stood(told: Any) -> None:
    told["facts"][1] |= {name: told["facts"][0][name] for name in ("dropped_at", "dropped_by")}


def forget_a_fact(told: Any) -> None:
    del told["facts"][0]


def add_a_fact(told: Any) -> None:
    told["facts"].append(told["facts"][1] | {"id": 99})


def write_fact_twice(told: Any) -> None:
    told["facts"].append(dict(told["facts"][1]))


FACT_CHANGES: list[tuple[Callable[[Any], None], int, str]] = [
    (change_fact, 0, "is not what its event holds."),
    (say_that_another_said_it, 0, "is not what its event holds."),
    (move_words_to_who_said_them, 0, "is not what its event holds."),
    (say_that_it_was_known, 1, "is not what its event holds."),
    (know_it_earlier, 1, "is not what its event holds."),
    (give_fact_to_another, 1, "is not what its event holds."),
    (say_that_it_stood, 0, "is not what its event holds."),
    (drop_it_earlier, 0, "is not what its event holds."),
    (give_drop_to_another, 0, "is not what its event holds."),
    (drop_what_stood, 1, "is not what its event holds."),
    (forget_a_fact, 0, "is told of by an event, and is not here."),
    (add_a_fact, -1, "stands in no event."),
    (write_fact_twice, 1, "stands twice."),
]
"""Each with the place of the fact that has to be named."""


def test_fact_that_was_changed_is_named(folder: Path) -> None:
    """What was known when the answer was signed is what the signer is judged by."""
    whole = (folder / "evidence.json").read_text(encoding="utf-8")

    for change, place, says in FACT_CHANGES:
        told, facts = json.loads(whole), json.loads(whole)["facts"]
        change(told)
        keep(folder, told)
        number = (told["facts"] if place < 0 else facts)[place]["id"]
        code, said = run(folder)

        assert (code, f"Fact {number} {says}" in said) == (1, True), (change, said)


def test_every_fact_is_asked_for(folder: Path) -> None:
    """A file without its facts must not be found whole for want of anything to compare."""
    told = kept(folder)
    keep(folder, told | {"facts": []})
    emptied = run(folder)
    del told["facts"]
    keep(folder, told)
    left_out = run(folder)

    assert (emptied[0], left_out[0]) == (1, 1)
    assert "is told of by an event, and is not here." in emptied[1]
    assert "evidence.json is not as CodeRed writes it" in left_out[1]


def test_chain_made_anew_has_another_seal(storm: Incident, folder: Path) -> None:
    """Whoever takes the trouble to hash all of it again is found by the seal on paper."""
    told = kept(folder)
    change_event(told)
    previous = ""
    for event in told["events"]:
        moment = datetime.fromisoformat(event["at"])
        entry = Entry(event["kind"], moment, event["by"], event["detail"])
        previous = entry_hash(previous, told["timeline"]["id"], event["sequence"], entry)
        event["hash"] = previous
    told["timeline"]["seal"] = previous
    keep(folder, told)

    assert run(folder)[0] == 0
    assert run(folder, storm.timeline.head_hash)[0] == 1


NO_EVIDENCE = ("", "[]", "{}", "\x00", '{"events": 1}', "[" * 100_000, '{"a": 1, "a": 1}')


def test_what_is_no_evidence_is_not_found_whole(folder: Path) -> None:
    """A program that stumbles must not look like one that found nothing."""
    for text in NO_EVIDENCE:
        (folder / "evidence.json").write_text(text, encoding="utf-8")

        code, said = run(folder)

        assert code == 1, text[:20]
        assert "evidence.json is not as CodeRed writes it" in said
        assert "Traceback" not in said


def test_name_that_stands_twice_is_refused(folder: Path) -> None:
    """People read the first of two, and programs check the last."""
    path = folder / "evidence.json"
    text = path.read_text(encoding="utf-8")
    said = f'"text": {json.dumps(AMENDED)}'
    assert said in text
    path.write_text(text.replace(said, f'"text": "Another.", {said}'), encoding="utf-8")

    assert run(folder)[0] == 1


def test_terminal_is_not_written_on_by_who_changed_the_file(folder: Path) -> None:
    """A colour and a cleared line make 'does not hold' into 'holds'."""
    told = kept(folder)
    told["answers"][0]["versions"][0]["number"] = "\x1b[2K\x1b[32m1 event, chained."
    keep(folder, told)

    code, said = run(folder)

    assert code == 1
    assert "\x1b" not in said


@pytest.mark.sqlite
def test_row_altered_in_the_database_is_named_by_the_file(
    desk: Browser, storm: Incident, tmp_path: Path
) -> None:
    """The download must not heal what the evidence was made to show."""
    with altered_rows() as cursor:
        cursor.execute("UPDATE escalation_event SET at = '2026-11-14 12:00:01' WHERE sequence = 3")

    code, said = run(unpacked(download(desk, storm), tmp_path))

    assert code == 1
    assert "Event 3 does not hold" in said


@pytest.mark.sqlite
def test_fact_altered_in_the_database_is_named_by_the_file(
    desk: Browser, storm: Incident, tmp_path: Path
) -> None:
    """Who said so is changed afterwards, and the download would vouch for it."""
    fact = storm.facts.earliest("pk")
    Fact.objects.filter(pk=fact.pk).update(source="Somebody in the street")

    code, said = run(unpacked(download(desk, storm), tmp_path))

    assert code == 1
    assert f"Fact {fact.pk} is not what its event holds." in said
