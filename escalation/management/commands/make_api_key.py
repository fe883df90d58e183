"""Make an API key for somebody, and print it once."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from escalation import clock
from escalation.models import ApiKey, Person
from escalation.operations.keys import create_key


class Command(BaseCommand):
    help = "Make an API key for an active person and print it. It is shown once and never again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="what the key is for")
        parser.add_argument(
            "--scopes", nargs="+", required=True, choices=ApiKey.Scope.values, metavar="SCOPE"
        )
        parser.add_argument("--days", type=int, help="how long it lives; without it, until revoked")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email=options["email"].lower(), is_active=True).first()
        if person is None:
            raise CommandError("There is no active person with that e-mail address.")
        now = clock.now()
        days = options["days"]
        key, text = create_key(
            person=person,
            name=options["name"],
            scopes=options["scopes"],
            expires_at=now + timedelta(days=days) if days else None,
            now=now,
        )
        self.stderr.write(f"{key.name}, for {person.name}: {', '.join(key.scopes)}. Keep it now:")
        self.stdout.write(text)
