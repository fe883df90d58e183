#!/usr/bin/env python3
"""The command line of CodeRed."""

import os
import sys
from pathlib import Path


def is_demonstration() -> bool:
    """Say whether this is the sample installation of `make run`, which made a key of its own.

    Only commands typed here ask: a web or a worker without a key is refused as ever.
    """
    if sys.argv[1:2] == ["run"]:
        return "--demo" in sys.argv
    has_key = os.environ.get("CODERED_SECRET_KEY") or os.environ.get("CODERED_SECRET_KEY_FILE")
    var = os.environ.get("CODERED_VAR_DIR") or Path(__file__).resolve().parent / "var"
    return not has_key and (Path(var) / "secret_key").exists()


def main() -> None:
    if is_demonstration():
        # The settings are read before any command is found, so it has to be seen here.
        os.environ.setdefault("CODERED_DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
