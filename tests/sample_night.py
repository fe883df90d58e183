"""The sample organisation in the night that its pictures show: 14 November, 21:14:05 and after."""

from __future__ import annotations

from datetime import datetime

from crisis.models import Answer, Incident, Question
from crisis.operations.answer import Wording, draft_answer, submit_answer
from crisis.operations.fact import Learned, add_fact
from crisis.operations.incident import Storm, acknowledge, raise_incident, stand_down
from crisis.operations.question import Post, add_question
from crisis.operations.release import release_answer
from crisis.operations.sign_off import Act, approve
from crisis.rehearsal.story import Asker, post_url, read_storm
from escalation.models import Person
from escalation.operations.pages import mark_seen
from playbooks.files.sample import load_sample
from playbooks.models import Channel, Playbook, Statement
from tests.browser.night import Night
from tests.story import at

ALARM = 9 * 3600 + 14 * 60 + 5
"""When it breaks, in seconds after noon."""
PASSWORD = "kettle lantern harbour 27"
OTHERS = 25
ON_MASTODON = Asker(
    who="@ledger@social.example",
    channel="mastodon",
    asks="Does a single pound of our money go to somebody like that?",
    answer=(
        "No. Volunteers are not paid, and since tonight he is none of ours. If you would like to "
        "see where a pound goes, our treasurer answers here tomorrow at ten."
    ),
)


LEARNED = (
    (75, Learned("Outreach team reached the man. He is unhurt and indoors", "Leeds, by phone")),
    (
        103,
        Learned(
            "He has volunteered in Leeds since March and was on shift tonight",
            "Siobhan Daly, Safeguarding",
        ),
    ),
    (104, Learned("Why he did it", "Don’t guess, and don’t name him", is_known=False)),
)
"""What is known in that night, and since when."""


