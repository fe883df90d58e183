"""Playbooks as files: what is read, what is refused, and where the fault is said to be."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from playbooks.files import BadFile, read, write
from playbooks.files.source import MOST_BYTES, MOST_FAULTS, MOST_NODES, read_source
from tests.small_playbook import SMALL, changed


def refused(raw):
    """The faults of a file that is refused, as (line, column, path, expected)."""
    with pytest.raises(BadFile) as caught:
        read(raw)
    return [(each.line, each.column, each.path, each.expected) for each in caught.value.faults]


@pytest.mark.parametrize(
    "scalar",
    ["5:00", "no", "yes", "0777", "+447700900123", "1e3", "null", "~", "2026-11-21", "0x1F", ".5"],
)
def test_every_scalar_stays_the_text_that_was_written(scalar):
    """YAML makes 300 of 5:00, false of no, and takes the + off a telephone number."""
    assert read_source(f"a: {scalar}\nb: [{scalar}]").content == {"a": scalar, "b": [scalar]}


def test_a_file_is_read_for_what_it_means():
    """Ten minutes that are read as ten hours are nobody’s deadline."""
    content = read(SMALL).content

    assert content.clocks.answer == 600
    assert content.clocks.regulator == 72 * 3600
    assert content.clocks.first_word == 120
    assert content.steps[0].at == 60
    assert content.statements["HOLD"].pre_approved is True
    assert content.restricted is False


def test_writing_and_reading_gives_the_same():
    """What is exported, kept and loaded again must be what was agreed."""
    file = read(SMALL)

    assert read(write(file)) == file
    assert write(read(write(file))) == write(file)


@given(st.text(min_size=1, max_size=80).filter(lambda text: text.strip() == text))
@example("0\x850")
@example("5:00")
@example("- no: 'a' # b")
def test_any_text_survives_being_written(text):
    """A quotation mark or a colon in a title must not cost the playbook."""
    file = read(SMALL)
    content = file.content.model_copy(update={"title": text})
    written = write(type(file)(content))
    try:
        again = read(written)
    except BadFile as error:
        assert "control characters" in str(error)  # noqa: PT017
        return
    assert again.content.title == text


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("answer: 10:00", "answer: 600", (5, 11, "clocks.answer", "one of 5:00, 10:00")),
        ("answer: 10:00", "answer: 11:00", (5, 11, "clocks.answer", "one of 5:00, 10:00")),
        (
            "at: 1:00",
            "at: 1:75",
            (12, 9, "steps.1.at", "a time as 5:00 or 72:00:00, from 0:00 to 999:00:00"),
        ),
        (
            "longest: 5",
            "longest: 0777",
            (19, 14, "placeholders.time.longest", "a whole number from 1 to 280"),
        ),
        (
            "longest: 5",
            "longest: ٥",
            (19, 14, "placeholders.time.longest", "a whole number from 1 to 280"),
        ),
        (
            "pre_approved: yes",
            "pre_approved: true",
            (24, 19, "statements.HOLD.pre_approved", "one of yes, no"),
        ),
        ("title: Data or privacy", "title: ''", (3, 8, "title", "some text")),
        ("title: Data or privacy", f"title: {'x' * 81}", (3, 8, "title", "at most 80 characters")),
        ("title: Data or privacy", "title: [a]", (3, 1, "title", "text")),
        ("chain: Duty chain\n", "", (1, 1, "chain", "this key, which is missing")),
        (
            "    label: By when\n",
            "",
            (16, 3, "placeholders.time.label", "this key, which is missing"),
        ),
        (
            "    label: By when\n",
            "    label: By when\n    tabel: x\n",
            (
                18,
                5,
                "placeholders.time.tabel",
                "one of the keys label, kind, longest, options, example, rule",
            ),
        ),
        (
            "  HOLD:\n",
            "  HO LD:\n",
            (21, 3, "statements.HO LD", "up to 24 letters, digits, - or _"),
        ),
        (
            "steps:\n  - at: 1:00\n    who: Officer\n    do: Release the holding statement.\n",
            "steps: later\n",
            (11, 8, "steps", "a list, each entry behind a dash"),
        ),
        ("codered playbook 1", "codered playbook 2", (1, 9, "format", "codered playbook 1")),
    ],
)
def test_each_wrong_entry_is_named_with_its_place(old, new, fault):
    """“Invalid file” sends an admin through two hundred lines on the eve of a campaign."""
    assert refused(changed(old, new)) == [fault]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("a: 1\na: 2\n", (2, 1, "a", "this key once")),
        ("a: &x 1\n", (1, 4, "a", "no anchor (&)")),
        ("a: &x 1\nb: *x\n", (2, 4, "b", "the words themselves, not an alias of them")),
        ("a: !!python/object/apply:os.system [x]\n", (1, 4, "a", "no tag (!)")),
        ("a: !local x\n", (1, 4, "a", "no tag (!)")),
        ("? [a, b]\n: 1\n", (1, 3, "", "a word as the key")),
        ("a: 1\n---\nb: 2\n", (2, 1, "", "one document in a file")),
        ("a: b: c\n", (1, 5, "", "YAML, but mapping values are not allowed in this context")),
        ("a: \x07\n", (1, 4, "", "text without control characters")),
        ("a: \x00\n", (1, 4, "", "text without control characters")),
        ("a: \ud800\n", (1, 4, "", "text in UTF-8")),
        ("é: ü\n".encode("latin-1"), (1, 1, "", "text in UTF-8")),
        ("a: 1\n".encode("utf-16"), (1, 1, "", "text in UTF-8")),
        ("", (1, 1, "", "keys with values")),
        ("just words", (1, 1, "", "keys with values")),
        ("- a\n- b\n", (1, 1, "", "keys with values")),
    ],
)
def test_yaml_that_says_two_things_at_once_is_refused(raw, fault):
    """The second of two like keys wins in silence, and a tag can run a program."""
    assert fault in refused(raw)


def test_all_faults_of_a_file_come_in_one_answer_in_order():
    """An admin who mends one fault per try gives up before the last."""
    raw = changed("answer: 10:00", "answer: 9:00").replace("at: 1:00", "at: soon")
    raw = raw.replace("title: Data", "title: Data\ntitle: Data").replace(
        "kind: holding", "kind: lie"
    )

    assert [fault[:3] for fault in refused(raw)] == [
        (4, 1, "title"),
        (6, 11, "clocks.answer"),
        (13, 9, "steps.1.at"),
        (24, 11, "statements.HOLD.kind"),
    ]


def test_a_byte_order_mark_is_no_fault():
    """Notepad writes one."""
    assert read(b"\xef\xbb\xbf" + SMALL.encode()) == read(SMALL)


ALIAS_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(ALIAS_BOMB, id="aliases of aliases"),
        pytest.param("[" * 5000, id="nested lists"),
        pytest.param("{" * 5000, id="nested mappings"),
        pytest.param("{a: " * 5000, id="nested keys"),
        pytest.param("- " * 5000, id="nested dashes"),
        pytest.param("? " * 5000, id="nested question marks"),
        pytest.param("".join(f"{' ' * depth}a:\n" for depth in range(600)), id="staircase"),
        pytest.param("a: b\n" * (MOST_BYTES // 5), id="one key again and again"),
        pytest.param("".join(f"k{n}: x\n" for n in range(4_900)), id="unknown keys"),
        pytest.param("steps:\n" + "- x\n" * 60_000, id="a long list"),
        pytest.param("- &a x\n" * 30_000, id="anchors"),
        pytest.param("---\n" * 60_000, id="documents"),
        pytest.param("a: " + "b: " * 60_000, id="colons"),
        pytest.param("[" + "a," * 100_000, id="a list without an end"),
        pytest.param("a: " + "x" * (MOST_BYTES - 10), id="a long word"),
        pytest.param("x" * (MOST_BYTES - 10) + ": 1\n" + "y: 1\n", id="a long key"),
        pytest.param("x" * 900_000, id="a large file"),
        pytest.param("#" * 200_000, id="a long comment"),
        pytest.param('"' * 200_000, id="quotation marks"),
        pytest.param("\t" * 200_000, id="tabs"),
        pytest.param("%a b\n" * 40_000, id="directives"),
        pytest.param("a: |\n" + " x\n" * 80_000, id="a long block"),
    ],
)
def test_a_bomb_is_refused_in_half_a_second(bomb):
    """One file must not hold up the pages of a code red."""
    started = time.process_time()

    faults = refused(bomb)

    assert time.process_time() - started < 0.5
    assert 1 <= len(faults) <= MOST_FAULTS
    assert sum(len(fault[2]) + len(fault[3]) for fault in faults) < 10_000


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_bytes_are_read_or_refused_and_nothing_else(raw):
    """An upload that is answered with an error page tells nobody what is wrong with it."""
    with pytest.raises(BadFile):
        read(raw)


def test_too_many_entries_are_not_read_to_the_end():
    """The limit is on what is built, not only on what is sent."""
    faults = refused("".join(f"a{n}: [x]\n" for n in range(MOST_NODES // 3 + 1)))

    assert faults[-1][3] == f"at most {MOST_NODES} entries"
