"""The checks on an answer, as the officer and the manager read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.rules.checks import (
    AnswerFacts,
    Check,
    SentText,
    alike_percent,
    blocks,
    check_answer,
)
from playbooks.rules.jargon import DEFAULT_JARGON
from playbooks.rules.networks import NETWORKS

GOOD = (
    "Hi Dan. Not moved: he is suspended in every city from tonight. Two people from outside the "
    "Leeds team decide by noon on Monday whether he is out for good. I’ll post what they decide "
    "here. – Amara"
)
POOR = (
    "Hi Dan, what he did goes against everything we stand for. He is off all shifts from tonight. "
    "Our safeguarding framework sets out robust processes for incidents of this nature and our "
    "stakeholders can be assured that a multi-agency review will follow. I’ll post what we find "
    "here [by when]. – Amara"
)
QUESTION = "So what happens now? Is he sacked, or just moved?"
OTHER = "No, she was never one of our volunteers. We checked the rota and asked the team lead."


def check(text=GOOD, **facts):
    return check_answer(AnswerFacts(text=text, network=facts.pop("network", "x"), **facts))


def found(checks, code):
    return next((one for one in checks if one.code == code), None)


def sent(text, to="@priya_walks"):
    return (SentText(text=text, to=to, at_label="21:17:36"),)


def test_good_answer_reads_ready():
    """An officer with a good answer must see at a glance that nothing is in the way."""
    checks = check(
        question=QUESTION, answers_question=True, jargon=DEFAULT_JARGON, others=sent(OTHER)
    )

    assert blocks(checks) == ()
    assert {one.level for one in checks} == {"good"}
    assert [one.title for one in checks] == [
        "Fits X: 195 of 280",
        "No blanks left",
        f"Answers “{QUESTION}”",
        "Plain words",
        "Not like any answer sent so far",
    ]


def test_poor_answer_is_told_what_to_fix_first():
    """What blocks stands before what is advice, or it is missed in the last minute."""
    checks = check(POOR, question=QUESTION, answers_question=False, jargon=DEFAULT_JARGON)

    assert [one.level for one in checks] == ["block", "block", "advise", "advise", "good"]
    assert [one.code for one in blocks(checks)] == ["too_long", "blank_left"]
    assert [one.title for one in checks][1:4] == [
        "One blank is empty",
        f"It doesn’t answer “{QUESTION}”",
        "Five phrases a neighbour wouldn’t use",
    ]


@pytest.mark.parametrize("text", ["", "  \n", "\u200b\u202e"])
def test_empty_answer_is_stopped_and_nothing_else_is_said(text):
    """An empty answer that fits, has no jargon and no blanks would look ready."""
    checks = check(text, question=QUESTION)

    assert [(one.code, one.level) for one in checks] == [("empty", "block")]


def test_text_over_the_house_limit_is_stopped_until_a_reason_is_written():
    """A long answer goes out only when somebody says why, and the signer reads it."""
    long = "word " * 60
    facts = {"network": "facebook", "house_limit": 280}

    stopped = found(check(long, **facts), "too_long")
    reasoned = found(check(long, **facts, reason_for_length="Two charges to answer"), "too_long")

    assert stopped == Check(
        "too_long",
        "block",
        "20 too long for Facebook",
        "300 of 280. Cut a sentence, or say why it has to be this long.",
    )
    assert reasoned == Check(
        "too_long",
        "advise",
        "20 too long for Facebook",
        "300 of 280. The reason given: Two charges to answer",
    )


@pytest.mark.parametrize("reason", ["", "  ", "It is complicated"])
def test_no_reason_makes_room_on_the_network(reason):
    """The network refuses the post at the moment of release, when no time is left."""
    checks = check("x" * 297, reason_for_length=reason)

    assert found(checks, "too_long") == Check(
        "too_long", "block", "17 too long for X", "297 of 280. X takes 280 at most."
    )


def test_blank_reason_is_no_reason():
    """A space typed into the field must not open the way."""
    checks = check("x" * 281, network="facebook", reason_for_length=" \n")

    assert found(checks, "too_long").level == "block"


def test_channel_limit_comes_before_the_houses():
    """A channel profile was agreed for that audience."""
    assert found(check("x" * 200, channel_limit=140), "too_long").title == "60 too long for X"
    assert found(check("x" * 400, network="facebook", channel_limit=400), "fits")


def test_names_that_a_reply_fills_in_do_not_count():
    """An answer that fits would be cut for names that cost nothing."""
    text = "@leedsdan " + "x" * 275

    assert found(check(text, is_reply=True), "fits").title == "Fits X: 275 of 280"
    assert found(check(text, is_reply=False), "too_long").title == "5 too long for X"


def test_sixth_link_on_threads_is_stopped():
    """Threads refuses it at the moment of release."""
    five, six = "a.uk " * 5, "a.uk " * 6

    assert found(check(five, network="threads"), "too_many_links") is None
    assert found(check(six, network="threads"), "too_many_links") == Check(
        "too_many_links",
        "block",
        "Six links, and Threads takes five",
        "Keep the ones that people need.",
    )
    assert found(check(six, network="x"), "too_many_links") is None


@pytest.mark.parametrize(
    ("text", "title", "said"),
    [
        ("By {time}.", "One blank is empty", "time"),
        ("By {time}, {report_to}.", "Two blanks are empty", "time, report to"),
        ("By [by when].", "One blank is empty", "by when"),
    ],
)
def test_blank_is_stopped_and_named(text, title, said):
    """An answer that goes out with a blank in it is the next day's headline."""
    expected = Check("blank_left", "block", title, f"Fill in, or take out: {said}")

    assert found(check(text), "blank_left") == expected


