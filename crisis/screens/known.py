"""What is known of a storm, as lines that are read at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crisis.models import Fact
from escalation.rules.clocktext import hhmmss

MOST_KNOWN = 5
"""More than this is read by nobody who decides within the minute; the rest is a page away."""


@dataclass(frozen=True, slots=True)
class KnownRow:
    """One thing: known, or known not to be; and who says so, and since when."""

    pk: int
    text: str
    source: str
    note: str
    is_known: bool

    @property
    def icon(self) -> str:
        return "circle-check" if self.is_known else "circle-help"

    @property
    def tone(self) -> str:
        return "ok" if self.is_known else ""

    @property
    def says(self) -> str:
        """What it says: of what is unknown first of all that it is."""
        return self.text if self.is_known else _("Not known yet: %(what)s") % {"what": self.text}


@dataclass(frozen=True, slots=True)
class Known:
    """What stands, with the newest first and what nobody knows yet last; what was taken back."""

    rows: tuple[KnownRow, ...]
    more: str
    dropped: tuple[KnownRow, ...]


def known(facts: Sequence[Fact], zone: str, most: int | None = MOST_KNOWN) -> Known:
    """Lay out what is known; `most` lines of it, or all."""
    newest_first = sorted(facts, key=lambda each: each.pk, reverse=True)
    standing = sorted(
        (each for each in newest_first if each.dropped_at is None),
        key=lambda each: not each.is_known,
    )
    left = len(standing) - (most or len(standing))
    more = ngettext("And %(n)d more", "And %(n)d more", max(left, 0)) % {"n": left}
    return Known(
        rows=tuple(_row(each, zone) for each in standing[:most]),
        more=more if left > 0 else "",
        dropped=tuple(_dropped(each, zone) for each in newest_first if each.dropped_at),
    )


def _row(fact: Fact, zone: str) -> KnownRow:
    time = hhmmss(fact.added_at, zone)
    note = f"{fact.source}, {time}" if fact.source else time
    return KnownRow(fact.pk, fact.text, fact.source, note, fact.is_known)


def _dropped(fact: Fact, zone: str) -> KnownRow:
    by = fact.dropped_by.first_name if fact.dropped_by else _("Somebody")
    time = hhmmss(fact.dropped_at, zone) if fact.dropped_at else ""
    note = pgettext("fact", "%(name)s took it back at %(time)s")
    says = note % {"name": by, "time": time}
    return KnownRow(fact.pk, fact.text, fact.source, says, fact.is_known)
