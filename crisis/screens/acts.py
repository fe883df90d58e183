"""What the officer does next, and where: one act is the first, and every screen agrees on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crisis.models import Answer, Incident, Question
from crisis.operations.checks import is_holding
from crisis.operations.release import is_pre_approved
from crisis.queries.desk import Desk
from crisis.screens.sentences import addressee, asker
from escalation.models import Person
from playbooks.models import Channel, Statement


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to press: a word for a small button, words for a big one, and where it leads."""

    word: str
    says: str
    url: str
    icon: str = "pen-line"
    is_begun: bool = False
    is_primary: bool = False
    short: str = ""

    @property
    def in_bar(self) -> str:
        """The words of the bar at the foot of a phone, on one line where there are any."""
        return self.short or self.says

    @property
    def keys(self) -> str:
        """The keys that press it."""
        found = ["n"] if self.is_primary else []
        return " ".join([*found, "r"] if self.icon == "send" else found)

    def beside(self, primary: Act | None) -> Act:
        """Mark this act when it is the one that comes first."""
        return replace(self, is_primary=primary is not None and primary.url == self.url)

    @classmethod
    def draft(cls, incident: Incident, question: Question | None, channel: Channel | None) -> Act:
        """Write to one person, or to everyone on a channel."""
        asked = {"question": question.pk if question else None}
        asked |= {"channel": channel.pk if channel and not question else None}
        query = urlencode({name: value for name, value in asked.items() if value})
        says = _("Draft the answer to %(who)s") % {"who": asker(question)} if question else ""
        word = pgettext("act", "Draft")
        return cls(word, says or _("Draft an answer"), _draft_url(incident, query))

    @classmethod
    def release(cls, answer: Answer) -> Act:
        """Let an answer out."""
        says = _("Release the answer to %(to)s") % {"to": addressee(answer)}
        return cls(_("Release"), says, reverse("crisis:release", args=[answer.pk]), "send")


def _draft_url(incident: Incident, query: str) -> str:
    address = reverse("crisis:draft", args=[incident.number])
    return f"{address}?{query}" if query else address


def release_of(incident: Incident, statement: Statement) -> Act:
    """Release words that were approved ahead of time."""
    return Act(
        word=_("Release"),
        says=_("Release the holding statement"),
        url=_draft_url(incident, urlencode({"statement": statement.code})),
        icon="send",
        short=_("Release holding statement"),
    )


def acts_of(desk: Desk) -> dict[int, Act]:
    """Tell, for each answer that waits for the officer, what is to be done with it."""
    found = {}
    for answer in desk.live:
        act = _act_on(answer, desk)
        if act:
            found[answer.pk] = act
    return found


def decisions_of(desk: Desk, viewer: Person) -> dict[int, Act]:
    """Lead whoever is asked to sign from each answer that waits to where it is decided."""
    asked = [each.person for each in desk.people if not each.is_for_information]
    if viewer not in asked:
        return {}
    address = reverse("crisis:sign", args=[desk.incident.number])
    waiting = [each for each in desk.live if each.status == Answer.Status.AWAITING_SIGN_OFF]
    return {
        each.pk: Act(
            _("Decide"),
            _("Decide on the answer to %(to)s") % {"to": addressee(each)},
            f"{address}?answer={each.pk}",
            "signature",
            is_begun=True,
        )
        for each in waiting
    }


def _act_on(answer: Answer, desk: Desk) -> Act | None:
    to = {"to": addressee(answer)}
    edit = reverse("crisis:answer", args=[answer.pk])
    post = reverse("crisis:release", args=[answer.pk])
    if answer.status == Answer.Status.APPROVED:
        return Act(_("Post it"), _("Post the answer to %(to)s") % to, post, "send", is_begun=True)
    if answer.status == Answer.Status.SENT_BACK:
        says = _("Change the answer to %(to)s") % to
        return Act(_("Change"), says, edit, "square-pen", is_begun=True)
    if answer.status != Answer.Status.DRAFT:
        return None
    text = desk.texts.get(answer.pk)
    if text and is_pre_approved(answer, text):
        says = _("Release the holding statement") if is_holding(answer) else _("Post it")
        return Act(_("Release"), says, post, "send", is_begun=True)
    return Act(_("Finish"), _("Finish the answer to %(to)s") % to, edit, is_begun=True)


def next_act(desk: Desk, acts: Mapping[int, Act]) -> Act | None:
    """Choose what comes first: what is approved, first word, what is begun, who still waits."""
    by_status = sorted(
        desk.live, key=lambda each: (_FIRST.get(Answer.Status(each.status), 9), each.pk)
    )
    begun = [acts[each.pk] for each in by_status if each.pk in acts]
    approved = [each for each in desk.live if each.status == Answer.Status.APPROVED]
    if approved and approved[0].pk in acts:
        return acts[approved[0].pk]
    holding = holding_statement(desk)
    if holding and not desk.has_spoken:
        begun_holding = [acts[a.pk] for a in desk.live if is_holding(a) and a.pk in acts]
        return begun_holding[0] if begun_holding else release_of(desk.incident, holding)
    if begun:
        return begun[0]
    taken = {each.question_id for each in desk.live}
    left = [q for q in desk.questions if q.answered_at is None and q.pk not in taken]
    return Act.draft(desk.incident, left[0], left[0].channel) if left else None


_FIRST = {
    Answer.Status.APPROVED: 0,
    Answer.Status.SENT_BACK: 1,
    Answer.Status.DRAFT: 2,
}


def holding_statement(desk: Desk) -> Statement | None:
    """The first holding statement that the officer may release alone."""
    return next(
        (
            each
            for each in desk.statements
            if each.kind == Statement.Kind.HOLDING and each.is_pre_approved
        ),
        None,
    )