def test_jargon_is_advice_with_its_phrases_each_once():
    """The officer needs the words to change, not a score."""
    text = "Stakeholders and stakeholders, going forward."

    assert found(check(text, jargon=("stakeholder", "going forward")), "jargon") == Check(
        "jargon",
        "advise",
        "Two phrases a neighbour wouldn’t use",
        "stakeholders, going forward",
    )
    assert found(check(text, jargon=("going forward",)), "jargon").title.startswith("One phrase ")


@pytest.mark.parametrize(
    ("ticked", "pre_approved", "level", "title"),
    [
        (True, False, "good", "Answers “Is he sacked?”"),
        (False, False, "advise", "It doesn’t answer “Is he sacked?”"),
        (None, False, "advise", "Does it answer what they ask?"),
        (True, True, "good", "Answers “Is he sacked?”"),
        (False, True, "advise", "It doesn’t answer “Is he sacked?”"),
        (None, True, None, None),
    ],
)
def test_question_stands_beside_the_answer(ticked, pre_approved, level, title):
    """A fluent answer to another question is what makes a storm worse."""
    checks = check(question="Is he\nsacked?", answers_question=ticked, is_pre_approved=pre_approved)
    one = found(checks, "answered") or found(checks, "not_answered")

    assert (one and one.level, one and one.title) == (level, title)


def test_long_question_is_not_repeated_in_a_title():
    """A title of three lines pushes the button off a phone."""
    checks = check(question="why " * 40, answers_question=False)

    assert found(checks, "not_answered").title == "It doesn’t answer the question"


def test_answer_without_a_question_is_not_asked_about_one():
    """A post to everyone has no question to tick."""
    checks = check(question=" ")

    assert found(checks, "answered") is None
    assert found(checks, "not_answered") is None


