"""The reference itself, by hand: what checks the product must not be wrong in its own way."""

from tests.machine.reference import Reference


def play(reference: Reference, seconds: int, *missing: str) -> list[tuple[int, str]]:
    for second in range(seconds + 1):
        reference.pass_clock(second, lambda person, is_late: person not in missing)
    return sorted(reference.pages)


def test_reference_climbs_then_goes_round() -> None:
    """A reference that forgets the rounds would let the product forget them."""
    reference = Reference([(0, ["anna"]), (60, ["ben"])], 300, "olga")

    assert play(reference, 120) == [(0, "anna"), (60, "ben"), (120, "anna"), (120, "ben")]


def test_reference_goes_past_a_missing_person_in_the_same_second() -> None:
    """A reference that waits for nobody would let the product wait."""
    reference = Reference([(0, ["anna"]), (60, ["ben"]), (120, ["cleo"])], 300, "olga")

    assert play(reference, 119, "anna") == [(0, "ben"), (60, "cleo")]


def test_reference_tells_the_owner_when_nobody_is_there() -> None:
    """A silent end is the one thing that must never be."""
    reference = Reference([(0, ["anna"])], 300, "olga")

    assert play(reference, 60, "anna") == [(0, "olga"), (60, "olga")]


def test_reference_never_lets_a_hold_pass_the_deadline() -> None:
    """Somebody who is on it at the very end must not swallow the last call."""
    reference = Reference([(0, ["anna"])], 300, "olga")
    play(reference, 290)
    reference.acknowledge(290, "anna")

    pages = play_from(reference, 291, 400)

    assert {second for second, _ in pages if second > 290} == {300, 380}


def play_from(reference: Reference, first: int, last: int) -> set[tuple[int, str]]:
    for second in range(first, last + 1):
        reference.pass_clock(second, lambda person, is_late: True)
    return reference.pages
