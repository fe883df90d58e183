"""The parts of a screen: what the clock says, where the line ends, and that names stay text."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string

from crisis.rules.diff import Piece
from crisis.screens.parts import Happening, Mark, approved, countdown, spoken, track
from crisis.screens.rows import DELIVERIES, ChoiceLabel, Entry, counter, initials_of, person

STARTED = datetime(2026, 11, 14, 21, 14, 5, tzinfo=UTC)
DUE = STARTED + timedelta(minutes=5)
LONDON = "Europe/London"
HOSTILE = '<script>alert("x")</script>\'" onload=x'

CRISIS = Path(__file__).resolve().parents[2] / "crisis"
SPRITE = CRISIS / "static/crisis/icons.svg"
SCRIPT = CRISIS / "static/crisis/js/app.js"


def after(seconds: float) -> datetime:
    return STARTED + timedelta(seconds=seconds)


def render(source: str, **values: object) -> str:
    return Template("{% load codered %}" + source).render(Context(values))


# ---------------------------------------------------------------- countdown


@pytest.mark.parametrize(
    ("gone", "state", "says"),
    [
        (0, "ok", "5:00 left"),
        (48, "ok", "4:12 left"),
        (131.4, "ok", "2:49 left"),
        (239.9, "ok", "1:01 left"),
        (240, "soon", "1:00 nearly due"),
        (253, "soon", "0:47 nearly due"),
        (299.5, "soon", "0:01 nearly due"),
        (300, "over", "0:00 over"),
        (338.9, "over", "0:38 over"),
    ],
)
def test_countdown_turns_amber_in_the_last_fifth_and_red_when_due(
    gone: float, state: str, says: str
) -> None:
    """A manager who trusts a calm clock in the last minute decides too late."""
    clock = countdown(after(gone), DUE, LONDON, STARTED)

    assert (clock.state, clock.title) == (state, says)


def test_countdown_names_the_time_of_day_in_the_house_zone() -> None:
    """Without JavaScript the digits stand still; the time of day must still be right."""
    summer = datetime(2026, 7, 1, 20, 14, 5, tzinfo=UTC)

    clock = countdown(summer, summer + timedelta(minutes=5), LONDON, summer, what="First word")

    assert clock.by == "First word due by 21:19:05"


def test_running_countdown_carries_the_words_for_what_comes_next() -> None:
    """A page left open goes red by itself, in the reader's language, or it lies."""
    clock = countdown(after(250), DUE, LONDON, STARTED)

    assert [reading.state for reading in clock.readings] == ["soon", "over"]
    assert clock.readings[1].by == "Answer was due by 21:19:05"


@pytest.mark.parametrize(
    ("met", "state", "by"),
    [
        (211, "done", "At 21:17:36, 1:29 to spare"),
        (300, "done", "At 21:19:05, 0:00 to spare"),
        (338, "over", "At 21:19:43, 0:38 late"),
    ],
)
def test_met_countdown_stands_still_and_stays_red_when_late(met: int, state: str, by: str) -> None:
    """A late answer shown in green hides a breach from the people who must learn from it."""
    clock = countdown(after(900), DUE, LONDON, STARTED, after(met))

    assert (clock.state, clock.by, clock.due_iso) == (state, by, "")


@pytest.mark.parametrize(
    ("decided", "state", "says"), [(167, "done", "2:13 to spare"), (330, "over", "0:30 late")]
)
def test_approved_tells_the_time_left_for_going_out(decided: int, state: str, says: str) -> None:
    """A manager who approved late is not told that there was time to spare."""
    clock = approved(after(decided), DUE, LONDON)

    assert (clock.state, clock.title) == (state, says)


# -------------------------------------------------------------------- track


