"""What was agreed in advance."""

from playbooks.models.organisation import Briefing, Channel, Organisation
from playbooks.models.protocol import Placeholder, Playbook, Protocol, Statement, Step

__all__ = [
    "Briefing",
    "Channel",
    "Organisation",
    "Placeholder",
    "Playbook",
    "Protocol",
    "Statement",
    "Step",
]
