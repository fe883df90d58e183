"""Fill a database with closed incidents in the very shape that the product writes.

    DATABASE_URL=… python -m tests.bench.archive --incidents 1000000

A few storms are lived through by the product's own operations; every other one is a copy of one of
them, made by SQL: with ids, numbers, moments and keys of its own, and a chain of hashes that holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, Max, Model

from crisis.models import Answer, AnswerVersion, Decision, Incident, Question, Release, SignOff
from escalation.models import (
    Acknowledgement,
    Deadline,
    Escalation,
    EscalationStep,
    EscalationTarget,
    Event,
    Page,
    PageLink,
    Timeline,
)
from tests.bench.dialects import Postgres, Sql, Sqlite
from tests.bench.stories import CYCLE, Street, live_through, make_street

YEARS = timedelta(days=3 * 365)
"""How far back an archive reaches, however many incidents it holds."""
PART = 5_000
"""Incidents in one transaction: what belongs together lies together."""
MANY = 50_000
"""From here on it is cheaper to build the indexes at the end."""

REFERENCES = {
    "escalation": "Escalation",
    "deadline": "Deadline",
    "answer": "Answer",
    "sign_off": "SignOff",
    "decision": "Decision",
    "release": "Release",
    "page": "Page",
    "question": "Question",
}
"""What the ids in the details of events are ids of."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
TOKEN = re.compile(r'"@@(\w+):(.*?)@@"')


TABLES: dict[type[Model], str] = {
    Event: "timeline",
    Timeline: "pk",
    Escalation: "timeline",
    EscalationStep: "escalation__timeline",
    EscalationTarget: "step__escalation__timeline",
    Acknowledgement: "escalation__timeline",
    Deadline: "escalation__timeline",
    PageLink: "escalation__timeline",
    Page: "escalation__timeline",
    Incident: "timeline",
    Question: "incident__timeline",
    Answer: "incident__timeline",
    AnswerVersion: "answer__incident__timeline",
    SignOff: "answer__incident__timeline",
    SignOff.signers.through: "signoff__answer__incident__timeline",
    Decision: "sign_off__answer__incident__timeline",
    Release: "answer__incident__timeline",
}
"""The models that an incident consists of, each with its way to the timeline."""


@dataclass
class Story:
    """One incident that was lived through: its rows, by model, in order."""

    number: int
    raised_at: datetime
    rows: dict[type[Model], list[Model]]
    places: dict[tuple[str, int], int] = field(default_factory=dict)
    """Which row of its model an id is, by the model's name."""

    def __post_init__(self) -> None:
        for model, rows in self.rows.items():
            for place, row in enumerate(rows):
                self.places[model.__name__, row.pk] = place


def story_of(incident: Any) -> Story:
    rows = {
        model: list(model._base_manager.filter(**{way: incident.timeline_id}).order_by("pk"))
        for model, way in TABLES.items()
    }
    return Story(incident.number, incident.raised_at, rows)


