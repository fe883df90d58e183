"""What is happening now."""

from crisis.models.answer import Answer, AnswerVersion, Decision, Reading, Release, SignOff
from crisis.models.incident import QUESTION_LENGTH, Incident, Question, RaiseKey
from crisis.models.watch import Audit, Heartbeat
from escalation.models import Event

__all__ = [
    "QUESTION_LENGTH",
    "Answer",
    "AnswerVersion",
    "Audit",
    "Decision",
    "Event",
    "Heartbeat",
    "Incident",
    "Question",
    "RaiseKey",
    "Reading",
    "Release",
    "SignOff",
]
