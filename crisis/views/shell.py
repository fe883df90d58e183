"""What a telephone needs to keep CodeRed on its home screen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

ICONS = (("192", "any"), ("512", "any"), ("512", "maskable"))


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the app. Format: https://www.w3.org/TR/appmanifest/ and its share target."""
    icons = [
        {
            "src": static(f"crisis/icons/{purpose}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size, purpose in ICONS
    ]
    told = {
        "id": "/",
        "name": "CodeRed",
        "short_name": "CodeRed",
        "description": _("Code red, the right manager paged, and a short answer out in time."),
        "lang": get_language(),
        "start_url": reverse("crisis:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f5f1",
        "theme_color": "#ffffff",
        "icons": icons,
        "share_target": {
            "action": reverse("crisis:raise"),
            "method": "GET",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }
    response = JsonResponse(told, content_type="application/manifest+json")
    response["Cache-Control"] = "public, max-age=3600"
    return response
