"""The after-action report: figures beside their targets, every event, and evidence that holds."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from crisis.models import Answer, Event, Incident
from crisis.operations.answer import Wording, draft_answer, submit_answer
from crisis.operations.incident import acknowledge, stand_down
from crisis.operations.release import release_answer
from crisis.operations.sign_off import amend_and_approve
from crisis.report import report_of
from crisis.screens.plot import Scale
from crisis.screens.report import report_screen
from escalation.models import Page
from tests.browsers import Browser, words
from tests.story import TEXT, House, act, ask_more, at, fast_forward

NOW = 2000
LONDON = "Europe/London"
OUT = "https://x.com/Hearthside/status/2"
AMENDED = {
    "@asker0": "He apologised to them on the day.",
    "@asker1": "Nobody was hurt, and Saturday's walk goes on.",
}


@pytest.fixture
def storm(house: House) -> Incident:
    """A storm that went well: on it at 1:22, amended at 2:47, out at 3:31, closed at 17:35."""
    incident = house.alarm()
    fast_forward(80)
    ask_more(incident, 2, house.facebook)
    acknowledge(incident=incident, by=house.ben, now=at(82))
    answer = house.draft(incident, seconds=60)
    submit_answer(answer=answer, seen=1, by=house.olga, now=at(112))
    answer.refresh_from_db()
    amend_and_approve(
        answer=answer,
        wording=Wording("We suspended him.", answers_question=True),
        act=act(house.ben, 167),
    )
    answer.refresh_from_db()
    release_answer(answer=answer, seen=2, url=OUT, by=house.olga, now=at(211))
    stand_down(incident=incident, by=house.olga, end="answered", reason="He left.", now=at(1055))
    incident.refresh_from_db()
    return incident


def report(browser: Browser, incident: Incident, seconds: float = NOW) -> Any:
    browser.seconds = seconds
    return browser.get(f"/code-reds/{incident.number}/report/")


def test_report_needs_no_typing(desk: Browser, storm: Incident) -> None:
    """Whoever has to write a report after such a night writes it late, and kindly."""
    told = words(report(desk, storm))

    assert "Saturday 14 November, 12:00:00 to 12:17:35" in told
    assert "First answer in 3:31, inside the 5 minutes." in told
    assert "Raised by Olga Reyes, decided by Ben Okafor." in told
    assert "Answered: He left." in told


def test_figures_stand_beside_their_targets(desk: Browser, storm: Incident) -> None:
    """A number without what was promised is neither good nor bad."""
    told = words(report(desk, storm))

    for tile in (
        "First public answer 3:31 Target 5:00 1:29 to spare",
        "Someone on it 1:22 Target 1:00 0:22 late",
        "Wait for sign-off 0:55 Target 1:30 0:35 to spare",
        "Answered by 10:00 1 of 3 people Target: all 3 2 not in time",
        "First word 3:31 Target 2:00 1:31 late",
        "First page sent 0:00 Target 0:05 0:05 to spare",
    ):
        assert tile in told


def test_nothing_that_counts_applause_is_in_it(desk: Browser, storm: Incident) -> None:
    """What is measured is what is worked for: minutes and people answered."""
    told = words(report(desk, storm)).lower()

    assert "likes" not in told
    assert "followers" not in told


def test_every_event_is_listed_with_who_and_when(desk: Browser, storm: Incident) -> None:
    """A gap in the account is where the doubt goes."""
    told = words(report(desk, storm))

    for line in (
        "0:00 12:00:00 Code red raised, 5 minutes Olga Reyes",
        "0:00 12:00:00 Anna Hale paged: tray Clock",
        "1:22 12:01:22 Ben Okafor is on it, 1:22 after the alarm Ben Okafor",
        "2:47 12:02:47 Ben Okafor amended and approved the answer to @priya_walks Ben Okafor",
        "3:31 12:03:31 The answer to @priya_walks is out Olga Reyes",
        "17:35 12:17:35 Olga Reyes closed it: answered Olga Reyes",
    ):
        assert line in told
    assert f"{Event.objects.count()} events, chained. Nothing was changed or removed" in told
    assert f"Seal of the last event: {storm.timeline.head_hash}" in told


def test_people_and_how_far_their_pages_came(desk: Browser, storm: Incident) -> None:
    """Who was woken in vain is what the next chain is made from."""
    told = words(report(desk, storm))

    assert "Anna Hale Delivered, not seen Paged 0:00 by tray, delivered 0:00" in told
    assert "Ben Okafor On it Paged 1:00 by tray, delivered 1:00, acted 1:22" in told


def test_words_that_went_out_are_in_it_with_their_authority(desk: Browser, storm: Incident) -> None:
    """What was said in public, on whose word, and where it stands."""
    page = report(desk, storm)

    told = words(page)
    assert "X to @priya_walks 3:31 We suspended him. Signed off. See it" in told
    assert f'href="{OUT}"' in page.content.decode()
    assert TEXT not in told


@contextmanager
def altered_rows() -> Iterator[Any]:
    """Somebody with the database in hand, past the trigger that keeps events."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield cursor


