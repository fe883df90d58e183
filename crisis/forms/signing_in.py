"""Who somebody says they are."""

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.forms import EmailField, EmailInput
from django.utils.translation import gettext_lazy as _

from escalation.transports.email import SMTP_BACKEND


class SignInForm(AuthenticationForm):
    """Django's own form, by work e-mail in whatever case a telephone writes it."""

    username = EmailField(
        label=_("Work email"),
        widget=EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = {
        "invalid_login": _("The email or the password is not right. Check both, then try again."),
        "inactive": _("This account is not in use any more. Ask an admin."),
    }

    @property
    def has_mail(self) -> bool:
        """Whether a sign-in link could leave at all."""
        return settings.EMAIL_BACKEND != SMTP_BACKEND or bool(settings.EMAIL_HOST)

    def clean_username(self) -> str:
        """People are kept in lower case, and so are the guesses that are counted against them."""
        return str(self.cleaned_data["username"]).lower()


class AskLinkForm(SignInForm):
    """The same form when a link is asked for: whose mailbox it is, and no password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].error_messages["required"] = _("Type your work email first.")
        self.fields["password"].required = False

    def clean(self) -> dict[str, Any]:
        """Nobody is let in here, so nothing is compared."""
        return self.cleaned_data
