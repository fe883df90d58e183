"""What an officer does at their desk, by the pages of a code red and of its answers."""

from __future__ import annotations

import re
from typing import Any

from crisis.models import Answer, Incident
from crisis.operations.release import release_answer
from crisis.operations.sign_off import approve
from tests.agreements import agree
from tests.browsers import Browser, words
from tests.story import House, act, at, fast_forward

OUT = "https://x.com/Hearthside/status/2"


def fields(page: Any) -> dict[str, str]:
    """What the form of a page would send if nothing were touched."""
    html = page.content.decode()
    html = html[html.index('<form class="cols') if '<form class="cols' in html else 0 :]
    found = {}
    for tag in re.findall(r"<input [^>]+>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        is_off = 'type="checkbox"' in tag and "checked" not in tag
        if name and not is_off:
            found[name[1]] = plain(value[1]) if value else "on"
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.S):
        found[name] = plain(text)
    for name, inner in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else ""
    return found


def plain(text: str) -> str:
    return text.replace("&#x27;", "'").replace("&amp;", "&").replace("&quot;", '"')


# ------------------------------------------------------------ writing


def draft_page(desk: Browser, query: str = "") -> Any:
    return desk.get(f"/code-reds/1/draft/{query}")


def write(desk: Browser, page: Any, do: str, **changes: str) -> Any:
    """Type into the form of a page, and press a button."""
    html = page.content.decode()
    address = re.search(r'id="draft"\s+novalidate\s+action="([^"]+)"', html)
    assert address
    return desk.post(address[1], **(fields(page) | changes | {"do": do}))


def question(incident: Incident) -> str:
    return f"?question={incident.questions.order_by('pk')[0].pk}"


# ------------------------------------------------------------ the console


def console(browser: Browser, incident: Incident, seconds: float, query: str = "") -> str:
    return words(page(browser, incident, seconds, query))


def page(browser: Browser, incident: Incident, seconds: float, query: str = "") -> Any:
    browser.seconds = seconds
    return browser.get(f"/code-reds/{incident.number}/{query}")


def released(house: House, incident: Incident, seconds: float = 211) -> Answer:
    """Olga's answer, approved by Anna and out."""
    answer = house.submitted(incident)
    approve(answer=answer, act=act(house.anna, 167))
    answer.refresh_from_db()
    release_answer(answer=answer, seen=1, url=OUT, by=house.olga, now=at(seconds))
    answer.refresh_from_db()
    return answer


# ------------------------------------------------------------ over


def over(house: House, **facts: object) -> Incident:
    """A storm in which nobody has decided for five minutes."""
    playbook = agree(house, "LATE-01", **facts)
    incident = house.alarm(playbook=playbook)
    house.submitted(incident)
    fast_forward(330)
    return incident


def pages_of(incident: Incident, answer: Answer) -> list[str]:
    under = f"/code-reds/{incident.number}/"
    asked_and_known = ("questions/", "facts/")
    acts = ("draft/", "stand-down/", "page-next/")
    parts = ("", "timeline/", *asked_and_known, *acts, "report/")
    return [
        *(under + part for part in parts),
        f"/answers/{answer.pk}/",
        f"/answers/{answer.pk}/release/",
    ]
