"""The authoring desk for people, rotas and chains."""

from escalation.admin import chains, people
from escalation.admin.base import Authoring, AuthoringInline, LinesField

__all__ = ["Authoring", "AuthoringInline", "LinesField", "chains", "people"]
