"""The authoring desk for playbooks: drafts are edited here; what was published is only read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet, TextField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation.admin import (
    Authoring,
    AuthoringBlocks,
    AuthoringInline,
    LinesField,
    author,
)
from escalation.clock import now
from playbooks.models import (
    Briefing,
    Channel,
    Organisation,
    Placeholder,
    Playbook,
    Protocol,
    Statement,
    Step,
)
from playbooks.operations.protocol import (
    AlreadySigned,
    DraftWaiting,
    NotADraft,
    NotFit,
    NothingToCopy,
    NotTheirRole,
    SameHand,
    SignsAs,
    drop_signatures,
    hold_draft,
    new_version,
    next_version,
    publish,
    sign,
)
from playbooks.rules.networks import NETWORKS

if TYPE_CHECKING:
    _Base = AuthoringInline
else:
    _Base = object

SENTENCES: dict[type[Exception], Any] = {
    NotADraft: gettext_lazy("This version was published: it never changes again."),
    NotTheirRole: gettext_lazy("You do not have the role to sign so."),
    AlreadySigned: gettext_lazy("It has this signature already."),
    SameHand: gettext_lazy("You have signed it in your other role: this one needs somebody else."),
    NothingToCopy: gettext_lazy("It has no version yet: add the first one."),
}
REFUSALS: tuple[type[Exception], ...] = (DraftWaiting, *SENTENCES)


class OrganisationForm(forms.ModelForm):
    jargon = LinesField(label=gettext_lazy("Words we do not use"))

    class Meta:
        model = Organisation
        fields = ("name", "time_zone", "house_limit", "default_chain", "jargon")


@admin.register(Organisation)
class OrganisationAdmin(Authoring):
    """The one organisation there is."""

    form = OrganisationForm

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and not Organisation.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


class ChannelForm(forms.ModelForm):
    network = forms.ChoiceField(
        label=gettext_lazy("Network"), choices=[(each.key, each.name) for each in NETWORKS.values()]
    )

    class Meta:
        model = Channel
        fields = (
            "network",
            "handle",
            "limit",
            "audience",
            "purpose",
            "tone",
            "kpi",
            "is_active",
        )


@admin.register(Channel)
class ChannelAdmin(Authoring):
    form = ChannelForm
    list_display = ("network_name", "handle", "limit", "is_active")


@admin.register(Briefing)
class BriefingAdmin(Authoring):
    list_display = ("title", "happens_at", "ask", "is_ready")
    date_hierarchy = "happens_at"

    @admin.display(boolean=True, description=gettext_lazy("written"))
    def is_ready(self, briefing: Briefing) -> bool:
        return briefing.is_ready


@admin.register(Playbook)
class PlaybookAdmin(Authoring):
    """A playbook is taken out of use, not deleted."""

    list_display = ("title", "code", "position", "is_active")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _WhileOpen(_Base):
    """A part of a version is edited while the version is a draft."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and is_open(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and is_open(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and is_open(obj)


class StepInline(_WhileOpen, AuthoringInline):
    model = Step


class StatementInline(_WhileOpen, AuthoringBlocks):
    model = Statement
    fields = (
        ("position", "code", "kind", "is_pre_approved"),
        "title",
        "text",
        "guard",
    )
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        TextField: {"widget": forms.Textarea(attrs={"rows": 4})}
    }


class PlaceholderForm(forms.ModelForm):
    options = LinesField(label=gettext_lazy("Options"))

    class Meta:
        model = Placeholder
        fields = ("name", "label", "kind", "max_length", "options", "example", "rule")


class PlaceholderInline(_WhileOpen, AuthoringBlocks):
    model = Placeholder
    form = PlaceholderForm
    fields = (("name", "kind", "max_length"), "label", "options", "example", "rule")


class ProtocolForm(forms.ModelForm):
    never = LinesField(label=gettext_lazy("Never"))

    class Meta:
        model = Protocol
        exclude = ("version",)  # noqa: DJ006 - the page's own fieldsets say which

    def clean_playbook(self) -> Playbook:
        playbook: Playbook = self.cleaned_data["playbook"]
        drafts = playbook.protocols.filter(status=Protocol.Status.DRAFT)
        if drafts.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("It has a draft already: finish or delete that first."))
        return playbook


