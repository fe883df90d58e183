"""The managers' parts: one is on it and decides, one takes over what is handed to her."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from crisis.rehearsal.client import Client, Json
from crisis.rehearsal.pace import Hours
from crisis.rehearsal.scene import Player, Scene
from crisis.rehearsal.story import Asker

LOOKS_SELDOM = 3
"""Whoever is not on it looks so many times less often."""


class Manager(Player):
    """Somebody who is paged, reads, and decides on exactly the words that were read."""

    def __init__(self, scene: Scene, client: Client, name: str, person: int) -> None:
        super().__init__(scene, client, name)
        self.person = person
        self.hours = Hours(scene.pace)
        self.hands = self.hand()
        self.last_page = 0

    def new_pages(self, occasion: str) -> list[Json]:
        """List my pages of one kind that have left since I looked last."""
        found = []
        for row in self.client.rows("/pages", incident=self.scene.number, after=self.last_page):
            if row["person"]["id"] == self.person and row["occasion"] == occasion:
                if not row["sent_at"]:
                    break
                found.append(row)
            self.last_page = row["id"]
        return found

    def waiting(self, but: Collection[int] = ()) -> Iterator[Json]:
        """Give what waits for me, the oldest first, as it stands."""
        for row in self.client.rows("/queue"):
            if row["incident"] == self.scene.number and row["answer"] not in but:
                yield self.client.get(f"/answers/{row['answer']}")

    def decide(self, kind: str, answer: Json, **more: object) -> Json:
        seen = {"version": answer["version"]["number"], "sha256": answer["version"]["sha256"]}
        return self.client.post(
            f"/answers/{answer['id']}/decisions", {"kind": kind, **seen, **more}
        )


class OnIt(Manager):
    """Says “I’m on it”, then decides whatever waits, the oldest first."""

    def __init__(self, scene: Scene, client: Client, name: str, person: int, relief: int) -> None:
        super().__init__(scene, client, name, person)
        self.relief = relief
        self.passed_on: set[int] = set()

    def play(self) -> None:
        page = self.wait_for(lambda: self.new_pages("step"))[0]
        moment = self.scene.story_seconds(page["sent_at"])
        self.pace.until(moment + self.scene.storm.beats.on_it_after)
        self.client.post(f"{self.scene.path}/acknowledge")
        while True:
            answer = next(self.waiting(but=self.passed_on), None)
            if answer:
                self._take(answer)
            else:
                self.hours.be_free()
                self.pace.look()

    def _take(self, answer: Json) -> None:
        storm = self.scene.storm
        asker = next((each for each in storm.others if each.asks == answer["question_text"]), None)
        if asker is None:
            self._take_first(answer)
        elif asker.edited:
            self._take_edited(answer, asker)
        elif asker.handed_over:
            self._hand_over(answer, asker)
        else:
            self.hours.spend(self.hands.read())
            self.decide("approve", answer)

    def _take_first(self, answer: Json) -> None:
        self.hours.spend(self.hands.weigh())
        first = self.scene.storm.first
        if answer["version"]["number"] == 1:
            self.note(f"asks for a change: {first.sent_back}")
            self.decide("send_back", answer, reason=first.sent_back)
        else:
            self.decide("amend_and_approve", answer, text=first.amended, answers_question=True)

    def _take_edited(self, answer: Json, asker: Asker) -> None:
        """Approve what has changed meanwhile: refused, with what changed; read that, approve it."""
        self.pace.give(f"{asker.who} is read")
        self.hours.spend(self.hands.read())
        self.pace.await_cue(f"{asker.who} is changed")
        with self.scene.refuses("stale_version") as refusal:
            self.decide("approve", answer)
        self.note(
            f"approved what had changed meanwhile. Nothing is done; what is new: {new(refusal)}"
        )
        self.hours.spend(self.hands.read())
        now = refusal["current"]
        read = {"number": now["version"], "sha256": now["sha256"]}
        self.decide("approve", {"id": answer["id"], "version": read})

    def _hand_over(self, answer: Json, asker: Asker) -> None:
        self.hours.spend(self.hands.read())
        people = self.client.get(f"{self.scene.path}/report")["people"]
        relief = next(each for each in people if each["person"]["id"] == self.relief)["person"]
        self.note(f"hands over to {relief['name']}: {asker.handed_over}")
        self.decide("hand_over", answer, to=relief["id"], reason=asker.handed_over)
        self.passed_on.add(answer["id"])


class Relief(Manager):
    """Is left in peace until something is handed to her; that she reads and decides."""

    def play(self) -> None:
        while True:
            if not self.new_pages("hand_over"):
                self.pace.look(LOOKS_SELDOM)
                continue
            answer = self.wait_for(self._mine)
            self.hours.be_free()
            self.hours.spend(self.hands.read())
            self.decide("approve", answer)

    def _mine(self) -> Json | None:
        return next((each for each in self.waiting() if self._is_mine(each)), None)

    def _is_mine(self, answer: Json) -> bool:
        """Say whether somebody else passed the decision on these words on."""
        decisions = (answer["sign_off"] or {}).get("decisions", [])
        passed = (each for each in decisions if each["kind"] == "hand_over")
        return any(each["by"]["id"] != self.person for each in passed)


def new(refusal: Json) -> str:
    """Quote what is new in words that changed while they were read."""
    added = [piece["text"].strip() for piece in refusal["diff"] if piece["op"] == "added"]
    return f"“{' … '.join(added)}”"
