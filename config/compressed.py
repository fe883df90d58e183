"""Pages leave small: a telephone at night may have one bar of network."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressedPages(GZipMiddleware):
    """Compress what is whole; a stream has to leave at once, word by word.

    A length that varies at random, and a form's token that is another in every page, leave nothing
    to be guessed from how well a page compresses.
    Source: https://docs.djangoproject.com/en/5.2/ref/middleware/#module-django.middleware.gzip
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        return response if response.streaming else super().process_response(request, response)
