"""A playbook as a file: read it, write it, load it as a draft, export a version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Max

from escalation.models import Chain, Person
from playbooks.files.faults import understand
from playbooks.files.schema import Content
from playbooks.files.source import BadFile, FileFault, Source, read_source
from playbooks.models import Placeholder, Playbook, Protocol, Statement, Step
from playbooks.operations.fitness import faults_of
from playbooks.operations.protocol import Parts, hold_for_draft, write_draft

_RARE_LINE_ENDS = frozenset("\x85\u2028\u2029")


@dataclass(frozen=True)
class PlaybookFile:
    """What a file says, and where in it everything stands."""

    content: Content
    source: Source = field(default_factory=Source, compare=False, repr=False)


def read(raw: bytes | str) -> PlaybookFile:
    """Read a playbook file. Raises BadFile with every fault that the file shows by itself."""
    source = read_source(raw)
    return PlaybookFile(understand(Content, source), source)


def write(file: PlaybookFile) -> str:
    """Write a playbook file; reading it gives the same again."""
    plain = file.content.model_dump(exclude_none=True)
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=96)


class _Dumper(yaml.SafeDumper):
    """Never writes an alias, because none would be read back."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """Quote the line ends that are rare, or YAML folds them into blanks."""
        style = '"' if _RARE_LINE_ENDS & set(data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _Dumper.represent_str)


@transaction.atomic(durable=True)
def load(file: PlaybookFile, by: Person, now: datetime) -> Protocol:
    """Save a file as a draft version, made into a new playbook where there is none of its code.

    Raises BadFile with every fault and saves nothing; also NotAnAdmin, or DraftWaiting.
    """
    content = file.content
    playbook, is_new = Playbook.objects.get_or_create(
        code=content.code,
        defaults={
            "title": content.title,
            "summary": content.summary,
            "position": _last_position() + 1,
        },
    )
    hold_for_draft(playbook, by)
    signers = list(Person.objects.filter(email__in=content.sign_off.signers, is_active=True))
    chain = Chain.objects.filter(name=content.chain).first()
    faults = [] if is_new else _other_names(playbook, file)
    faults += _unknown(file, chain, signers)
    protocol = _draft(playbook, content, chain or Chain.objects.first(), signers)
    if protocol:
        faults += _unfit(file, protocol, now, is_chain_known=chain is not None)
    if faults or protocol is None:
        raise BadFile(faults)
    return protocol


def _last_position() -> int:
    return Playbook.objects.aggregate(last=Max("position"))["last"] or 0


def _other_names(playbook: Playbook, file: PlaybookFile) -> list[FileFault]:
    """A draft must not rename what officers choose from today."""
    return [
        file.source.fault((key,), f"“{getattr(playbook, key)}”, as {playbook.code} is called now")
        for key in ("title", "summary")
        if getattr(playbook, key) != getattr(file.content, key)
    ]


def _unknown(file: PlaybookFile, chain: Chain | None, signers: Sequence[Person]) -> list[FileFault]:
    faults = []
    if chain is None:
        names = ", ".join(Chain.objects.values_list("name", flat=True))
        faults.append(file.source.fault(("chain",), f"one of the chains: {names or 'none yet'}"))
    known = {person.email for person in signers}
    for place, email in enumerate(file.content.sign_off.signers):
        if email not in known:
            path = ("sign_off", "signers", place)
            faults.append(file.source.fault(path, "the e-mail address of a person who is active"))
    return faults


def _draft(
    playbook: Playbook, content: Content, chain: Chain | None, signers: Sequence[Person]
) -> Protocol | None:
    if chain is None:
        return None
    parts = Parts(
        fields=_fields(content) | {"chain": chain},
        signers=signers,
        steps=_steps(content),
        statements=_statements(content),
        placeholders=_placeholders(content),
    )
    return write_draft(playbook=playbook, parts=parts)


def _unfit(
    file: PlaybookFile, protocol: Protocol, now: datetime, *, is_chain_known: bool
) -> list[FileFault]:
    """Say what keeps the version from being published; of an unknown chain, nothing more."""
    return [
        file.source.fault(
            tuple(each.where.split(".")), f"something fit to be published: {each.what}"
        )
        for each in faults_of(protocol, now)
        if is_chain_known or each.where not in ("chain", "sign_off")
    ]


def _fields(content: Content) -> dict[str, Any]:
    return {
        "trigger": content.raise_when,
        "not_this": content.not_for,
        "severity": content.severity,
        "limit_seconds": content.clocks.answer,
        "first_word_seconds": content.clocks.first_word,
        "next_update_seconds": content.clocks.next_update,
        "regulator_seconds": content.clocks.regulator,
        "sign_off": content.sign_off.by,
        "needed": content.sign_off.needed,
        "falls_to_officer": content.on_breach.falls_to_officer,
        "clause": content.on_breach.clause,
        "never": content.never,
        "is_restricted": content.restricted,
    }


def _steps(content: Content) -> list[Step]:
    return [
        Step(position=place, at_seconds=each.at, who=each.who, what=each.do)
        for place, each in enumerate(content.steps)
    ]


def _statements(content: Content) -> list[Statement]:
    return [
        Statement(
            code=code,
            position=place,
            title=each.title,
            kind=each.kind,
            text=each.text,
            guard=each.only_when,
            is_pre_approved=each.pre_approved,
        )
        for place, (code, each) in enumerate(content.statements.items())
    ]


def _placeholders(content: Content) -> list[Placeholder]:
    return [
        Placeholder(
            name=name,
            label=each.label,
            kind=each.kind,
            max_length=each.longest,
            options=each.options,
            example=each.example,
            rule=each.rule,
        )
        for name, each in content.placeholders.items()
    ]
