"""The kinds of text that files hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import (
    no_info_plain_validator_function,
    plain_serializer_function_ser_schema,
)

from playbooks.rules.durations import read_duration, write_duration


class Strict(BaseModel):
    """Keys that are known, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Meaning:
    """Text that means something. `read` gives None where it does not; `write` turns it back."""

    expected: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str

    def __get_pydantic_core_schema__(self, _of: Any, _next: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_plain_validator_function(
            self._understand, serialization=plain_serializer_function_ser_schema(self.write)
        )

    def _understand(self, value: object) -> Any:
        found = self.read(value.strip()) if isinstance(value, str) else None
        if found is None:
            raise PydanticCustomError("expected", "{expected}", {"expected": self.expected})
        return found


def words(most: int, least: int = 0) -> StringConstraints:
    """Text of some length, without blanks around it."""
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most)


def form(expected: str, pattern: str) -> Meaning:
    """Text of one form."""
    compiled = re.compile(pattern)
    return Meaning(expected, lambda value: value if compiled.fullmatch(value) else None)


def choice(**meanings: Any) -> Meaning:
    """One of these words."""
    words = {value: word for word, value in meanings.items()}
    return Meaning(f"one of {', '.join(meanings)}", meanings.get, words.__getitem__)


def number(least: int, most: int) -> Meaning:
    """A whole number, in plain digits."""

    def read(value: str) -> int | None:
        found = int(value) if re.fullmatch("[0-9]{1,6}", value, re.ASCII) else None
        return found if found is not None and least <= found <= most else None

    return Meaning(f"a whole number from {least} to {most}", read)


def duration(least: int, most: int) -> Meaning:
    """A span of time; seconds once it is read."""

    def read(value: str) -> int | None:
        found = read_duration(value)
        return found if found is not None and least <= found <= most else None

    bounds = f"from {write_duration(least)} to {write_duration(most)}"
    return Meaning(f"a time as 5:00 or 72:00:00, {bounds}", read, write_duration)


def _email(value: str) -> str | None:
    return value.lower() if re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,189}", value) else None


YesNo = Annotated[bool, choice(yes=True, no=False)]
Code = Annotated[str, form("up to 24 letters, digits, - or _", "[A-Za-z0-9_-]{1,24}")]
Email = Annotated[str, Meaning("an e-mail address", _email)]
