"""What all rules of the machine have in common: whom they mean, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from hypothesis.stateful import RuleBasedStateMachine

from crisis.models import Answer, Incident
from crisis.operations.answer import Wording
from crisis.operations.incident import raise_incident
from crisis.operations.sign_off import Act
from escalation.models import ChainStep, ChainTarget, Escalation
from playbooks.models import Playbook
from tests.machine.reference import Reference
from tests.machine.world import NAMES, Alarm, World
from tests.machine.world import take_back as take_rows_back
from tests.story import TEXT, House

ANY = 5


class Hands(RuleBasedStateMachine):
    """A night before anything happens in it."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self._rows = ExitStack()
        self._rows.enter_context(take_rows_back())
        self.world = World(house)
        self.house = house
        self.steps: list[tuple[int, tuple[str, ...]]] = []
        self.written = 0

    def teardown(self) -> None:
        self._rows.close()

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
        self.written += 1
        return Wording(f"{TEXT} Note {self.written}.", answers_question=True)

    def _act(self, name: str, seen: int, reason: str = "") -> Act:
        person = self.world.person(name)
        return Act(by=person, at=self.world.now, via="session", seen=seen, reason=reason)

    def _alarm(self, which: int) -> Alarm:
        """One of the open ones; now and then one that may be closed."""
        alarms = self.world.alarms
        still = [a for a in alarms if Incident.objects.get(pk=a.incident.pk).is_open]
        alarms = alarms if which == ANY else still or alarms
        return alarms[which % len(alarms)]

    def _answer(self, which: int, statuses: Sequence[str] = ()) -> Answer:
        """The newest of those that wait for this; now and then any."""
        self.world.look_again()
        fitting = [each for each in self.world.answers if each.status in statuses]
        answers = self.world.answers if which == ANY else fitting or self.world.answers
        return answers[-1 - which % len(answers)]

    def is_any(self, statuses: Sequence[str]) -> bool:
        return any(each.status in statuses for each in self.world.answers)

    def _signer(self, answer: Answer, name: str) -> str:
        """Somebody who may sign, where the one who was drawn is not among them; except Dev."""
        sign_off = answer.sign_offs.order_by("-pk").first()
        names = [each.name for each in sign_off.signers.order_by("pk")] if sign_off else []
        return name if name in names or name == NAMES[-1] or not names else names[-1]

    def _asked(self, alarm: Alarm, name: str) -> str:
        names = [each for _, people in alarm.reference.steps for each in people]
        return name if name in names or name == NAMES[-1] else names[-1]

    def _raise(self, limit: int, key: str, *, is_drill: bool, playbook: str) -> None:
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
        reference.pass_clock(0, self.world.is_reachable)
        self.world.alarms.append(Alarm(raised.incident, self.world.second, reference))

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
