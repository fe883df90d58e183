"""People, the ways to reach them, and their API keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation.admin.base import Authoring, AuthoringInline, author
from escalation.clock import now
from escalation.models import ApiKey, ContactMethod, Person, Role
from escalation.operations.keys import revoke_key
from escalation.operations.people import (
    NotActive,
    StillActive,
    Yourself,
    deactivate,
    end_sign_ins,
    reactivate,
    vouch_for,
)
from escalation.transports.web import BadUrl, check_url

admin.site.unregister(Group)


class _LowerEmail(forms.BaseForm):
    """Work e-mail addresses are kept as people sign in with them: in small letters."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class PersonCreationForm(_LowerEmail, AdminUserCreationForm):
    class Meta:
        model = Person
        fields = ("email", "name")


class PersonChangeForm(_LowerEmail, UserChangeForm):
    class Meta:
        model = Person
        fields = "__all__"  # noqa: DJ007 - the fieldsets of the page say which


class _KeptSecret(forms.CharField):
    """A secret that is never shown; left empty, it stays."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


def _check_webhook(address: str) -> None:
    """Refuse here what nothing would ever be posted to. Raises ValidationError."""
    try:
        check_url(address)
    except BadUrl as error:
        raise ValidationError(str(error)) from None


class ContactMethodForm(forms.ModelForm):
    """A way to reach a person. A new address is unverified until it has been tried."""

    secret = _KeptSecret(
        required=False,
        widget=forms.PasswordInput,
        help_text=gettext_lazy("Leave empty to keep the one that is set."),
    )

    class Meta:
        model = ContactMethod
        fields = ("kind", "address", "label", "secret", "is_enabled")

    def clean_secret(self) -> str:
        return self.cleaned_data["secret"] or self.instance.secret

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        checks: dict[str, Callable[[str], None]] = {
            ContactMethod.Kind.EMAIL: EmailValidator(),
            ContactMethod.Kind.WEBHOOK: _check_webhook,
        }
        check = checks.get(cleaned.get("kind", ""))
        if check and "address" in cleaned:
            try:
                check(cleaned["address"])
            except ValidationError as error:
                self.add_error("address", error)
        return cleaned

    def save(self, commit: bool = True) -> ContactMethod:
        if {"kind", "address"}.intersection(self.changed_data):
            self.instance.verified_at = self.instance.last_proven_at = None
        return super().save(commit)


class ContactMethodInline(AuthoringInline):
    model = ContactMethod
    form = ContactMethodForm
    readonly_fields = ("verified_at", "last_proven_at")


@admin.register(Person)
class PersonAdmin(Authoring, UserAdmin):
    """People are deactivated, never deleted: evidence names them."""

    form = PersonChangeForm
    add_form = PersonCreationForm
    inlines = (ContactMethodInline,)
    list_display = ("name", "title", "email", "role_names", "is_active")
    list_filter = ("is_active", "groups")
    search_fields = ("name", "email")
    ordering = ("name",)
    filter_horizontal = ()
    readonly_fields = ("is_active", "last_login")
    actions = (
        "end_sign_ins_of_people",
        "deactivate_people",
        "reactivate_people",
        "vouch_for_people",
    )
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "title", "groups")}),
        (gettext_lazy("Reached"), {"fields": ("duty_phone", "time_zone")}),
        (gettext_lazy("Away"), {"fields": ("out_of_office_from", "out_of_office_until")}),
        (gettext_lazy("State"), {"fields": ("is_active", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **options: Any
    ) -> Any:
        if db_field.name == "groups":
            options |= {
                "queryset": Group.objects.filter(name__in=Role.values),
                "widget": forms.CheckboxSelectMultiple,
                "label": _("Roles"),
                "help_text": "",
            }
        return super().formfield_for_manytomany(db_field, request, **options)

    @admin.display(description=gettext_lazy("roles"))
    def role_names(self, person: Person) -> str:
        return ", ".join(str(Role(name).label) for name in sorted(person.roles))

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """End sign-ins with a change: whoever else knew the old password may be in already."""
        person = self.get_object(request, unquote(id))
        response = super().user_change_password(request, id, form_url)
        if person and not Person.objects.filter(pk=person.pk, password=person.password).exists():
            self._end_sign_ins(request, person)
        return response

    @admin.action(description=gettext_lazy("End sign-ins and devices"))
    def end_sign_ins_of_people(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        for person in people:
            self._end_sign_ins(request, person)
            self.log_change(request, person, "end_sign_ins_of_people")

    def _end_sign_ins(self, request: HttpRequest, person: Person) -> None:
        """End all but the one at this desk, which is in the middle of saying so."""
        here = request.session.session_key
        ended = end_sign_ins(person=person, by=author(request), now=now(), but=here)
        counts = {"name": person.name, "sign_ins": ended.sign_ins, "devices": ended.devices}
        text = _("%(name)s: sign-ins ended: %(sign_ins)s, devices ended: %(devices)s.") % counts
        self.message_user(request, text, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Deactivate: end sign-ins, devices, keys and links"))
    def deactivate_people(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        moment, by = now(), author(request)
        self._each(request, people, lambda person: deactivate(person=person, by=by, now=moment))

    @admin.action(description=gettext_lazy("Let them sign in again"))
    def reactivate_people(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        by = author(request)
        self._each(request, people, lambda person: reactivate(person=person, by=by))

    @admin.action(description=gettext_lazy("Verify their contact methods: I have tried them"))
    def vouch_for_people(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        moment, by = now(), author(request)
        self._each(request, people, lambda person: vouch_for(person=person, by=by, now=moment))

    def _each(
        self, request: HttpRequest, people: QuerySet[Person], act: Callable[[Person], object]
    ) -> None:
        for person in people:
            try:
                act(person)
            except Yourself:
                text = _("You cannot deactivate yourself: ask another admin.")
                self.message_user(request, text, messages.ERROR)
            except (NotActive, StillActive):
                text = _("%(name)s: nothing to change.") % {"name": person.name}
                self.message_user(request, text, messages.WARNING)
            else:
                self.log_change(request, person, request.POST.get("action", ""))
                text = _("%(name)s: done.") % {"name": person.name}
                self.message_user(request, text, messages.SUCCESS)


@admin.register(ApiKey)
class ApiKeyAdmin(Authoring):
    """Keys are made by their owners, and only listed and revoked here."""

    list_display = (
        "name",
        "prefix",
        "person",
        "scopes",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    list_filter = ("person",)
    fields = list_display
    readonly_fields = list_display
    actions = ("revoke_keys",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Revoke: they open nothing from now on"))
    def revoke_keys(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        moment = now()
        for key in keys:
            revoke_key(key=key, now=moment)
            self.log_change(request, key, "revoke_keys")
            text = _("%(key)s opens nothing any more.") % {"key": key}
            self.message_user(request, text, messages.SUCCESS)
