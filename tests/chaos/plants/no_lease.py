"""A planted fault: a page that is in the hands of a dead process stays there for ever."""

from config.settings import *  # noqa: F403
from escalation.rules import sending

sending.LEASE_SECONDS = 10**8
