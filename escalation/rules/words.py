"""The words of rules, in the language of whoever reads them.

Rules are plain Python: the app tells them, when it starts, who knows the languages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Say = Callable[[str], str]
SayMany = Callable[[str, str, int], str]


def _as_written(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


@dataclass
class Interpreter:
    """Says every sentence as it is written until somebody knows better."""

    say: Say = str
    say_many: SayMany = _as_written


INTERPRETER = Interpreter()


def gettext(words: str) -> str:
    """Say it in the language that is spoken just now."""
    return INTERPRETER.say(words)


def ngettext(one: str, many: str, number: int) -> str:
    """Say one or many; a %(n)d in it stays for the caller to fill in."""
    return INTERPRETER.say_many(one, many, number)
