"""The app: who is reached, how, by when."""

from django.apps import AppConfig
from django.utils.translation import gettext, ngettext

from escalation.rules.words import INTERPRETER


class EscalationConfig(AppConfig):
    name = "escalation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let rules speak the language of whoever reads them."""
        INTERPRETER.say, INTERPRETER.say_many = gettext, ngettext
