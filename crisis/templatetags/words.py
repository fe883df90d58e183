"""Words as they were written, on a page."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_SIGNATURE = re.compile(r"([–—-] \w[\w.’-]{0,23})$")  # noqa: RUF001 - a dash is meant


@register.filter
def words(text: str) -> SafeString:
    """Show a text with its line ends, and the name at its foot unbroken: "– Amara"."""
    lines = str(conditional_escape(text)).replace("\n", "<br>")
    return mark_safe(_SIGNATURE.sub(r'<span class="nowrap">\1</span>', lines))  # noqa: S308 - escaped
