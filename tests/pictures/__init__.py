"""Pictures that are made, not drawn: run `make pictures` and look at what changed."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
