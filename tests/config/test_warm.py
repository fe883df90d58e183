"""A web process is ready when it says so."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize("door", ["asgi", "wsgi"])
def test_web_has_loaded_its_views_before_it_takes_requests(door: str) -> None:
    """Half a second of loading, or two on a busy machine, would fall on the first code red."""
    looks = f"import config.{door}, sys; assert 'crisis.api.incidents' in sys.modules"

    subprocess.run([sys.executable, "-c", looks], check=True)


@pytest.mark.parametrize("door", ["asgi", "wsgi"])
def test_web_does_not_search_what_it_loaded_for_garbage(door: str) -> None:
    """It takes a tenth of a second, and falls on somebody's request."""
    looks = f"import config.{door}, gc; assert gc.get_freeze_count() > len(gc.get_objects())"

    subprocess.run([sys.executable, "-c", looks], check=True)
