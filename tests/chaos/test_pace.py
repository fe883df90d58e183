"""A slow machine gets more time and nothing else; a quick one gets none."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.chaos.pace import USUAL_START_SECONDS, pace, start_seconds

pytestmark = pytest.mark.sqlite
SAID = " INFO celery.apps.worker: worker1@host ready.\n"


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ([], 1.0),
        ([USUAL_START_SECONDS / 2], 1.0),
        ([2.0, USUAL_START_SECONDS * 3, 90.0], 3.0),
    ],
)
def test_pace_is_the_usual_start_in_this_ones_time(starts: list[float], expected: float) -> None:
    """A bound that one odd start could widen would let a page lie for minutes."""
    assert pace(starts) == expected


def test_start_that_was_cut_short_is_no_start(tmp_path: Path) -> None:
    """A worker killed on its way up would count with what the next one took."""
    rows = [{"at": at, "what": "started", "whom": "worker1"} for at in (1000.0, 1010.0, 1012.0)]
    rows.append({"at": 1001.0, "what": "started", "whom": "web1"})
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "journal.jsonl").write_text(lines, encoding="utf-8")
    # The log speaks in the host's own time.
    ready = [datetime.fromtimestamp(at) for at in (1004.0, 1015.5)]  # noqa: DTZ006
    log = "".join(f"{at:%Y-%m-%d %H:%M:%S},{at:%f}"[:23] + SAID for at in ready)
    (tmp_path / "worker1.log").write_text(log, encoding="utf-8")

    assert list(start_seconds(tmp_path)) == [4.0, 3.5]
    assert list(start_seconds(tmp_path, after=1)) == [3.5]
