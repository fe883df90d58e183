"""What is happening now."""

from crisis.models.answer import Answer, AnswerVersion, Decision, Reading, Release, SignOff
from crisis.models.fact import FACT_LENGTH, SOURCE_LENGTH, Fact
from crisis.models.incident import QUESTION_LENGTH, Incident, Question, RaiseKey
from crisis.models.watch import Audit, Heartbeat
from escalation.models import Event

__all__ = [
    "FACT_LENGTH",
    "QUESTION_LENGTH",
    "SOURCE_LENGTH",
    "Answer",
    "AnswerVersion",
    "Audit",
    "Decision",
    "Event",
    "Fact",
    "Heartbeat",
    "Incident",
    "Question",
    "RaiseKey",
    "Reading",
    "Release",
    "SignOff",
]
