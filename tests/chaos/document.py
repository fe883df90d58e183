"""docs/reliability.md: what the harness does, and the figures of the last run that was kept."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.chaos import tell
from tests.chaos.figures import Account
from tests.chaos.stack import CODE

DOCUMENT = CODE / "docs" / "reliability.md"
PICTURE = CODE / "docs" / "pictures" / "chaos.svg"
BEGINS, ENDS = "<!-- figures: make chaos -->", "<!-- end of figures -->"


def write_document(value: dict[str, Any], account: Account, picture: Path) -> None:
    """Put new figures between the marks; the words around them stay."""
    shutil.copyfile(picture, PICTURE)
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGINS)
    after = rest.partition(ENDS)[2]
    text = f"{before}{BEGINS}\n{figures(value, account)}\n{ENDS}{after}"
    DOCUMENT.write_text(text, encoding="utf-8")


def figures(value: dict[str, Any], account: Account) -> str:
    machine = value["machine"]
    promises = [["promise", "kept", "found"]]
    for each in value["promises"]:
        promises.append([each["name"], "yes" if each["is_kept"] else "**no**", each["found"]])
    return "\n".join(
        [
            "",
            f"Command: `{value['command']}`, seed {value['seed']}. "
            f"{value['kills']} processes ended by SIGKILL.",
            f"Machine: {machine['cores']} cores, {machine['cpu']}; {machine['system']}; "
            f"Python {machine['python']}.",
            "",
            "![How late each page was, with the faults marked](pictures/chaos.svg)",
            "",
            tell.markdown(promises),
            "",
            tell.markdown(tell.table(account)),
            "",
        ]
    )
