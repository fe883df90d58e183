"""The timeline in words: nothing happens that cannot be told."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from crisis.models import Answer, Event, Incident, Question
from crisis.screens.sentences import TELLINGS, Cast, addressee, entry, is_telling, listed, sentence
from escalation.models import Deadline, Escalation, Person
from playbooks.models import Channel
from tests.story import NOON, House, at

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = sorted(ROOT.glob("*/operations/*.py"))

OLGA, ANNA, BEN = (
    Person(pk=1, name="Olga Reyes"),
    Person(pk=2, name="Anna Hale"),
    Person(pk=3, name="Ben Okafor"),
)
X = Channel(pk=1, network="x", handle="@Hearthside")
PRIYA = Question(pk=7, channel=X, author="@priya_walks")


def cast(**changes: object) -> Cast:
    facts: dict[str, object] = {
        "people": {1: OLGA, 2: ANNA, 3: BEN},
        "answers": {5: Answer(pk=5, question=PRIYA, channel=X)},
        "questions": {7: PRIYA},
        "steps": {9: "Save the post"},
        "facts": {4: "He is indoors"},
        "started_at": NOON,
        "zone": "Europe/London",
    }
    return Cast(**(facts | changes))  # type: ignore[arg-type]


def event(kind: str, seconds: float = 82, by: Person | None = None, /, **detail: object) -> Event:
    return Event(kind=kind, at=at(seconds), by=by, detail=detail)


def kinds_in(source: ast.AST) -> Iterator[str]:
    """Every kind that an Entry is made with, whichever branch it comes from."""
    made = [
        node.args[0]
        for node in ast.walk(source)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Entry" and node.args
    ]
    for kind in made:
        branches = [kind.body, kind.orelse] if isinstance(kind, ast.IfExp) else [kind]
        for branch in branches:
            if ast.unparse(branch) != "event.kind":  # an event that is read back
                assert isinstance(branch, ast.Constant), f"cannot be read: {ast.unparse(branch)}"
                yield str(branch.value)


def recorded_kinds() -> set[str]:
    return {kind for path in OPERATIONS for kind in kinds_in(ast.parse(path.read_text()))}


def test_every_kind_of_event_has_a_sentence() -> None:
    """An event without words is a line of code in the report that a board reads."""
    assert recorded_kinds() == set(TELLINGS)


EXAMPLES = {
    "raised": event("raised", 0, OLGA, limit_seconds=300, drill=False, number=27),
    "escalation_started": event(
        "escalation_started", 0, OLGA, escalation=1, chain=1, plan=[{"after": 0, "people": [2, 3]}]
    ),
    "step_paged": event("step_paged", escalation=1, step=0, people=[2], together=False),
    "step_unreachable": event("step_unreachable", escalation=1, step=1, people=[]),
    "everyone_paged": event("everyone_paged", escalation=1, round=1, people=[2, 3]),
    "nobody_reachable": event("nobody_reachable", escalation=1, people=[]),
    "acknowledged": event("acknowledged", 82, ANNA, escalation=1),
    "handed_over": event("handed_over", 90, ANNA, escalation=1, people=[3]),
    "escalation_stopped": event("escalation_stopped", 120, ANNA, escalation=1, reason="decided"),
    "page_failed": event("page_failed", page=1, person=3, way=1),
    "deadline_armed": event("deadline_armed", 0, of="answer", due_at=at(300).isoformat()),
    "deadline_breached": event("deadline_breached", 300, of="answer", deadline=1),
    "deadline_met": event("deadline_met", 200, OLGA, of="answer", in_time=True),
    "deadline_dropped": event("deadline_dropped", 900, of="next_update", deadline=2),
    "question_added": event("question_added", 50, OLGA, question=7),
    "question_claimed": event("question_claimed", 51, OLGA, question=7),
    "question_let_go": event("question_let_go", 52, OLGA, question=7),
    "fact_added": event("fact_added", 48, OLGA, fact=4, is_known=True),
    "fact_dropped": event("fact_dropped", 49, OLGA, fact=4),
    "step_ticked": event("step_ticked", 53, OLGA, step=9),
    "step_unticked": event("step_unticked", 54, OLGA, step=9),
    "answer_drafted": event("answer_drafted", 60, OLGA, answer=5),
    "answer_changed": event("answer_changed", 70, OLGA, answer=5, drops_approval=False),
    "answer_submitted": event("answer_submitted", 112, OLGA, answer=5),
    "answer_withdrawn": event("answer_withdrawn", 130, OLGA, answer=5),
    "decided": event("decided", 167, ANNA, answer=5, kind="approve", settles=True),
    "released": event("released", 211, OLGA, answer=5, basis="approved"),
    "stood_down": event("stood_down", 1000, OLGA, end="answered"),
}


def test_event_of_a_newer_release_takes_no_screen_away() -> None:
    """In an upgrade, the officer's console answers 500 for what the next release wrote down."""
    newer = event("question_moved", 5, OLGA)

    assert not is_telling(newer)
    assert entry(newer, cast()).text == "question_moved"


