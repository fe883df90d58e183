"""The page for a database that is away: it asks nothing of it, and keeps what was typed."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from crisis.screens.rows import dialled

RETRY_SECONDS = 5
"""When to come back: by then the database has restarted, or it will not by itself."""
WORDS = (
    "question",
    "post_url",
    "author",
    "title",
    "post_text",
    "url",
    "text",
    "note",
    "reason",
    "reason_for_length",
    "reason_for_repeat",
)
"""Fields that hold what somebody thought about, in the order in which they are asked for."""

NEVER_KEPT = ("password", "secret")
"""In the name of a field, whatever stands before or after it: it goes back to nobody."""


def unavailable(request: HttpRequest) -> HttpResponse:
    """Tell when to come back, and give back all that was typed. Asks nothing of the database."""
    context = {
        "duty_phone": settings.CODERED_DUTY_PHONE,
        "duty_tel": dialled(settings.CODERED_DUTY_PHONE),
        "retry_seconds": RETRY_SECONDS,
        "was_posted": request.method == "POST",
        "path": request.get_full_path(),
        "words": [request.POST[name] for name in WORDS if request.POST.get(name, "").strip()],
        "kept": _kept(request),
    }
    # Without the request: what every screen knows about the house is in the database.
    page = render_to_string("503.html", context)
    headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(page, status=503, headers=headers)


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """List every field as it was posted, to post it once more; nothing at all beside a secret.

    The token against forgery is the one that came, so that a form of somebody else's stays one.
    """
    if any(word in name.lower() for name in request.POST for word in NEVER_KEPT):
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values]
