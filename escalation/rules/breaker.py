"""When a provider that says nothing is left alone for a while. Pure."""

from dataclasses import dataclass

OPENS_AFTER = 3
WITHIN_SECONDS = 30.0
OPEN_SECONDS = 5.0
"""How long nothing is dialled after three silences in half a minute; then one page tries it."""


@dataclass(slots=True)
class Breaker:
    """Counts the silences of one provider, on any clock that only goes forward, in seconds."""

    silences: int = 0
    first_at: float = 0.0
    opens_at: float | None = None
    """When the next page may try a provider that is left alone; None while it answers."""

    @property
    def is_well(self) -> bool:
        return self.silences == 0

    def lets_through(self, now: float) -> bool:
        """Say whether a page may be dialled, and make whoever is let through the only one."""
        if self.opens_at is None:
            return True
        if now < self.opens_at:
            return False
        self.opens_at = now + OPEN_SECONDS
        return True

    def seconds_left(self, now: float) -> float:
        """Tell how long it makes no sense to dial."""
        return max(0.0, self.opens_at - now) if self.opens_at else 0.0

    def note_answer(self) -> None:
        self.silences, self.opens_at = 0, None

    def note_silence(self, now: float) -> None:
        if self.silences == 0 or now - self.first_at > WITHIN_SECONDS:
            self.silences, self.first_at = 0, now
        self.silences += 1
        if self.silences >= OPENS_AFTER:
            self.opens_at = now + OPEN_SECONDS