@pytest.mark.parametrize("kind", sorted(TELLINGS))
def test_every_sentence_is_whole(kind: str) -> None:
    """A placeholder left open reads like a fault in the evidence."""
    said = sentence(EXAMPLES[kind], cast())
    reported = sentence(EXAMPLES[kind], cast(full_names=True))

    for text in (said, reported):
        assert text[0].isupper() or text.startswith("@")
        assert "%" not in text
        assert "Somebody" not in text
        assert not text.endswith(".")


@pytest.mark.parametrize(
    ("example", "says"),
    [
        (EXAMPLES["raised"], "Olga raised code red"),
        (EXAMPLES["step_paged"], "Anna paged"),
        (EXAMPLES["acknowledged"], "Anna is on it, 1:22 after the alarm"),
        (EXAMPLES["handed_over"], "Anna handed over to Ben"),
        (EXAMPLES["everyone_paged"], "Everyone paged again: Anna and Ben"),
        (EXAMPLES["deadline_breached"], "Answer is overdue"),
        (EXAMPLES["deadline_armed"], "Answer due by 12:05:00"),
        (EXAMPLES["answer_submitted"], "Olga sent the answer to @priya_walks for sign-off"),
        (EXAMPLES["decided"], "Anna approved the answer to @priya_walks"),
        (EXAMPLES["released"], "The answer to @priya_walks is out"),
        (EXAMPLES["stood_down"], "Olga closed it: answered"),
        (EXAMPLES["fact_added"], "Olga wrote down what we know: He is indoors"),
        (EXAMPLES["fact_dropped"], "Olga took back: He is indoors"),
    ],
)
def test_sentences_name_who_did_what_for_whom(example: Event, says: str) -> None:
    """Roles and codes make a stranger of the colleague who acted."""
    assert sentence(example, cast()) == says


@pytest.mark.parametrize("kind", ["approve", "amend_and_approve", "send_back", "hand_over"])
@pytest.mark.parametrize("settles", [True, False])
def test_every_decision_is_told_whether_or_not_it_settles(kind: str, settles: bool) -> None:
    """A first of two signatures must not read like the approval."""
    said = sentence(event("decided", 167, ANNA, answer=5, kind=kind, settles=settles), cast())

    is_waiting = kind in ("approve", "amend_and_approve") and not settles
    assert ("waits for the others" in said) is is_waiting


@pytest.mark.parametrize("of", Deadline.Kind.values)
@pytest.mark.parametrize("kind", ["deadline_armed", "deadline_breached", "deadline_dropped"])
def test_every_promise_has_a_name(kind: str, of: str) -> None:
    """A report that fails on the regulator's clock fails when it is asked for."""
    assert sentence(event(kind, of=of, due_at=at(300).isoformat()), cast())


@pytest.mark.parametrize("end", Incident.End.values)
def test_every_end_is_told(end: str) -> None:
    """How it ended is the one thing that everybody reads."""
    assert sentence(event("stood_down", 900, OLGA, end=end), cast())


@pytest.mark.parametrize("reason", Escalation.StopReason.values)
def test_every_reason_to_stop_paging_is_told(reason: str) -> None:
    """Somebody who was paged asks why it stopped."""
    assert sentence(event("escalation_stopped", reason=reason), cast())


def test_two_people_of_one_first_name_are_told_apart() -> None:
    """ "Anna approved it" is no evidence when there are two Annas."""
    people = {2: ANNA, 3: Person(pk=3, name="Anna Bell")}

    said = sentence(EXAMPLES["acknowledged"], cast(people=people))

    assert said.startswith("Anna Hale is on it")


def test_report_names_people_in_full_and_by_which_way() -> None:
    """A report is read months later, by people who know nobody."""
    told = cast(full_names=True, ways={(1, 0): "e-mail and tray"})

    assert sentence(EXAMPLES["step_paged"], told) == "Anna Hale paged: e-mail and tray"


def test_answer_to_everyone_names_its_channel() -> None:
    """The holding statement has no addressee, and must not be told as somebody's answer."""
    assert addressee(Answer(pk=5, question=None, channel=X)) == "everyone on X"


@pytest.mark.parametrize(
    ("names", "says"),
    [([], ""), (["Anna"], "Anna"), (["Anna", "Ben"], "Anna and Ben"), (list("ABC"), "A, B and C")],
)
def test_names_are_joined_as_one_says_them(names: list[str], says: str) -> None:
    """A list of names is read aloud over a telephone."""
    assert listed(names) == says


@pytest.mark.django_db
def test_bookkeeping_is_not_among_the_last_few(house: House) -> None:
    """Six lines are read in a storm; clocks being set would fill them all."""
    incident = house.alarm()

    telling = [each.kind for each in incident.timeline.events.all() if is_telling(each)]

    assert telling == ["raised", "step_paged"]


def test_entry_carries_its_moment_for_machines_and_for_people() -> None:
    """A time without its zone is no evidence."""
    line = entry(EXAMPLES["decided"], cast())

    assert (line.time, line.iso) == ("12:02:47", at(167).isoformat())
    assert (line.icon, line.kind) == ("check", "green")
