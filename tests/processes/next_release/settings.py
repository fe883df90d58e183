"""The settings of the tests, with one migration more."""

from tests.settings import *  # noqa: F403

MIGRATION_MODULES = {"escalation": "tests.processes.next_release.migrations"}
