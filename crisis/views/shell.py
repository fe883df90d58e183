"""What a telephone needs to keep CodeRed on its home screen, and to show it without a network."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from playbooks.rules.links import TLDS
from playbooks.rules.networks import NETWORKS

FILES = Path(__file__).resolve().parents[1] / "static"
SHELL = ("crisis/css/*.css", "crisis/js/*.js", "crisis/fonts/*.woff2", "crisis/*.svg")
NOT_SHELL = ("api-docs.js", "worker.js")
KEEP = "CodeRed-Keep"
"""On a page that a device may keep, to show it again without a network."""
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
            "enctype": "application/x-www-form-urlencoded",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }
    response = JsonResponse(told, content_type="application/manifest+json")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Begin the service worker. It has the site as its scope because it comes from the top."""
    told = json.dumps({"files": _shell(), "offline": reverse("crisis:offline")})
    begin = f"self.codered = {told};\nimportScripts({json.dumps(static('crisis/js/worker.js'))});\n"
    response = HttpResponse(begin, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@cache
def _shell() -> list[str]:
    found = (path for pattern in SHELL for path in sorted(FILES.glob(pattern)))
    return [static(str(path.relative_to(FILES))) for path in found if path.name not in NOT_SHELL]


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Say that there is no network: kept by the device for when there is none."""
    return render(request, "crisis/offline.html", {"duty_phone": settings.CODERED_DUTY_PHONE})


def kept(response: HttpResponse) -> HttpResponse:
    """Let the device keep this page for when there is no network."""
    response[KEEP] = "1"
    return response


@require_safe
def counting(request: HttpRequest) -> HttpResponse:
    """Give what a browser counts by: the networks, and what may end the name of a site."""
    networks = {key: asdict(each) for key, each in NETWORKS.items()}
    response = JsonResponse({"networks": networks, "tlds": sorted(TLDS)})
    response["Cache-Control"] = "public, max-age=86400"
    return response
