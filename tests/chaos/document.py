"""docs/reliability.md: what the harness does, and the figures of the last run that was kept."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.chaos import tell
from tests.chaos.figures import Account
from tests.chaos.stack import CODE

DOCUMENT = CODE / "docs" / "reliability.md"
PICTURE = CODE / "docs" / "pictures" / "chaos.svg"
STORM = ("<!-- figures: make chaos -->", "<!-- end of figures -->")
NARROW = ("<!-- figures: make chaos-narrow -->", "<!-- end of narrow figures -->")


def put_between(marks: tuple[str, str], text: str, document: Path = DOCUMENT) -> None:
    """Put new figures between two marks of a document; the words around them stay."""
    begins, ends = marks
    before, _, rest = document.read_text(encoding="utf-8").partition(begins)
    after = rest.partition(ends)[2]
    document.write_text(f"{before}{begins}\n{text}\n{ends}{after}", encoding="utf-8")


def write_storm(value: dict[str, Any], account: Account, picture: Path) -> None:
    shutil.copyfile(picture, PICTURE)
    put_between(STORM, storm(value, account))


def write_narrow(rows: Sequence[Sequence[str]], seeds: Sequence[int]) -> None:
    named = ", ".join(map(str, seeds))
    about = f"Command: `make chaos-narrow`, seeds {named}. {machine_line(tell.machine())}"
    put_between(NARROW, f"\n{about}\n\n{tell.markdown(rows)}\n")


def machine_line(machine: dict[str, Any]) -> str:
    return (
        f"Machine: {machine['cores']} cores, {machine['cpu']}; {machine['system']}; "
        f"Python {machine['python']}; load over the last 15 minutes {machine['load']}."
    )


def storm(value: dict[str, Any], account: Account) -> str:
    promises = [["promise", "kept", "found"]]
    for each in value["promises"]:
        promises.append([each["name"], "yes" if each["is_kept"] else "**no**", each["found"]])
    return "\n".join(
        [
            "",
            f"Command: `{value['command']}`, seed {value['seed']}. "
            f"{value['kills']} processes ended by SIGKILL.",
            f"{machine_line(value['machine'])} Pace {value['pace']}.",
            "",
            "![How late each page was, with the faults marked](pictures/chaos.svg)",
            "",
            tell.markdown(promises),
            "",
            tell.markdown(tell.table(account)),
            "",
        ]
    )
