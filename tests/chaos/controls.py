"""Plant a fault, and see that the harness finds it: python -m tests.chaos.controls no_lease."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.chaos.stack import CODE

MINUTES = {"no_lease": "0.25", "countdown": "0.6"}
"""As long as it takes until what was lost has been missing for longer than is forgiven."""
FINDS = "pages never sent"


def is_found(plant: str, out: Path) -> bool:
    """Say whether the harness notices that pages never came; a harness that broke has not."""
    command = [sys.executable, "-m", "tests.chaos", "--plant", plant, "--minutes", MINUTES[plant]]
    figures = out / "chaos.json"
    figures.unlink(missing_ok=True)
    code = subprocess.call([*command, "--seed", "1", "--drain", "8", "--out", str(out)], cwd=CODE)
    if code != 1 or not figures.exists():
        return False
    promises = json.loads(figures.read_text(encoding="utf-8"))["promises"]
    return any(each["name"] == FINDS and not each["is_kept"] for each in promises)


def main(plants: list[str]) -> int:
    missed = [each for each in plants if not is_found(each, CODE / "var" / "chaos" / each)]
    sys.stdout.write(f"planted: {', '.join(plants)}; not found: {', '.join(missed) or 'none'}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(MINUTES)))
