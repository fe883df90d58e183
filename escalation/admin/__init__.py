"""The authoring desk for people, rotas and chains."""

from escalation.admin import chains, people
from escalation.admin.base import Authoring, AuthoringBlocks, AuthoringInline, LinesField, author

__all__ = [
    "Authoring",
    "AuthoringBlocks",
    "AuthoringInline",
    "LinesField",
    "author",
    "chains",
    "people",
]
