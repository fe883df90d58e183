"""Pages, the signed links in them, and the codes that prove a new device."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from escalation.models.people import ContactMethod, Person
from escalation.models.run import Escalation
from escalation.rules.sending import MOST_UNKNOWNS


class PageLink(models.Model):
    """One person's link in one run. The token is derived from `nonce`; only its hash is here."""

    escalation = models.ForeignKey(Escalation, models.CASCADE, related_name="links", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="links")
    nonce = models.CharField(max_length=43)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "person"], name="one_link_per_person_and_run"
            ),
        ]


class AccessCode(models.Model):
    """Six digits sent by another contact method, to prove that a new device is this person's."""

    link = models.ForeignKey(PageLink, models.CASCADE, related_name="codes")
    contact_method = models.ForeignKey(ContactMethod, models.PROTECT, related_name="+")
    nonce = models.CharField(max_length=43)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)


class Page(models.Model):
    """One attempt to reach one person by one contact method. The rows are the queue."""

    class Occasion(models.TextChoices):
        STEP = "step", _("Their step was reached")
        ROUND = "round", _("Everyone again")
        HAND_OVER = "hand_over", _("Handed over to them")
        ANSWER_READY = "answer_ready", _("An answer is ready to sign")
        FIRST_WORD = "first_word", _("First word is overdue")
        ANSWER = "answer", _("Answer is overdue")
        NEXT_UPDATE = "next_update", _("Next update is due")
        REGULATOR = "regulator", _("Regulator’s clock")
        NOBODY = "nobody", _("Nobody could be reached")
        STOOD_DOWN = "stood_down", _("Stood down")
        CODE = "code", _("A code for a new device")

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Paged")
        DELIVERED = "delivered", _("Delivered")
        SEEN = "seen", _("Seen")
        ACTED = "acted", _("Acted")
        FAILED = "failed", _("Not delivered")
        DROPPED = "dropped", _("Not needed any more")

    # Ten thousand of these may be written in a second: each index is one more thing to write,
    # and the constraint below leads to the pages of a run already, and to those of a person in it.
    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="pages", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="pages", db_index=False)
    contact_method = models.ForeignKey(
        ContactMethod, models.PROTECT, related_name="pages", db_index=False
    )
    provider = models.CharField(max_length=120, db_default="")
    link = models.ForeignKey(PageLink, models.PROTECT, related_name="pages", db_index=False)
    code = models.ForeignKey(
        AccessCode, models.PROTECT, null=True, related_name="pages", db_index=False
    )
    occasion = models.CharField(max_length=16, choices=Occasion)
    step = models.SmallIntegerField()
    attempt = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    status = models.CharField(max_length=16, choices=Status, default=Status.QUEUED)
    due_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    next_send_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    sends = models.PositiveSmallIntegerField(default=0)
    unknowns = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    acted_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("due_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "occasion", "step", "person", "contact_method", "attempt"],
                name="a_page_once_per_attempt",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["queued", "sending"]) | Q(next_send_at__isnull=False),
                name="an_unsent_page_has_a_next_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_send_at"],
                name="page_to_send",
                condition=Q(status__in=["queued", "sending"]),
            ),
            models.Index(fields=["person", "-id"], name="page_by_age"),
            models.Index(
                fields=["unknowns"],
                name="page_sent_too_often",
                condition=Q(unknowns__gt=MOST_UNKNOWNS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.occasion} {self.person_id} {self.status}"
