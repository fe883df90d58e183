"""The web application, as uvicorn runs it."""

import os

from django.core.asgi import get_asgi_application

from config.warm import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("CODERED_WEB", "1")

application = get_asgi_application()
warm_up()
