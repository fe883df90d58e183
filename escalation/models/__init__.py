"""Who is reached, how, and by when."""

from escalation.models.chain import Chain, ChainStep, ChainTarget
from escalation.models.evidence import Event, Timeline
from escalation.models.page import AccessCode, Page, PageLink
from escalation.models.people import (
    ApiKey,
    ContactMethod,
    Device,
    Person,
    Role,
    SignInLink,
    verified,
)
from escalation.models.rota import Override, Rota, Shift
from escalation.models.run import (
    Acknowledgement,
    ClockBeat,
    Deadline,
    Escalation,
    EscalationStep,
    EscalationTarget,
)

__all__ = [
    "AccessCode",
    "Acknowledgement",
    "ApiKey",
    "Chain",
    "ChainStep",
    "ChainTarget",
    "ClockBeat",
    "ContactMethod",
    "Deadline",
    "Device",
    "Escalation",
    "EscalationStep",
    "EscalationTarget",
    "Event",
    "Override",
    "Page",
    "PageLink",
    "Person",
    "Role",
    "Rota",
    "Shift",
    "SignInLink",
    "Timeline",
    "verified",
]