@pytest.mark.sqlite
def test_changed_evidence_is_told_at_the_top(desk: Browser, storm: Incident) -> None:
    """Evidence that was touched must not be printed as if it had not been."""
    with altered_rows() as cursor:
        cursor.execute("UPDATE escalation_event SET at = '2026-11-14 12:00:01' WHERE sequence = 3")

    told = words(report(desk, storm))

    assert "The evidence has been changed" in told
    assert "The evidence does not hold at event 3: the event was changed." in told
    assert "Nothing was changed or removed" not in told


def test_report_of_an_open_storm_says_that_it_grows(
    house: House, desk: Browser, incident: Incident
) -> None:
    """A report that is sent round too early must say so itself, and blame nobody yet."""
    told = words(report(desk, incident, 100))
    later = words(report(desk, incident, 330))

    assert "12:00:00, still open" in told
    assert "It is still open" in told
    assert "No answer is out yet." in told
    assert "First public answer Not yet Target 5:00 3:20 left" in told
    assert "Someone on it Not yet Target 1:00 0:40 late" in told
    assert "Wait for sign-off Not yet Target 1:30 1:30 left" in told
    assert "Answered by 10:00 0 of 1 person Target: all 1 1 to answer" in told
    assert "First public answer Not yet Target 5:00 0:30 late" in later


def test_storm_without_an_answer_is_told_as_it_was(
    house: House, desk: Browser, incident: Incident
) -> None:
    """The report that matters most is that of the night that went wrong."""
    fast_forward(400)
    stand_down(incident=incident, by=house.olga, end="over", now=at(420))

    told = words(report(desk, incident))

    assert "No answer went out. Raised by Olga Reyes." in told
    assert "Nothing went out." in told
    assert "Answer is overdue Clock" in told
    assert "It is over." in told


def test_late_answer_is_red_and_says_by_how_much(house: House, desk: Browser) -> None:
    """Late is late, also when everybody did their best."""
    incident = house.alarm()
    fast_forward(310)
    answer = house.submitted(incident)
    amend_and_approve(answer=answer, wording=Wording("We know."), act=act(house.anna, 315))
    answer.refresh_from_db()
    release_answer(answer=answer, seen=2, url=OUT, by=house.olga, now=at(340))

    page = report(desk, incident)

    assert "First answer in 5:40, after the 5 minutes were over." in words(page)
    assert "First public answer 5:40 Target 5:00 0:40 late" in words(page)
    assert 'class="b1 bad"' in page.content.decode()


# ------------------------------------------------------------ the drawing


def plot_of(incident: Incident) -> Any:
    return report_screen(report_of(incident, at(NOW)), LONDON).plot


def test_plot_is_drawn_to_scale_with_its_numbers_in_text(storm: Incident) -> None:
    """A drawing that lies by a minute is worse than a table."""
    plot = plot_of(storm)

    paging, writing, signing, out = plot.lanes
    assert [point.x for point in paging.points] == ["11.389%"]  # 1:22 of 12:00
    assert [(span.x, span.width) for span in writing.spans] == [("8.333%", "7.222%")]
    assert [(span.x, span.width) for span in signing.spans] == [("15.556%", "7.639%")]
    assert [(point.x, point.kind, point.label) for point in out.points] == [
        ("29.306%", "green", "First 3:31")
    ]
    assert plot.says == (
        "Somebody on it at 1:22, sent for sign-off at 1:52, approved at 2:47, "
        "first answer out at 3:31, the table below has every event"
    )


def test_plot_waits_until_somebody_is_on_it(storm: Incident) -> None:
    """Where the time went is what the drawing is for."""
    paging = plot_of(storm).lanes[0]

    assert [span.is_wait for span in paging.spans] == [True, False]


def test_plot_of_an_open_storm_ends_now(incident: Incident) -> None:
    """A bar to the end of the paper tells of minutes that nobody has lived through yet."""
    so_far = report_screen(report_of(incident, at(90)), LONDON).plot

    assert [(span.x, span.width) for span in so_far.lanes[0].spans] == [("0.000%", "12.500%")]


def test_plot_holds_whatever_happened_or_did_not(house: House, incident: Incident) -> None:
    """A report that fails on an empty night fails on the night that is asked about."""
    empty = plot_of(incident)
    draft = house.draft(incident)
    begun = plot_of(incident)
    submit_answer(answer=draft, seen=1, by=house.olga, now=at(90))
    fast_forward(300, from_seconds=100)
    sent = plot_of(incident)

    assert [len(lane.points) for lane in empty.lanes] == [0, 0, 0, 0]
    assert begun.lanes[1].points[0].label == "Begun 1:00"
    assert sent.lanes[2].spans[0].is_wait