@pytest.mark.parametrize(
    ("gone", "met", "state", "fill", "over", "due", "now", "ticks"),
    [
        (-3, None, "ok", "0.00%", "0.00%", "100.00%", "0.00%", 4),
        (0, None, "ok", "0.00%", "0.00%", "100.00%", "0.00%", 4),
        (131, None, "ok", "43.67%", "0.00%", "100.00%", "43.67%", 4),
        (253, None, "soon", "84.33%", "0.00%", "100.00%", "84.33%", 4),
        (300, None, "over", "50.00%", "0.00%", "50.00%", "50.00%", 9),
        (338, None, "over", "50.00%", "6.33%", "50.00%", "56.33%", 9),
        (5000, None, "over", "50.00%", "50.00%", "50.00%", "100.00%", 9),
        (900, 211, "done", "70.33%", "0.00%", "100.00%", "70.33%", 4),
        (900, 338, "over", "50.00%", "6.33%", "50.00%", "56.33%", 9),
    ],
)
def test_track_is_drawn_to_scale(
    gone: float,
    met: int | None,
    state: str,
    fill: str,
    over: str,
    due: str,
    now: str,
    ticks: int,
) -> None:
    """A line that overflows, or that looks half full when all the time is gone, misleads."""
    line = track(after(gone), DUE, STARTED, None if met is None else after(met))

    assert (line.state, line.fill, line.over, line.due, line.now) == (state, fill, over, due, now)
    assert len(line.ticks) == ticks


def test_track_places_happenings_and_names_five_moments() -> None:
    """An officer reads from the line who is next; a mark in the wrong minute sends them astray."""
    line = track(
        after(131),
        DUE,
        STARTED,
        happenings=[
            Happening(after(82), "user-check", "Idris Rahman on it"),
            Happening(after(9000), "send", "drawn nowhere"),
        ],
        marks=[
            Mark(0, "Joanna paged"),
            Mark(180, "Ruth next", is_next=True),
            Mark(300, "Answer out"),
        ],
    )

    assert [(dot.x, dot.icon) for dot in line.dots] == [("27.33%", "user-check")]
    assert [(cell.time, cell.text) for cell in line.cells] == [
        ("0:00", "Joanna paged"),
        ("1:00", ""),
        ("2:00", ""),
        ("3:00", "Ruth next"),
        ("4:00", ""),
    ]
    assert [cell.is_next for cell in line.cells] == [False, False, False, True, False]
    assert (line.cells[-1].end_time, line.cells[-1].end_text) == ("5:00", "Answer out")


def test_track_is_told_in_words() -> None:
    """Somebody who does not see the drawing must learn the same from it."""
    line = track(
        after(131), DUE, STARTED, happenings=[Happening(after(82), "user-check", "Idris on it")]
    )

    assert line.say == "2 minutes 11 seconds gone of 5 minutes. Idris on it 1:22"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1, "1 second"), (60, "1 minute"), (131, "2 minutes 11 seconds")],
)
def test_spoken_time_reads_as_one_says_it(seconds: int, words: str) -> None:
    """A screen reader says "2:11" as a time of day."""
    assert spoken(seconds) == words


# ------------------------------------------------------------ counter, people


@pytest.mark.parametrize(
    ("used", "limit", "text", "state"),
    [
        (54, 140, "54 of 140", ""),
        (265, 280, "265 of 280", ""),
        (268, 280, "268 of 280", "near"),
        (280, 280, "280 of 280", "near"),
        (297, 280, "297 of 280: 17 over", "over"),
    ],
)
def test_counter_warns_before_it_blocks(used: int, limit: int, text: str, state: str) -> None:
    """Words cut at the last moment cost the seconds that the answer needs."""
    count = counter(used, limit)

    assert (count.text, count.state) == (text, state)


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Amara Nwosu", "AN"),
        ("Jean de la Tour", "JT"),
        ("cher", "C"),
        ("  ", ""),
        ("Ông Bảo", "ÔB"),
    ],
)
def test_initials_survive_any_name(name: str, initials: str) -> None:
    """A page that breaks on one person's name pages nobody."""
    assert initials_of(name) == initials


@pytest.mark.parametrize("state", DELIVERIES)
def test_every_delivery_state_has_icon_word_and_bars(state: str) -> None:
    """A state told by colour alone is not told to everyone."""
    html = render("{% person row %}", row=person("Ruth", "Director", state, time="21:15:27"))

    delivery = DELIVERIES[state]
    assert f"#i-{delivery.icon}" in html
    assert str(delivery.word) in html
    assert html.count('class="on"') == delivery.bars


def test_person_without_a_number_has_no_call_button() -> None:
    """A button that calls nobody costs the time of a real call."""
    with_number = render("{% person row %}", row=person("Ruth", "", "seen", phone="+44 (0)113 4"))
    without = render("{% person row %}", row=person("Ruth", "", "seen"))

    assert 'href="tel:+4401134"' in with_number
    assert "tel:" not in without


# ------------------------------------------------------------ what people type


