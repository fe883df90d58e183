"""Check what must always hold; exit code 1 and the rows when it does not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crisis.queries.invariants import CHECKS, faults
from escalation import clock


class Command(BaseCommand):
    help = "Check the invariants Q1 to Q10 and name every row that breaks one."

    def handle(self, *args: Any, **options: Any) -> None:
        found = faults(clock.now())
        for fault in found:
            self.stdout.write(f"{fault.code} {fault.row}: {fault.why}")
        self.stdout.write(f"{len(CHECKS)} invariants checked, {len(found)} faults")
        if found:
            raise CommandError("the invariants do not hold", returncode=1)
