"""Save a playbook file as a draft version, or say everything that is wrong with it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from escalation.clock import now
from escalation.models import Person
from playbooks.files import BadFile, load, read
from playbooks.operations.protocol import DraftWaiting, NotAnAdmin


class Command(BaseCommand):
    help = "Save a playbook file as a draft version, to be signed and published at the desk."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="e-mail address of the admin who loads it")

    def handle(self, *args: Any, **options: Any) -> None:
        by = Person.objects.filter(email=options["by"].lower(), is_active=True).first()
        if by is None:
            raise CommandError(f"Nobody active has the e-mail address {options['by']}.")
        try:
            draft = load(read(options["file"].read_bytes()), by=by, now=now())
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from None
        except BadFile as error:
            raise CommandError(f"Nothing was saved.\n{error}") from None
        except NotAnAdmin:
            raise CommandError(f"{by.name} is not an admin.") from None
        except DraftWaiting as error:
            raise CommandError(f"{error.draft} is a draft already: finish it first.") from None
        self.stdout.write(f"{draft} is saved as a draft.")
