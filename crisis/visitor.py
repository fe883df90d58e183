"""Who stands at the manager's page of a code red: signed in, come by a link, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest

from crisis.access import incidents_of
from crisis.models import Decision, Incident
from escalation.browser import device_tokens, opened_links
from escalation.models import PageLink, Person
from escalation.operations.links import is_enrolled

RELATED = ("protocol__playbook", "channel", "raised_by", "stood_down_by", "escalation", "timeline")


@dataclass(frozen=True)
class Visitor:
    """Somebody at the page of one incident.

    Without `person` it is a link on a device that nobody has proved to be theirs: one factor, which
    shows the clock and the number and nothing else.
    """

    incident: Incident
    person: Person | None
    via: str
    link: PageLink | None
    has_ended: bool = False

    @property
    def may_decide(self) -> bool:
        return self.person is not None and not self.has_ended

    @property
    def stands_in_for(self) -> Person | None:
        """The person whose link was opened, where somebody else is signed in."""
        other = self.link.person if self.link else None
        return other if other != self.person and self.via == Decision.Via.SESSION else None


def visitor_at(request: HttpRequest, number: int, now: datetime) -> Visitor | None:
    """Tell who stands at the page of a code red; None for a stranger, who may sign in.

    Whoever is signed in and may see it comes first, whosever link it is. Raises Http404 for an
    incident that somebody signed in may not see.
    """
    person = request.user if isinstance(request.user, Person) else None
    link = _opened_link(request, number, now)
    if person is not None:
        seen = incidents_of(person).select_related(*RELATED).filter(number=number).first()
        if seen is not None:
            return Visitor(seen, person, Decision.Via.SESSION, link)
        if link is None:
            raise Http404
    return _by_link(request, link, number, now) if link else None


def _opened_link(request: HttpRequest, number: int, now: datetime) -> PageLink | None:
    """The link of this incident that was opened last, a living one before one that has ended."""
    opened = opened_links(request)
    if not opened:
        return None
    links = PageLink.objects.select_related("person", "escalation").filter(
        pk__in=opened,
        escalation__timeline__incident__number=number,
        person__is_active=True,
    )
    return min(
        links, key=lambda link: (link.expires_at <= now, opened.index(link.pk)), default=None
    )


def _by_link(request: HttpRequest, link: PageLink, number: int, now: datetime) -> Visitor:
    is_proved = request.user == link.person or any(
        is_enrolled(person_id=link.person_id, token=token, now=now)
        for token in device_tokens(request)
    )
    return Visitor(
        incident=Incident.objects.select_related(*RELATED).get(number=number),
        person=link.person if is_proved else None,
        via=Decision.Via.LINK,
        link=link,
        has_ended=link.expires_at <= now,
    )
