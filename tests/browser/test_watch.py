"""The watch itself: what it does not hear, no test of a screen can fail on."""

import pytest

from tests.browser.conftest import Devices
from tests.receiver import Receiver

pytestmark = pytest.mark.browser

BROKEN = "new Promise((done) => { onerror = () => done(); setTimeout(() => { throw Error('x') }) })"
FAULTS = {
    "document.body.setAttribute('style', 'color: red')": "Content Security Policy",
    "fetch('http://127.0.0.1:9/').catch(() => 0)": "Content Security Policy",
    "console.error('out loud')": "console: out loud",
    "fetch('/static/nothing.js')": "answer: 404",
    BROKEN: "script: x",
}


def test_watch_hears_what_a_browser_complains_of(device: Devices, collector: Receiver) -> None:
    """A watch that is deaf lets a broken page pass for a good one."""
    one = device("desk")
    page = one.open("/sign-in/")
    heard = {}

    for script in FAULTS:
        page.evaluate(script)
        # The way back from the browser is one: what it said before has arrived by now.
        page.evaluate("0")
        heard[script] = "\n".join(one.watch.complaints)
        one.watch.complaints.clear()

    assert {script: said for script, said in heard.items() if FAULTS[script] not in said} == {}
    collector.wait_for(2)
    assert all(b"csp-report" in body for _, _, body in collector.heard)
    collector.heard.clear()
