"""What programs send: checked for shape here, and for meaning by the operations."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from crisis.api.fields import (
    Address,
    AskedWhole,
    Choice,
    Digest,
    Flag,
    Moment,
    Strict,
    Text,
    Values,
    Whole,
)
from crisis.api.keyset import Window
from crisis.api.problems import not_together
from crisis.models import FACT_LENGTH, QUESTION_LENGTH, SOURCE_LENGTH, Decision, Incident

LONGEST_ANSWER = 5000
"""More than any network takes; what an answer may really have is for its checks to say."""


class IncidentWindow(Window):
    """Which code reds."""

    status = Choice(Incident.Status.choices, required=False, help_text="Open ones only, or ended.")
    raised_since = Moment(required=False, help_text="Raised at this moment or later, with offset.")


class PageWindow(Window):
    """Which pages."""

    incident = AskedWhole(help_text="The number of the code red.")


class RaiseIn(Strict):
    """What the officer knows. `playbook` null or absent: none fits."""

    question = Text(QUESTION_LENGTH, help_text="What are they asking? One line.")
    post_url = Address(required=False, allow_blank=True)
    post_text = Text(5000, is_line=False, required=False, allow_blank=True)
    author = Text(80, is_name=True, required=False, allow_blank=True)
    title = Text(80, is_name=True, required=False, allow_blank=True)
    channel = Whole(required=False, allow_null=True, help_text="The id of a channel in use.")
    playbook = Text(24, required=False, allow_null=True, help_text="The code of a playbook.")
    limit_seconds = Choice(
        [(300, _("5 minutes")), (600, _("10 minutes"))],
        required=False,
        allow_null=True,
        help_text="Without it, what the playbook says.",
    )
    is_drill = Flag(default=False)


class HandOverIn(Strict):
    """To whom; without `to`, whoever is next."""

    to = Whole(required=False, allow_null=True, help_text="The id of a person.")


class StandDownIn(Strict):
    """Why it is over."""

    end = Choice(Incident.End.choices)
    reason = Text(300, required=False, allow_blank=True)


class QuestionIn(Strict):
    """One person's public post."""

    text = Text(1000, is_line=False)
    channel = Whole(required=False, allow_null=True, help_text="The id of a channel in use.")
    author = Text(80, is_name=True, required=False, allow_blank=True)
    url = Address(required=False, allow_blank=True)


class FactIn(Strict):
    """What is known, and who says so; or what is not known yet, and how to speak of it."""

    text = Text(FACT_LENGTH, is_name=True, help_text="One line.")
    source = Text(  # type: ignore[assignment]
        SOURCE_LENGTH,
        is_name=True,
        required=False,
        allow_blank=True,
        help_text="Who says so; of what is not known, how to speak of it, or nothing.",
    )
    is_known = Flag(default=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["is_known"] and not attrs.get("source"):
            raise not_together("source", "required", _("Name who says so, or say it is not known."))
        return attrs


class WordingIn(Strict):
    """The words: `text`, or the blanks of the statement in `values`, or both."""

    text = Text(LONGEST_ANSWER, is_line=False, required=False)
    values = Values(required=False, help_text="What stands in the statement’s blanks.")
    answers_question = Flag(required=False, allow_null=True)
    reason_for_length = Text(300, required=False, allow_blank=True)
    reason_for_repeat = Text(300, required=False, allow_blank=True)


class DraftIn(WordingIn):
    """An answer to one question, or to everyone on a channel. Needs `text` or `statement`."""

    question = Whole(required=False, allow_null=True, help_text="Null: to everyone.")
    channel = Whole(help_text="The id of a channel in use.")
    statement = Text(24, required=False, allow_null=True, help_text="The code of a statement.")


class ReviseIn(WordingIn):
    """New words, in place of the version that was seen."""

    version = Whole(help_text="The number of the version that was seen.")


class SeenIn(Strict):
    """Which version was seen."""

    version = Whole(help_text="The number of the version that was seen.")


OF_AMENDED_WORDS = ("text", "answers_question", "reason_for_length", "reason_for_repeat")


class DecisionIn(SeenIn):
    """One person's act on one exact version."""

    kind = Choice(Decision.Kind.choices)
    sha256 = Digest(help_text="Of the text that was seen.")
    text = Text(
        LONGEST_ANSWER, is_line=False, required=False, help_text="The amended words, to amend."
    )
    answers_question = Flag(required=False, allow_null=True)
    reason_for_length = Text(300, required=False, allow_blank=True)
    reason_for_repeat = Text(300, required=False, allow_blank=True)
    reason = Text(500, is_line=False, required=False, allow_blank=True)
    to = Whole(required=False, allow_null=True, help_text="To hand over: the id of a signer.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wants_text = attrs["kind"] == Decision.Kind.AMEND
        if wants_text and "text" not in attrs:
            raise not_together("text", "required", _("Write the amended words."))
        for name in OF_AMENDED_WORDS:
            _refuse_beside(attrs, name, is_wanted=wants_text)
        _refuse_beside(attrs, "to", is_wanted=attrs["kind"] == Decision.Kind.HAND_OVER)
        return attrs


def _refuse_beside(attrs: dict[str, Any], name: str, *, is_wanted: bool) -> None:
    """Words that would be passed over in silence are refused instead."""
    if attrs.get(name) not in (None, "") and not is_wanted:
        raise not_together(name, "unexpected", _("This has no meaning for this kind of decision."))


class ReleaseIn(SeenIn):
    """Where the words can be seen; a drill posts nothing and needs no link."""

    url = Address(required=False, allow_blank=True)


class NothingIn(Strict):
    """An empty body, or none."""
