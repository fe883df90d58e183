"""What a page's link opens, and the tray that pages without any telephone arrive in."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from escalation import clock
from escalation.browser import private, remember_link
from escalation.models import Person
from escalation.operations.links import find_link
from escalation.queries import letters_of

SEE_OTHER = 303


@private
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap the token for a signed cookie, and go on to an address that gives nothing away.

    Nothing is written: mail scanners and chat previews open links too.
    """
    link = find_link(token)
    if link is None:
        return render(request, "escalation/unknown_link.html", status=404)
    response = HttpResponseRedirect(link.escalation.path, status=SEE_OTHER)
    remember_link(request, response, link)
    return response


@private
@require_safe
def tray(request: HttpRequest) -> HttpResponse:
    """Show the pages that wait in the tray: one's own, or everyone's where all of it is a demo."""
    person = request.user if isinstance(request.user, Person) else None
    if person is None and not settings.CODERED_DEMO:
        return redirect_to_login(request.get_full_path())
    whose = None if settings.CODERED_DEMO else person
    return render(
        request,
        "escalation/tray.html",
        {"letters": letters_of(whose, clock.now()), "is_everyones": settings.CODERED_DEMO},
    )
