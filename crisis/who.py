"""Whose a device is just now: what it keeps of one person is never sent, or shown, as another's."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from escalation.models import Person


def tag_of(person: Person) -> str:
    """Name somebody to their own device, in letters that tell nobody else who it is."""
    return salted_hmac("crisis.who", str(person.pk)).hexdigest()[:16]


def is_anothers(request: HttpRequest, person: Person) -> bool:
    """Tell whether somebody else pressed, on a device that more than one person uses."""
    posted = request.POST.get("who", "")
    return bool(posted) and not constant_time_compare(posted, tag_of(person))
