"""Rehearse a whole storm against the running stack, through its API."""

from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crisis.rehearsal.client import NotThere, Refused
from crisis.rehearsal.pace import Missed
from crisis.rehearsal.play import Terms, rehearse
from crisis.rehearsal.stage import NotSetUp
from escalation import clock

MOST_SPEED = 60


def speed(value: str) -> float:
    """Read how many times as fast as the clock on the wall the story goes."""
    try:
        found = float(value)
    except ValueError:
        found = 0.0
    if not 1 <= found <= MOST_SPEED:
        raise ArgumentTypeError(f"write a number from 1 to {MOST_SPEED}")
    return found


class Command(BaseCommand):
    help = (
        "Play the sample organisation's storm against a running CodeRed: forty people ask on four"
        " channels. Prints what happens and ends with the report's figures; exit code 1 when an"
        " act failed, a figure is missing, or the evidence does not verify."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=settings.CODERED_BASE_URL, help="where CodeRed runs")
        parser.add_argument(
            "--speed", type=speed, default=1.0, help=f"how many times as fast, up to {MOST_SPEED}"
        )
        parser.add_argument("--seed", type=int, default=7, help="the same seed, the same story")
        parser.add_argument("--real", action="store_true", help="as a code red, not as a drill")

    def handle(self, *args: Any, **options: Any) -> None:
        terms = Terms(
            url=options["url"],
            speed=options["speed"],
            seed=options["seed"],
            is_drill=not options["real"],
        )
        try:
            faults = rehearse(terms, self._say, clock.now)
        except (NotThere, NotSetUp, Refused, Missed) as error:
            raise CommandError(str(error)) from error
        if faults:
            raise CommandError("\n".join(faults))

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
