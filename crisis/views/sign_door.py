"""The door of the manager's page: who stands there, and what those see who may not come in yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crisis.context import moment_of
from crisis.forms.sign import CodeForm
from crisis.models import Answer, AnswerVersion, Decision, Incident
from crisis.operations.sign_off import Act
from crisis.queries.signing import Sheet, State, sheet_of
from crisis.screens.sign import alarm_timing, frame, timing_of
from crisis.screens.sign_code import code_step
from crisis.screens.sign_told import ended
from crisis.views.door import number_in, uuid_in
from crisis.views.shell import kept
from crisis.visitor import Visitor, visitor_at
from crisis.who import is_anothers, tag_of
from escalation.browser import private, remember_device
from escalation.models import PageLink, Person
from escalation.operations.links import (
    NoOtherWay,
    TooManyCodes,
    confirm_code,
    enrol_device,
    request_code,
)
from escalation.queries import arrived_by
from escalation.rules.clocktext import hhmmss

SEE_OTHER = 303
KEPT = ("sign", "waiting", "told")
"""Pages that a device may show again without a network: those that say how things stand."""
P = ParamSpec("P")


@dataclass(frozen=True)
class Visit:
    """One request of somebody who may decide here."""

    request: HttpRequest
    visitor: Visitor
    person: Person
    now: datetime

    @property
    def incident(self) -> Incident:
        return self.visitor.incident

    @property
    def is_post(self) -> bool:
        return self.request.method == "POST"

    def answer(self, pk: int) -> Answer:
        """Give an answer of this incident, or raise Http404."""
        return get_object_or_404(self.incident.answers.select_related("question", "channel"), pk=pk)

    def read(self, answer: Answer) -> AnswerVersion | None:
        """Give the version that was before their eyes; None when its hash is not what it was."""
        number = number_in(self.request.POST, "version")
        if number is None:
            return None
        sha256 = self.request.POST.get("sha256", "")
        return answer.versions.filter(number=number, sha256=sha256).first()

    def act(self, read: AnswerVersion | None, reason: str = "") -> Act:
        return Act(
            by=self.person,
            at=self.now,
            via=self.visitor.via,
            seen=read.number if read else 0,
            reason=reason,
            key=self._key,
        )

    @property
    def _key(self) -> UUID | None:
        return uuid_in(self.request.POST, "key")

    @property
    def is_counted(self) -> bool:
        """Whether this very press has come before, and its answer got lost on the way back."""
        mine = Decision.objects.filter(by=self.person, key=self._key)
        return self._key is not None and mine.exists()

    def sheet(self, answer_pk: int | None = None) -> Sheet:
        return sheet_of(self.incident, self.person, answer_pk)

    def show(
        self, template: str, sheet: Sheet, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        """Show one of the manager's pages, under its clock."""
        head = frame(self.incident, self.person, timing_of(sheet, self.now))
        here = {
            "frame": head,
            "is_drill": head.is_drill,
            "visitor": self.visitor,
            "sheet": sheet,
            "loaded_at": hhmmss(self.now, self.incident.escalation.time_zone),
            "who": tag_of(self.person),
            "seen_url": reverse("crisis:sign_seen", args=[head.number]),
            "reading": sheet.version if sheet.state == State.SIGN else None,
        }
        page = render(self.request, f"crisis/sign/{template}.html", here | context, status=status)
        is_kept = template in KEPT and not self.incident.is_restricted
        return kept(page) if is_kept else page

    def back(self, answer_pk: int | None = None) -> HttpResponse:
        """Go to the page, at one answer or at whatever waits."""
        url = reverse("crisis:sign", args=[self.incident.number])
        query = f"?answer={answer_pk}" if answer_pk else ""
        return HttpResponseRedirect(url + query, status=SEE_OTHER)


View = Callable[Concatenate[Visit, P], HttpResponseBase]
Door = Callable[Concatenate[HttpRequest, int, P], HttpResponseBase]


