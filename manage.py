#!/usr/bin/env python3
"""The command line of CodeRed."""

import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["rehearse"] or (sys.argv[1:2] == ["run"] and "--demo" in sys.argv):
        # The settings are read before any command is found, so it has to be seen here. A rehearsal
        # plays in the sample organisation, serves nobody, and needs no key of its own.
        os.environ.setdefault("CODERED_DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
