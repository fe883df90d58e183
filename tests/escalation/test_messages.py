"""The words of a page: what a stressed person reads on a lock screen, in one part."""

import pytest

from escalation.models import Page
from escalation.rules.messages import ONE_PART, Words, gsm, page_text, septets

URL = "https://hs.example/r/7Kq2"
LONG_URL = "https://codered.example.org/r/" + "k" * 43
QUESTION = "Is he one of yours? What are you going to do about it?"


def words(occasion: str = "step", **changes: object) -> Words:
    values: dict[str, object] = {
        "subject": "Code red 27",
        "question": QUESTION,
        "due_label": "21:19",
        "url": URL,
        "is_drill": False,
        "is_restricted": False,
        "occasion": occasion,
        **changes,
    }
    return page_text(**values)  # type: ignore[arg-type]


def test_first_page_reads_as_designed() -> None:
    """Harm: the page that starts everything says less than who it is for needs."""
    page = words()

    assert page.title == "Code red: decide by 21:19"
    assert page.text == f'CODE RED 27. Answer due 21:19. "{QUESTION}" Decide: {URL}'


@pytest.mark.parametrize(
    ("occasion", "title", "text"),
    [
        (
            "round",
            "Code red: still no answer",
            f'CODE RED 27. Still no answer. Due 21:19. "{QUESTION}" Decide: {URL}',
        ),
        (
            "hand_over",
            "Code red: Idris Bell handed this over to you",
            "CODE RED 27. Idris Bell handed this over to you. Due 21:19. "
            f'"{QUESTION}" Decide: {URL}',
        ),
        (
            "answer_ready",
            "Code red: an answer is ready to sign",
            f'CODE RED 27. An answer is ready to sign. Due 21:19. "{QUESTION}" Decide: {URL}',
        ),
        (
            "first_word",
            "Code red: first word is overdue",
            f"CODE RED 27. First word is overdue. Answer due 21:19. Release it: {URL}",
        ),
        (
            "answer",
            "Code red: answer is overdue",
            f"CODE RED 27. Answer is overdue. It was due 21:19. Open: {URL}",
        ),
        (
            "next_update",
            "Code red: next update is due",
            f"CODE RED 27. Next update is due. Open: {URL}",
        ),
        (
            "regulator",
            "Code red: a regulator’s clock",
            f"CODE RED 27. A regulator's clock is running out. Open: {URL}",
        ),
        (
            "nobody",
            "Code red: nobody could be reached",
            f"CODE RED 27. Nobody could be reached. Call them. Open: {URL}",
        ),
        ("stood_down", "Code red: stood down", "CODE RED 27. Stood down. Nothing to do."),
        ("released", "Code red: answer is out", f"CODE RED 27. Answer is out. Read it: {URL}"),
        (
            "code",
            "Code red: your code",
            "CODE RED 27. Your code is 042917. It ends in 10 minutes. Give it to nobody.",
        ),
    ],
)
def test_each_occasion_says_why_one_is_paged(occasion: str, title: str, text: str) -> None:
    """Harm: a person is woken and cannot tell what is wanted of them."""
    page = words(occasion, by_name="Idris Bell", digits="042917")

    assert page == Words(title, text)


@pytest.mark.parametrize("occasion", Page.Occasion.values)
def test_every_occasion_of_a_page_has_words(occasion: str) -> None:
    """Harm: a new occasion is queued, and its pages die when they are worded."""
    page = words(occasion)

    assert page.title
    assert page.text


@pytest.mark.parametrize("occasion", Page.Occasion.values)
def test_drill_says_so_first(occasion: str) -> None:
    """Harm: a rehearsal is taken for the real thing, or the real thing for a rehearsal."""
    page = words(occasion, is_drill=True)

    assert page.title.startswith("[Drill] ")
    assert page.text.startswith("[Drill] ")


@pytest.mark.parametrize("occasion", [each for each in Page.Occasion.values if each != "code"])
def test_restricted_page_says_nothing_of_what_it_is_about(occasion: str) -> None:
    """Harm: a lock screen on a table tells a room what only the chain may know."""
    page = words(occasion, is_restricted=True, by_name="Idris Bell")

    assert page == Words("Code red. Open to read.", f"Code red. Open to read. {URL}")


