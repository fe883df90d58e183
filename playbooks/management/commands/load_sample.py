"""Load the sample organisation, or show how to sign in to it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from escalation.clock import now
from playbooks.files.sample import AnotherHouse, load_sample, sign_ins


class Command(BaseCommand):
    help = "Load the sample organisation, Hearthside. A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--show", action="store_true", help="only show how its people sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.CODERED_DEMO or settings.DEBUG):
            raise CommandError(
                "The sample’s passwords are known to everyone. It is loaded only where"
                " CODERED_DEMO=1 says that this is a demonstration."
            )
        if not options["show"]:
            self._load()
        self._show()

    def _load(self) -> None:
        try:
            is_new = load_sample(now=now())
        except AnotherHouse as error:
            raise CommandError(
                f"{error} lives here already; the sample needs an empty house."
            ) from None
        self.stdout.write("Hearthside is ready." if is_new else "Hearthside was here already.")

    def _show(self) -> None:
        people = sign_ins()
        if not people:
            raise CommandError("The sample is not loaded. Run load_sample without --show.")
        for each in people:
            password = each.password or "(their own by now)"
            self.stdout.write(f"{each.name:<16} {each.roles:<9} {each.email:<34} {password}")
