"""Check the evidence of one code red: python3 check.py [the seal that the report prints]

It needs Python 3.11 or later, and evidence.json and evidence.py beside it. The second is the one
rule of the chain, as CodeRed itself goes by it. Whoever changes an event and works out every hash
after it anew gets another seal: only one that was printed or kept elsewhere can tell that.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from evidence import Entry, entry_hash

Row = dict[str, Any]
Told = tuple[str, tuple[Any, ...]]
"""What a row is called, and what of it the events hold."""

UNSEALED = (
    "No event holds names, titles, what people asked, reasons, or where an answer stands and whom\n"
    "it answers: they are copied as they stand."
)
KEPT_ELSEWHERE = "Compare the seal to the one in the report: python3 check.py SEAL"


class Broken(Exception):
    """The evidence does not hold, and this is the first place where it does not."""


def main() -> None:
    """Say on one line that it holds, or what does not; then it ends with 1."""
    try:
        kept = read(Path(__file__).with_name("evidence.json"))
        given = "".join("".join(sys.argv[1:]).split()).lower() if sys.argv[1:] else None
        says = check(kept, given)
    except Broken as fault:
        sys.exit(plain(str(fault)))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as fault:
        sys.exit(plain(f"evidence.json is not as CodeRed writes it: {fault!r}"))
    sys.stdout.write(says)


def plain(text: str) -> str:
    """Escape what could draw on a screen: whoever changed the file chose its words."""
    return text.encode("unicode_escape").decode()


def read(path: Path) -> Row:
    """Read the file. A name that stands twice would let people read what no program checks."""
    return dict(json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once))


def _once(pairs: list[tuple[str, Any]]) -> Row:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def check(kept: Row, given: str | None) -> str:
    """Give what there is to say of evidence that holds. Raises Broken."""
    events, seal = kept["events"], kept["timeline"]["seal"]
    check_events(kept["timeline"], events)
    check_seal(given, events)
    check_head(kept["incident"], events)
    check_words(events, kept["answers"])
    check_questions(events, kept["questions"])
    check_facts(events, kept["facts"])
    says = "1 event" if len(events) == 1 else f"{len(events)} events"
    held = f"{says}, chained. No event was changed or removed. Seal: {seal}\n{UNSEALED}\n"
    return held if given else f"{held}{KEPT_ELSEWHERE}\n"


# ------------------------------------------------------------ the chain


def check_events(timeline: Row, events: list[Row]) -> None:
    """Work out every hash anew, from the first event to the seal."""
    previous = ""
    for place, event in enumerate(events, start=1):
        if event["sequence"] != place:
            raise Broken(f"Event {place} is missing, or has been moved.")
        at = datetime.fromisoformat(event["at"])
        entry = Entry(event["kind"], at, event["by"], event["detail"])
        if event["hash"] != entry_hash(previous, timeline["id"], place, entry):
            raise Broken(f"Event {place} does not hold: it was changed.")
        previous = event["hash"]
    if (len(events), previous) != (timeline["length"], timeline["seal"]):
        raise Broken(f"The end was cut off after event {len(events)}.")


def check_seal(given: str | None, events: list[Row]) -> None:
    """See that it ends where a seal from elsewhere says. One of a storm that went on says so."""
    hashes = [each["hash"] for each in events]
    if given is None or given == hashes[-1]:
        return
    if given in hashes:
        place = hashes.index(given) + 1
        raise Broken(f"That is the seal of event {place}: {len(events) - place} came after it.")
    raise Broken(f"This is not the evidence of that seal. Its own is {hashes[-1]}.")


def check_head(incident: Row, events: list[Row]) -> None:
    """See that the head of the file says of beginning and end what the events say."""
    raised = events[0]
    ends = [each for each in events if each["kind"] == "stood_down"]
    end: Row = ends[-1] if ends else {"at": None, "by": None, "detail": {"end": ""}}
    told = {
        **{name: raised["detail"][name] for name in ("number", "drill", "limit_seconds")},
        **{"raised_at": raised["at"], "raised_by": raised["by"], "open": not ends},
        **{"stood_down_at": end["at"], "stood_down_by": end["by"], "end": end["detail"]["end"]},
    }
    for name, value in told.items():
        if incident[name] != value:
            raise Broken(f"The events tell another {name} than the head of the file.")


# ------------------------------------------------------------ the words


def check_words(events: list[Row], answers: list[Row]) -> None:
    """See that words, decisions and releases are those that the events hold the hashes of."""
    compare(told_by(events), (each for answer in answers for each in kept_of(answer)))


def check_facts(events: list[Row], facts: list[Row]) -> None:
    """See that what was known, who learned it and who dropped it is what the events hold."""
    compare(facts_told_by(events), map(fact_kept, facts))


def compare(told: dict[str, tuple[Any, ...]], kept: Iterable[Told]) -> None:
    """See that all that the events hold is kept as they hold it, once, and nothing besides."""
    seen = set()
    for name, value in kept:
        if name in seen:
            raise Broken(f"{name} stands twice.")
        if name not in told:
            raise Broken(f"{name} stands in no event.")
        if told[name] != value:
            raise Broken(f"{name} is not what its event holds.")
        seen.add(name)
    missing = [name for name in told if name not in seen]
    if missing:
        raise Broken(f"{missing[0]} is told of by an event, and is not here.")


def check_questions(events: list[Row], questions: list[Row]) -> None:
    """See that whoever asked later is there, and was added when and by whom the events say."""
    kept = {each["id"]: (each["added_by"], each["at"]) for each in questions}
    for event in events:
        if event["kind"] != "question_added":
            continue
        number = event["detail"]["question"]
        if kept.get(number) != (event["by"], event["at"]):
            raise Broken(f"Question {number} is not as event {event['sequence']} holds it.")


def told_by(events: list[Row]) -> dict[str, tuple[Any, ...]]:
    """Give what the events hold. Of a version the first counts, which came with the words."""
    told: dict[str, tuple[Any, ...]] = {}
    for event in events:
        detail, act = event["detail"], (event["by"], event["at"])
        if "sha256" not in detail:
            continue
        words = tuple(detail[name] for name in ("answer", "version", "sha256"))
        told.setdefault(_version(*words[:2]), (words[2], *act))
        if event["kind"] == "decided":
            if detail["kind"] == "take_back":
                take_back(told, detail["answer"])
            how = tuple(detail[name] for name in ("kind", "via", "settles"))
            told[f"Decision {detail['decision']}"] = (*words, *act, *how)
        if event["kind"] == "released":
            where = (detail["basis"], detail["url"])
            told[f"Release {detail['release']}"] = (*words, *act, *where)
    return told


def take_back(told: dict[str, tuple[Any, ...]], answer: int) -> None:
    """Let the decision that had settled an answer settle it no more."""
    settled = [name for name, value in told.items() if value[0] == answer and value[-1] is True]
    for name in settled[-1:]:
        told[name] = (*told[name][:-1], False)


def kept_of(answer: Row) -> Iterator[Told]:
    """Give the same of what is kept, with the words and the link hashed anew."""
    number, release = answer["id"], answer["release"]
    if not answer["versions"]:
        raise Broken(f"Answer {number} has no words.")
    first = answer["versions"][0]
    if (answer["created_by"], answer["created_at"]) != (first["written_by"], first["at"]):
        raise Broken(f"Answer {number} was not begun with its first version.")
    for each in answer["versions"]:
        name = _version(number, each["number"])
        if each["sha256"] != sha256_of(each["text"]):
            raise Broken(f"{name}: its words are not those of its hash. They were changed.")
        yield name, (each["sha256"], each["written_by"], each["at"])
    for each in answer["decisions"]:
        how = tuple(each[name] for name in ("kind", "via", "settles"))
        yield f"Decision {each['id']}", (*_act(number, each), *how)
    if release:
        where = (release["basis"], sha256_of(release["url"]))
        yield f"Release {release['id']}", (*_act(number, release), *where)


def facts_told_by(events: list[Row]) -> dict[str, tuple[Any, ...]]:
    """Give what the events hold of each fact; of one that stands, that nobody dropped it."""
    told: dict[str, tuple[Any, ...]] = {}
    for event in events:
        detail, act = event["detail"], (event["by"], event["at"])
        if event["kind"] == "fact_added":
            added = (detail["words"], detail["is_known"], *act)
            told[_fact(detail["fact"])] = (*added, None, None)
        if event["kind"] == "fact_dropped":
            name = _fact(detail["fact"])
            told[name] = (*told[name][:-2], *act)
    return told


def fact_kept(fact: Row) -> Told:
    """Give the same of a fact that is kept, with its words hashed anew."""
    words = sha256_of(f"{fact['text']}\n{fact['source']}")
    added, dropped = (fact["added_by"], fact["at"]), (fact["dropped_by"], fact["dropped_at"])
    return _fact(fact["id"]), (words, fact["is_known"], *added, *dropped)


def _fact(number: int) -> str:
    return f"Fact {number}"


def _version(answer: int, number: int) -> str:
    return f"Version {number} of answer {answer}"


def _act(answer: int, row: Row) -> tuple[Any, ...]:
    return (answer, row["version"], row["sha256"], row["by"], row["at"])


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    main()
