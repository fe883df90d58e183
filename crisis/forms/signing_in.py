"""Who somebody says they are."""

from django.contrib.auth.forms import AuthenticationForm
from django.forms import EmailField, EmailInput
from django.utils.translation import gettext_lazy as _


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

    def clean_username(self) -> str:
        """People are kept in lower case, and so are the guesses that are counted against them."""
        return str(self.cleaned_data["username"]).lower()
