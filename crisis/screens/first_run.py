"""What is missing before anybody can be paged, in the order in which it is mended."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from escalation.models import ChainTarget, Person, Role
from playbooks.models import Channel, Organisation, Protocol


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to set up: whether it is there, and where an admin does it."""

    title: str
    why: str
    url: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class FirstRun:
    """The tasks, and who can do them."""

    tasks: tuple[Task, ...]
    admins: tuple[str, ...]
    may_mend: bool


def first_run(person: Person) -> FirstRun:
    """Tell what is missing, and who can mend it."""
    return FirstRun(
        tasks=(
            _task(
                _("The organisation"),
                _("Its name, its time zone, and the chain when no playbook fits"),
                "playbooks_organisation",
                Organisation.objects.exists(),
            ),
            _task(
                _("The chain"),
                _("Who is paged, in which order, after how many seconds"),
                "escalation_chain",
                ChainTarget.objects.exists(),
            ),
            _task(
                _("A channel"),
                _("The account that answers, and how long an answer may be there"),
                "playbooks_channel",
                Channel.objects.filter(is_active=True).exists(),
            ),
            _task(
                _("A playbook"),
                _("Statements that are ready, and what falls to the officer"),
                "playbooks_playbook",
                Protocol.objects.filter(status=Protocol.Status.PUBLISHED).exists(),
            ),
        ),
        admins=admins(),
        may_mend=person.is_staff,
    )


def _task(title: str, why: str, model: str, is_done: bool) -> Task:
    return Task(title, why, admin_url(model), is_done)


def admin_url(model: str) -> str:
    """Where an admin keeps a model; the desk's first page for one that has none of its own."""
    try:
        return reverse(f"admin:{model}_changelist")
    except NoReverseMatch:
        return reverse("admin:index")


def admins() -> tuple[str, ...]:
    """Name those who can mend what was set up."""
    people = Person.objects.filter(is_active=True)
    named = people.filter(groups__name=Role.ADMIN) | people.filter(is_superuser=True)
    return tuple(named.distinct().values_list("name", flat=True)[:5])
