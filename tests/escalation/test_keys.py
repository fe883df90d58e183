"""API keys: what is kept of them, and when they open nothing."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from escalation.models import ApiKey, Person
from escalation.operations.keys import UnknownScope, create_key, find_key, revoke_key, touch
from tests.story import NOON, House, at


def make_key(person: Person, **changes: object) -> tuple[ApiKey, str]:
    facts: dict[str, object] = {"name": "desk", "scopes": ["read"], "now": NOON}
    return create_key(person=person, **(facts | changes))  # type: ignore[arg-type]


def test_key_is_found_by_its_text_and_kept_only_as_a_hash(house: House) -> None:
    """A stolen copy of the database must open nothing."""
    key, text = make_key(house.olga)

    stored = ApiKey.objects.filter(pk=key.pk).values().get()

    assert find_key(text, NOON) == key
    assert text.startswith(f"crk_{key.prefix}_")
    assert text.rsplit("_", 1)[-1] not in str(stored)


@pytest.mark.parametrize(
    "wrong",
    ["", "crk_", "crk_00000000_" + "A" * 43, "{text}x", " {text}", "{text}\n", "{half}"],
)
def test_anything_but_the_whole_key_finds_nothing(house: House, wrong: str) -> None:
    """A guess, a torn line or a pasted blank is not a key."""
    _, text = make_key(house.olga)

    assert find_key(wrong.format(text=text, half=text[:-1] + "~"), NOON) is None


def test_expired_key_opens_nothing_from_its_moment_on(house: House) -> None:
    """A key lent for the weekend must not work on Monday."""
    _, text = make_key(house.olga, expires_at=NOON + timedelta(seconds=60))

    assert find_key(text, at(59)) is not None
    assert find_key(text, at(60)) is None


def test_revoked_key_opens_nothing_and_keeps_its_first_moment(house: House) -> None:
    """When a key leaks, the record says since when it was shut."""
    key, text = make_key(house.olga)

    revoke_key(key=key, now=at(10))
    revoke_key(key=key, now=at(20))

    key.refresh_from_db()
    assert find_key(text, at(30)) is None
    assert key.revoked_at == at(10)


def test_key_of_somebody_who_left_opens_nothing(house: House) -> None:
    """Deactivating a person ends every road in, not only the password."""
    _, text = make_key(house.olga)

    Person.objects.filter(pk=house.olga.pk).update(is_active=False)

    assert find_key(text, NOON) is None


@pytest.mark.parametrize("scopes", [[], ["everything"], ["read", "admin"]])
def test_key_without_a_known_scope_is_not_made(house: House, scopes: list[str]) -> None:
    """A slip of the pen must not make a key that can do nothing, or more than meant."""
    with pytest.raises(UnknownScope):
        make_key(house.olga, scopes=scopes)


def test_use_is_noted_once_a_minute(house: House) -> None:
    """A busy key would write its own row with every request."""
    key, _ = make_key(house.olga)

    touch(key=key, now=at(0))
    touch(key=key, now=at(30))
    key.refresh_from_db()
    first = key.last_used_at
    touch(key=key, now=at(61))
    key.refresh_from_db()

    assert first == at(0)
    assert key.last_used_at == at(61)


def test_command_prints_the_key_once_and_it_works(house: House) -> None:
    """The key goes to whoever asked, by itself on a line, so that it can be piped."""
    out, about = StringIO(), StringIO()

    call_command(
        "make_api_key",
        "OLGA@example.org",
        "--name=desk",
        "--scopes",
        "read",
        "raise",
        "--days=1",
        stdout=out,
        stderr=about,
    )

    key = ApiKey.objects.get()
    text = out.getvalue().strip()
    assert find_key(text, key.created_at) == key
    assert key.scopes == ["read", "raise"]
    assert key.expires_at == key.created_at + timedelta(days=1)
    assert text not in about.getvalue()


def test_command_makes_no_key_for_a_stranger(house: House) -> None:
    """A typing error in the address must not make a key for nobody."""
    with pytest.raises(CommandError, match="no active person"):
        call_command("make_api_key", "nobody@example.org", "--name=x", "--scopes", "read")
    assert not ApiKey.objects.exists()
