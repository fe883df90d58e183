"""The migrations of escalation, and one more."""

from escalation import migrations

__path__ = [*__path__, *migrations.__path__]
