"""What an officer types to raise a code red, to add what is asked and known, to stand down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crisis.forms.fields import Choices, LineField, LinkField, TextField, offer
from crisis.models import FACT_LENGTH, QUESTION_LENGTH, SOURCE_LENGTH, Incident

NO_PLAYBOOK = "-"
"""The choice "Something else": the house's own chain, and no statements ready."""
AS_AGREED = "agreed"
"""The choice of the limit that the playbook names."""
WHOEVER_IS_NEXT = "next"
"""The choice of the chain's own order."""


class RaiseForm(forms.Form):
    """Two things, then press. Everything else has an answer already."""

    post_url = LinkField(
        label=_("Link to the post"),
        required=False,
    )
    question = LineField(
        label=_("What are they asking?"),
        help_text=_("In their words. This is the line a manager reads first."),
        longest=QUESTION_LENGTH,
        missing=_("Say what they are asking"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    author = LineField(
        label=_("Who asks?"), help_text=_("As they name themselves"), longest=80, required=False
    )
    playbook = forms.ChoiceField(
        label=_("Which playbook?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a playbook, or Something else")},
    )
    limit_seconds = forms.ChoiceField(
        label=_("How long do we need?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how long")},
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        help_text=_("Told from the link, if it can be"),
        required=False,
    )
    title = LineField(
        label=_("A name for it"),
        help_text=_("How everybody will call it, for example Volunteer filmed at Leeds station"),
        longest=80,
        required=False,
    )
    post_text = TextField(
        label=_("The post"),
        help_text=_("Paste its text, in case it is deleted"),
        longest=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    nonce = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        playbooks: Choices,
        limits: Choices,
        channels: Choices,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "playbook", playbooks)
        offer(self, "limit_seconds", limits)
        offer(self, "channel", channels)


class QuestionForm(forms.Form):
    """One more person who asks."""

    url = LinkField(label=_("Link to their post"), required=False)
    text = LineField(
        label=_("What do they ask?"),
        longest=1000,
        missing=_("Say what they ask"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    author = LineField(
        label=_("Who asks?"), help_text=_("As they name themselves"), longest=80, required=False
    )
    channel = forms.ChoiceField(
        label=_("Channel"), help_text=_("Told from the link, if it can be"), required=False
    )

    def __init__(self, *args: Any, channels: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "channel", channels)


class FactForm(forms.Form):
    """What somebody learned and from whom, or what nobody knows yet."""

    text = LineField(
        label=_("What do we know?"),
        help_text=_("One thing, as you would say it on the telephone"),
        longest=FACT_LENGTH,
        missing=_("Say what is known"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    source = LineField(
        label=_("Who says so?"),
        help_text=_("A name, and how you heard it; of what we don’t know, what not to say"),
        longest=SOURCE_LENGTH,
        missing=_("Say who says so, or that we don’t know it yet"),
    )
    is_unknown = forms.BooleanField(label=_("We don’t know this yet"), required=False)

    def clean(self) -> None:
        """Let nobody say what nobody knows."""
        if self.cleaned_data.get("is_unknown") and self.has_error("source", "required"):
            del self.errors["source"]
            self.cleaned_data["source"] = ""


class StandDownForm(forms.Form):
    """How it ended, and a line about it for the report."""

    end = forms.ChoiceField(
        label=_("How did it end?"),
        widget=forms.RadioSelect,
        choices=Incident.End.choices,
        error_messages={"required": _("Say how it ended")},
    )
    reason = LineField(label=_("In one line, for the report"), longest=300, required=False)


class HandOverForm(forms.Form):
    """Whom to page now: somebody, or whoever is next."""

    to = forms.ChoiceField(label=_("Whom to page now"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", people)
