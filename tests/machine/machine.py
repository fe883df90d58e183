"""Everything that people, providers and processes may do on one night, in any order."""

from __future__ import annotations

from contextlib import ExitStack
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from crisis.models import Answer, Incident
from crisis.operations.answer import Wording, draft_answer, revise_answer, submit_answer
from crisis.operations.incident import acknowledge, hand_over_paging, raise_incident, stand_down
from crisis.operations.release import release_answer
from crisis.operations.sign_off import (
    Act,
    amend_and_approve,
    approve,
    hand_over,
    send_back,
    take_back,
)
from escalation.models import ChainStep, ChainTarget, ContactMethod, Escalation, Person
from escalation.operations import advance
from escalation.operations.advance import advance_due
from escalation.operations.due import due_timelines
from playbooks.models import Playbook
from tests.machine.courier import Fate
from tests.machine.promises import broken
from tests.machine.reference import Reference
from tests.machine.world import NAMES, Alarm, World
from tests.machine.world import take_back as take_rows_back
from tests.story import TEXT, House, at

people = st.sampled_from(NAMES)
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


class Night(RuleBasedStateMachine):
    """One house, up to three alarms, and anything that may go wrong."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self._rows = ExitStack()
        self._rows.enter_context(take_rows_back())
        self.world = World(house)
        self.house = house

    def teardown(self) -> None:
        self._rows.close()

    @initialize(steps=rungs)
    def furnish(self, steps: list[tuple[int, list[str]]]) -> None:
        self._write_chain(steps)

    # The officer.

    @precondition(lambda self: len(self.world.alarms) < 3)
    @rule(
        limit=st.sampled_from([300, 600]),
        key=st.sampled_from(["", "a", "b"]),
        is_drill=st.booleans(),
        playbook=st.sampled_from(["VOL-01", "VOL-01", "ALL-01"]),
    )
    def raise_alarm(self, limit: int, key: str, is_drill: bool, playbook: str) -> None:
        storm = self.house.storm(
            limit_seconds=limit,
            is_drill=is_drill,
            playbook=Playbook.objects.get(code=playbook),
        )
        raised = self.world.attempt(
            raise_incident, storm=storm, by=self.house.olga, key=key, now=self.world.now
        )
        if raised is None or raised.is_repeat:
            return
        reference = Reference(self.steps, limit, self.house.olga.name)
        self.world.alarms.append(Alarm(raised.incident, self.world.second, reference))

    @precondition(lambda self: self.world.alarms)
    @rule(which=which)
    def draft(self, which: int) -> None:
        incident = self._alarm(which).incident
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

    @precondition(lambda self: self.world.alarms)
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

    @precondition(lambda self: self.world.answers)
    @rule(which=which, behind=behind)
    def submit(self, which: int, behind: int) -> None:
        answer = self._answer(which)
        self.world.attempt(
            submit_answer,
            answer=answer,
            seen=answer.current - behind,
            by=self.house.olga,
            now=self.world.now,
        )

    @precondition(lambda self: self.world.answers)
    @rule(which=which, behind=behind, has_link=st.sampled_from([True, True, False]))
    def release(self, which: int, behind: int, has_link: bool) -> None:
        answer = self._answer(which)
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

    @precondition(lambda self: self.world.alarms)
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

    @precondition(lambda self: self.world.alarms)
    @rule(which=which, name=people)
    def be_on_it(self, which: int, name: str) -> None:
        alarm = self._alarm(which)
        person = self.world.person(name)
        if self.world.attempt(acknowledge, incident=alarm.incident, by=person, now=self.world.now):
            self._is_on_it(alarm, name)

    @precondition(lambda self: self.world.alarms)
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

    @precondition(lambda self: self.world.answers)
    @rule(which=which, name=people, behind=behind, amends=st.booleans())
    def sign(self, which: int, name: str, behind: int, amends: bool) -> None:
        answer = self._answer(which)
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

    @precondition(lambda self: self.world.answers)
    @rule(which=which, name=people, behind=behind)
    def ask_for_a_change(self, which: int, name: str, behind: int) -> None:
        answer = self._answer(which)
        act = self._act(name, answer.current - behind, reason="Say where.")
        if self.world.attempt(send_back, answer=answer, act=act):
            assert not behind, f"{name} sent words back that had changed since"
            self._held(answer, name)

    @precondition(lambda self: self.world.answers)
    @rule(which=which, name=people, to=st.none() | people, behind=behind)
    def pass_the_answer_on(self, which: int, name: str, to: str | None, behind: int) -> None:
        answer = self._answer(which)
        act = self._act(name, answer.current - behind)
        receiver = self.world.person(to) if to else None
        if self.world.attempt(hand_over, answer=answer, to=receiver, act=act) is not None:
            assert not behind
            self._handed_over(self._alarm_of(answer))

    @precondition(lambda self: self.world.answers)
    @rule(which=which, name=people, behind=behind)
    def think_again(self, which: int, name: str, behind: int) -> None:
        answer = self._answer(which)
        act = self._act(name, answer.current - behind)
        if self.world.attempt(take_back, answer=answer, act=act):
            assert not behind

    # Those who cannot be reached, and the chain that is changed meanwhile.

    @rule(name=people, is_active=st.booleans())
    def leave_or_return(self, name: str, is_active: bool) -> None:
        Person.objects.filter(name=name).update(is_active=is_active)
        self.world.reach[name].is_active = is_active

    @rule(name=people, left=st.integers(0, 2))
    def lose_a_telephone(self, name: str, left: int) -> None:
        methods = ContactMethod.objects.filter(person__name=name).order_by("pk")
        keys = list(methods.values_list("pk", flat=True))
        methods.update(is_enabled=False)
        ContactMethod.objects.filter(pk__in=keys[:left]).update(is_enabled=True)
        self.world.reach[name].ways = min(left, len(keys))

    @rule(name=people, is_away=st.booleans())
    def go_on_holiday(self, name: str, is_away: bool) -> None:
        since = at(self.world.second - 1) if is_away else None
        Person.objects.filter(name=name).update(out_of_office_from=since)
        self.world.reach[name].is_away = is_away

    @rule(steps=rungs)
    def edit_chain(self, steps: list[tuple[int, list[str]]]) -> None:
        self._write_chain(steps)

    # Time, providers, processes.

    @rule(seconds=st.integers(1, 120))
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
                advance._advance(ids, now, None)
                advance._advance(ids, now, None)
            advance_due(now=now)

        self.world.pass_time(seconds, twice)

    @rule(seconds=st.integers(1, 60))
    def wait_with_a_clock_that_dies(self, seconds: int) -> None:
        """It dies before each of its commits, and the next one begins again."""

        def dies_first(now):  # type: ignore[no-untyped-def]
            with patch.object(advance, "crash_point", side_effect=ProcessDied):
                try:
                    advance_due(now=now)
                except ProcessDied:
                    pass
            advance_due(now=now)

        self.world.pass_time(seconds, dies_first)

    @invariant()
    def every_promise_holds(self) -> None:
        self._look_for_stops()
        assert not (found := broken(self.world)), "\n".join(found)

    # What the rules have in common.

    def _write_chain(self, steps: list[tuple[int, list[str]]]) -> None:
        self.house.chain.steps.all().delete()
        second = 0
        self.steps = []
        for position, (pause, names) in enumerate(steps):
            second += pause if position else 0
            step = ChainStep.objects.create(
                chain=self.house.chain, position=position, after_seconds=second
            )
            for name in names:
                ChainTarget.objects.create(step=step, person=self.world.person(name))
            self.steps.append((second, tuple(names)))

    def _words(self) -> Wording:
        """Other words every time."""
        self.written = getattr(self, "written", 0) + 1
        return Wording(f"{TEXT} Note {self.written}.", answers_question=True)

    def _act(self, name: str, seen: int, reason: str = "") -> Act:
        person = self.world.person(name)
        return Act(by=person, at=self.world.now, via="session", seen=seen, reason=reason)

    def _alarm(self, which: int) -> Alarm:
        return self.world.alarms[which % len(self.world.alarms)]

    def _answer(self, which: int) -> Answer:
        answer = self.world.answers[-1 - which % len(self.world.answers)]
        answer.refresh_from_db()
        return answer

    def _alarm_of(self, answer: Answer) -> Alarm:
        return next(a for a in self.world.alarms if a.incident.pk == answer.incident_id)

    def _keep(self, answer: Answer | None) -> None:
        if answer:
            self.world.answers.append(answer)

    def _is_on_it(self, alarm: Alarm, name: str) -> None:
        self.world.acted(alarm)
        alarm.on_it.setdefault(name, self.world.second)
        if any(name in who for _, who in alarm.reference.steps):
            alarm.reference.acknowledge(self.world.second - alarm.raised, name)

    def _held(self, answer: Answer, name: str) -> None:
        """Whoever acted without settling it is on it, where the alarm's own run asked them."""
        alarm = self._alarm_of(answer)
        sign_off = answer.sign_offs.order_by("-pk").first()
        if sign_off.escalation_id == alarm.incident.escalation_id:
            self._is_on_it(alarm, name)

    def _handed_over(self, alarm: Alarm) -> None:
        self.world.acted(alarm)
        alarm.handed_over.append(self.world.second)
        alarm.is_modelled = False

    def _decided(self, answer: Answer) -> None:
        self._alarm_of(answer).was_decided |= answer.sign_offs.exists() or (
            Answer.objects.get(pk=answer.pk).status == Answer.Status.RELEASED
            and answer.statement_id is None
        )
        self._look_for_stops()

    def _look_for_stops(self) -> None:
        """A run stops by a decision, by an answer that is out, or with its incident."""
        for alarm in self.world.alarms:
            run = Escalation.objects.get(pk=alarm.incident.escalation_id)
            if run.is_running:
                continue
            is_open = Incident.objects.get(pk=alarm.incident.pk).is_open
            assert alarm.was_decided or not is_open, "the paging stopped without a decision"
            alarm.reference.decide()
