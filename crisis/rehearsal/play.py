"""The whole evening: set the stage, raise, let everyone play, and read the account."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Thread

from crisis.rehearsal.account import account_of, table
from crisis.rehearsal.client import Client, Json, NotThere, Refused
from crisis.rehearsal.managers import OnIt, Relief
from crisis.rehearsal.officer import Listener, Officer
from crisis.rehearsal.pace import Missed, Pace
from crisis.rehearsal.scene import Player, Scene
from crisis.rehearsal.stage import PLAYBOOK, Stage, staged
from crisis.rehearsal.story import Storm, post_url, read_storm
from crisis.rehearsal.teller import Book, Say, Teller

ASK_SECONDS = 0.2
"""How often the main thread looks whether the story is over; a Ctrl-C is heard in between."""
LONGEST_STORY_SECONDS, LONGEST_SECONDS = 1800.0, 180.0
"""When a story that does not end is broken off: the later of the two, in its time and in ours."""


@dataclass(frozen=True)
class Terms:
    """How it is to be played."""

    url: str
    speed: float
    seed: int
    is_drill: bool


def rehearse(terms: Terms, say: Say, clock: Callable[[], datetime]) -> list[str]:
    """Play the storm, tell it as it happens, and give all that went wrong.

    Raises NotThere when nothing answers, NotSetUp where the sample organisation is not.
    """
    storm = read_storm()
    with Client(terms.url, "", _sleep) as anybody:
        anybody.get("/health/ready")
    with staged(storm, terms.speed, clock) as stage, ExitStack() as stack:
        return _Evening(terms, storm, stage, stack, say).play()


def _sleep(seconds: float) -> None:
    Event().wait(seconds)


class _Evening:
    """One rehearsal, on a stage that is set."""

    def __init__(
        self, terms: Terms, storm: Storm, stage: Stage, stack: ExitStack, say: Say
    ) -> None:
        self._terms = terms
        self._storm = storm
        self._stage = stage
        self._stack = stack
        self._say = say
        self._pace = Pace(terms.speed)

    def play(self) -> list[str]:
        scene = self._raise()
        self._say(
            f"{'Drill' if scene.is_drill else 'Code red'} {scene.number} at {self._terms.url},"
            f" {scene.storm.asking} people ask. Speed {self._terms.speed:g},"
            f" seed {self._terms.seed}."
        )
        try:
            self._let_play(scene)
        finally:
            self._pace.stop()
            if not scene.is_stood_down:
                self._break_off(scene)
        return scene.faults or self._settle(scene)

    # ------------------------------------------------------------ raising

    def _raise(self) -> Scene:
        """Raise with a double click: two requests at once, one code red."""
        officer = self._client("officer")
        channels = {each["network"]: each["id"] for each in self._channels(officer)}
        storm = self._to_raise(channels[self._storm.first.channel])
        key = f"rehearsal-{uuid.uuid4()}"
        self._pace.begin()
        with ThreadPoolExecutor(2) as fingers:
            presses = [
                fingers.submit(self._client("officer").raise_once, storm, key) for _ in range(2)
            ]
        told = [press.result() for press in presses]
        return self._scene([raised for raised, _ in told], channels)

    def _channels(self, client: Client) -> list[Json]:
        try:
            return list(client.rows("/channels"))
        except Refused as refusal:
            if refusal.code != "bad_key":
                raise
            raise NotThere(
                f"{self._terms.url} is another installation: what was made ready in this database"
                " is not there. Set the same DATABASE_URL or CODERED_VAR_DIR as it has."
            ) from refusal

    def _to_raise(self, channel: int) -> Json:
        first = self._storm.first
        return {
            "title": self._storm.title,
            "question": first.asks,
            "post_url": post_url(first.channel, first.who),
            "post_text": first.post,
            "author": first.who,
            "channel": channel,
            "playbook": PLAYBOOK,
            "is_drill": self._terms.is_drill,
        }

    def _scene(self, raised: Sequence[Json], channels: dict[str, int]) -> Scene:
        scene = Scene(
            storm=self._storm,
            pace=self._pace,
            seed=self._terms.seed,
            number=raised[0]["number"],
            raised_at=datetime.fromisoformat(raised[0]["raised_at"]),
            channels=channels,
            statement_time=self._stage.statement_time,
            is_drill=self._terms.is_drill,
        )
        name = self._stage.people["officer"].first_name
        if len({each["number"] for each in raised}) > 1:
            raise Missed("a double click raised two code reds")
        scene.note(f"{name} pressed twice, and it is one: number {scene.number}")
        return scene

    # ------------------------------------------------------------ playing

    def _let_play(self, scene: Scene) -> None:
        teller = self._teller(scene)
        players = self._players(scene)
        threads = [teller.thread, *(player.thread for player in players)]
        for each in threads:
            each.start()
        self._wait_for(players[0].thread, scene)
        if not scene.faults:
            teller.finish()
        self._pace.stop()
        for each in threads:
            each.join()

    def _wait_for(self, officer: Thread, scene: Scene) -> None:
        longest = max(LONGEST_STORY_SECONDS, LONGEST_SECONDS * self._pace.speed)
        while officer.is_alive() and not scene.faults:
            officer.join(ASK_SECONDS)
            if self._pace.seconds > longest:
                scene.fail(
                    "The story did not come to its end. Does the clock run? See health/ready."
                )

    def _players(self, scene: Scene) -> list[Player]:
        people = self._stage.people
        names = {part: person.first_name for part, person in people.items()}
        manager, relief = people["manager"].pk, people["relief"].pk
        return [
            Officer(scene, self._client("officer"), names["officer"]),
            Listener(scene, self._client("officer"), names["officer"]),
            OnIt(scene, self._client("manager"), names["manager"], manager, relief),
            Relief(scene, self._client("relief"), names["relief"], relief),
        ]

    def _teller(self, scene: Scene) -> Teller:
        client = self._client("onlooker")
        people = {each.pk: each for each in self._stage.everyone}
        networks = {each["id"]: each["network_name"] for each in self._channels(client)}
        return Teller(scene, client, Book(people, networks), self._stage.zone, self._say)

    def _client(self, part: str) -> Client:
        client = Client(self._terms.url, self._stage.keys[part], self._pace.wait)
        return self._stack.enter_context(client)

    # ------------------------------------------------------------ afterwards

    def _break_off(self, scene: Scene) -> None:
        """Leave nothing that pages."""
        mistake = {"end": "mistake", "reason": "The rehearsal was broken off."}
        with Client(self._terms.url, self._stage.keys["officer"], _sleep) as officer:
            try:
                officer.post(f"{scene.path}/stand-down", mistake)
            except (Refused, NotThere):
                self._say(f"Number {scene.number} is still open and pages: stand it down by hand.")

    def _settle(self, scene: Scene) -> list[str]:
        with Client(self._terms.url, self._stage.keys["officer"], _sleep) as officer:
            account = account_of(scene, officer)
        self._say("")
        for line in table(account.rows):
            self._say(line)
        return list(account.faults)