def for_deciders(view: View[P]) -> Door[P]:
    """Let in whoever may see the code red and is known here; show everyone else the way in."""

    @private
    @wraps(view)
    def opened(
        request: HttpRequest, number: int, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        moment = moment_of(request)
        visitor = visitor_at(request, number, moment)
        if visitor is None:
            return redirect_to_login(reverse("crisis:sign", args=[number]))
        if visitor.has_ended:
            return _show_ended(request, visitor)
        if visitor.person is None:
            return show_code_step(request, visitor, moment)
        if is_anothers(request, visitor.person):
            raise PermissionDenied
        visit = Visit(request, visitor, visitor.person, moment)
        return (
            visit.back(cast(int | None, kwargs.get("pk")))
            if visit.is_counted
            else view(visit, *args, **kwargs)
        )

    return opened


def _show_ended(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    incident = visitor.incident
    head = frame(incident, visitor.person, None)
    context = {
        "frame": head,
        "is_drill": head.is_drill,
        "ended": ended(incident, visitor.person),
        "kept": kept_words(request),
    }
    status = 403 if request.method == "POST" else 200
    return render(request, "crisis/sign/ended.html", context, status=status)


def kept_words(request: HttpRequest) -> str:
    """What somebody had typed, so that it is shown to them whatever became of the answer."""
    return request.POST.get("text") or request.POST.get("note") or ""


def show_code_step(
    request: HttpRequest,
    visitor: Visitor,
    moment: datetime,
    *,
    form: CodeForm | None = None,
    trouble: str = "",
    status: int | None = None,
) -> HttpResponse:
    """Show the clock and the number, and how to prove that this device is the person's own."""
    link = visitor.link
    head = frame(visitor.incident, None, alarm_timing(visitor.incident, moment))
    context = {
        "frame": head,
        "is_drill": head.is_drill,
        "step": code_step(link, moment) if link else None,
        "form": form or CodeForm(),
        "trouble": trouble,
        "kept": kept_words(request),
    }
    if status is None:
        status = 403 if request.method == "POST" else 200
    return render(request, "crisis/sign/code.html", context, status=status)


@require_POST
@private
def code(request: HttpRequest, number: int) -> HttpResponseBase:
    """Send six digits by another way, or try them; the page says which of the two went wrong."""
    moment = moment_of(request)
    visitor = visitor_at(request, number, moment)
    if visitor is None:
        return redirect_to_login(reverse("crisis:sign", args=[number]))
    if visitor.has_ended:
        return _show_ended(request, visitor)
    if visitor.person is not None or visitor.link is None:
        return _to_page(number)
    if request.POST.get("action") == "confirm":
        return _confirm(request, visitor, visitor.link, moment)
    return _send(request, visitor, visitor.link, moment)


def _to_page(number: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("crisis:sign", args=[number]), status=SEE_OTHER)


def _send(request: HttpRequest, visitor: Visitor, link: PageLink, moment: datetime) -> HttpResponse:
    try:
        request_code(link=link, arrived_by=arrived_by(link), now=moment)
    except NoOtherWay:
        trouble = _("We know no second way to reach you, so there is nowhere to send a code.")
        return show_code_step(request, visitor, moment, trouble=trouble, status=409)
    except TooManyCodes:
        trouble = _("This link has asked for as many codes as it may.")
        return show_code_step(request, visitor, moment, trouble=trouble, status=429)
    return _to_page(visitor.incident.number)


def _confirm(
    request: HttpRequest, visitor: Visitor, link: PageLink, moment: datetime
) -> HttpResponse:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return show_code_step(request, visitor, moment, form=form, status=422)
    proof = confirm_code(link=link, digits=form.cleaned_data["digits"], now=moment)
    if proof is None:
        form.add_error("digits", code_step(link, moment).says_wrong)
        return show_code_step(request, visitor, moment, form=form, status=422)
    response = _to_page(visitor.incident.number)
    remember_device(request, response, enrol_device(person=link.person, now=moment))
    return response
