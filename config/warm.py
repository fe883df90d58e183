"""Load ahead of time what the first request would wait for."""

import gc

from django.urls import reverse


def warm_up() -> None:
    """Load every view and address: the first code red of a process is as fast as the next one.

    What is loaded by then stays. Looking through it for garbage would hold up one request, some
    twenty after the start, by a tenth of a second.
    """
    reverse("api:incidents")
    gc.collect()
    gc.freeze()
