"""What a manager types: six digits, other words, a reason, a colleague."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crisis.forms.fields import Choices, LineField, TextField, offer

REASON_LENGTH = 140
"""One line to the officer, who has minutes."""
CODE_LENGTH = 6
TEXT_LENGTH = 5000


class CodeForm(forms.Form):
    """The six digits that came by another way."""

    digits = LineField(
        label=_("The six digits"),
        longest=20,
        missing=_("Type the six digits."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_digits(self) -> str:
        digits = "".join(self.cleaned_data["digits"].split())
        if len(digits) != CODE_LENGTH or not (digits.isascii() and digits.isdecimal()):
            raise forms.ValidationError(_("Type six digits, as they stand in the message."))
        return digits


class AmendForm(forms.Form):
    """The answer in the manager's own words, and what they say about it."""

    text = TextField(
        label=_("Our answer, in your words"),
        longest=TEXT_LENGTH,
        missing=_("Nothing is written. Write the answer first."),
        is_draft=True,
        widget=forms.Textarea(attrs={"rows": 7, "class": "ta-answer"}),
    )
    answers_question = forms.BooleanField(label=_("It answers the question"), required=False)
    reason_for_length = LineField(
        label=_("Why it has to be this long"), longest=300, required=False
    )
    reason_for_repeat = LineField(label=_("Why it has to be the same"), longest=300, required=False)


class ChangeForm(forms.Form):
    """What should change: common reasons, a line to the officer, or both."""

    why = forms.MultipleChoiceField(
        label=_("What should change?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = LineField(
        label=_("In one line"),
        longest=REASON_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, whys: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "why", whys)
        self.whys = whys

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and not (values["why"] or values["note"]):
            raise forms.ValidationError(_("Say what should change: choose one, or write a line."))
        return values

    @property
    def reason(self) -> str:
        """The reasons as the officer reads them: sentences, as each says a thing of its own."""
        chosen, note = self.cleaned_data["why"], self.cleaned_data["note"]
        says = [str(label) for why, label in self.whys if why in chosen]
        return ". ".join([*says, note] if note else says)


class HandOverForm(forms.Form):
    """Who decides instead; whoever comes next is chosen beforehand."""

    to = forms.ChoiceField(
        label=_("Who decides instead?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who decides instead."),
            "invalid_choice": _("They cannot decide this. Choose somebody else."),
        },
    )

    def __init__(self, people: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", people)
        if people:
            self.initial.setdefault("to", people[0][0])
