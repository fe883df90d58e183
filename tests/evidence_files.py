"""The evidence as somebody takes it along: unpacked, and looked at by its own program."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from crisis.models import Answer, Incident
from crisis.operations.answer import Wording, submit_answer
from crisis.operations.fact import Learned, add_fact, drop_fact
from crisis.operations.incident import acknowledge, stand_down
from crisis.operations.question import Post, add_question
from crisis.operations.release import release_answer
from crisis.operations.sign_off import amend_and_approve, hand_over, send_back
from escalation.models import Person
from tests.browsers import Browser
from tests.desk import OUT
from tests.story import House, act, ask_more, at

AMENDED = "We suspended him."
SAID = "He left in 2021."


def closed_storm(house: House, incident: Incident) -> Incident:
    """A storm with all that evidence can hold: amended, out, sent back, known, dropped, closed."""
    Person.objects.update(duty_phone="+44 7700 900123")
    acknowledge(incident=incident, by=house.anna, now=at(10))
    answer = house.submitted(incident)
    wording = Wording(AMENDED, answers_question=True)
    amend_and_approve(answer=answer, wording=wording, act=act(house.anna, 167))
    answer.refresh_from_db()
    release_answer(answer=answer, seen=2, url=OUT, by=house.olga, now=at(211))
    more(house, incident, 2, seconds=220)
    post = Post(text="And the other one?", author="@late", url="https://x.com/late/status/1")
    add_question(incident=incident, post=post, by=house.olga, now=at(300))
    learn(house, incident)
    stand_down(incident=incident, by=house.olga, end="answered", reason="He left.", now=at(1055))
    incident.refresh_from_db()
    return incident


def more(house: House, incident: Incident, count: int, *, seconds: float) -> None:
    """More people ask, and each answer is handed over and comes back for a change."""
    for question in ask_more(incident, count, house.facebook):
        answer = house.draft(incident, question.text, seconds=seconds, question=question)
        submit(house, answer, seconds)
        hand_over(answer=answer, act=act(house.anna, seconds + 1), to=house.ben)
        send_back(answer=answer, act=act(house.ben, seconds + 2, reason="Say who he is."))


def learn(house: House, incident: Incident) -> None:
    """Somebody says what turns out not to be so, and somebody what nobody knows."""
    said = Learned(SAID, "Joy Mensah, volunteering")
    fact = add_fact(incident=incident, learned=said, by=house.olga, now=at(310))
    unknown = Learned("Whether anybody was hurt.", is_known=False)
    add_fact(incident=incident, learned=unknown, by=house.ben, now=at(320))
    drop_fact(fact=fact, by=house.anna, now=at(400))


def submit(house: House, answer: Answer, seconds: float) -> None:
    submit_answer(answer=answer, seen=1, by=house.olga, now=at(seconds))
    answer.refresh_from_db()


def download(browser: Browser, incident: Incident) -> Any:
    browser.seconds = 2000
    return browser.get(f"/code-reds/{incident.number}/evidence.zip")


def unpacked(response: Any, folder: Path) -> Path:
    with ZipFile(io.BytesIO(response.content)) as archive:
        archive.extractall(folder)
    return folder


def run(folder: Path, *given: str) -> tuple[int, str]:
    """Let the program in the file look at what lies beside it, with nothing of ours in reach."""
    command = [sys.executable, "-E", "-s", "check.py", *given]
    told = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={"LC_ALL": "C"}
    )
    return told.returncode, told.stdout + told.stderr


def kept(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "evidence.json").read_text(encoding="utf-8")))


def keep(folder: Path, told: dict[str, Any]) -> None:
    """Put other evidence in its place."""
    (folder / "evidence.json").write_text(json.dumps(told), encoding="utf-8")
