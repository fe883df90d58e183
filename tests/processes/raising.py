"""How long raising takes with Redis up, down and hung: python -m tests.processes.raising."""

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.processes.apart import Apart, apart
from tests.processes.programs import until
from tests.servers import Redis

WARM_UP = 5
MOST_AT_ONCE = 32


def raise_steadily(place: Apart, seconds: float, rate: float) -> list[float]:
    """Raise so many a second, come what may, and give how long each took from when it was due."""
    began = time.monotonic()

    def one(number: int) -> float:
        due = began + number / rate
        time.sleep(max(0.0, due - time.monotonic()))
        answer = place.raise_code_red()
        assert answer.status_code == 201, answer.text
        return time.monotonic() - due

    with ThreadPoolExecutor(MOST_AT_ONCE) as officers:
        return sorted(officers.map(one, range(int(seconds * rate))))


def measure(seconds: float, rate: float) -> dict[str, list[float]]:
    """Raise under each trouble, with worker, beat and clock at work beside the web."""
    told = {}
    names = ("web", "worker", "beat", "clock")
    with (
        tempfile.TemporaryDirectory(prefix="codered-raising-") as directory,
        Redis() as redis,
        apart(Path(directory), *names, steps=(60, 90), redis_url=redis.url) as place,
    ):
        until("three drivers pass", lambda: place.beats() >= 3)
        raise_steadily(place, WARM_UP / rate, rate)
        told["up"] = raise_steadily(place, seconds, rate)
        redis.freeze()
        told["hung"] = raise_steadily(place, seconds, rate)
        redis.kill()
        told["down"] = raise_steadily(place, seconds, rate)
    return told


def table(told: dict[str, list[float]]) -> str:
    """Write the figures as a person reads them."""
    lines = [f"{'Redis':<8}{'raised':>8}{'p50 ms':>10}{'p99 ms':>10}{'max ms':>10}"]
    for trouble, waits in told.items():
        chosen = waits[len(waits) // 2], waits[int(len(waits) * 0.99)], waits[-1]
        figures = "".join(f"{1000 * each:>10.0f}" for each in chosen)
        lines.append(f"{trouble:<8}{len(waits):>8}{figures}")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=5.0)
    given = parser.parse_args()
    sys.stdout.write(table(measure(given.seconds, given.rate)))
