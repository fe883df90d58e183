"""Write a version of a playbook as a file."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from playbooks.files import PlaybookFile, export, write
from playbooks.models import Protocol


class Command(BaseCommand):
    help = "Write a version of a playbook as a file; without --number, the one that is live."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code")
        parser.add_argument("--number", type=int, help="number of the version")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(write(self._file(options["code"], options["number"])), ending="")

    def _file(self, code: str, number: int | None) -> PlaybookFile:
        versions = Protocol.objects.filter(playbook__code=code)
        live = versions.filter(status=Protocol.Status.PUBLISHED)
        found = (live if number is None else versions.filter(version=number)).first()
        if found is None:
            raise CommandError(f"There is no such version of {code}.")
        return export(found)
