"""How a device is proved to be somebody's own: where the code went, and how long it is good for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from escalation.models import AccessCode, PageLink
from escalation.queries import latest_code
from escalation.rules.access import MOST_CODE_TRIES, is_code_open, masked
from escalation.rules.clocktext import hhmm


@dataclass(frozen=True, slots=True)
class CodeStep:
    """The last code sent, if one is still good, and what is said of a wrong one."""

    way: str = ""
    until: str = ""
    says_wrong: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.until)


def code_step(link: PageLink, now: datetime) -> CodeStep:
    """Tell where a link's code stands. Names neither the person nor where they can be reached."""
    code = latest_code(link)
    if code is None:
        return CodeStep(says_wrong=_("No code has been sent yet. Send one first."))
    is_expired = code.expires_at <= now
    if not is_code_open(is_used=code.used_at is not None, tries=code.tries, is_expired=is_expired):
        says = _("That code has ended.") if is_expired else _("That code is used up.")
        advice = _("Send a new one.")
        return CodeStep(says_wrong=f"{says} {advice}")
    left = MOST_CODE_TRIES - code.tries
    wrong = ngettext(
        "That is not the code. %(n)d try left.", "That is not the code. %(n)d tries left.", left
    )
    return CodeStep(
        _way(code), hhmm(code.expires_at, link.escalation.time_zone), wrong % {"n": left}
    )


def _way(code: AccessCode) -> str:
    """Name the way without what would reach it: "E-mail, work"."""
    method = code.contact_method
    says = method.get_kind_display()
    return f"{says} ({masked(method.label)})" if method.label else says