@pytest.mark.parametrize(
    ("other", "level"),
    [
        (GOOD, "block"),
        (GOOD.replace("Hi Dan.", "Hello Priya,"), "block"),
        (GOOD.replace("Hi Dan.", "@priya_walks @leeds.social "), "block"),
        (GOOD.replace("Hi Dan.", "Priya,").upper().replace("PRIYA", "Priya"), "block"),
        (GOOD.replace(" decide ", "\n\ndecide  "), "block"),
        (GOOD.replace("for good", "for ever"), "block"),
        (
            GOOD.replace("Two people from outside the Leeds team decide", "Our own team says"),
            "advise",
        ),
        (OTHER, "good"),
    ],
)
def test_copy_for_another_person_is_stopped(other, level):
    """The same reply pasted to everyone is what people screenshot."""
    checks = check(GOOD, others=sent(other))
    one = found(checks, "near_identical") or found(checks, "unlike_others")

    assert one.level == level


def test_copy_names_to_whom_and_when():
    """The officer must find the other answer to write a different one."""
    identical = found(check(GOOD, others=sent(GOOD)), "near_identical")
    near = found(check(GOOD, others=sent(GOOD.replace("for good", "for ever"))), "near_identical")

    assert identical.title == "The same went to @priya_walks"
    assert near.title == "Nearly the same went to @priya_walks"
    assert near.text == (
        "97% the same words, sent 21:17:36. Write to this person, or say why it has to be the same."
    )


@pytest.mark.parametrize(
    ("reason", "level"), [("", "block"), (" ", "block"), ("One notice", "advise")]
)
def test_written_reason_lets_a_copy_pass_and_is_shown(reason, level):
    """Sometimes the same words are right; whoever signs must see who said so."""
    one = found(check(GOOD, others=sent(GOOD), reason_for_repeat=reason), "near_identical")

    assert one.level == level
    assert one.text.endswith("The reason given: One notice") is (level == "advise")


def test_pre_approved_words_are_no_excuse_for_a_copy():
    """Two people who tell of harm and get one text each know that nobody read theirs."""
    checks = check(GOOD, others=sent(GOOD), is_pre_approved=True)

    assert found(checks, "near_identical").level == "block"


def test_closest_of_all_answers_counts():
    """A copy of the tenth answer back is a copy."""
    others = sent(OTHER) + sent(GOOD, to="") + sent("Thank you.")

    assert found(check(GOOD, others=others), "near_identical").title == "The same went to everyone"


def test_unlike_answer_says_how_like_the_closest_is():
    """A figure lets the officer trust the check."""
    one = found(check(GOOD, others=sent(OTHER)), "unlike_others")

    assert one.level == "good"
    assert one.text.startswith("Closest: ")
    assert one.text.endswith("% like the one to @priya_walks")
    assert found(check(GOOD), "unlike_others").text == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("@dan Yes.", "@priya @sam Yes."),
        ("Hi Dan, yes, he is out.", "Good evening Priya Shah. Yes, he is out."),
        ("Dan, you're right to ask.", "Priya, you're right to ask."),
        ("Thank you, Dan. He is out", "thank you Priya – He is OUT"),
        ("Hi Dan.", "hi  dan."),
    ],
)
def test_greeting_and_name_make_no_difference(one, other):
    """Another name on the same text is still the same text."""
    assert alike_percent(one, other) == 100


def test_yes_is_no_name():
    """Two answers that say the opposite are not the same answer."""
    assert alike_percent("Yes, he is out.", "No, he is out.") < 100


def test_turned_and_hidden_text_is_advice():
    """The manager approves what they see; the public must not read something else."""
    checks = check("Pay here \u202egro.elpmaxe\u202c n\u200bow.")

    assert {(one.code, one.level) for one in checks if one.level == "advise"} == {
        ("turned_text", "advise"),
        ("hidden_characters", "advise"),
    }


@given(st.text(), st.sampled_from(sorted(NETWORKS)), st.text())
def test_no_text_makes_the_checks_fail(text, key, other):
    """A check that fails on a strange character takes the draft screen with it."""
    checks = check(text, network=key, question=other, others=sent(other), jargon=DEFAULT_JARGON)

    assert checks
    assert all(one.title for one in checks)