@pytest.mark.parametrize(
    ("seconds", "beside", "is_left"),
    [
        (211, [211], False),
        (211, [211, 260], True),
        (211, [48, 211, 240], True),
        (211, [190, 211, 260], False),
        (60, [60, 90], False),
        (600, [600], True),
    ],
)
def test_label_lies_on_no_other_answer(
    storm: Incident, seconds: float, beside: list[float], is_left: bool
) -> None:
    """The one time that everybody asks for must be read, also where answers follow at once."""
    scale = Scale(report_of(storm, at(NOW)))

    assert scale.point(seconds, "First", beside=beside).is_left is is_left


def test_what_came_after_half_an_hour_is_named_and_not_drawn(house: House, storm: Incident) -> None:
    """One answer two hours later would press the five minutes into a line."""
    later = house.alarm()
    for number, question in enumerate(ask_more(later, 2, house.facebook)):
        out_late(house, later, question, 3600 + number * 60)

    plot = plot_of(later)

    assert plot.later_says == "2 more came later"
    assert all(float(point.x.rstrip("%")) <= 100 for lane in plot.lanes for point in lane.points)
    assert plot.labels[-2].label == "30:00"


def out_late(house: House, incident: Incident, question: Any, seconds: float) -> Answer:
    answer = draft_answer(
        incident=incident,
        question=question,
        channel=house.facebook,
        statement=None,
        wording=Wording(f"{question.text} We looked into it, {question.author}."),
        by=house.olga,
        now=at(seconds - 30),
    )
    submit_answer(answer=answer, seen=1, by=house.olga, now=at(seconds - 20))
    answer.refresh_from_db()
    amend_and_approve(
        answer=answer, wording=Wording(AMENDED[question.author]), act=act(house.anna, seconds - 10)
    )
    answer.refresh_from_db()
    release_answer(answer=answer, seen=2, url=OUT, by=house.olga, now=at(seconds))
    return answer


def test_drawing_needs_no_style_of_its_own(desk: Browser, storm: Incident) -> None:
    """A strict content policy throws inline styles away, and the plot with them."""
    html = report(desk, storm).content.decode()

    assert " style=" not in html
    assert "<style" not in html
    assert re.search(r'<rect class="span--wait" x="0.000%" width="8.333%"', html)


# ------------------------------------------------------------ lists


def test_reports_list_what_is_over_and_how_it_went(
    house: House, desk: Browser, storm: Incident
) -> None:
    """Nobody looks for a report by its number."""
    house.alarm(question="And now this?")
    told = words(desk.get("/reports/"))

    assert "Code red 1 Is he one of yours?" in told
    assert "Out in 3:31" in told
    assert "And now this?" not in told


def test_code_reds_list_what_is_open_first(house: House, desk: Browser, storm: Incident) -> None:
    """What burns is never below what has burnt."""
    house.alarm(question="And now this?", is_drill=True)
    told = words(desk.get("/code-reds/"))

    assert told.index("Drill 2 And now this?") < told.index("Code red 1 Is he one of yours?")
    assert "Open 1" in told
    assert "Not answered yet" in told


def test_older_ones_follow_page_by_page_without_a_gap(house: House, desk: Browser) -> None:
    """A list that counts pages loses one whenever another is closed."""
    for number in range(30):
        incident = house.alarm(question=f"Storm number {number + 1}?")
        stand_down(incident=incident, by=house.olga, end="over", now=at(100))
    first = desk.get("/reports/").content.decode()
    follow = re.search(r'href="(\?before=\d+)"', first)
    assert follow
    stand_down(incident=house.alarm(question="Late?"), by=house.olga, end="over", now=at(101))

    second = desk.get(f"/reports/{follow[1]}").content.decode()

    numbers = [int(n) for n in re.findall(r"Storm number (\d+)\?", first + second)]
    assert numbers == list(range(30, 0, -1))
    assert "before=" not in second


@pytest.mark.parametrize("before", ["x", "-1", "", "9" * 40, "1e5"])
def test_nonsense_in_an_address_is_taken_for_the_first_page(
    desk: Browser, storm: Incident, before: str
) -> None:
    """A link that somebody cut short must not be a fault of ours."""
    page = desk.get(f"/reports/?before={before}")

    assert page.status_code == 200
    assert "Out in 3:31" in words(page)


def test_pages_that_were_never_needed_are_not_counted(house: House, storm: Incident) -> None:
    """People who were spared must not appear among those who were woken."""
    Page.objects.filter(person=house.ben).update(status=Page.Status.DROPPED)

    assert report_of(storm, at(NOW)).figures.people_paged == 1
