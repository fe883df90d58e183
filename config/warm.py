"""Load ahead of time what the first request would wait for."""

from django.urls import reverse


def warm_up() -> None:
    """Load every view and address: the first code red of a process is as fast as the next one."""
    reverse("api:incidents")
