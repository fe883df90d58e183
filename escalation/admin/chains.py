"""Rotas and chains: who is paged, after how long, and who takes turns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation.admin.base import Authoring, AuthoringInline
from escalation.clock import now
from escalation.models import (
    Chain,
    ChainStep,
    ChainTarget,
    ContactMethod,
    Override,
    Rota,
    Shift,
)
from escalation.queries import coverage
from escalation.rules.clocktext import mmss


class ShiftInline(AuthoringInline):
    model = Shift


class OverrideInline(AuthoringInline):
    model = Override


@admin.register(Rota)
class RotaAdmin(Authoring):
    inlines = (ShiftInline, OverrideInline)
    list_display = ("name", "time_zone", "starts_on", "handover_at", "turn_days")


class ChainStepForm(forms.ModelForm):
    """A step; its kinds of contact method are ticked, not typed."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("By"),
        choices=ContactMethod.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked means every verified one."),
    )

    class Meta:
        model = ChainStep
        fields = ("position", "after_seconds", "kinds")


class ChainStepInline(AuthoringInline):
    """The steps of a chain; whom each of them pages is on the step's own page."""

    model = ChainStep
    form = ChainStepForm
    show_change_link = True
    readonly_fields = ("whom",)

    @admin.display(description=gettext_lazy("whom"))
    def whom(self, step: ChainStep) -> str:
        return ", ".join(str(target) for target in step.targets.all()) if step.pk else ""


class ChainTargetForm(forms.ModelForm):
    class Meta:
        model = ChainTarget
        fields = ("person", "rota", "is_for_information")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("person")) == bool(cleaned.get("rota")):
            self.add_error("person", _("Choose a person or a rota, one of them."))
        return cleaned


class ChainTargetInline(AuthoringInline):
    model = ChainTarget
    form = ChainTargetForm


class _SaysGaps(Authoring):
    """A page after which a chain may have holes; they are said at once, not in the storm."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        saved: Chain | ChainStep = form.instance
        for gap in gaps(saved.chain if isinstance(saved, ChainStep) else saved, now()):
            self.message_user(request, gap, messages.WARNING)


@admin.register(Chain)
class ChainAdmin(_SaysGaps):
    inlines = (ChainStepInline,)
    list_display = ("name", "grace_seconds", "repeat_seconds")


@admin.register(ChainStep)
class ChainStepAdmin(_SaysGaps):
    """Reached from its chain alone."""

    form = ChainStepForm
    inlines = (ChainTargetInline,)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def gaps(chain: Chain, moment: datetime) -> Iterator[str]:
    """Say where a chain would reach nobody if it started now, in the order of its steps."""
    places = coverage(chain, moment)
    reached = {each.after_seconds for each in places if each.is_reachable}
    before = -1
    for step in chain.steps.all():
        at = {"at": mmss(step.after_seconds)}
        if step.after_seconds not in reached:
            yield _("At %(at)s nobody can be reached now.") % at
        if step.after_seconds <= before:
            yield _("The step at %(at)s is not later than the one before it.") % at
        before = step.after_seconds
    for name in dict.fromkeys(each.person.name for each in places if not each.kinds):
        yield _("%(name)s has no verified contact method.") % {"name": name}
