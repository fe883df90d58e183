"""Fields for what people type or paste in a hurry; each fault is a sentence beside the field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crisis.rules.text import bad_characters, clean, has_bidi_override, is_blank

LINK_LENGTH = 500

Choices = Sequence[tuple[str, Any]]


class TextField(forms.CharField):
    """Words: cleaned, readable, and no longer than the place that they go to.

    A draft is refused only what cannot be kept: the rest is for its checks to say.
    """

    def __init__(
        self, *, longest: int, missing: str | Any = "", is_draft: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(strip=True, **kwargs)
        self.longest = longest
        self.is_draft = is_draft
        if missing:
            self.error_messages["required"] = missing

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        if self.required and is_blank(value):
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: str) -> None:
        if bad_characters(value):
            raise ValidationError(
                _("Some characters cannot be kept. Type the words instead of pasting them.")
            )
        if not self.is_draft and has_bidi_override(value):
            raise ValidationError(_("Some of the text runs backwards. Type the words again."))
        if not self.is_draft and value and is_blank(value):
            raise ValidationError(_("Nothing can be seen here. Type the words again."))
        over = len(value) - self.longest
        if over > 0:
            says = ngettext("Cut %(n)d character", "Cut %(n)d characters", over)
            most = _("%(cut)s: it may have %(most)d")
            raise ValidationError(most % {"cut": says % {"n": over}, "most": self.longest})


class LineField(TextField):
    """Words on one line: a line end in them becomes a space."""

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).splitlines())


class LinkField(LineField):
    """An address on the web; one that was pasted without its scheme gets https."""

    default_error_messages = {  # noqa: RUF012
        "invalid": gettext_lazy("Paste the whole link, for example https://x.com/name/status/1"),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "url"}))
        super().__init__(longest=LINK_LENGTH, **kwargs)

    def to_python(self, value: Any) -> str:
        link = super().to_python(value)
        return f"https://{link}" if link and "://" not in link else link

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        if value:
            self._check(value)

    def _check(self, link: str) -> None:
        try:
            URLValidator(schemes=["http", "https"])(link)
            is_open = "@" not in urlsplit(link).netloc
        except (ValidationError, ValueError):
            is_open = False
        if not is_open:
            raise ValidationError(self.error_messages["invalid"], code="invalid")


def offer(form: forms.Form, name: str, choices: Choices) -> None:
    """Give a field the choices of this moment."""
    cast(forms.ChoiceField, form.fields[name]).choices = list(choices)
