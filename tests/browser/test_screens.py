"""Every screen, on a telephone and at a desk, in light and in dark."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from playwright.sync_api import Error, Page

from escalation.models import Person
from tests.browser.conftest import Devices
from tests.browser.devices import Device
from tests.browser.look import BOTH, faults
from tests.browser.night import Night
from tests.browser.scenes import SCENES, Screen
from tests.browsers import PASSWORD, address_of
from tests.sample_night import PASSWORD as SAMPLE_PASSWORD
from tests.sample_night import SampleNight

pytestmark = pytest.mark.browser


class Shelf:
    """The devices of everybody in a scene, each made once."""

    def __init__(self, device: Devices) -> None:
        self.device = device
        self.kept: dict[tuple[str, Person | None, bool], Device] = {}

    def of(self, kind: str, screen: Screen) -> Device:
        key = kind, screen.by, screen.signed_in
        if screen.by is None:
            return self.device(kind)
        if key not in self.kept:
            self.kept[key] = self.device(kind)
            enter = self.kept[key].is_of if screen.signed_in else self.kept[key].was_of
            is_sample = screen.by.email.endswith(".example")
            enter(screen.by, SAMPLE_PASSWORD if is_sample else PASSWORD)
        return self.kept[key]


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("kind", ["phone", "desk"])
def test_screens_are_good_for_everybody(
    kind: str, scene: str, night: Night, device: Devices
) -> None:
    """Somebody reads each of them on a small telephone, in the dark, half asleep."""
    shelf = Shelf(device)
    wrong = []

    for number, screen in enumerate(SCENES[scene](night)):
        # Each on a telephone in light and in dark, and by turns in one of the two at a desk.
        schemes = BOTH if kind == "phone" else BOTH[number % 2 :][:1]
        found = seen_on(shelf.of(kind, screen), screen, kind, schemes)
        wrong += [f"{screen.name}: {each}" for each in found]

    assert not wrong, "\n".join(wrong)


def seen_on(one: Device, screen: Screen, kind: str, schemes: Sequence[str]) -> list[str]:
    """Go to a screen, and tell all that is wrong with it there; or that there is no way to it."""
    try:
        page = one.open(screen.path)
        screen.press(one)
    except (Error, AssertionError) as lost:
        return [f"no way there: {lost}"]
    finally:
        one.page.unroute_all()
    return list(faults(page, kind, schemes))


def box(page: Page, css: str) -> dict[str, float]:
    found = page.locator(css).first.bounding_box()
    assert found, f"{css} is not on the screen"
    return {"top": found["y"], "bottom": found["y"] + found["height"], "height": found["height"]}


def test_whole_answer_and_approve_are_on_the_first_screen(night: Night, device: Devices) -> None:
    """What is below the fold at three in the morning is neither read nor pressed."""
    story = SampleNight(night)
    story.go_to_waiting(138)
    assert len(story.script.first.amended) == 192
    one = device("phone").was_of(story.idris, SAMPLE_PASSWORD)

    page = one.open(address_of(story.incident, story.idris))

    answer, bar = box(page, ".answer__text"), box(page, ".actionbar")
    approve = box(page, ".actionbar .btn--primary")
    assert box(page, ".countdown")["top"] >= 0
    assert box(page, ".ask__q")["bottom"] <= answer["top"]
    assert answer["bottom"] <= bar["top"]
    assert approve["bottom"] <= 640
    assert approve["height"] >= 56
