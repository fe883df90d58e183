"""What an officer types to write an answer, and to let it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crisis.forms.fields import LineField, LinkField, TextField
from playbooks.rules.placeholders import problem

LONGEST_DRAFT = 10_000
"""More than any network takes; what is too long for one is a check, not a field's fault."""
REASON_LENGTH = 300
SLOT = "slot-"
"""What the names of the fields for a statement's blanks start with."""


@dataclass(frozen=True)
class Slot:
    """A blank of the chosen statement: what may stand there."""

    name: str
    label: str
    kind: str
    max_length: int
    options: tuple[str, ...]
    example: str
    rule: str


class DraftForm(forms.Form):
    """An answer: the words, what stands in their blanks, and what the writer says about them."""

    text = TextField(
        label=gettext_lazy("Answer"),
        longest=LONGEST_DRAFT,
        missing=gettext_lazy("Write the answer first"),
        is_draft=True,
        widget=forms.Textarea(attrs={"rows": 5, "class": "answer__text"}),
    )
    shown = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    answers_question = forms.BooleanField(
        label=gettext_lazy("It answers what they ask"), required=False
    )
    reason_for_length = LineField(
        label=gettext_lazy("Why it has to be this long"), longest=REASON_LENGTH, required=False
    )
    reason_for_repeat = LineField(
        label=gettext_lazy("Why it has to be the same"), longest=REASON_LENGTH, required=False
    )
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, slots: Sequence[Slot] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = tuple(slots)
        for slot in self.slots:
            self.fields[SLOT + slot.name] = _slot_field(slot)

    @property
    def slot_fields(self) -> list[forms.BoundField]:
        return [self[SLOT + slot.name] for slot in self.slots]

    def values(self) -> dict[str, str]:
        """Give what was filled in, by the name of the blank; also of a form with faults."""
        typed = {slot.name: self._typed(SLOT + slot.name) for slot in self.slots}
        return {name: value for name, value in typed.items() if value}

    def _typed(self, name: str) -> str:
        return self.cleaned_data.get(name) or str(self.data.get(name, "")).strip()

    @property
    def words(self) -> str:
        """The words as they were typed, even where the field has a fault."""
        return str(self.cleaned_data.get("text", self.data.get("text", "")))


def _slot_field(slot: Slot) -> forms.CharField | forms.ChoiceField:
    widget: forms.Widget = forms.TextInput(attrs=_ATTRS.get(slot.kind, {}))
    if slot.kind == "choice":
        empty = ("", _("Choose one"))
        widget = forms.Select(choices=[empty, *((each, each) for each in slot.options)])
    elif slot.example:
        widget.attrs["placeholder"] = _("For example, %(example)s") % {"example": slot.example}
    return SlotField(slot=slot, label=slot.label, widget=widget, help_text=slot.rule)


_ATTRS = {
    "time": {"type": "time"},
    "url": {"inputmode": "url"},
    "phone": {"inputmode": "tel"},
    "email": {"inputmode": "email"},
}


class SlotField(LineField):
    """A blank: may stay empty until the answer goes, but what stands there must be right."""

    def __init__(self, *, slot: Slot, **kwargs: Any) -> None:
        super().__init__(longest=500, **kwargs)
        self.slot = slot

    def validate(self, value: str) -> None:
        """An empty blank is told by the checks, and stops the answer only when it is sent."""

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        slot = self.slot
        wrong = problem(slot.kind, value, slot.options, slot.max_length) if value else None
        if wrong:
            raise ValidationError(wrong)


class ReleaseForm(forms.Form):
    """Where the answer can be seen: the link stops the clock and proves that it is out."""

    url = LinkField(
        label=gettext_lazy("Link to your answer"),
        help_text=gettext_lazy(
            "Paste it once it is out. It stops the clock and goes in the report."
        ),
        missing=gettext_lazy("Paste the link to your answer"),
    )
    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_drill: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].required = not is_drill
