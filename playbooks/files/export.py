"""A version of a playbook, put into the words of a file."""

from __future__ import annotations

from playbooks.files.playbook import PlaybookFile
from playbooks.files.schema import (
    FORMAT,
    Clocks,
    Content,
    OnBreach,
    PlaceholderEntry,
    SignOff,
    StatementEntry,
    StepEntry,
)
from playbooks.models import Protocol


def export(protocol: Protocol) -> PlaybookFile:
    """Give a version as a file; loading it again makes a draft of the same words."""
    playbook = protocol.playbook
    content = Content.model_construct(
        format=FORMAT,
        code=playbook.code,
        title=playbook.title,
        summary=playbook.summary,
        raise_when=protocol.trigger,
        not_for=protocol.not_this,
        severity=protocol.severity,
        clocks=_clocks(protocol),
        chain=protocol.chain.name,
        sign_off=_sign_off(protocol),
        on_breach=OnBreach.model_construct(
            falls_to_officer=protocol.falls_to_officer, clause=protocol.clause
        ),
        restricted=protocol.is_restricted,
        never=list(protocol.never),
        steps=_steps(protocol),
        placeholders=_placeholders(protocol),
        statements=_statements(protocol),
    )
    return PlaybookFile(content)


def _clocks(protocol: Protocol) -> Clocks:
    return Clocks.model_construct(
        answer=protocol.limit_seconds,
        first_word=protocol.first_word_seconds,
        next_update=protocol.next_update_seconds,
        regulator=protocol.regulator_seconds,
    )


def _sign_off(protocol: Protocol) -> SignOff:
    return SignOff.model_construct(
        by=protocol.sign_off,
        needed=protocol.needed,
        signers=[each.email for each in protocol.signers.order_by("pk")],
    )


def _steps(protocol: Protocol) -> list[StepEntry]:
    return [
        StepEntry.model_construct(at=each.at_seconds, who=each.who, do=each.what)
        for each in protocol.steps.order_by("position")
    ]


def _placeholders(protocol: Protocol) -> dict[str, PlaceholderEntry]:
    return {
        each.name: PlaceholderEntry.model_construct(
            label=each.label,
            kind=each.kind,
            longest=each.max_length,
            options=list(each.options),
            example=each.example,
            rule=each.rule,
        )
        for each in protocol.placeholders.all()
    }


def _statements(protocol: Protocol) -> dict[str, StatementEntry]:
    return {
        each.code: StatementEntry.model_construct(
            title=each.title,
            kind=each.kind,
            pre_approved=each.is_pre_approved,
            only_when=each.guard,
            text=each.text,
        )
        for each in protocol.statements.all()
    }