class OneForm(forms.Form):
    said = forms.CharField(label=HOSTILE, help_text=HOSTILE, required=False)
    which = forms.ChoiceField(
        choices=[("a", ChoiceLabel(HOSTILE, HOSTILE))], widget=forms.RadioSelect, label=HOSTILE
    )


@pytest.mark.parametrize(
    "source",
    [
        "{% avatar h %}",
        "{% badge h h h %}",
        "{% codered h %}{% codered h True %}",
        "{% net h %}",
        "{% icon h h h %}",
        "{% chk 'bad' h h %}",
        "{% person row %}",
        "{% entry item %}",
        "{% diff pieces %}",
        "{% linkbar h h h %}",
        "{% drillbar h h h %}",
        "{% notice h h h role=h %}{{ h }}{% endnotice %}",
        "{% countdown clock %}{% track line %}{% clockband clock line %}",
        "{% field form.said label=h optional=h foot=h %}{% field form.which %}",
        "{% error_summary form h %}",
    ],
)
def test_hostile_words_stay_text(source: str) -> None:
    """A name or a post must never run as code on the page of the manager who approves."""
    form = OneForm({"said": HOSTILE, "which": HOSTILE})
    form.add_error(None, HOSTILE)
    html = render(
        source,
        h=HOSTILE,
        form=form,
        row=person(HOSTILE, HOSTILE, "seen", word=HOSTILE, time=HOSTILE, phone=HOSTILE + "1"),
        item=Entry(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        pieces=[Piece("added", HOSTILE), Piece("same", HOSTILE), Piece("removed", HOSTILE)],
        clock=countdown(after(1), DUE, LONDON, STARTED, what=HOSTILE),
        line=track(
            after(131),
            DUE,
            STARTED,
            happenings=[Happening(after(2), HOSTILE, HOSTILE)],
            marks=[Mark(0, HOSTILE)],
        ),
    )

    assert "<script" not in html
    assert '" onload' not in html
    assert "' onload" not in html


def test_diff_keeps_the_exact_words_between_its_pieces() -> None:
    """A space that the page adds is a space the manager believes to have approved."""
    pieces = [
        Piece("same", "He is\n"),
        Piece("removed", "off"),
        Piece("added", "suspended"),
        Piece("same", "."),
    ]

    assert render("{% diff pieces %}", pieces=pieces) == (
        "He is<br><del>off</del><ins>suspended</ins>."
    )


class Question(forms.Form):
    text = forms.CharField(label="Answer", help_text="In your words", max_length=4)


def test_field_reads_label_hint_error_counter_in_that_order() -> None:
    """Somebody who hears the form needs to know what is wrong before typing again."""
    form = Question({"text": "too long"})

    html = render("{% field form.text counter=count %}", form=form, count=counter(8, 4))

    order = [html.index(part) for part in ("<label", 'id="id_text_helptext"', 'id="id_text_error"')]
    order += [html.index("<input"), html.index('id="id_text_count"')]
    assert order == sorted(order)
    assert 'aria-describedby="id_text_helptext id_text_error id_text_count"' in html
    assert 'aria-invalid="true"' in html


def test_error_summary_links_to_the_fields_and_is_absent_without_faults() -> None:
    """A fault that one must search for on a phone costs the minute that is left."""
    faulty, good = Question({"text": ""}), Question({"text": "ok"})

    assert '<a href="#id_text">This field is required.</a>' in render(
        "{% error_summary form %}", form=faulty
    )
    assert render("{% error_summary form %}", form=good).strip() == ""


# ------------------------------------------------------------ files of the kit


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    """A state is an icon and a word; half of it must not be missing."""
    drawn = set(re.findall(r'<symbol id="i-([\w-]+)"', SPRITE.read_text()))
    named = {
        name
        for template in (CRISIS / "templates").rglob("*.html")
        for name in re.findall(r'{% (?:icon|badge "\w+") "([\w-]+)"', template.read_text())
    } | {delivery.icon for delivery in DELIVERIES.values()}

    assert named - drawn == set()


def test_script_stays_small() -> None:
    """The page of a woken manager loads over a bad line; 4 KB is what its script may weigh."""
    assert SCRIPT.stat().st_size <= 4096


@pytest.mark.parametrize("name", ["500.html", "403_csrf.html"])
def test_last_resort_pages_render_without_any_context(name: str) -> None:
    """When all else fails, the page that says so must not fail too."""
    html = render_to_string(name)

    assert "<h1>" in html
    assert "style=" not in html
