"""What may stand in a log."""

import logging

from config.logs import MaskingFormatter

TOKEN = "q7Jx_2mV-9aLr4TzKp0WcYb8uHsEo1NdGf5iRt6XwZ3"


def formatted(message: str, *args: object, error: BaseException | None = None) -> str:
    info = (type(error), error, None) if error else None
    record = logging.LogRecord("a", logging.INFO, __file__, 1, message, args, info)
    return MaskingFormatter("%(message)s").format(record)


def test_token_of_a_page_is_masked() -> None:
    """Whoever reads the log could open the link and decide."""
    assert formatted("GET %s 200", f"/p/{TOKEN}") == "GET /p/… 200"


def test_token_of_a_sign_in_is_masked() -> None:
    """It is written down when the database is away, unused; whoever reads the log signs in."""
    told = formatted("Service Unavailable: %s", f"/sign-in/link/{TOKEN}/")

    assert told == "Service Unavailable: /sign-in/link/…/"


def test_token_in_a_traceback_is_masked() -> None:
    """An error names the address it failed at."""
    told = formatted("failed", error=ValueError(f"https://codered.example/p/{TOKEN}/answer"))

    assert TOKEN not in told
    assert "/p/…/answer" in told


def test_other_addresses_stay_readable() -> None:
    """A log that hides everything helps nobody at night."""
    assert formatted("GET /incidents/12/p/3") == "GET /incidents/12/p/3"
