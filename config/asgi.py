"""The web application, as uvicorn runs it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Each request has a thread of its own here, so a connection that is kept is kept for nobody.
os.environ.setdefault("CODERED_CONNECTION_SECONDS", "0")

application = get_asgi_application()