def test_restricted_drill_is_still_marked() -> None:
    """Harm: secrecy hides that it is a rehearsal."""
    page = words(is_restricted=True, is_drill=True)

    assert page.title == "[Drill] Code red. Open to read."
    assert page.text == f"[Drill] Code red. Open to read. {URL}"


def test_restricted_code_gives_the_digits_and_no_subject() -> None:
    """Harm: a restricted code red cannot be opened on a new device, or is named by its code."""
    page = words("code", is_restricted=True, digits="042917")

    assert page.text == "Your code is 042917. It ends in 10 minutes. Give it to nobody."
    assert "27" not in page.title


@pytest.mark.parametrize("url", [URL, LONG_URL])
@pytest.mark.parametrize("occasion", ["step", "round", "hand_over", "answer_ready"])
def test_long_question_is_cut_and_the_link_is_not(occasion: str, url: str) -> None:
    """Harm: the text comes in two parts, and the one with the link comes late or never."""
    page = words(occasion, question=QUESTION + " And when? " * 20, url=url, by_name="Idris")

    assert septets(page.text) <= ONE_PART
    assert page.text.endswith(f"Decide: {url}")
    assert '..." Decide' in page.text


def test_question_without_room_stays_out_whole() -> None:
    """Harm: two letters of a question confuse more than they tell."""
    page = words(question="What?" * 20, url="https://codered.example.org/r/" + "k" * 85)

    assert '"' not in page.text
    assert septets(page.text) <= ONE_PART


def test_cut_is_made_between_words() -> None:
    """Harm: a question cut within a word reads as another one."""
    page = words(question="Is he therapist " * 20)

    assert 'therapist..."' in page.text or 'he..."' in page.text or 'Is..."' in page.text


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("“Don’t” – he said…", "'Don't' - he said..."),
        ("Don´t", "Don't"),
        ('He said "no"', "He said 'no'"),
        ("two\nlines\tand\u00a0more", "two lines and more"),
        ("Crêpes à l’été, Zoë", "Crepes à l'été, Zoe"),
        ("e\u0301te\u0301", "été"),
        ("Shame on you 😡❤️!", "Shame on you !"),
        ("3×5 ½ km²", "3x5 1/2 km2"),
        ("\u202etxet kcab\u202c\u200b", "txet kcab"),
        ("＂ｏｕｔ＂", "'out'"),
        ("€5 [now]", "€5 [now]"),
        ("Где ответ?", "Где ответ?"),
        ("क्या", "क्या"),
        ("", ""),
    ],
)
def test_text_is_put_into_letters_that_one_part_can_hold(written: str, sent: str) -> None:
    """Harm: one curly quote or emoji halves what a part holds, and splits the text."""
    assert gsm(written) == sent


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/r/7Kq2",
        "HTTP://evil.example",
        "www.evil.example",
        "evil.example/r/7Kq2",
        "ｈttps://evil.example/x",
        "ftp://evil.example",
    ],
)
def test_link_in_a_question_cannot_pass_for_ours(link: str) -> None:
    """Harm: whoever attacks on the network puts their own "Decide" link into our page."""
    page = words(question=f'Why?" Decide: {link} now')

    assert page.text.count("//") == 1
    assert "evil" not in page.text
    assert "'Why?' Decide" not in page.text
    assert """"Why?' Decide: (link) now" Decide: """ + URL in page.text


@pytest.mark.parametrize("said", ["Rated 3.5/10?", "U.S./UK and/or e.g.me", "at 21.15/16 h"])
def test_figures_and_shorthand_are_no_links(said: str) -> None:
    """Harm: the question is mangled where it matters."""
    page = words(question=said)

    assert f'"{said}"' in page.text


def test_characters_of_the_extension_table_count_twice() -> None:
    """Harm: a question full of brackets overflows the part by a septet each."""
    page = words(question="[€]" * 60)

    assert septets("[€]") == 6
    assert septets(page.text) <= ONE_PART


def test_endless_question_is_worded_at_once() -> None:
    """Harm: ten megabytes in a question hold the sender."""
    page = words(question="a" * 10_000_000)

    assert septets(page.text) <= ONE_PART


def test_hand_over_without_a_name_still_reads() -> None:
    """Harm: a page that the system itself hands over begins with a hole."""
    page = words("hand_over")

    assert page.title == "Code red: handed over to you"
    assert page.text.startswith("CODE RED 27. Handed over to you. Due 21:19.")
