"""What is happening now."""

from crisis.models.answer import Answer, AnswerVersion, Decision, Release, SignOff
from crisis.models.incident import QUESTION_LENGTH, Incident, Question, RaiseKey
from escalation.models import Event

__all__ = [
    "QUESTION_LENGTH",
    "Answer",
    "AnswerVersion",
    "Decision",
    "Event",
    "Incident",
    "Question",
    "RaiseKey",
    "Release",
    "SignOff",
]
