"""The web application for servers that speak WSGI only."""

import os

from django.core.wsgi import get_wsgi_application

from config.warm import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("CODERED_WEB", "1")

application = get_wsgi_application()
warm_up()
