"""Django's admin, with this house's door."""

from django.contrib.admin.apps import AdminConfig


class AuthoringConfig(AdminConfig):
    default_site = "config.authoring.AuthoringSite"
