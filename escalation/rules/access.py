"""Who may do what with a link: one factor, made whole by a device that the person has proved."""

import re
from datetime import timedelta

LINK_HOURS = 24
DEVICE_DAYS = 30
CODE_MINUTES = 10
SIGN_IN_MINUTES = 15
MOST_SIGN_IN_LINKS = 5
"""Sign-in links that may be open for one person: whoever asks for another's fills no mailbox."""
MOST_CODE_TRIES = 5
MOST_CODES = 5
"""Codes that one link may ask for: enough for a bad night, too few to guess or to spam with."""

_DIGITS = re.compile(r"\d(?=(?:\D?\d){2})")
_MAILBOX = re.compile(r"(\S)[^\s@]*(?=@)")

LINK_LIFE = timedelta(hours=LINK_HOURS)
DEVICE_LIFE = timedelta(days=DEVICE_DAYS)
CODE_LIFE = timedelta(minutes=CODE_MINUTES)
SIGN_IN_LIFE = timedelta(minutes=SIGN_IN_MINUTES)


def is_code_open(*, is_used: bool, tries: int, is_expired: bool) -> bool:
    """Say whether six digits may still be tried against this code."""
    return not is_used and not is_expired and tries < MOST_CODE_TRIES


def masked(label: str) -> str:
    """Hide what would reach somebody in the name that they gave a contact method.

    Of a number the last two digits stay, of a mailbox the first letter.
    """
    return _DIGITS.sub("•", _MAILBOX.sub(r"\1•••", label))
