"""Fields that take what they say and nothing like it: no number for text, no 1 for true."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from crisis.api.characters import is_plain_line
from crisis.rules.text import clean, has_bidi_override, is_blank

LARGEST = 2**31 - 1
YEARS = range(2, 9999)
"""Not the first nor the last: in another zone they would be outside of time."""
_DIGITS = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{64}")
_ZONED = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f"
_LINE_ENDS = r"\t\n\r\x7f-\x9f\u2028\u2029"
_TURNS = r"\u202a-\u202e\u2066-\u2069"


class Text(serializers.CharField):
    """Words, kept as NFC with LF line ends. `is_line`: one line. `is_name`: nothing turns it."""

    default_error_messages = {
        "invalid": _("Write text."),
        "blank": _("Write something that can be seen."),
        "too_long": _("{most} characters at most, and these are {length}."),
        "bad_character": _("Line ends, tabs and control characters are not allowed here."),
        "turned": _("Characters that turn the reading direction are not allowed here."),
    }

    def __init__(
        self, most: int, *, is_line: bool = True, is_name: bool = False, **options: Any
    ) -> None:
        super().__init__(**options)
        self.most = most
        self.is_line = is_line
        self.is_name = is_name

    def run_validation(self, data: Any = serializers.empty) -> Any:
        # The parent's own look at blank data would take a number for text.
        return serializers.Field.run_validation(self, data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = clean(data)
        length = max(len(data), len(text))
        if length > self.most:
            self.fail("too_long", most=self.most, length=length)
        if self.is_line and not is_plain_line(data):
            self.fail("bad_character")
        if self.is_name and has_bidi_override(text):
            self.fail("turned")
        if is_blank(text):
            return "" if self.allow_blank else self.fail("blank")
        return text

    def described(self) -> dict[str, Any]:
        """Say in the contract what the field takes."""
        refused = _CONTROLS + _LINE_ENDS * self.is_line + _TURNS * self.is_name
        least = {} if self.allow_blank else {"minLength": 1}
        return {
            "type": "string",
            "maxLength": self.most,
            "pattern": f"^[^{refused}]*$",
            **least,
        }


class Address(Text):
    """A link to a page on the web."""

    default_error_messages = {"not_an_address": _("Write a link like https://example.org/post.")}
    pattern = (
        r"https?://(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z][A-Za-z0-9-]{1,62}(?::[0-9]{1,5})?"
        r"(?:[/?#][!-~\u00c0-\u1fff\u3040-\ud7ff]*)?"
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(500, is_name=True, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text and not re.fullmatch(self.pattern, text):
            self.fail("not_an_address")
        return text

    def described(self) -> dict[str, Any]:
        pattern = f"^(?:{self.pattern})?$" if self.allow_blank else f"^{self.pattern}$"
        return {"type": "string", "maxLength": self.most, "pattern": pattern}


class Digest(Text):
    """A SHA-256 in hex."""

    default_error_messages = {"no_digest": _("Send the sha256 of the text that was seen.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(64, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not _HEX.fullmatch(text):
            self.fail("no_digest")
        return text

    def described(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_HEX.pattern}$"}


class Whole(serializers.IntegerField):
    """A whole number, written as one."""

    def __init__(self, *, least: int = 1, most: int = LARGEST, **options: Any) -> None:
        super().__init__(min_value=least, max_value=most, **options)

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return data


class AskedWhole(Whole):
    """A whole number in a query string."""

    def to_internal_value(self, data: Any) -> int:
        if not (isinstance(data, str) and _DIGITS.fullmatch(data)):
            self.fail("invalid")
        return int(data)


class Flag(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if type(data) is not bool:
            self.fail("invalid", input=data)
        return data


class Choice(serializers.ChoiceField):
    """One of a list, in its own type; what was sent is not said back."""

    default_error_messages = {"invalid_choice": _("Choose one of the list.")}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, (str, int)) or data not in self.choices:
            self.fail("invalid_choice")
        return data


class Moment(serializers.DateTimeField):
    """A moment with its offset from UTC; without one nobody knows when it is."""

    default_error_messages = {"no_moment": _("Write a moment like 2026-11-14T12:00:00Z.")}

    def to_internal_value(self, value: Any) -> datetime:
        is_zoned = isinstance(value, str) and _ZONED.fullmatch(value)
        try:
            moment = parse_datetime(value) if is_zoned else None
        except ValueError:
            moment = None
        if moment is None or moment.year not in YEARS:
            self.fail("no_moment")
        # PostgreSQL takes no offset beyond sixteen hours, although ISO 8601 has them.
        return moment.astimezone(UTC)


class Values(serializers.DictField):
    """The words for the blanks of a statement, by the name of the blank."""

    child = Text(500, allow_blank=True)


class Strict(serializers.Serializer[Any]):
    """Takes its own fields and no other."""

    def to_internal_value(self, data: Any) -> Any:
        errors: dict[str, Any] = {}
        found: Any = {}
        try:
            found = super().to_internal_value(data)
        except ValidationError as error:
            errors = dict(error.detail) if isinstance(error.detail, dict) else {}
        if isinstance(data, Mapping):
            for name in sorted(set(data) - set(self.fields)):
                errors[name] = [
                    ErrorDetail(str(_("There is no such field here.")), "unknown_field")
                ]
        if errors:
            raise ValidationError(errors)
        return found


class Asked(Strict):
    """The same for a query string, where every parameter comes once."""

    @classmethod
    def of(cls, asked: QueryDict) -> Asked:
        repeated = [name for name, values in asked.lists() if len(values) > 1]
        if repeated:
            error = ErrorDetail(str(_("This parameter comes twice.")), "repeated")
            raise ValidationError({name: [error] for name in repeated})
        return cls(data=asked.dict())
