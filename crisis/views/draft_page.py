"""The page on which an answer is written: what was typed, what it means, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from crisis.forms.drafting import SLOT, DraftForm
from crisis.models import Answer, AnswerVersion, Decision, Incident
from crisis.operations.answer import StaleVersion, Wording
from crisis.operations.checks import facts_of
from crisis.queries.desk import briefings_near, deadlines_of, what_is_known
from crisis.queries.drafting import Writing, asked_change, signers_for, writing_of
from crisis.rules.checks import Check
from crisis.rules.diff import word_diff
from crisis.rules.text import clean
from crisis.rules.wording import meant
from crisis.screens.agreed import briefing_row, prefilled
from crisis.screens.asking import held_by_another
from crisis.screens.draft import addressed, draft, slots_of, standing
from crisis.screens.head import slim_head
from crisis.screens.known import known
from crisis.views.door import PersonRequest, uuid_in
from escalation.rules.clocktext import hhmmss
from playbooks.models import Placeholder
from playbooks.rules.placeholders import empty, fill

FIRST = 1
CONFLICT = 409
UNPROCESSABLE = 422


@dataclass(frozen=True)
class Page:
    """One request to write. `kept` are own words that a statement has taken the place of."""

    request: PersonRequest
    writing: Writing
    now: datetime
    is_fresh: bool = False
    kept: str = ""
    typed_values: tuple[tuple[str, str], ...] = ()
    is_told: bool = False
    """Whether it is shown again only so that somebody reads where the answer stands."""
    is_kept: bool = False
    """Whether its words are the ones that stand, as this very press has stored them."""

    @property
    def zone(self) -> str:
        return self.writing.incident.escalation.time_zone

    @cached_property
    def form(self) -> DraftForm:
        """What was typed; on a page that nobody has typed on yet, what stands there already."""
        slots = slots_of(self.writing.statement, self.writing.placeholders)
        if self.request.method == "POST" and not self.is_fresh:
            return DraftForm(self._refilled(), slots=slots)
        return DraftForm(initial=self._initial(), slots=slots)

    @property
    def is_touched(self) -> bool:
        """Whether anything was typed since this page was shown."""
        self.form.is_valid()
        answer = self.writing.answer
        read = answer.versions.filter(number=self.seen).first() if answer else None
        shown = replace(self, writing=replace(self.writing, current=read), is_fresh=True)
        slots = self.form.slots
        form = DraftForm(self._refilled(), initial=shown.form.initial, slots=slots)
        return not {*form.changed_data} <= {"seen", "shown"}

    def _refilled(self) -> dict[str, str]:
        """Put the words that were meant in the place of those that were posted."""
        posted = self.request.POST.dict()
        text = clean(posted.get("text", ""))
        values = self._fixed | {
            name.removeprefix(SLOT): value.strip()
            for name, value in posted.items()
            if name.startswith(SLOT)
        }
        text = meant(text, posted.get("shown", ""), self._template, values)
        return posted | {"text": text, "shown": self._shown(text, values)}

    def _initial(self) -> dict[str, object]:
        version, values = self.writing.current, self._starting_values
        text = version.text if version else clean(fill(self._template, values))
        return {
            "text": text,
            "shown": self._shown(text, values),
            "answers_question": bool(version and version.answers_question),
            "reason_for_length": version.reason_for_length if version else "",
            "reason_for_repeat": version.reason_for_repeat if version else "",
            "seen": version.number if version else 0,
            **{SLOT + name: value for name, value in values.items()},
        }

    @property
    def _starting_values(self) -> dict[str, str]:
        if self.writing.current:
            return dict(self.writing.current.values)
        incident, placeholders = self.writing.incident, self.writing.placeholders
        ready = prefilled(placeholders, incident, self.now, self.zone)
        return addressed(self.writing, ready) | dict(self.typed_values)

    @property
    def _template(self) -> str:
        return self.writing.statement.text if self.writing.statement else ""

    @property
    def _fixed(self) -> dict[str, str]:
        """What always stays the same, and nobody types."""
        kind = Placeholder.Kind.FIXED
        return {p.name: p.example for p in self.writing.placeholders if p.kind == kind}

    def _shown(self, text: str, values: dict[str, str]) -> str:
        """Repeat a statement's own words, so that the next press can tell them from others."""
        is_untouched = self._template and text == clean(fill(self._template, values))
        return text if is_untouched else ""

    @cached_property
    def wording(self) -> Wording:
        """What somebody has written, as it would be kept."""
        form = self.form
        if not form.is_bound:
            start = form.initial
            return Wording(
                text=start["text"],
                values=self._starting_values,
                answers_question=start["answers_question"] or None,
                reason_for_length=start["reason_for_length"],
                reason_for_repeat=start["reason_for_repeat"],
            )
        form.is_valid()
        typed = form.cleaned_data
        return Wording(
            text=form.words,
            values=self._fixed | form.values(),
            answers_question=typed.get("answers_question") or self._unticked,
            reason_for_length=typed.get("reason_for_length", ""),
            reason_for_repeat=typed.get("reason_for_repeat", ""),
        )

    @property
    def _unticked(self) -> bool | None:
        """Nothing was said, unless it was said before that it does not answer."""
        kept = self.writing.current
        return False if kept and kept.answers_question is False else None

    @property
    def typed(self) -> str:
        return self.request.POST.get("text", "")

    @property
    def seen(self) -> int:
        """The version that its writer has read; whoever began it on this page wrote the first."""
        return self.form.cleaned_data.get("seen") or FIRST

    @property
    def read(self) -> int:
        """The version to go on from. To be asked for checks shows nobody what came meanwhile."""
        current = self.writing.current
        if current is None:
            return 0
        return self.seen if self.form.is_bound and not self.is_kept else current.number

    @property
    def knows_of_approval(self) -> bool:
        return self.request.POST.get("status") == Answer.Status.APPROVED

    @property
    def key(self) -> UUID:
        """Of this page for as long as it is open: what it begins, it begins once.

        Another statement begins another answer.
        """
        kept = None if self.is_fresh else uuid_in(self.request.POST, "key")
        return kept or uuid4()

    def starting_from(self, code: str) -> Page:
        """Begin anew from a statement. Values carry over; own words are shown beside it."""
        statement = next((each for each in self.writing.statements if each.code == code), None)
        self.form.is_valid()
        is_own = bool(self.form.words) and not self.form.data.get("shown")
        return replace(
            self,
            writing=self.writing.using(statement),
            is_fresh=True,
            kept=self.form.words if is_own else "",
            typed_values=tuple(self.form.values().items()) if self.form.is_bound else (),
        )

    def stored(self, answer: Answer) -> Page:
        """The same, now that the words are kept: what is pressed next goes on from there."""
        return replace(self.at(answer), is_kept=True)

    def at(self, answer: Answer) -> Page:
        """The same words, where the answer stands now."""
        fresh = Answer.objects.select_related("question__channel", "channel", "statement").get(
            pk=answer.pk
        )
        return replace(self, writing=writing_of(fresh, self.writing.incident))


