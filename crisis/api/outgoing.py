"""What programs are told of people, code reds, and what was agreed: field by field, no more."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crisis.models import Incident
from escalation.models import ApiKey, ContactMethod, Deadline, Page, Role
from escalation.rules.access import masked
from playbooks.models import Placeholder, Protocol, Statement

Out = serializers.Serializer[Any]


class PersonOut(Out):
    """A colleague, by name. Numbers and addresses are told nowhere in this API."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    title = serializers.CharField()


class ChannelBriefOut(Out):
    id = serializers.IntegerField()
    network = serializers.CharField()
    handle = serializers.CharField()


class ChannelOut(ChannelBriefOut):
    """One social network account."""

    network_name = serializers.CharField()
    audience = serializers.CharField()
    purpose = serializers.CharField()
    tone = serializers.CharField()
    limit = serializers.IntegerField(allow_null=True, help_text="Null: the house limit holds.")
    kpi = serializers.CharField()


class PlaybookBriefOut(Out):
    code = serializers.CharField(source="playbook.code")
    title = serializers.CharField(source="playbook.title")
    version = serializers.IntegerField()


class IncidentBriefOut(Out):
    """A code red, in a line."""

    number = serializers.IntegerField()
    heading = serializers.CharField()
    question = serializers.CharField()
    status = serializers.ChoiceField(Incident.Status.choices)
    is_drill = serializers.BooleanField()
    is_restricted = serializers.BooleanField()
    limit_seconds = serializers.IntegerField()
    raised_at = serializers.DateTimeField()
    raised_by = PersonOut()
    stood_down_at = serializers.DateTimeField(allow_null=True)


class DeadlineOut(Out):
    """A promise. A late one is stamped with the moment it was due, not the moment we noticed."""

    kind = serializers.ChoiceField(Deadline.Kind.choices)
    status = serializers.ChoiceField(Deadline.Status.choices)
    due_at = serializers.DateTimeField()
    met_at = serializers.DateTimeField(allow_null=True)
    breached_at = serializers.DateTimeField(allow_null=True)


class PagingOut(Out):
    """How the alarm stands."""

    is_running = serializers.BooleanField()
    next_page_at = serializers.DateTimeField(allow_null=True)
    held_until = serializers.DateTimeField(allow_null=True)
    acknowledged_by = PersonOut(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)


class IncidentOut(IncidentBriefOut):
    """A code red as it stands."""

    title = serializers.CharField()
    post_url = serializers.CharField()
    post_text = serializers.CharField()
    channel = ChannelBriefOut(allow_null=True)
    playbook = PlaybookBriefOut(source="protocol", allow_null=True)
    deadlines = serializers.SerializerMethodField()
    paging = PagingOut(source="escalation")
    stood_down_by = PersonOut(allow_null=True)
    end = serializers.ChoiceField(Incident.End.choices, allow_blank=True)
    end_reason = serializers.CharField()

    @extend_schema_field(DeadlineOut(many=True))
    def get_deadlines(self, incident: Incident) -> Any:
        rows = Deadline.objects.filter(escalation__timeline=incident.timeline_id)
        return DeadlineOut(rows.order_by("due_at", "pk"), many=True).data


class PlannedOut(Out):
    person = PersonOut()
    due_at = serializers.DateTimeField(source="step.due_at")
    is_for_information = serializers.BooleanField()


class DueOut(Out):
    kind = serializers.ChoiceField(Deadline.Kind.choices)
    due_at = serializers.DateTimeField()


class RaisedOut(Out):
    """What raising did. Nothing in it ever changes, so that a repeat is told the same."""

    number = serializers.IntegerField(source="incident.number")
    url = serializers.CharField()
    question = serializers.CharField(source="incident.question")
    limit_seconds = serializers.IntegerField(source="incident.limit_seconds")
    is_drill = serializers.BooleanField(source="incident.is_drill")
    is_restricted = serializers.BooleanField(source="incident.is_restricted")
    raised_at = serializers.DateTimeField(source="incident.raised_at")
    raised_by = PersonOut()
    playbook = PlaybookBriefOut(allow_null=True)
    deadlines = DueOut(many=True)
    plan = PlannedOut(many=True)


class PagedOut(Out):
    """Who is paged now. Empty when nobody can be: the chain goes on at once."""

    paged = PersonOut(many=True)


class EventOut(Out):
    """One change of state, in its place in the chain of evidence."""

    sequence = serializers.IntegerField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    by = PersonOut(allow_null=True)
    detail = serializers.DictField()
    hash = serializers.CharField()


class QuestionOut(Out):
    """One person's public post that wants an answer."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    author = serializers.CharField()
    url = serializers.CharField()
    channel = ChannelBriefOut(allow_null=True)
    added_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class FactOut(Out):
    """What is known and who says so, or what is not known. Its words never change."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    is_known = serializers.BooleanField(help_text="False: nobody knows yet.")
    added_at = serializers.DateTimeField()
    added_by = PersonOut()
    dropped_at = serializers.DateTimeField(allow_null=True, help_text="Null: it stands.")
    dropped_by = PersonOut(allow_null=True)