class Copier:
    """Writes copies of stories: copy `i` of the archive is one of the story whose turn it is."""

    def __init__(self, stories: list[Story], first_at: datetime, apart_seconds: int) -> None:
        self.dialect = Postgres() if connection.vendor == "postgresql" else Sqlite()
        self._stories = stories
        self._first_at, self._apart = first_at, apart_seconds
        self._widths = {m: max(len(story.rows[m]) for story in stories) for m in TABLES}
        self._bases = {m: self._last(m) + 1 for m in TABLES}
        self._first_number = max(story.number for story in stories) + 1

    def _last(self, model: type[Model]) -> int:
        return model._base_manager.aggregate(last=Max("pk"))["last"] or 0

    def copy(self, first: int, end: int, cycle: tuple[int, ...]) -> None:
        """Write the copies `first` to `end`, in one transaction; `first` begins a cycle."""
        with transaction.atomic(), connection.cursor() as cursor:
            for turn, which in enumerate(cycle):
                source = self.dialect.series(first + turn, end, len(cycle))
                if first + turn < end:
                    for statement, given in self._statements(self._stories[which], source):
                        cursor.execute(statement, given)

    def _statements(self, story: Story, source: str) -> Iterator[Sql]:
        for rows in story.rows.values():
            for place, row in enumerate(rows):
                yield self._statement(story, row, place, source)

    def _statement(self, story: Story, row: Model, place: int, source: str) -> Sql:
        fields = row._meta.local_concrete_fields
        pairs = [self._value(story, row, each, place) for each in fields]
        columns = ", ".join(f'"{each.column}"' for each in fields)
        values = ", ".join(sql for sql, _ in pairs)
        joined = self._before(row, place)
        given = [one for _, each in pairs for one in each]
        into = f'INSERT INTO "{row._meta.db_table}" ({columns})'
        return f"{into} SELECT {values} FROM {source}{joined}", given  # noqa: S608

    def _before(self, row: Model, place: int) -> str:
        """Join the event whose hash this row goes on from: the one before it, or the last one."""
        model = type(row).__name__
        if model == "Event" and place:
            return f" JOIN escalation_event before ON before.id = {self._id('Event', place - 1)}"
        if model == "Timeline":
            last = getattr(row, "length") - 1  # noqa: B009
            return f" JOIN escalation_event before ON before.id = {self._id('Event', last)}"
        return ""

    def _id(self, model: str, place: int) -> str:
        """Say the id of a row of copy `i`."""
        known = next(each for each in self._bases if each.__name__ == model)
        return f"({self._bases[known] + place} + i * {self._widths[known]})"

    def _shift(self, story: Story) -> str:
        """Say by how many seconds copy `i` lies after its story."""
        start = round((self._first_at - story.raised_at).total_seconds())
        return f"{start} + i * {self._apart}"

    def _number(self) -> str:
        return f"({self._first_number} + i)"

    def _value(self, story: Story, row: Model, column: Field[Any, Any], place: int) -> Sql:
        name = f"{type(row).__name__}.{column.name}"
        value = getattr(row, column.attname)
        if column.primary_key:
            return self._id(type(row).__name__, place), []
        if name in _OWN:
            return getattr(self, _OWN[name])(story, row, place)
        if value is None:
            return "NULL", []
        if column.remote_field and (column.related_model.__name__, value) in story.places:
            model = column.related_model.__name__
            return self._id(model, story.places[model, value]), []
        if isinstance(value, datetime):
            return self.dialect.moved(value, self._shift(story))
        return "%s", [column.get_db_prep_save(value, connection)]

    def _own_number(self, story: Story, row: Any, place: int) -> Sql:
        return self._number(), []

    def _own_text(self, story: Story, row: Any, place: int, text: str = "") -> Sql:
        before, after = re.split(rf"\b{story.number}\b", text, maxsplit=1)
        return f"(%s || {self._number()} || %s)", [before, after]

    def _own_subject(self, story: Story, row: Any, place: int) -> Sql:
        return self._own_text(story, row, place, row.subject)

    def _own_path(self, story: Story, row: Any, place: int) -> Sql:
        return self._own_text(story, row, place, row.path)

    def _own_key(self, story: Story, row: Any, place: int) -> Sql:
        return self.dialect.new_uuid(), []

    def _own_token(self, story: Story, row: Any, place: int) -> Sql:
        return self.dialect.sha256(f"'token ' || {self._id('PageLink', place)}"), []

    def _own_nonce(self, story: Story, row: Any, place: int) -> Sql:
        return f"substr({self._own_token(story, row, place)[0]}, 1, 43)", []

    def _own_head(self, story: Story, row: Any, place: int) -> Sql:
        return "before.hash", []

    def _own_previous(self, story: Story, row: Any, place: int) -> Sql:
        return ("before.hash" if place else "''"), []

    def _own_detail(self, story: Story, row: Any, place: int) -> Sql:
        sql, given = self._json(story, self._marked(story, row.detail))
        return self.dialect.as_json(sql), given

    def _own_hash(self, story: Story, row: Any, place: int) -> Sql:
        """Say the hash of an event as escalation.rules.evidence does: over canonical JSON."""
        at = f"@@full:{row.at.astimezone(UTC).isoformat()}@@"
        timeline = "@@id:Timeline/0@@"
        body = [row.sequence, row.kind, at, row.by_id, self._marked(story, row.detail)]
        sql, given = self._json(story, ["@@before:@@", timeline, *body], place)
        return self.dialect.sha256(sql), given

    def _marked(self, story: Story, value: Any, name: str = "") -> Any:
        """Mark what differs from copy to copy: ids, the number, and moments."""
        if isinstance(value, dict):
            return {key: self._marked(story, each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._marked(story, each) for each in value]
        if name == "number":
            return "@@number:@@"
        if name in REFERENCES and isinstance(value, int):
            model = REFERENCES[name]
            return f"@@id:{model}/{story.places[model, value]}@@"
        if isinstance(value, str) and MOMENT.fullmatch(value):
            return f"@@moment:{value}@@"
        return value

    def _json(self, story: Story, marked: Any, place: int = 0) -> Sql:
        """Write canonical JSON as an expression, with the marks filled in."""
        text = json.dumps(marked, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        parts, given, position = [], [], 0
        for token in TOKEN.finditer(text):
            parts.append("%s")
            given.append(text[position : token.start()])
            sql, more = self._mark(story, token[1], token[2], place)
            parts.append(sql)
            given += more
            position = token.end()
        return f"({' || '.join([*parts, '%s'])})", [*given, text[position:]]

    def _mark(self, story: Story, kind: str, value: str, place: int) -> Sql:
        if kind == "number":
            return self._number(), []
        if kind == "id":
            model, _, number = value.partition("/")
            return self._id(model, int(number)), []
        if kind == "before":
            return (""" '"' || before.hash || '"' """ if place else """ '""' """), []
        moment = datetime.fromisoformat(value)
        in_full = kind == "full"
        sql, given = self.dialect.written(moment, self._shift(story), in_full=in_full)
        return f""" '"' || {sql} || '"' """, given


_OWN = {
    "Incident.number": "_own_number",
    "Escalation.subject": "_own_subject",
    "Escalation.path": "_own_path",
    "Page.key": "_own_key",
    "PageLink.token_hash": "_own_token",
    "PageLink.nonce": "_own_nonce",
    "Timeline.head_hash": "_own_head",
    "Event.previous_hash": "_own_previous",
    "Event.detail": "_own_detail",
    "Event.hash": "_own_hash",
}


def fill(count: int, now: datetime, say: Callable[[str], object] = print) -> Street:
    """Fill an empty database with `count` closed incidents, the last of them an hour ago."""
    apart = int(YEARS.total_seconds()) // count
    end = now.replace(microsecond=0) - timedelta(hours=1)
    first_at = end - timedelta(seconds=count * apart)
    street = make_street()
    moments = [first_at - timedelta(hours=6 - hour) for hour in range(len(set(CYCLE)))]
    stories = [story_of(each) for each in live_through(street, moments)]
    copier = Copier(stories, first_at, apart)
    copier.dialect.prepare()
    again = copier.dialect.without_indexes(list(TABLES)) if count >= MANY else []
    for first in range(0, count, PART):
        copier.copy(first, min(first + PART, count), CYCLE)
        if first % (PART * 20) == 0:
            say(f"{first} of {count}")
    with connection.cursor() as cursor:
        for statement in again:
            cursor.execute(statement)
    copier.dialect.finish(list(TABLES))
    return street
