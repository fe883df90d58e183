"""Everything that people, providers and processes may do on one night, in any order."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from crisis.models import Answer
from crisis.operations.answer import Wording, draft_answer, revise_answer, submit_answer
from crisis.operations.incident import acknowledge, hand_over_paging, stand_down
from crisis.operations.release import release_answer
from crisis.operations.sign_off import (
    amend_and_approve,
    approve,
    hand_over,
    send_back,
    take_back,
)
from escalation.operations import advance
from escalation.operations.advance import advance_due
from escalation.operations.due import due_timelines, lock_these
from tests.machine.courier import Fate
from tests.machine.hands import Hands
from tests.machine.promises import broken
from tests.machine.world import NAMES

people = st.sampled_from(NAMES)
TO_SUBMIT = (Answer.Status.DRAFT, Answer.Status.SENT_BACK)
WAITING = (Answer.Status.AWAITING_SIGN_OFF,)
APPROVED = (Answer.Status.APPROVED,)
TO_RELEASE = (Answer.Status.APPROVED, Answer.Status.DRAFT)
which = st.integers(0, 5)
behind = st.sampled_from([0, 0, 0, 1, 2])
"""How many versions ago somebody looked."""
rungs = st.lists(
    st.tuples(st.integers(0, 60), st.lists(people, max_size=3, unique=True)),
    min_size=1,
    max_size=4,
).filter(lambda steps: any(who for _, who in steps))
"""Steps of a chain: how many seconds after the one before, and who."""


class ProcessDied(BaseException):
    """The process is gone in the middle of a transaction."""


class Night(Hands):
    """One house, up to three alarms, and anything that may go wrong."""

    @initialize(steps=rungs)
    def furnish(self, steps: list[tuple[int, list[str]]]) -> None:
        self._write_chain(steps)
        self._raise(300, "", is_drill=False, playbook="VOL-01")

    # The officer.

    @precondition(lambda self: len(self.world.alarms) < 3)
    @rule(
        limit=st.sampled_from([300, 600]),
        key=st.sampled_from(["", "a", "b"]),
        is_drill=st.booleans(),
        playbook=st.sampled_from(["VOL-01", "VOL-01", "ALL-01"]),
    )
    def raise_alarm(self, limit: int, key: str, is_drill: bool, playbook: str) -> None:
        self._raise(limit, key, is_drill=is_drill, playbook=playbook)

    @rule(which=which, goes_as_far_as=st.sampled_from(["draft", "sent", "sent", "signed"]))
    def draft(self, which: int, goes_as_far_as: str) -> None:
        incident = self._alarm(which).incident
        known = len(self.world.answers)
        self._keep(
            self.world.attempt(
                draft_answer,
                incident=incident,
                question=incident.questions.first(),
                channel=self.house.x,
                statement=None,
                wording=self._words(),
                by=self.house.olga,
                now=self.world.now,
            )
        )
        if goes_as_far_as == "draft" or len(self.world.answers) == known:
            return
        self.submit(0, 0)
        self.world.look_again()
        if goes_as_far_as == "signed" and self.is_any(WAITING):
            self.sign(0, NAMES[0], 0, amends=False)

    @rule(which=which)
    def draft_first_word(self, which: int) -> None:
        incident = self._alarm(which).incident
        values = {"time": "18:30"}
        words = Wording(self.house.holding.text.format(**values), values, answers_question=False)
        self._keep(
            self.world.attempt(
                draft_answer,
                incident=incident,
                question=None,
                channel=self.house.x,
                statement=self.house.holding,
                wording=words,
                by=self.house.olga,
                now=self.world.now,
            )
        )

    @precondition(lambda self: self.world.answers)
    @rule(which=which, behind=behind)
    def edit(self, which: int, behind: int) -> None:
        answer = self._answer(which)
        self.world.attempt(
            revise_answer,
            answer=answer,
            seen=answer.current - behind,
            wording=self._words(),
            by=self.house.olga,
            now=self.world.now,
        )

    @precondition(lambda self: self.is_any(TO_SUBMIT))
    @rule(which=which, behind=behind)
    def submit(self, which: int, behind: int) -> None:
        answer = self._answer(which, TO_SUBMIT)
        self.world.attempt(
            submit_answer,
            answer=answer,
            seen=answer.current - behind,
            by=self.house.olga,
            now=self.world.now,
        )

    @precondition(lambda self: self.is_any(TO_RELEASE))
    @rule(which=which, behind=behind, has_link=st.sampled_from([True, True, False]))
    def release(self, which: int, behind: int, has_link: bool) -> None:
        answer = self._answer(which, TO_RELEASE)
        released = self.world.attempt(
            release_answer,
            answer=answer,
            seen=answer.current - behind,
            url="https://x.com/hearthside/status/2" if has_link else "",
            by=self.house.olga,
            now=self.world.now,
        )
        assert not (released and behind), "words went out that the officer had not read"
        self._decided(answer)

    @precondition(lambda self: self.world.second > 900)
    @rule(which=which)
    def close(self, which: int) -> None:
        self.world.attempt(
            stand_down,
            incident=self._alarm(which).incident,
            by=self.house.olga,
            end="over",
            now=self.world.now,
        )
        self._look_for_stops()

    # The managers.

    @rule(which=which, name=people)
    def be_on_it(self, which: int, name: str) -> None:
        alarm = self._alarm(which)
        name = self._asked(alarm, name)
        person = self.world.person(name)
        if self.world.attempt(acknowledge, incident=alarm.incident, by=person, now=self.world.now):
            self._is_on_it(alarm, name)

    @rule(which=which, name=people, to=st.none() | people)
    def pass_the_alarm_on(self, which: int, name: str, to: str | None) -> None:
        alarm = self._alarm(which)
        paged = self.world.attempt(
            hand_over_paging,
            incident=alarm.incident,
            by=self.world.person(name),
            to=self.world.person(to) if to else None,
            now=self.world.now,
        )
        if paged is not None:
            self._handed_over(alarm)

    @precondition(lambda self: self.is_any(WAITING))
    @rule(which=which, name=people, behind=behind, amends=st.booleans())
    def sign(self, which: int, name: str, behind: int, amends: bool) -> None:
        answer = self._answer(which, WAITING)
        name = self._signer(answer, name)
        act = self._act(name, answer.current - behind)
        shown = answer.versions.filter(number=act.seen).first()
        if amends:
            wording = self._words()
            decision = self.world.attempt(
                amend_and_approve, answer=answer, wording=wording, act=act
            )
        else:
            decision = self.world.attempt(approve, answer=answer, act=act)
        if decision:
            assert not behind, f"{name} signed words that had changed since"
            assert amends or decision.sha256 == shown.sha256
            self._decided(answer) if decision.is_effective else self._held(answer, name)

    @precondition(lambda self: self.is_any(WAITING))
    @rule(which=which, name=people, behind=behind)
    def ask_for_a_change(self, which: int, name: str, behind: int) -> None:
        answer = self._answer(which, WAITING)
        name = self._signer(answer, name)
        act = self._act(name, answer.current - behind, reason="Say where.")
        if self.world.attempt(send_back, answer=answer, act=act):
            assert not behind, f"{name} sent words back that had changed since"
            self._held(answer, name)

    @precondition(lambda self: self.is_any(WAITING))
    @rule(which=which, name=people, to=st.none() | people, behind=behind)
    def pass_the_answer_on(self, which: int, name: str, to: str | None, behind: int) -> None:
        answer = self._answer(which, WAITING)
        name = self._signer(answer, name)
        act = self._act(name, answer.current - behind)
        receiver = self.world.person(to) if to else None
        if self.world.attempt(hand_over, answer=answer, to=receiver, act=act) is not None:
            assert not behind
            self._handed_over(self._alarm_of(answer))

    @precondition(lambda self: self.is_any(APPROVED))
    @rule(which=which, name=people, behind=behind)
    def think_again(self, which: int, name: str, behind: int) -> None:
        answer = self._answer(which, APPROVED)
        name = self._signer(answer, name)
        act = self._act(name, answer.current - behind)
        if self.world.attempt(take_back, answer=answer, act=act):
            assert not behind

    # Those who cannot be reached, and the chain that is changed meanwhile.

    @rule(name=people, change=st.sampled_from(["works", "ways", "away"]), left=st.integers(0, 2))
    def lose_or_find(self, name: str, change: str, left: int) -> None:
        reach = self.world.reach[name]
        if change == "works":
            reach.is_active = left > 0
        elif change == "ways":
            reach.ways = left
        else:
            reach.is_away = left == 0
        self.world.write_reach(name)

    @rule(steps=rungs)
    def edit_chain(self, steps: list[tuple[int, list[str]]]) -> None:
        self._write_chain(steps)

    # Time, providers, processes.

    @rule(seconds=st.integers(1, 8) | st.integers(1, 120))
    def wait(self, seconds: int) -> None:
        self.world.pass_time(seconds)

    @rule(seconds=st.integers(1, 900))
    def wait_long(self, seconds: int) -> None:
        self.world.pass_time(seconds)

    @rule(fates=st.lists(st.sampled_from(Fate), min_size=1, max_size=4))
    def providers_will(self, fates: list[Fate]) -> None:
        self.world.courier.plan.extend(fates)

    @rule()
    def sleeper_wakes(self) -> None:
        self.world.courier.wake_up()

    @rule(seconds=st.integers(1, 60))
    def wait_with_two_clocks(self, seconds: int) -> None:
        """Both have seen the same to do before either has done it."""

        def twice(now):  # type: ignore[no-untyped-def]
            ids = due_timelines(now, 500)
            if ids:
                look = advance.Look(now)
                advance._advance(partial(lock_these, ids, now), look)
                advance._advance(partial(lock_these, ids, now), look)
            advance_due(now=now)

        self.world.pass_time(seconds, twice)

    @rule(seconds=st.integers(1, 60))
    def wait_with_a_clock_that_dies(self, seconds: int) -> None:
        """It dies before each of its commits, and the next one begins again."""

        def dies_first(now):  # type: ignore[no-untyped-def]
            dying = patch.object(advance, "crash_point", side_effect=ProcessDied)
            with suppress(ProcessDied), dying:
                advance_due(now=now)
            advance_due(now=now)

        self.world.pass_time(seconds, dies_first)

    @invariant()
    def every_promise_holds(self) -> None:
        self._look_for_stops()
        self.world.look_again()
        assert not (found := broken(self.world)), "\n".join(found)