def show(page: Page, status: int = 200) -> HttpResponse:
    """Show the desk, with the checks on the words as they stand."""
    writing, wording, incident = page.writing, page.wording, page.writing.incident
    version = AnswerVersion(**asdict(wording))
    facts = facts_of(writing.draft(), version, page.request.organisation)
    signers = signers_for(writing, page.request.user)
    has_faults = page.form.is_bound and bool(page.form.errors)
    context = {
        "form": page.form,
        "seen": page.read,
        "key": page.key,
        "answer": writing.answer,
        "writing": writing,
        "standing": standing(writing, _change(writing), page.zone),
        "is_told": page.is_told,
        "kept": page.kept,
        "head": slim_head(incident, writing.deadlines, page.now, page.zone),
        "screen": draft(writing, facts, wording.values, signers, page.zone),
        "held": held_by_another(writing.question, page.request.user, page.now, page.zone),
        "may_claim": writing.question is not None and incident.is_open,
        "known": known(what_is_known(incident), page.zone),
        "briefings": [briefing_row(each, page.zone) for each in briefings_near(page.now)],
        "loaded_at": hhmmss(page.now, page.zone),
        "is_drill": incident.is_drill,
        "active": "codereds",
    }
    status = UNPROCESSABLE if has_faults else status
    return render(page.request, "crisis/draft.html", context, status=status)


def _change(writing: Writing) -> Decision | None:
    is_back = writing.answer is not None and writing.answer.status == Answer.Status.SENT_BACK
    return asked_change(writing.answer) if is_back and writing.answer else None


def show_blocked(page: Page, blocking: Sequence[Check]) -> HttpResponse:
    """Show what stops an answer, beside the fields that mend it."""
    for check in blocking:
        if check.code == "blank_left":
            _mark_blanks(page.form, page.wording.text)
        else:
            page.form.add_error("text", f"{check.title}. {check.text}")
    return show(page, status=UNPROCESSABLE)


def _mark_blanks(form: DraftForm, text: str) -> None:
    for name in empty(text):
        if SLOT + name in form.fields:
            form.add_error(SLOT + name, _("Fill this in, or take it out"))
        else:
            says = _("Fill in, or take out: %(name)s") % {"name": name.replace("_", " ")}
            form.add_error("text", says)


def show_changed(page: Page, stale: StaleVersion) -> HttpResponse:
    """Say that somebody else changed the answer: both texts, and nothing done."""
    incident, current = page.writing.incident, stale.current
    read = stale.seen.text if stale.seen else ""
    context = {
        "form": page.form,
        "answer": page.writing.answer,
        "seen": current.number,
        "current": current,
        "by": current.written_by.name,
        "at": hhmmss(current.written_at, page.zone),
        "pieces": word_diff(read, current.text),
        "head": slim_head(incident, page.writing.deadlines, page.now, page.zone),
        "is_drill": incident.is_drill,
        "active": "codereds",
    }
    return render(page.request, "crisis/draft_changed.html", context, status=CONFLICT)


def refused(
    request: PersonRequest, incident: Incident, says: str, now: datetime, typed: str = ""
) -> HttpResponse:
    """Say why nothing was done, and give back what was typed."""
    context = {
        "says": says,
        "typed": typed,
        "head": slim_head(incident, deadlines_of(incident), now, incident.escalation.time_zone),
        "is_drill": incident.is_drill,
        "active": "codereds",
    }
    return render(request, "crisis/refused.html", context, status=CONFLICT)