class FiguresOut(Out):
    """Seconds after the alarm, and counts; null for what has not happened."""

    limit_seconds = serializers.IntegerField()
    first_word_seconds = serializers.FloatField(allow_null=True)
    first_page_seconds = serializers.FloatField(allow_null=True)
    on_it_seconds = serializers.FloatField(allow_null=True)
    submitted_seconds = serializers.FloatField(allow_null=True)
    signed_off_seconds = serializers.FloatField(allow_null=True)
    sign_off_wait_seconds = serializers.FloatField(allow_null=True)
    answer_seconds = serializers.FloatField(allow_null=True)
    is_answered_in_time = serializers.BooleanField(allow_null=True)
    is_breached = serializers.BooleanField()
    questions = serializers.IntegerField()
    answered = serializers.IntegerField()
    answered_by_ten_minutes = serializers.IntegerField()
    versions = serializers.IntegerField()
    amended = serializers.IntegerField()
    sent_back = serializers.IntegerField()
    people_paged = serializers.IntegerField()
    pages = serializers.IntegerField()
    pages_failed = serializers.IntegerField()
    stood_down_seconds = serializers.FloatField(allow_null=True)


class ReachedOut(Out):
    person = PersonOut()
    state = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    is_for_information = serializers.BooleanField()


class EvidenceOut(Out):
    """Whether the chain of events holds; if not, where it breaks first."""

    is_whole = serializers.BooleanField()
    events = serializers.IntegerField()
    head_hash = serializers.CharField()
    fault = serializers.CharField()


class ReportOut(Out):
    """The account afterwards, which nobody has to type."""

    incident = IncidentBriefOut()
    figures = FiguresOut()
    people = ReachedOut(many=True)
    evidence = EvidenceOut()


class PageOut(Out):
    """One attempt to reach one person. The address itself is told nowhere, nor in its label."""

    id = serializers.IntegerField()
    person = PersonOut()
    contact_kind = serializers.ChoiceField(ContactMethod.Kind.choices, source="contact_method.kind")
    contact_label = serializers.SerializerMethodField()
    occasion = serializers.ChoiceField(Page.Occasion.choices)
    status = serializers.ChoiceField(Page.Status.choices)
    due_at = serializers.DateTimeField()
    queued_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    seen_at = serializers.DateTimeField(allow_null=True)
    acted_at = serializers.DateTimeField(allow_null=True)
    failed_at = serializers.DateTimeField(allow_null=True)

    def get_contact_label(self, page: Page) -> str:
        return masked(page.contact_method.label)


class PlaybookOut(Out):
    """A playbook that is offered when raising."""

    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()


class StepOut(Out):
    at_seconds = serializers.IntegerField()
    who = serializers.CharField()
    what = serializers.CharField()


class StatementOut(Out):
    code = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(Statement.Kind.choices)
    text = serializers.CharField()
    guard = serializers.CharField()
    is_pre_approved = serializers.BooleanField()


class PlaceholderOut(Out):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(Placeholder.Kind.choices)
    max_length = serializers.IntegerField()
    options = serializers.ListField(child=serializers.CharField())
    example = serializers.CharField()
    rule = serializers.CharField()


class ProtocolOut(Out):
    """The version that holds now."""

    version = serializers.IntegerField()
    trigger = serializers.CharField()
    not_this = serializers.CharField()
    severity = serializers.IntegerField()
    limit_seconds = serializers.IntegerField()
    first_word_seconds = serializers.IntegerField()
    next_update_seconds = serializers.IntegerField()
    regulator_seconds = serializers.IntegerField(allow_null=True)
    chain = serializers.CharField(source="chain.name")
    sign_off = serializers.ChoiceField(Protocol.SignOff.choices)
    needed = serializers.IntegerField()
    signers = PersonOut(many=True)
    falls_to_officer = serializers.ChoiceField(Protocol.Falls.choices)
    clause = serializers.CharField()
    never = serializers.ListField(child=serializers.CharField())
    is_restricted = serializers.BooleanField()
    is_officer_signed = serializers.BooleanField()
    published_at = serializers.DateTimeField()
    steps = StepOut(many=True)
    statements = StatementOut(many=True)
    placeholders = PlaceholderOut(many=True)


class PlaybookInFullOut(PlaybookOut):
    """A playbook with what was agreed; `protocol` is null until a version is published."""

    protocol = ProtocolOut(allow_null=True)


class PlaceOut(Out):
    """Who would be paged if the chain started now."""

    after_seconds = serializers.IntegerField()
    person = PersonOut()
    via = serializers.CharField(help_text="The rota that puts them there, or empty.")
    is_for_information = serializers.BooleanField()
    is_reachable = serializers.BooleanField()
    kinds = serializers.ListField(child=serializers.ChoiceField(ContactMethod.Kind.choices))
    last_proven_at = serializers.DateTimeField(allow_null=True)


class ChainOut(Out):
    """A chain, and whom it would page now."""

    id = serializers.IntegerField(source="chain.pk")
    name = serializers.CharField(source="chain.name")
    grace_seconds = serializers.IntegerField(source="chain.grace_seconds")
    repeat_seconds = serializers.IntegerField(source="chain.repeat_seconds")
    coverage = PlaceOut(many=True)


class MeOut(Out):
    """Who asks, and what for."""

    person = PersonOut()
    email = serializers.CharField()
    time_zone = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices))
    scopes = serializers.ListField(child=serializers.ChoiceField(ApiKey.Scope.choices))
    is_key = serializers.BooleanField(help_text="Asked with an API key, cut down to its scopes.")


class HealthOut(Out):
    """The clock's age in seconds; null when it never ran or cannot be asked."""

    status = serializers.CharField()
    database = serializers.BooleanField()
    clock_age_seconds = serializers.FloatField(allow_null=True)


class AliveOut(Out):
    status = serializers.CharField()
