"""The page from which an answer goes out: the exact words, under which authority, and where to."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from crisis.models import Answer, AnswerVersion, Decision, Release
from crisis.operations.release import Authority
from crisis.rules.diff import Piece, word_diff
from crisis.screens.rows import Counter, counter
from crisis.screens.sentences import addressee
from escalation.rules.clocktext import hhmmss, mmss
from playbooks.models import Organisation
from playbooks.rules.counting import fit
from playbooks.rules.networks import network


@dataclass(frozen=True, slots=True)
class Changed:
    """What the one who approved it changed."""

    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ReleaseScreen:
    """`state` is ready, out, or not_yet."""

    state: str
    title: str
    says: str
    icon: str
    network: str
    network_name: str
    handle: str
    to: str
    text: str
    counter: Counter
    open_url: str
    open_word: str
    placeholder: str
    clause: str
    changed: Changed | None
    out_url: str
    may_take_back: bool


def release_screen(
    answer: Answer,
    version: AnswerVersion,
    authority: Authority | None,
    settled: Decision | None,
    house: Organisation,
) -> ReleaseScreen:
    """Build the page for an answer as it stands."""
    release = getattr(answer, "release", None)
    zone = answer.incident.escalation.time_zone
    state = "out" if release else "ready" if authority else "not_yet"
    title, says, icon = _told(answer, authority, settled, release, zone)
    channel = answer.channel
    fits = fit(
        version.text, channel.network, house.house_limit, channel.limit, bool(answer.question_id)
    )
    url = answer.question.url if answer.question else answer.incident.post_url
    return ReleaseScreen(
        state=state,
        title=title,
        says=says,
        icon=icon,
        network=channel.network,
        network_name=channel.network_name,
        handle=channel.handle,
        to=addressee(answer),
        text=version.text,
        counter=counter(fits.count, fits.limit),
        open_url=url or home_of(channel.network),
        open_word=_("Copy it and open %(network)s") % {"network": channel.network_name},
        placeholder=_example(channel.network, channel.handle),
        clause=authority.clause if authority else "",
        changed=_changed(answer, version, settled),
        out_url=release.url if release else "",
        may_take_back=answer.status == Answer.Status.APPROVED,
    )


def _told(
    answer: Answer,
    authority: Authority | None,
    settled: Decision | None,
    release: Release | None,
    zone: str,
) -> tuple[str, str, str]:
    if release:
        after = mmss((release.at - answer.incident.raised_at).total_seconds())
        says = _("%(by)s released it at %(time)s.")
        return (
            _("Out in %(after)s") % {"after": after},
            says % {"by": release.by.name, "time": hhmmss(release.at, zone)},
            "megaphone",
        )
    if authority is None:
        return _("It may not go out yet"), _why_not(answer), "lock"
    if authority.basis == Release.Basis.APPROVED and settled:
        return _approved(settled, zone)
    if authority.basis == Release.Basis.PRE_APPROVED:
        title = _("Approved ahead of time. Post it now")
        return title, _("These words go out on your word alone."), "check"
    title = _("Nobody has decided. It’s yours to release")
    return title, _("The time is over, and the authority has passed to you."), "key-round"


def _approved(settled: Decision, zone: str) -> tuple[str, str, str]:
    by = {"name": settled.by.name, "time": hhmmss(settled.at, zone)}
    is_amended = settled.kind == Decision.Kind.AMEND
    says = _("%(name)s approved it at %(time)s.")
    if is_amended:
        says = _("%(name)s amended and approved it at %(time)s.")
    return _("Approved. Post it now"), says % by, "check"


def _why_not(answer: Answer) -> str:
    if not answer.incident.is_open:
        return _("The code red was stood down. Nothing goes out any more.")
    words = {
        Answer.Status.DRAFT: _("It is a draft. Send it for sign-off first."),
        Answer.Status.SENT_BACK: _("A change was asked for. Change it and send it again."),
        Answer.Status.AWAITING_SIGN_OFF: _("It waits for sign-off."),
        Answer.Status.WITHDRAWN: _("It was withdrawn."),
    }
    return words[Answer.Status(answer.status)]


def _changed(answer: Answer, version: AnswerVersion, settled: Decision | None) -> Changed | None:
    """Show what an amendment changed, word by word."""
    if settled is None or settled.kind != Decision.Kind.AMEND or settled.version != version:
        return None
    before = answer.versions.filter(number__lt=version.number).order_by("-number").first()
    if before is None:
        return None
    title = _("What %(name)s changed") % {"name": settled.by.first_name}
    return Changed(title, word_diff(before.text, version.text))


def home_of(key: str) -> str:
    """Where a network lives, for want of a link to a post; nothing for one without a home."""
    hosts = network(key).hosts
    return f"https://{hosts[0]}/" if hosts else ""


def _example(key: str, handle: str) -> str:
    home = home_of(key)
    return f"{home}{handle.removeprefix('@')}/…" if home and " " not in handle else "https://…"
