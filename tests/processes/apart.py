"""An installation on a PostgreSQL of its own, which a test may stop, freeze and bring back."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import requests

from tests.processes.programs import CODE, Installation, until
from tests.servers import Postgres

MOVE_IN = """
import sys
import django
django.setup()
from django.core.management import call_command
from escalation import clock
from escalation.models import ApiKey, ChainStep, ChainTarget
from escalation.operations.keys import create_key
from tests.story import make_house

call_command("migrate", verbosity=0)
house = make_house()
house.chain.steps.filter(position=1).update(after_seconds=int(sys.argv[1]))
third = ChainStep.objects.create(chain=house.chain, position=2, after_seconds=int(sys.argv[2]))
ChainTarget.objects.create(step=third, person=house.anna)
scopes = ApiKey.Scope.values
_, secret = create_key(person=house.olga, name="test", scopes=scopes, now=clock.now())
sys.stdout.write(secret)
"""
LIVE = "/api/v1/health/live"
NOBODY = "redis://127.0.0.1:1/0"
"""Where no Redis is: the clock alone has to do."""
PASSWORD = "correct horse battery staple"


class WholePostgres(Postgres):
    """Freezes with everything that it has started."""

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        own = self._process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        for pid in [own, *map(int, children)]:
            os.kill(pid, number)


class Apart:
    """The servers of one installation, and what is in its database."""

    def __init__(
        self, postgres: Postgres, redis_url: str, directory: Path, steps: Sequence[int]
    ) -> None:
        self.postgres = postgres
        self.running = Installation(directory, redis_url, postgres.url)
        move_in = [sys.executable, "-c", MOVE_IN, *map(str, steps)]
        made = subprocess.run(
            move_in,
            cwd=CODE,
            env=self.running.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        self.headers = {"Authorization": f"Bearer {made.stdout}"}

    def raise_code_red(self, seconds: float = 15, web: str = "web") -> requests.Response:
        return requests.post(
            f"{self.running.url_of(web)}/api/v1/incidents",
            json={"question": "Is he one of yours?", "playbook": "VOL-01"},
            headers=self.headers,
            timeout=seconds,
        )

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.postgres.url, connect_timeout=3) as connection:
            return connection.execute(sql, values).fetchall()  # type: ignore[arg-type]

    def steps(self, number: int) -> list[tuple[Any, ...]]:
        """List the sent pages of an incident's steps as they were fired: step, sends, how late."""
        return self.rows(
            "SELECT p.step, p.sends, extract(epoch FROM p.sent_at - p.due_at)::float"
            " FROM escalation_page p JOIN crisis_incident i ON i.escalation_id = p.escalation_id"
            " WHERE i.number = %s AND p.occasion = 'step' AND p.sent_at IS NOT NULL"
            " ORDER BY p.id",
            number,
        )

    def lateness(self) -> list[float]:
        """List how late the sent pages of all steps were, the most punctual first."""
        return [
            row[0]
            for row in self.rows(
                "SELECT extract(epoch FROM sent_at - due_at)::float FROM escalation_page"
                " WHERE occasion = 'step' AND sent_at IS NOT NULL ORDER BY 1"
            )
        ]

    def beats(self) -> int:
        """Count the clocks that have passed at least once."""
        return int(self.rows("SELECT count(*) FROM escalation_clockbeat")[0][0])


@contextmanager
def apart(
    directory: Path, *names: str, steps: Sequence[int] = (3, 5), redis_url: str = NOBODY
) -> Iterator[Apart]:
    """Run the named processes on a PostgreSQL that is theirs alone."""
    with WholePostgres() as postgres:
        place = Apart(postgres, redis_url, directory, steps)
        try:
            for name in names:
                place.running.start(name)
            for name in names:
                if name.startswith("web"):
                    until(f"{name} answers", partial(place.running.answers, LIVE, name))
            yield place
        finally:
            place.running.stop()
