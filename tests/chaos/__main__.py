"""Play a storm against the whole installation and hold it to its promises.

python -m tests.chaos --minutes 10 --seed 7
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.journal import Journal
from tests.chaos.run import Options
from tests.chaos.schedule import CONTROLS
from tests.chaos.stack import CODE, Stack

DEFAULT_DIRECTORY = CODE / "var" / "chaos"


def options() -> tuple[Options, bool]:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--faults", default="", help="kinds, with commas, or a profile; none: calm")
    parser.add_argument("--plant", choices=CONTROLS, default="", help="a fault that must be found")
    parser.add_argument("--rate", type=float, default=2.0, help="code reds a second")
    parser.add_argument("--drain", type=float, default=60.0, help="seconds to get it all done")
    parser.add_argument("--without", default="", help="processes to leave out, with commas")
    parser.add_argument("--out", type=Path, default=DEFAULT_DIRECTORY)
    parser.add_argument("--write-docs", action="store_true", help="renew docs/reliability.md")
    given = parser.parse_args()
    asked = Options(
        minutes=given.minutes,
        seed=given.seed,
        kinds=tuple(filter(None, given.faults.split(","))),
        plant=given.plant,
        raises_per_second=given.rate,
        drain_seconds=given.drain,
        without=tuple(filter(None, given.without.split(","))),
        directory=given.out,
    )
    return asked, given.write_docs


def main() -> int:
    asked, writes_docs = options()
    logs = asked.directory / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    for fault in asked.faults():
        sys.stdout.write(f"{fault}\n")
    with ExitStack() as ends:
        journal = Journal(logs / "journal.jsonl")
        stack = Stack(logs, asked.settings, journal.note)
        ends.callback(stack.stop)
        stack.start_stores()
        os.environ |= stack.environment()
        # Only now is there a database that Django's settings can point at.
        from tests.chaos.play import play

        return play(stack, journal, asked, writes_docs=writes_docs)


if __name__ == "__main__":
    sys.exit(main())
