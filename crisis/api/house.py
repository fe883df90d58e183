"""What was agreed and who is there: playbooks, chains, channels, pages, and who asks."""

from __future__ import annotations

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from crisis.api import incoming, outgoing
from crisis.api.endpoint import Endpoint, written, written_part
from crisis.api.keyset import Part, part, part_of
from crisis.api.schema import tells
from crisis.api.shown import chains_now
from escalation.models import ApiKey, Page
from playbooks.models import Channel, Playbook, Protocol


class Playbooks(Endpoint):
    @tells(
        "list_playbooks", "The playbooks that are offered when raising", part(outgoing.PlaybookOut)
    )
    def get(self, request: Request) -> Response:
        rows = Playbook.objects.filter(is_active=True)
        return written_part(outgoing.PlaybookOut, Part(list(rows), None))


class PlaybookInFull(Endpoint):
    @tells("read_playbook", "A playbook, with what was agreed", outgoing.PlaybookInFullOut)
    def get(self, request: Request, code: str) -> Response:
        playbook = Playbook.objects.filter(code=code, is_active=True).first()
        if playbook is None:
            raise Http404
        protocol = published_of(playbook)
        shown = {
            "code": playbook.code,
            "title": playbook.title,
            "summary": playbook.summary,
            "protocol": protocol,
        }
        return written(outgoing.PlaybookInFullOut, shown)


def published_of(playbook: Playbook) -> Protocol | None:
    published = playbook.protocols.filter(status=Protocol.Status.PUBLISHED)
    related = published.select_related("chain").prefetch_related(
        "signers", "steps", "statements", "placeholders"
    )
    return related.first()


class Chains(Endpoint):
    @tells("list_chains", "The chains, and whom each would page now", part(outgoing.ChainOut))
    def get(self, request: Request) -> Response:
        return written_part(outgoing.ChainOut, Part(chains_now(self.now), None))


class Channels(Endpoint):
    @tells("list_channels", "The social network accounts in use", part(outgoing.ChannelOut))
    def get(self, request: Request) -> Response:
        rows = Channel.objects.filter(is_active=True)
        return written_part(outgoing.ChannelOut, Part(list(rows), None))


class Pages(Endpoint):
    @tells(
        "list_pages",
        "Who was paged in a code red, by which kind of contact method, and what came of it",
        part(outgoing.PageOut),
        asked=[incoming.PageWindow],
        problems=["not_found"],
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(incoming.PageWindow)
        incident = self.incident_for(asked["incident"])
        rows = Page.objects.filter(escalation__timeline=incident.timeline_id)
        about = rows.exclude(occasion=Page.Occasion.CODE).select_related("person", "contact_method")
        return written_part(outgoing.PageOut, part_of(about, request, asked, "id"))


class Me(Endpoint):
    @tells("read_me", "Who asks, and what for", outgoing.MeOut)
    def get(self, request: Request) -> Response:
        key = request.auth if isinstance(request.auth, ApiKey) else None
        shown = {
            "person": self.person,
            "email": self.person.email,
            "time_zone": self.person.time_zone,
            "roles": sorted(self.person.roles),
            "scopes": key.scopes if key else ApiKey.Scope.values,
            "is_key": key is not None,
        }
        return written(outgoing.MeOut, shown)
