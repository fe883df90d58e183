"""Forget what has served its time; never evidence."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction

from crisis.models import RaiseKey, Reading
from escalation.models import ClockBeat, Device, SignInLink

RAISE_KEY_LIFE = timedelta(hours=24)
"""How long the same Idempotency-Key gives the same code red."""
BEAT_LIFE = timedelta(days=1)


@transaction.atomic(durable=True)
def forget_what_is_over(*, now: datetime) -> None:
    """Remove used-up keys and links, ended sessions and devices, and beats of drivers now gone."""
    RaiseKey.objects.filter(created_at__lt=now - RAISE_KEY_LIFE).delete()
    Reading.objects.filter(until__lt=now).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    Device.objects.filter(expires_at__lt=now).delete()
    SignInLink.objects.filter(expires_at__lt=now).delete()
    ClockBeat.objects.filter(at__lt=now - BEAT_LIFE).delete()