@admin.register(Protocol)
class ProtocolAdmin(Authoring):
    """Versions. A draft is edited, signed and published; after that it is only read."""

    form = ProtocolForm
    inlines = (StepInline, StatementInline, PlaceholderInline)
    list_display = (
        "playbook",
        "version",
        "status",
        "officer_signed_by",
        "manager_signed_by",
        "published_at",
    )
    list_filter = ("status", "playbook")
    filter_horizontal = ("signers",)
    readonly_fields = (
        "version",
        "status",
        "officer_signed_by",
        "officer_signed_at",
        "manager_signed_by",
        "manager_signed_at",
        "published_at",
    )
    actions = ("begin_next_version", "sign_as_officer", "sign_as_manager", "publish_versions")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and is_open(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One draft at a time, from its own page."""
        return obj is not None and super().has_delete_permission(request, obj) and is_open(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "playbook") if obj else self.readonly_fields

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **options)
        except NotADraft as refusal:
            self.message_user(request, _sentence(refusal), messages.ERROR)
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            hold_draft(obj)
        else:
            obj.version = next_version(obj.playbook)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        is_changed = form.has_changed() or any(each.has_changed() for each in formsets)
        if is_changed and drop_signatures(form.instance):
            text = _("The signatures were taken off: the words have changed since.")
            self.message_user(request, text, messages.WARNING)

    @admin.action(description=gettext_lazy("New version: begin the next one as a copy"))
    def begin_next_version(self, request: HttpRequest, chosen: QuerySet[Protocol]) -> None:
        by = author(request)
        for protocol in chosen.select_related("playbook"):
            self._say(request, protocol, lambda each: new_version(playbook=each.playbook, by=by))

    @admin.action(description=gettext_lazy("Sign as officer"))
    def sign_as_officer(self, request: HttpRequest, chosen: QuerySet[Protocol]) -> None:
        self._sign(request, chosen, "officer")

    @admin.action(description=gettext_lazy("Sign as manager"))
    def sign_as_manager(self, request: HttpRequest, chosen: QuerySet[Protocol]) -> None:
        self._sign(request, chosen, "manager")

    def _sign(self, request: HttpRequest, chosen: QuerySet[Protocol], role: SignsAs) -> None:
        moment, by = now(), author(request)
        for protocol in chosen:
            self._say(
                request, protocol, lambda each: sign(protocol=each, by=by, as_role=role, now=moment)
            )

    @admin.action(description=gettext_lazy("Publish"))
    def publish_versions(self, request: HttpRequest, chosen: QuerySet[Protocol]) -> None:
        moment, by = now(), author(request)
        for protocol in chosen:
            done = self._say(
                request, protocol, lambda each: publish(protocol=each, by=by, now=moment)
            )
            if done and not done.is_officer_signed:
                text = _("%(protocol)s is live without the officer’s signature.")
                self.message_user(request, text % {"protocol": protocol}, messages.WARNING)

    def _say(self, request: HttpRequest, protocol: Protocol, act: Callable[[Protocol], Any]) -> Any:
        """Act, and say what came of it: every fault is a message of its own."""
        try:
            done = act(protocol)
        except NotFit as refusal:
            for fault in refusal.faults:
                text = f"{protocol}, {fault.where}: {fault.what}"
                self.message_user(request, text, messages.ERROR)
        except REFUSALS as refusal:
            self.message_user(request, f"{protocol}: {_sentence(refusal)}", messages.ERROR)
        else:
            self.log_change(request, protocol, request.POST.get("action", ""))
            self.message_user(request, _("%(protocol)s: done.") % {"protocol": protocol})
            return done
        return None


def is_open(protocol: Protocol | None) -> bool:
    """Say whether a version may be edited; one that is being added may."""
    return protocol is None or protocol.status == Protocol.Status.DRAFT


def _sentence(refusal: Exception) -> str:
    if isinstance(refusal, DraftWaiting):
        return _("%(draft)s is a draft already: finish or delete that first.") % {
            "draft": refusal.draft
        }
    return str(SENTENCES[type(refusal)])
