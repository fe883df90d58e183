"""One run of a chain, its frozen plan, and the promises it keeps."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from escalation.models.chain import LONGEST_SECONDS
from escalation.models.evidence import Timeline
from escalation.models.people import Person


class Escalation(models.Model):
    """One run of a chain for one ask. `next_page_at` is the clock: a column, not a message."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Paging")
        STOPPED = "stopped", _("Stopped")

    class StopReason(models.TextChoices):
        DECIDED = "decided", _("Decided")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        STOOD_DOWN = "stood_down", _("Stood down")

    timeline = models.ForeignKey(Timeline, models.PROTECT, related_name="escalations")
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=80)
    question = models.CharField(max_length=280, blank=True)
    path = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64)
    is_drill = models.BooleanField(default=False)
    is_restricted = models.BooleanField(default=False)

    status = models.CharField(max_length=16, choices=Status, default=Status.RUNNING)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_page_at = models.DateTimeField(null=True)
    next_step = models.PositiveSmallIntegerField(default=0)
    rounds = models.PositiveIntegerField(default=0)
    grace_seconds = models.PositiveSmallIntegerField()
    repeat_seconds = models.PositiveSmallIntegerField()
    held_until = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", db_index=False
    )
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=16, choices=StopReason, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="running", next_page_at__isnull=False)
                | Q(status="stopped", next_page_at__isnull=True, stopped_at__isnull=False),
                name="a_running_escalation_has_a_next_moment",
            ),
            models.CheckConstraint(
                condition=Q(due_at__lte=F("started_at") + timedelta(seconds=LONGEST_SECONDS)),
                name="paging_is_due_within_ten_minutes",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_page_at"],
                name="escalation_due",
                condition=Q(next_page_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_running(self) -> bool:
        return self.status == self.Status.RUNNING


class EscalationStep(models.Model):
    """One rung of the frozen plan, and what came of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        PAGED = "paged", _("Paged")
        UNREACHABLE = "unreachable", _("Nobody could be reached")

    escalation = models.ForeignKey(Escalation, models.CASCADE, related_name="steps", db_index=False)
    position = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    kinds = models.JSONField(default=list, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.WAITING)
    fired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("escalation_id", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "position"], name="one_place_in_the_plan"
            ),
        ]


class EscalationTarget(models.Model):
    """A person frozen into a step of the plan; `via` names the rota that put them there."""

    step = models.ForeignKey(EscalationStep, models.CASCADE, related_name="targets", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="targets")
    via = models.CharField(max_length=80, blank=True)
    is_for_information = models.BooleanField(default=False)

    class Meta:
        ordering = ("step_id", "pk")
        constraints = [
            models.UniqueConstraint(fields=["step", "person"], name="a_person_once_per_step"),
        ]


class Acknowledgement(models.Model):
    """Somebody said "I'm on it". One per person and run: the second press holds nothing longer."""

    escalation = models.ForeignKey(
        Escalation, models.CASCADE, related_name="acknowledgements", db_index=False
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
        constraints = [
            models.UniqueConstraint(fields=["escalation", "person"], name="on_it_once"),
        ]


class Deadline(models.Model):
    """A promise, its time, kept or not kept. `next_at` is when the clock must look at it."""

    class Kind(models.TextChoices):
        FIRST_WORD = "first_word", _("First word")
        ANSWER = "answer", _("Answer")
        NEXT_UPDATE = "next_update", _("Next update")
        REGULATOR = "regulator", _("Regulator")

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        MET = "met", _("Met")
        BREACHED = "breached", _("Breached")
        DROPPED = "dropped", _("Dropped")

    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="deadlines")
    kind = models.CharField(max_length=16, choices=Kind)
    status = models.CharField(max_length=16, choices=Status, default=Status.RUNNING)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    repeat_seconds = models.PositiveIntegerField(null=True)
    reminders = models.PositiveIntegerField(default=0)
    met_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("due_at",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="answer")
                | Q(due_at__lte=F("started_at") + timedelta(seconds=LONGEST_SECONDS)),
                name="ten_minutes_no_more",
            ),
            models.CheckConstraint(
                condition=~Q(status="running") | Q(next_at__isnull=False),
                name="a_running_deadline_is_armed",
            ),
            models.CheckConstraint(
                condition=~Q(status="breached") | Q(breached_at=F("due_at")),
                name="a_breach_is_stamped_when_it_was_due",
            ),
            models.UniqueConstraint(
                fields=["escalation", "kind"],
                condition=Q(status="running"),
                name="one_running_deadline_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="deadline_due", condition=Q(next_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_at:%H:%M:%S}"


class ClockBeat(models.Model):
    """When each driver of the clock last passed; the youngest tells the clock's age."""

    driver = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField()
