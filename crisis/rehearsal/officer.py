"""The officer's part: first word, first answer, then everyone, one by one; and the questions."""

from __future__ import annotations

from collections import defaultdict

from crisis.rehearsal.client import Client, Json
from crisis.rehearsal.pace import Hours
from crisis.rehearsal.scene import Player, Scene
from crisis.rehearsal.story import Asker, post_url

DRAFTS_AHEAD = 6
"""How many answers lie ready while the first one waits for sign-off."""
SIGNATURE = " – Amara"


class Listener(Player):
    """Adds the people who ask, as they come."""

    def play(self) -> None:
        others = self.scene.storm.others
        arrivals = self.hand().arrivals(len(others), self.scene.storm.beats.last_question)
        for asker, moment in zip(others, arrivals, strict=True):
            self.pace.until(moment)
            added = self._add(asker)
            if asker.twice:
                self._add_again(asker, added["id"])

    def _add(self, asker: Asker) -> Json:
        post = {
            "text": asker.asks,
            "author": asker.who,
            "channel": self.scene.channels[asker.channel],
            "url": post_url(asker.channel, asker.who),
        }
        return self.client.post(f"{self.scene.path}/questions", post)

    def _add_again(self, asker: Asker, known: int) -> None:
        with self.scene.refuses("already_added") as refusal:
            self._add(asker)
        if refusal["question"] != known:
            raise ValueError(f"the second post of {asker.who} was taken for another question")
        self.note(f"added {asker.who} a second time: it is on the list")


class Officer(Player):
    """Writes and releases. Whatever is signed off goes out before the next one is written."""

    def __init__(self, scene: Scene, client: Client, name: str) -> None:
        super().__init__(scene, client, name)
        self.hours = Hours(scene.pace)
        self.hands = self.hand()
        self.written: dict[int, str] = {}
        self.out = 0
        self.last_out = ""

    def play(self) -> None:
        for network in self.scene.storm.holding.channels:
            self._hold(network)
        self._send_first()
        while not self._is_done():
            if not self._do_next():
                self.hours.be_free()
                self.pace.look()
        self.pace.until(self.scene.storm.beats.stand_down)
        self.client.post(f"{self.scene.path}/stand-down", {"end": "answered"})
        self.scene.is_stood_down = True

    def _is_done(self) -> bool:
        return self.out >= self.scene.storm.beats.answered

    # ------------------------------------------------------------ the first words

    def _hold(self, network: str) -> None:
        """Release the holding statement on one channel, on the officer's word alone."""
        self.hours.spend(self.hands.write() * 3)
        holding = self.scene.storm.holding
        draft = {
            "channel": self.scene.channels[network],
            "statement": holding.statement,
            "values": {**holding.blanks, "time": self.scene.statement_time},
        }
        answer = self.client.post(f"{self.scene.path}/answers", draft)
        self.hours.spend(self.hands.post())
        self._release(answer)

    def _send_first(self) -> None:
        self.pace.until(self.scene.storm.beats.first_answer_sent)
        self.hours.be_free()
        question = self._questions()[0]
        answer = self._draft(question, self.scene.storm.first.drafted)
        self._submit(answer["id"], 1)

    # ------------------------------------------------------------ everyone else

    def _do_next(self) -> bool:
        """Do what is most urgent; False when there is nothing to do but wait."""
        answers = list(self.client.rows(f"{self.scene.path}/answers"))
        by_status: dict[str, list[Json]] = defaultdict(list)
        for each in answers:
            if each["question"]:
                by_status[each["status"]].append(each)
        if by_status["approved"]:
            return self._post(by_status["approved"])
        if by_status["sent_back"]:
            return self._rewrite(by_status["sent_back"][0])
        is_first_out, drafts = bool(by_status["released"]), by_status["draft"]
        if is_first_out and drafts:
            return self._send(drafts[0])
        if is_first_out or len(drafts) < DRAFTS_AHEAD:
            return self._write_next(is_first_out)
        return False

    def _write_next(self, is_first_out: bool) -> bool:
        if len(self.written) >= self.scene.storm.beats.answered:
            return False
        waiting = (each for each in self._questions() if each["id"] not in self.written)
        question = next(waiting, None)
        if question is None:
            return False
        asker = self.scene.storm.askers[question["author"]]
        if asker.pasted and not is_first_out:
            return False
        self.hours.spend(self.hands.write())
        text = self.last_out + SIGNATURE if asker.pasted else asker.answer
        answer = self._draft(question, text)
        return self._send(answer) if is_first_out else True

    def _send(self, line: Json) -> bool:
        """Send a draft for sign-off, in the way in which the story wants it."""
        asker = self._asker(line)
        number = line["version"]["number"]
        self.hours.spend(self.hands.press())
        if asker.pasted:
            number = self._refused_for_pasting(line, asker)
        self._submit(line["id"], number)
        if asker.edited:
            self._edit_while_read(line["id"], number, asker)
        return True

    def _refused_for_pasting(self, line: Json, asker: Asker) -> int:
        with self.scene.refuses("blocked") as refusal:
            self._submit(line["id"], line["version"]["number"])
        found = [each for each in refusal["checks"] if each["code"] == "near_identical"]
        if not found:
            raise ValueError("the pasted answer was stopped, but not for being a copy")
        self.note(f"pasted an answer to {asker.who}. It is stopped: {found[0]['title']}")
        self.hours.spend(self.hands.write())
        return self._revise(line["id"], line["version"]["number"], asker.answer)

    def _edit_while_read(self, answer: int, number: int, asker: Asker) -> None:
        self.pace.await_cue(f"{asker.who} is read")
        self._revise(answer, number, asker.edited)
        self.pace.give(f"{asker.who} is changed")
        self.hours.be_free()

    def _rewrite(self, line: Json) -> bool:
        """Change what the manager asked to have changed, and send it again."""
        self.hours.spend(self.hands.rewrite())
        number = self._revise(line["id"], line["version"]["number"], self.scene.storm.first.revised)
        self._submit(line["id"], number)
        return True

    def _post(self, lines: list[Json]) -> bool:
        for line in lines:
            self.hours.spend(self.hands.post())
            self._release(line)
            self.out += 1
            self.last_out = line["version"]["text"]
        return True

    # ------------------------------------------------------------ what the API takes

    def _questions(self) -> list[Json]:
        return list(self.client.rows(f"{self.scene.path}/questions"))

    def _asker(self, line: Json) -> Asker:
        return self.scene.storm.askers[self.written[line["question"]]]

    def _draft(self, question: Json, text: str) -> Json:
        draft = {
            "question": question["id"],
            "channel": question["channel"]["id"],
            "text": text,
            "answers_question": True,
        }
        answer = self.client.post(f"{self.scene.path}/answers", draft)
        self.written[question["id"]] = question["author"]
        return answer

    def _revise(self, answer: int, seen: int, text: str) -> int:
        words = {"version": seen, "text": text, "answers_question": True}
        changed = self.client.put(f"/answers/{answer}", words)
        return int(changed["version"]["number"])

    def _submit(self, answer: int, number: int) -> None:
        self.client.post(f"/answers/{answer}/submit", {"version": number})

    def _release(self, line: Json) -> None:
        network = line["channel"]["network"]
        proof = f"https://{network}.example/hearthside/{self.scene.number}-{line['id']}"
        said = {"version": line["version"]["number"], "url": proof}
        self.client.post(f"/answers/{line['id']}/releases", said)
