"""Check what must always hold; exit code 1 and the rows when it does not."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max

from crisis.queries.invariants import PRESENT, RECORDED, faults, present_faults, walk
from crisis.queries.records import Fault
from escalation import clock
from escalation.models import Timeline

SAY_SECONDS = 5.0


class Command(BaseCommand):
    help = (
        "Check the invariants Q1 to Q10 and name every row that breaks one: now, in what is open "
        "or was closed lately, and in what the audit found. With --all, in everything there is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="verify every record there is")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        found = [*present_faults(now), *self._everything()] if options["all"] else faults(now)
        for fault in found:
            self.stdout.write(f"{fault.code} {fault.row}: {fault.why}")
        count = len(PRESENT) + len(RECORDED)
        self.stdout.write(f"{count} invariants checked, {len(found)} faults")
        if found:
            raise CommandError("the invariants do not hold", returncode=1)

    def _everything(self) -> Iterator[Fault]:
        """Verify record after record, and say now and then how far it has come."""
        last = Timeline.objects.aggregate(last=Max("pk"))["last"]
        said_at = time.monotonic()
        for position, found in walk():
            yield from found
            if time.monotonic() - said_at > SAY_SECONDS:
                said_at = time.monotonic()
                self.stderr.write(f"verified up to timeline {position} of {last}")