class SampleNight:
    """A storm of twenty-six people on five channels, as far as it has come."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self.script = read_storm()
        night.go_to(ALARM)
        load_sample(now=night.now())
        people = {each.first_name.lower(): each for each in Person.objects.all()}
        self.amara, self.joanna, self.idris = (people[n] for n in ("amara", "joanna", "idris"))
        self.ruth, self.siobhan, self.tom = (people[n] for n in ("ruth", "siobhan", "tom"))
        self.channels = {each.network: each for each in Channel.objects.all()}
        askers = [*self.script.others[: OTHERS - 1], ON_MASTODON]
        self.askers = {each.who: each for each in askers}
        self.learning = [*LEARNED]
        self.asking = [(12 + 4.5 * number, each) for number, each in enumerate(askers)]

    def at(self, seconds: float) -> datetime:
        return at(ALARM + seconds)

    def pass_until(self, seconds: float) -> None:
        """Let the clock pass, in seconds after the alarm."""
        self.night.pass_until(ALARM + seconds)

    def raise_it(self, *, is_drill: bool = False) -> Incident:
        """Raise it, and let the first pages leave."""
        first = self.script.first
        storm = Storm(
            question=first.asks,
            title=self.script.title,
            post_url="https://x.com/priya_walks/status/1",
            post_text=first.post.removesuffix(first.asks).strip(),
            author=first.who,
            channel=self.channels["x"],
            playbook=Playbook.objects.get(code="VOL-01"),
            is_drill=is_drill,
        )
        self.incident = raise_incident(storm=storm, by=self.amara, now=self.night.now()).incident
        self.pass_until(2)
        return self.incident

    def until(self, seconds: float) -> None:
        """Let the clock pass; more and more people ask, and a little is known."""
        while self.asking and self.asking[0][0] <= seconds:
            when, asker = self.asking.pop(0)
            post = Post(
                text=asker.asks,
                channel=self.channels[asker.channel],
                author=asker.who,
                url=post_url(asker.channel, asker.who),
            )
            self.pass_until(when)
            add_question(incident=self.incident, post=post, by=self.amara, now=self.at(when))
        while self.learning and self.learning[0][0] <= seconds:
            when, learned = self.learning.pop(0)
            add_fact(incident=self.incident, learned=learned, by=self.amara, now=self.at(when))
        self.pass_until(seconds)

    def first_word(self, seconds: float) -> Answer:
        """Let the holding statement out."""
        hold = Statement.objects.get(code="HOLD", protocol=self.incident.protocol)
        values = {"media": "video", "time": "21:45"}
        text = hold.text.replace("{media}", "video").replace("{time}", "21:45")
        answer = self.draft(None, text, seconds, statement=hold, values=values)
        self.release(answer, seconds)
        return answer

    def draft(
        self,
        question: Question | None,
        text: str,
        seconds: float,
        *,
        statement: Statement | None = None,
        values: dict[str, str] | None = None,
    ) -> Answer:
        asked_on = question.channel if question else None
        return draft_answer(
            incident=self.incident,
            question=question,
            channel=asked_on or self.channels["x"],
            statement=statement,
            wording=Wording(text, values=values or {}, answers_question=question is not None),
            by=self.amara,
            now=self.at(seconds),
        )

    def submit(self, answer: Answer, seconds: float) -> Answer:
        submit_answer(answer=answer, seen=1, by=self.amara, now=self.at(seconds))
        answer.refresh_from_db()
        return answer

    def approve(self, answer: Answer, seconds: float, by: Person | None = None) -> None:
        approve(answer=answer, act=self.act(by or self.idris, seconds))
        answer.refresh_from_db()

    def act(self, by: Person, seconds: float, reason: str = "") -> Act:
        """Somebody decides on the first version, by the link of a page."""
        return Act(by=by, at=self.at(seconds), via="link", seen=1, reason=reason)

    def release(self, answer: Answer, seconds: float) -> None:
        network = answer.channel.network
        url = f"https://{network}.example/hearthside/{answer.pk}"
        release_answer(answer=answer, seen=1, url=url, by=self.amara, now=self.at(seconds))
        answer.refresh_from_db()

    def seen(self, by: Person, seconds: float) -> None:
        run = self.incident.escalation
        mark_seen(escalation=run, person_id=by.pk, now=self.at(seconds))

    def end(self, seconds: float) -> None:
        self.pass_until(seconds)
        stand_down(incident=self.incident, by=self.amara, end="answered", now=self.at(seconds))
        self.pass_until(seconds + 1)
        self.incident.refresh_from_db()

    # -------------------------------------------------------- as far as the pictures show it

    def go_to_waiting(self, seconds: float = 131) -> Answer:
        """Idris is on it, and reads the answer; the others ask."""
        self.raise_it()
        self.until(48)
        self.first_word(48)
        self.until(80)
        self.seen(self.siobhan, 80)
        self.until(82)
        acknowledge(incident=self.incident, by=self.idris, now=self.at(82))
        self.until(100)
        first = self.incident.questions.order_by("pk")[0]
        answer = self.draft(first, self.script.first.amended, 100)
        self.until(112)
        self.answer = self.submit(answer, 112)
        self.until(125)
        third = self.incident.questions.order_by("pk")[3]
        self.draft(third, self.askers[third.author].answer, 125)
        self.until(seconds)
        return self.answer

    def go_to_answered(self) -> None:
        """The first answer is out with time to spare."""
        self.go_to_waiting()
        self.pass_until(167)
        self.approve(self.answer, 167)
        self.pass_until(211)
        self.release(self.answer, 211)

    def go_to_the_end(self) -> None:
        """Everyone has an answer of their own, two of them late."""
        self.go_to_answered()
        for number, question in enumerate(self.incident.questions.filter(answered_at=None)):
            seconds = 240 + 17 * number
            late = seconds + 40 if number > OTHERS - 3 else seconds
            answer = question.answers.first() or self.draft(
                question, self.askers[question.author].answer, seconds - 20
            )
            self.submit(answer, late - 14)
            self.approve(answer, late - 6)
            self.release(answer, late)
        self.end(1055)
