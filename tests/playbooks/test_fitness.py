"""Whether a protocol is fit to be published."""

from dataclasses import replace

import pytest

from playbooks.rules.fitness import Account, Blank, Draft, Rung, Words, faults

HOLD = Words("holding", "We've seen it. Next update here by {time}.", is_pre_approved=True)
FIT = Draft(
    limit_seconds=300,
    first_word_seconds=120,
    chain=(Rung(0, True), Rung(60, True), Rung(300, True)),
    signers=2,
    needed=1,
    falls_to_officer="holding",
    clause="4.2 The holding statement may be renewed.",
    statements={"HOLD": HOLD},
    placeholders={"time": Blank("time", 5, example="15:40")},
    channels=(Account("X @Hearthside", "x"),),
)


def found(**changes):
    """The faults of a fit protocol with something changed, as (where, what)."""
    return [(each.where, each.what) for each in faults(replace(FIT, **changes))]


def words(text, **changes):
    return {"HOLD": HOLD, "A": replace(Words("update", text, is_pre_approved=False), **changes)}


def test_a_fit_protocol_has_no_fault():
    """A false alarm here keeps a good playbook from the officer who needs it."""
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"chain": ()}, "chain", "The chain has no steps: nobody would be paged."),
        (
            {"chain": (Rung(0, False), Rung(60, True))},
            "chain",
            "Nobody on the first step can be reached.",
        ),
        ({"chain": (Rung(30, True),)}, "chain", "The first step pages at once, not at 0:30."),
        (
            {"chain": (Rung(0, True), Rung(301, True))},
            "chain",
            "Step 2 pages at 5:01, after the answer is due at 5:00.",
        ),
        (
            {"chain": (Rung(0, True), Rung(90, True), Rung(60, True))},
            "chain",
            "Step 3 is not later than the step before it.",
        ),
        (
            {"chain": (Rung(0, True), Rung(0, True))},
            "chain",
            "Step 2 is not later than the step before it.",
        ),
        ({"limit_seconds": 601}, "clocks.answer", "The answer is due within 10:00, never later."),
        (
            {"limit_seconds": 300, "first_word_seconds": 301},
            "clocks.first_word",
            "The first word at 5:01 comes after the answer at 5:00.",
        ),
        ({"needed": 3}, "sign_off", "3 signatures are needed and 2 may sign."),
        ({"signers": 0}, "sign_off", "1 signature is needed and nobody may sign."),
        (
            {"clause": "  "},
            "on_breach.clause",
            "Name the clause by which this falls to the officer.",
        ),
        (
            {"statements": {"HOLD": replace(HOLD, is_pre_approved=False)}},
            "statements",
            "No holding statement is approved ahead of time.",
        ),
        (
            {"statements": {"HOLD": replace(HOLD, kind="update")}},
            "statements",
            "No holding statement is approved ahead of time.",
        ),
        (
            {"statements": words("Call {phone}.")},
            "statements.A.text",
            "{phone} is not among the placeholders.",
        ),
        (
            {"statements": words("We’ll tell you [by when].")},
            "statements.A.text",
            "[by when] is a blank to fill by hand: make it a placeholder.",
        ),
        (
            {"statements": words("By { time }.")},
            "statements.A.text",
            "A brace would go out as it stands: write a placeholder as {name}.",
        ),
        (
            {"statements": words("x" * 281)},
            "statements.A.text",
            "1 too long for X @Hearthside with every placeholder at its longest: 281 of 280.",
        ),
        (
            {"statements": words("x" * 276 + "{time}")},
            "statements.A.text",
            "1 too long for X @Hearthside with every placeholder at its longest: 281 of 280.",
        ),
        (
            {"placeholders": FIT.placeholders | {"who": Blank("choice", 20)}},
            "placeholders.who.options",
            "A choice needs options to choose from.",
        ),
        (
            {"placeholders": FIT.placeholders | {"who": Blank("choice", 3, ("them",))}},
            "placeholders.who",
            "“them” would be refused: 1 too long: 3 at most.",
        ),
        (
            {"placeholders": FIT.placeholders | {"org": Blank("fixed", 20)}},
            "placeholders.org.example",
            "Give the words that always stay the same.",
        ),
        (
            {"placeholders": {"time": Blank("time", 5, example="noon")}},
            "placeholders.time",
            "“noon” would be refused: Write a time like 15:40.",
        ),
    ],
)
def test_each_fault_is_found_and_placed(changes, where, what):
    """A fault that is found during the storm is found too late."""
    assert found(**changes) == [(where, what)]


def test_all_faults_come_in_one_answer():
    """Mending one fault at a time, people give up before the last."""
    places = [where for where, _ in found(chain=(), needed=9, clause="", statements={})]

    assert places == ["chain", "sign_off", "on_breach.clause", "statements"]


def test_whoever_is_never_paged_is_named_where_too_few_are_left():
    """An admin who is told a number alone does not know whom to put on the chain."""
    ruth = ("Ruth Lindqvist",)

    assert found(needed=3, never_paged=ruth) == [
        ("sign_off", "3 signatures are needed and 2 may sign."),
        ("sign_off", "Ruth Lindqvist is named to sign, and the chain does not page them."),
    ]
    assert found(never_paged=ruth) == []


def test_nothing_falling_to_the_officer_needs_no_clause():
    """A clause that nobody needs would be made up."""
    assert found(falls_to_officer="nothing", clause="") == []


def test_a_step_at_the_very_limit_is_in_time():
    """The last step may page everyone at the moment of the breach, and not a second later."""
    assert found(chain=(Rung(0, True), Rung(300, True))) == []


def test_the_channel_s_own_limit_holds_before_the_house_s():
    """A statement that fits the longest channel alone cannot be used where the storm is."""
    text = words("x" * 300)
    roomy = Account("Facebook Hearthside", "facebook", 400)

    assert found(statements=text, channels=(roomy,)) == []
    assert found(statements=text, channels=(roomy, *FIT.channels))[0][0] == "statements.A.text"
