"""What programs are told of answers: the words, what the checks say, who signed, what is out."""

from __future__ import annotations

from rest_framework import serializers

from crisis.api.outgoing import ChannelBriefOut, Out, PersonOut
from crisis.models import Answer, Decision, Release, SignOff


class VersionBriefOut(Out):
    """One exact wording."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    sha256 = serializers.CharField()
    written_by = PersonOut()
    written_at = serializers.DateTimeField()


class VersionOut(VersionBriefOut):
    values = serializers.DictField(child=serializers.CharField(allow_blank=True))
    answers_question = serializers.BooleanField(allow_null=True)
    reason_for_length = serializers.CharField()
    reason_for_repeat = serializers.CharField()


class CheckOut(Out):
    code = serializers.CharField()
    level = serializers.ChoiceField(["block", "advise", "good"])
    title = serializers.CharField()
    text = serializers.CharField()


class AuthorityOut(Out):
    """Under what the words may go out at this moment, and the clause where one is needed."""

    basis = serializers.ChoiceField(Release.Basis.choices)
    clause = serializers.CharField()


class DecisionOut(Out):
    kind = serializers.ChoiceField(Decision.Kind.choices)
    version = serializers.IntegerField(source="version.number")
    sha256 = serializers.CharField()
    by = PersonOut()
    at = serializers.DateTimeField()
    via = serializers.ChoiceField(Decision.Via.choices)
    reason = serializers.CharField()
    is_effective = serializers.BooleanField()


class SignOffOut(Out):
    """Who is asked to sign, how many have to, and what they decided."""

    status = serializers.ChoiceField(SignOff.Status.choices)
    needed = serializers.IntegerField()
    signers = PersonOut(many=True)
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    decisions = DecisionOut(many=True)


class ReleaseOut(Out):
    """What went out, under which authority, and where it can be seen."""

    version = serializers.IntegerField(source="version.number")
    sha256 = serializers.CharField()
    basis = serializers.ChoiceField(Release.Basis.choices)
    clause = serializers.CharField()
    url = serializers.CharField()
    by = PersonOut()
    at = serializers.DateTimeField()


class AnswerLineOut(Out):
    """An answer, with the words it has now."""

    id = serializers.IntegerField(source="answer.pk")
    incident = serializers.IntegerField(source="answer.incident.number")
    question = serializers.IntegerField(
        source="answer.question_id", allow_null=True, help_text="Null: to everyone."
    )
    channel = ChannelBriefOut(source="answer.channel")
    statement = serializers.CharField(source="answer.statement.code", allow_null=True)
    status = serializers.ChoiceField(Answer.Status.choices, source="answer.status")
    version = VersionBriefOut()
    created_by = PersonOut(source="answer.created_by")
    created_at = serializers.DateTimeField(source="answer.created_at")


class AnswerOut(AnswerLineOut):
    """An answer as it stands: words, checks, signatures, and whether it may go out now."""

    question_text = serializers.CharField(help_text="What has to be answered.")
    version = VersionOut()
    checks = CheckOut(many=True)
    authority = AuthorityOut(allow_null=True)
    sign_off = SignOffOut(allow_null=True)
    release = ReleaseOut(allow_null=True)


class WaitingOut(Out):
    """An answer that waits for my sign-off, and when its time is up."""

    answer = serializers.IntegerField(source="line.answer.pk")
    incident = serializers.IntegerField(source="line.answer.incident.number")
    heading = serializers.CharField(source="line.answer.incident.heading")
    question_text = serializers.CharField()
    channel = ChannelBriefOut(source="line.answer.channel")
    version = VersionBriefOut(source="line.version")
    waiting_since = serializers.DateTimeField(source="sign_off.started_at")
    due_at = serializers.DateTimeField(source="sign_off.escalation.due_at")
