"""What a site starts with, and what it does not start with."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "CODERED_SECRET_KEY": "k3y-" * 16,
    "CODERED_ALLOWED_HOSTS": "codered.example",
    "CODERED_BASE_URL": "https://codered.example/",
}
TELL = """
import json, sys
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}))
"""


def boot(environment: dict[str, str], *names: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own, with nothing else in the environment."""
    return subprocess.run(
        [sys.executable, "-c", TELL, *names],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def settings(environment: dict[str, str], *names: str) -> dict[str, Any]:
    told = boot(environment, *names)
    assert told.returncode == 0, told.stderr
    return dict(json.loads(told.stdout))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CODERED_SECRET_KEY", ""),
        ("CODERED_SECRET_KEY", "k" * 49),
        ("CODERED_ALLOWED_HOSTS", ""),
        ("CODERED_BASE_URL", ""),
    ],
)
def test_production_does_not_start_unsafe(name: str, value: str, tmp_path: Path) -> None:
    """A guessed key forges sessions, any host poisons links, no address pages people nowhere."""
    told = boot({**PRODUCTION, "CODERED_VAR_DIR": str(tmp_path), name: value}, "DEBUG")

    assert told.returncode == 1
    assert f"Set {name}" in told.stderr


def test_production_speaks_https_only(tmp_path: Path) -> None:
    """A cookie over plain HTTP is a session for everybody on the same Wi-Fi."""
    found = settings(
        {**PRODUCTION, "CODERED_VAR_DIR": str(tmp_path)},
        "DEBUG",
        "CODERED_DEMO",
        "CODERED_BASE_URL",
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
    )

    assert found == {
        "DEBUG": False,
        "CODERED_DEMO": False,
        "CODERED_BASE_URL": "https://codered.example",
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
    }


def test_demo_answers_on_this_machine_only(tmp_path: Path) -> None:
    """Its tray is open and its passwords are printed: it must not be met from outside."""
    found = settings(
        {"CODERED_DEMO": "1", "CODERED_VAR_DIR": str(tmp_path)},
        "ALLOWED_HOSTS",
        "SESSION_COOKIE_NAME",
    )

    assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert found["SESSION_COOKIE_NAME"] == "sessionid"


@pytest.mark.parametrize("switch", ["CODERED_DEMO", "CODERED_DEBUG"])
def test_demo_and_debug_do_not_start_for_others(switch: str, tmp_path: Path) -> None:
    """An open tray, or a traceback with its settings, must not be a host name away."""
    told = boot({**PRODUCTION, "CODERED_VAR_DIR": str(tmp_path), switch: "1"}, "DEBUG")

    assert told.returncode == 1
    assert "Take CODERED_DEBUG and CODERED_DEMO away" in told.stderr


def test_demo_keeps_its_key(tmp_path: Path) -> None:
    """With a new key at each start every page's link would be dead after a restart."""
    demo = {"CODERED_DEMO": "1", "CODERED_VAR_DIR": str(tmp_path)}

    assert settings(demo, "SECRET_KEY") == settings(demo, "SECRET_KEY")
