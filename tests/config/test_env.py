"""Values out of the environment."""

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import CLIENT_LIMITS, database, env, env_bool, env_int, env_list, kept_secret

SESSION = "-c idle_in_transaction_session_timeout=5s -c lock_timeout=6s"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgres://anna:p%40ss%2Fword@db.example:5433/code%20red",
            {
                "NAME": "code red",
                "USER": "anna",
                "PASSWORD": "p@ss/word",
                "HOST": "db.example",
                "PORT": "5433",
            },
        ),
        (
            "postgresql://db.example/codered?sslmode=verify-full&connect_timeout=9",
            {
                "NAME": "codered",
                "USER": "",
                "PORT": "",
                "OPTIONS": CLIENT_LIMITS
                | {
                    "options": SESSION,
                    "prepare_threshold": 1,
                    "connect_timeout": "9",
                    "sslmode": "verify-full",
                },
            },
        ),
        (
            "postgres://anna@%2Frun%2Fpostgresql/codered",
            {"HOST": "/run/postgresql", "USER": "anna"},
        ),
        (
            "postgres:///codered?host=/run/postgresql",
            {"HOST": "/run/postgresql", "NAME": "codered"},
        ),
        ("postgres://[::1]:5432/codered", {"HOST": "::1", "PORT": "5432"}),
    ],
)
def test_postgres_url_is_read_whole(url: str, expected: dict[str, object], tmp_path: Path) -> None:
    """A password with a slash, or a TLS option that is dropped, shows only in production."""
    read = database(url, tmp_path)

    assert read["ENGINE"] == "config.postgresql"
    assert {key: read[key] for key in expected} == expected


def test_web_waits_for_seconds_and_a_clock_for_as_long_as_it_takes(tmp_path: Path) -> None:
    """A request that hangs tells nobody to reach for the telephone list."""
    web = database("postgres://db.example/codered", tmp_path, is_web=True)
    clock = database("postgres://db.example/codered", tmp_path)

    assert "statement_timeout=6s" in web["OPTIONS"]["options"]
    assert "statement_timeout" not in clock["OPTIONS"]["options"]
    assert (web["KEPT"], web["PATIENCE_SECONDS"], web["CONN_MAX_AGE"]) == (16, 7.0, 0)
    assert (clock["KEPT"], clock["PATIENCE_SECONDS"], clock["CONN_MAX_AGE"]) == (0, None, None)


def test_url_has_the_last_word_on_the_session(tmp_path: Path) -> None:
    """Whoever runs the database must be able to set other limits without changing the code."""
    read = database("postgres:///codered?options=-c%20statement_timeout%3D9s", tmp_path)

    assert read["OPTIONS"]["options"].endswith(" -c statement_timeout=9s")


def test_no_url_is_sqlite_that_waits_for_its_turn(tmp_path: Path) -> None:
    """SQLite's own defaults lose two writes in three when several processes write."""
    read = database("", tmp_path / "var")

    assert read["NAME"] == str(tmp_path / "var" / "codered.sqlite3")
    assert read["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in read["OPTIONS"]["init_command"]


def test_sqlite_url_names_its_file(tmp_path: Path) -> None:
    """A file given by URL must not silently be another one."""
    assert (
        database(f"sqlite:///{tmp_path}/a%20b.sqlite3", tmp_path)["NAME"]
        == f"{tmp_path}/a b.sqlite3"
    )


def test_url_of_another_database_is_refused(tmp_path: Path) -> None:
    """Falling back to SQLite would leave the incidents in a file nobody backs up."""
    with pytest.raises(ImproperlyConfigured, match="postgres"):
        database("mysql://db.example/codered", tmp_path)


def test_secret_is_read_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret in the environment shows in every list of processes and every crash report."""
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("A_KEY", "from the environment")
    monkeypatch.setenv("A_KEY_FILE", str(tmp_path / "key"))

    assert env("A_KEY") == "from the file"


def test_secret_file_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty secret instead would start the service with none."""
    monkeypatch.setenv("A_KEY_FILE", "/nowhere/key")

    with pytest.raises(ImproperlyConfigured, match="A_KEY_FILE"):
        env("A_KEY")


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("Yes", True), ("0", False), ("off", False), ("", True)]
)
def test_switch_is_read(value: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """`0` that counts as set is how a demo ends up on the internet."""
    monkeypatch.setenv("A_SWITCH", value)

    assert env_bool("A_SWITCH", True) is expected


def test_values_that_mean_nothing_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error that counts as the default is found by an incident."""
    monkeypatch.setenv("A_VALUE", "ture")

    with pytest.raises(ImproperlyConfigured, match="A_VALUE"):
        env_bool("A_VALUE")
    with pytest.raises(ImproperlyConfigured, match="A_VALUE"):
        env_int("A_VALUE", 1)


def test_list_leaves_blanks_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty name among the allowed hosts would match nothing, or everything."""
    monkeypatch.setenv("A_LIST", "a.example, b.example,, ")

    assert env_list("A_LIST") == ["a.example", "b.example"]


def test_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """A new key at each start signs everybody out; one that others can read signs anybody in."""
    path = tmp_path / "var" / "secret_key"

    first, second = kept_secret(path), kept_secret(path)

    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
