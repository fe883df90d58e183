"""Those who are measured: CodeRed, and what people would use instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import psycopg

from tests.bench.peers import tables
from tests.bench.stage import Stage, keep

WORKERS = 2
PEERS = "tests.bench.peers"
TEMPLATE = "house"


class Engine(Protocol):
    """One way to have pages sent in time."""

    name: str
    lead_seconds_per_thousand: float
    """How long before they are due its timers have to be armed."""

    def prepare(self, stage: Stage) -> None:
        """Make its database anew."""
        ...

    def commands(self, stage: Stage) -> Mapping[str, Sequence[str]]:
        """Name the programs it needs."""
        ...

    def arm(self, stage: Stage, seconds: Sequence[float]) -> None:
        """Arm timers that are due so many seconds from now."""
        ...

    def dues(self, stage: Stage) -> dict[str, float]:
        """Tell when each page was due, by the key that arrives at the sink."""
        ...

    def recorded_at(self, stage: Stage) -> float:
        """Tell when the last page was recorded."""
        ...


class Plain:
    """What all have in common who keep a timer in a table of its own."""

    name = ""
    lead_seconds_per_thousand = 0.2

    def prepare(self, stage: Stage) -> None:
        stage.create(self.name)
        with psycopg.connect(stage.database_url(self.name)) as connection:
            tables.make_tables(connection)

    def arm(self, stage: Stage, seconds: Sequence[float]) -> None:
        with psycopg.connect(stage.database_url(self.name)) as connection:
            tables.arm(connection, seconds, stage.url)

    def dues(self, stage: Stage) -> dict[str, float]:
        sql = "SELECT id, extract(epoch FROM due_at)::float8 FROM timer"
        with psycopg.connect(stage.database_url(self.name)) as connection:
            return {str(key): due for key, due in connection.execute(sql).fetchall()}

    def recorded_at(self, stage: Stage) -> float:
        sql = "SELECT extract(epoch FROM max(recorded_at))::float8 FROM page"
        with psycopg.connect(stage.database_url(self.name)) as connection:
            row = connection.execute(sql).fetchone()
        return row[0] if row and row[0] else 0.0


class Loop(Plain):
    """The bare loop: the limit of this machine."""

    name = "loop"

    def commands(self, stage: Stage) -> Mapping[str, Sequence[str]]:
        return {"loop": ["-m", f"{PEERS}.loop"]}

    def recorded_at(self, stage: Stage) -> float:
        """Ask the server when the last claim was committed, as of us."""
        sql = """
            SELECT extract(epoch FROM max(pg_xact_commit_timestamp(xmin)))::float8
            FROM timer WHERE fired_at IS NOT NULL
        """
        with psycopg.connect(stage.database_url(self.name)) as connection:
            row = connection.execute(sql).fetchone()
        return row[0] if row and row[0] else 0.0


class CeleryEta(Plain):
    """A Celery task with an ETA for each timer."""

    name = "eta"
    lead_seconds_per_thousand = 2.5

    def commands(self, stage: Stage) -> Mapping[str, Sequence[str]]:
        return {"eta": worker(f"{PEERS}.celery_eta")}

    def arm(self, stage: Stage, seconds: Sequence[float]) -> None:
        super().arm(stage, seconds)
        path = keep(stage.directory / "dues.json", [self.dues(stage), stage.url])
        stage.call(f"{PEERS}.enqueue", path, database=self.name)


class CelerySweep(Plain):
    """A sweep of the table once a second, and a task for each page."""

    name = "sweep"

    def commands(self, stage: Stage) -> Mapping[str, Sequence[str]]:
        schedule = str(stage.directory / "sweep.schedule")
        beat = ["-m", "celery", "-A", f"{PEERS}.celery_sweep", "beat", "-s", schedule]
        return {
            "sweep": worker(f"{PEERS}.celery_sweep"),
            "sweep-beat": [*beat, "--pidfile", "", "-l", "error"],
        }


class Ours:
    """CodeRed with two clocks, as in any installation: one in the worker, and one alone."""

    name = "ours"
    lead_seconds_per_thousand = 2.0

    def prepare(self, stage: Stage) -> None:
        with psycopg.connect(stage.postgres.url, autocommit=True) as admin:
            sql = "SELECT 1 FROM pg_database WHERE datname = %s"
            is_there = admin.execute(sql, [TEMPLATE]).fetchone()
        if not is_there:
            stage.create(TEMPLATE)
            stage.call("tests.bench.ours", "house", stage.url, database=TEMPLATE)
        stage.create(self.name, TEMPLATE)

    def commands(self, stage: Stage) -> Mapping[str, Sequence[str]]:
        return {"clock": ["manage.py", "run_clock"], "worker": codered_worker()}

    def has_clocks(self, stage: Stage) -> bool:
        """Tell whether both clocks have left a beat: until then, starting is what is measured."""
        sql = "SELECT count(*) FROM escalation_clockbeat WHERE driver LIKE '%@%'"
        with psycopg.connect(stage.database_url(self.name)) as connection:
            row = connection.execute(sql).fetchone()
        return row is not None and row[0] >= len(self.commands(stage))

    def arm(self, stage: Stage, seconds: Sequence[float]) -> None:
        path = keep(stage.directory / "seconds.json", list(seconds))
        stage.call("tests.bench.ours", "arm", path, database=self.name)
        with psycopg.connect(stage.database_url(self.name), autocommit=True) as connection:
            connection.execute("ANALYZE")

    def dues(self, stage: Stage) -> dict[str, float]:
        sql = "SELECT key, extract(epoch FROM due_at)::float8 FROM escalation_page"
        with psycopg.connect(stage.database_url(self.name)) as connection:
            return {str(key): due for key, due in connection.execute(sql).fetchall()}

    def recorded_at(self, stage: Stage) -> float:
        """Ask the server when the last page's transaction was committed, not when it began."""
        sql = """
            SELECT extract(epoch FROM max(pg_xact_commit_timestamp(xmin)))::float8
            FROM escalation_event WHERE kind = 'step_paged'
        """
        with psycopg.connect(stage.database_url(self.name)) as connection:
            row = connection.execute(sql).fetchone()
        return row[0] if row and row[0] else 0.0


def codered_worker() -> list[str]:
    """Start the worker as the supervisor does."""
    command = ["-m", "celery", "-A", "config", "worker", "-n", "one@%h", "-Q", "clock,page,slow"]
    return [*command, "-c", "2", "--without-gossip", "--without-mingle", "-l", "error"]


def worker(app: str) -> list[str]:
    """Start a worker as most do: two processes, nothing else set."""
    return ["-m", "celery", "-A", app, "worker", "-c", str(WORKERS), "-l", "error"]


def engines(names: Sequence[str]) -> list[Engine]:
    """Give those with these names, in the order in which they are told of."""
    everybody: list[Engine] = [Loop(), Ours(), CelerySweep(), CeleryEta()]
    return [each for each in everybody if each.name in names]
