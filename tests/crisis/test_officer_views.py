"""Home, writing an answer and letting it out: what a person sees, and that no word is ever lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from crisis.models import Answer, AnswerVersion, Decision, Incident, Release
from crisis.operations.answer import Wording, revise_answer, withdraw_answer
from crisis.operations.incident import stand_down
from crisis.operations.release import release_answer
from crisis.operations.sign_off import amend_and_approve, approve, send_back, take_back
from escalation.models import ContactMethod, Override, Person, Role, Rota, Shift
from playbooks.models import Briefing, Channel, Organisation, Playbook, Protocol
from tests.agreements import agree
from tests.browsers import Browser, words
from tests.story import NOON, TEXT, House, act, ask_more, at, fast_forward, make_person

OUT = "https://x.com/Hearthside/status/2"


def fields(page: Any) -> dict[str, str]:
    """What the form of a page would send if nothing were touched."""
    html = page.content.decode()
    html = html[html.index('<form class="cols') if '<form class="cols' in html else 0 :]
    found = {}
    for tag in re.findall(r"<input [^>]+>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        is_off = 'type="checkbox"' in tag and "checked" not in tag
        if name and not is_off:
            found[name[1]] = plain(value[1]) if value else "on"
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.S):
        found[name] = plain(text)
    for name, inner in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else ""
    return found


def plain(text: str) -> str:
    return text.replace("&#x27;", "'").replace("&amp;", "&").replace("&quot;", '"')


# ------------------------------------------------------------ home


def test_quiet_home_says_what_is_true_and_the_last_time(
    house: House, desk: Browser, incident: Incident
) -> None:
    """An empty screen must not be a worrying one."""
    answer = house.submitted(incident)
    approve(answer=answer, act=act(house.anna))
    release_answer(answer=answer, seen=1, url=OUT, by=house.olga, now=at(245))
    stand_down(incident=incident, by=house.olga, end="answered", now=at(900))
    desk.seconds = 90_000

    told = words(desk.get("/"))

    assert "Nothing is open Sunday 15 November, 13:00" in told
    assert "was answered in 4:05 on Sat 14 Nov. If something breaks now" in told
    assert "Run a drill There has been none yet" in told


def test_home_shows_what_is_open_and_who_is_on_it(
    house: House, desk: Browser, incident: Incident
) -> None:
    """The first screen is where somebody lands who has two seconds."""
    house.submitted(incident)
    page = desk.get("/")

    told = words(page)
    assert "One code red is open" in told
    assert "Raised by you at 12:00:00" in told
    assert "Nobody is on it yet" in told
    assert "1 answer waiting for sign-off 1 person asking" in told
    assert "Open code red 1" in told
    assert "(1) Home" in page.content.decode()


def test_home_with_drills_alone_wears_their_dress(house: House, desk: Browser) -> None:
    """A red card for a rehearsal spends the trust that the real one needs."""
    house.alarm(is_drill=True)
    html = desk.get("/").content.decode()

    assert "One drill is open" in html
    assert "This is a drill" in html
    assert "card--red" not in html


def test_home_lists_what_waits_for_the_officer(house: House, desk: Browser) -> None:
    """An approved answer that nobody posts, and a change that nobody makes, cost the minutes."""
    incident = house.alarm()
    back = house.submitted(incident, "One thing.")
    send_back(answer=back, act=act(house.anna, reason="Say who."))
    approved = house.submitted(incident, "Another, altogether different, thing to say.")
    approve(answer=approved, act=act(house.anna))
    house.draft(incident, "A third.")

    told = words(desk.get("/"))

    assert "Waiting for you 3" in told
    order = [told.index(f"{act} the answer to") for act in ("Post", "Change", "Finish")]
    assert order == sorted(order)


def test_home_lists_what_a_manager_has_to_decide(house: House) -> None:
    """A manager who signs in by themselves must find the answer without a link."""
    house.submitted(house.alarm())
    browser = Browser()
    browser.sign_in(house.anna)

    page = browser.get("/")

    assert "Decide on the answer to @priya_walks" in words(page)
    assert 'href="/sign/1/"' in page.content.decode()
    assert "Raise code red" not in words(page)


def test_home_tells_who_would_be_paged_and_when_that_was_last_proven(
    house: House, desk: Browser
) -> None:
    """A chain that is not tested is a hope."""
    ContactMethod.objects.filter(person=house.anna).update(last_proven_at=NOON)
    ContactMethod.objects.filter(person=house.ben).update(last_proven_at=NOON - timedelta(days=34))

    told = words(desk.get("/"))

    assert "0:00 Anna Hale Reached on Sat 14 Nov" in told
    assert "1:00 Ben Okafor Not tested for 34 days" in told


def test_home_shows_what_comes_up_and_what_has_no_briefing(house: House, desk: Browser) -> None:
    """What is asked about on Monday is known on Saturday."""
    Briefing.objects.create(title="Shelter funding", happens_at=NOON + timedelta(days=9))

    assert "Shelter funding Mon 23 Nov, 12:00 No briefing yet" in words(desk.get("/"))


# ------------------------------------------------------------ writing


def draft_page(desk: Browser, query: str = "") -> Any:
    return desk.get(f"/code-reds/1/draft/{query}")


def write(desk: Browser, page: Any, do: str, **changes: str) -> Any:
    """Type into the form of a page, and press a button."""
    html = page.content.decode()
    address = re.search(r'id="draft"\s+novalidate\s+action="([^"]+)"', html)
    assert address
    return desk.post(address[1], **(fields(page) | changes | {"do": do}))


def question(incident: Incident) -> str:
    return f"?question={incident.questions.order_by('pk')[0].pk}"


def test_question_stands_above_the_answer(house: House, desk: Browser, incident: Incident) -> None:
    """Answers go wrong where the question is out of sight."""
    told = words(draft_page(desk, question(incident)))

    assert "Answer @priya_walks" in told
    assert "Is he one of yours? What are you going to do about it?" in told
    assert "Nothing is written yet" in told
    assert "Goes to Anna Hale and Ben Okafor, whoever is first" in told


def test_draft_is_kept_and_can_be_gone_on_with(desk: Browser, incident: Incident) -> None:
    """Words that were typed in a storm are typed once."""
    page = draft_page(desk, question(incident))

    kept = write(desk, page, "save", text=TEXT, answers_question="on")

    answer = Answer.objects.get()
    assert kept.headers["Location"] == f"/answers/{answer.pk}/"
    again = desk.get(f"/answers/{answer.pk}/")
    assert fields(again)["text"] == TEXT
    assert fields(again)["answers_question"] == "on"
    assert "Version 1 is kept, since 12:01:40" in words(again)


def test_checking_keeps_the_words_and_writes_nothing(desk: Browser, incident: Incident) -> None:
    """Looking whether it fits must cost neither the words nor a version."""
    page = draft_page(desk, question(incident))

    checked = write(desk, page, "check", text="Our stakeholders know. More [by when].")

    told = words(checked)
    assert checked.status_code == 200
    assert not Answer.objects.exists()
    assert fields(checked)["text"] == "Our stakeholders know. More [by when]."
    assert "1 to fix, 2 to read" in told
    assert "One phrase a neighbour wouldn’t use stakeholders" in told
    assert '<span class="slot slot--empty">by when</span>' in checked.content.decode()
    assert '<mark class="flag">stakeholders</mark>' in checked.content.decode()


def test_counter_counts_as_the_network_does(desk: Browser, incident: Incident) -> None:
    """A counter that differs from the network's is found out when the post is refused."""
    page = draft_page(desk, question(incident))

    told = words(write(desk, page, "check", text="👍 https://example.org/a/very/long/address"))

    assert "26 of 280" in told
    assert "Links count as 23, emoji as 2" in told


def test_sent_answer_waits_for_sign_off(house: House, desk: Browser, incident: Incident) -> None:
    """One press, and the managers have it."""
    page = draft_page(desk, question(incident))

    sent = write(desk, page, "send", text=TEXT, answers_question="on")

    answer = Answer.objects.get()
    assert sent.headers["Location"] == "/code-reds/1/"
    assert answer.status == Answer.Status.AWAITING_SIGN_OFF
    assert set(answer.sign_offs.get().signers.all()) == {house.anna, house.ben}


@pytest.mark.parametrize("do", ["save", "send"])
def test_pressing_twice_makes_one_answer(desk: Browser, incident: Incident, do: str) -> None:
    """Two answers to one person go out, sooner or later, both."""
    page = draft_page(desk, question(incident))

    write(desk, page, do, text=TEXT, answers_question="on")
    write(desk, page, do, text=TEXT, answers_question="on")

    assert Answer.objects.exclude(status=Answer.Status.WITHDRAWN).count() == 1


def test_what_blocks_is_told_beside_the_field_and_the_words_are_kept(
    desk: Browser, incident: Incident
) -> None:
    """Too long, or with a blank: nobody may sign it, and nothing typed is lost."""
    text = f"{'Long words. ' * 30}More [by when]."

    page = write(desk, draft_page(desk, question(incident)), "send", text=text)

    told = words(page)
    assert page.status_code == 422
    assert "2 things stop this" in told
    assert "Fill in, or take out: by when" in told
    assert "too long for X" in told
    assert fields(page)["text"] == text
    assert 'aria-invalid="true"' in page.content.decode()
    assert Answer.objects.get().status == Answer.Status.DRAFT
    assert AnswerVersion.objects.get().text == text


def test_reason_for_length_can_be_given_where_the_network_would_take_it(
    house: House, desk: Browser, incident: Incident
) -> None:
    """A rule that cannot be explained away is got around."""
    text = "We write more than usual, because it is needed here. " * 9
    asked = ask_more(incident, 1, house.facebook)[0]
    page = write(desk, draft_page(desk, f"?question={asked.pk}"), "send", text=text)
    assert "Why it has to be this long" in words(page)

    sent = write(desk, page, "send", reason_for_length="The families asked for all of it")

    assert sent.status_code == 302
    assert Answer.objects.get().status == Answer.Status.AWAITING_SIGN_OFF


def test_empty_answer_is_told_and_not_kept(desk: Browser, incident: Incident) -> None:
    """An empty draft is a finished one to whoever counts them."""
    page = write(desk, draft_page(desk, question(incident)), "save", text="  ")

    assert page.status_code == 422
    assert "Write the answer first" in words(page)
    assert not Answer.objects.exists()


def test_hostile_words_stay_words(desk: Browser, incident: Incident) -> None:
    """A draft is typed by people and read by people: it is never markup."""
    page = draft_page(desk, question(incident))

    html = write(desk, page, "check", text="<script>alert(1)</script> [by when]").content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_words_that_no_database_keeps_are_told(desk: Browser, incident: Incident) -> None:
    """A pasted NUL must be a sentence, not a fault at nine in the evening."""
    page = write(desk, draft_page(desk, question(incident)), "send", text="Yes\x00.")

    assert page.status_code == 422
    assert "Some characters cannot be kept." in words(page)


def test_answer_changed_by_somebody_else_keeps_both_texts(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Whoever saves second must neither win unseen nor lose their words."""
    answer = house.draft(incident)
    page = desk.get(f"/answers/{answer.pk}/")
    eve = make_person("Eve Stone", Role.OFFICER)
    theirs = Wording("Yes, he is. We suspended him.")
    revise_answer(answer=answer, seen=1, wording=theirs, by=eve, now=at(90))

    stale = write(desk, page, "save", text="Yes, he was.")

    told = words(stale)
    assert stale.status_code == 409
    assert "Nothing has been saved. Eve Stone changed it at 12:01:30." in told
    assert "<ins>" in stale.content.decode()
    assert fields(stale)["text"] == "Yes, he was."
    assert Answer.objects.get().current == 2

    write(desk, stale, "save")
    answer.refresh_from_db()
    assert answer.versions.get(number=answer.current).text == "Yes, he was."


def test_changing_an_approved_answer_warns_first_then_drops_the_approval(
    house: House, desk: Browser, incident: Incident
) -> None:
    """An edit after the approval went out unapproved, in other tools; here it cannot."""
    answer = house.submitted(incident)
    approve(answer=answer, act=act(house.anna))
    page = desk.get(f"/answers/{answer.pk}/")
    assert "If you change a word, the approval is gone" in words(page)

    untouched = write(desk, page, "save")
    answer.refresh_from_db()
    assert untouched.status_code == 302
    assert answer.status == Answer.Status.APPROVED

    write(desk, page, "save", text="He is suspended.")
    answer.refresh_from_db()
    assert answer.status == Answer.Status.DRAFT


def test_reason_of_a_change_stands_above_the_words(
    house: House, desk: Browser, incident: Incident
) -> None:
    """A change that was asked for is made only by whoever reads why."""
    answer = house.submitted(incident)
    send_back(answer=answer, act=act(house.anna, 150, reason="Say that he is suspended."))

    told = words(desk.get(f"/answers/{answer.pk}/"))

    assert "Anna Hale asked for a change at 12:02:30 Say that he is suspended." in told


def test_closed_storm_gives_the_words_back(house: House, desk: Browser, incident: Incident) -> None:
    """What was typed while somebody else stood down must not vanish with it."""
    page = draft_page(desk, question(incident))
    stand_down(incident=incident, by=house.olga, end="over", now=at(90))

    refused = write(desk, page, "send", text="Yes, he is one of ours.")

    assert refused.status_code == 409
    assert "It was stood down meanwhile" in words(refused)
    assert "Yes, he is one of ours." in words(refused)


def test_withdrawn_answer_keeps_its_words_and_is_not_edited(
    house: House, desk: Browser, incident: Incident
) -> None:
    """What was put away for good must stay as it was."""
    answer = house.draft(incident)
    page = desk.get(f"/answers/{answer.pk}/")
    done = write(desk, page, "withdraw")
    answer.refresh_from_db()

    refused = write(desk, page, "save", text="Yes, after all.")

    assert done.headers["Location"] == "/code-reds/1/"
    assert answer.status == Answer.Status.WITHDRAWN
    assert refused.status_code == 409
    assert "Yes, after all." in words(refused)
    assert desk.get(f"/answers/{answer.pk}/").status_code == 302


def test_nobody_signs_their_own_text(house: House, desk: Browser) -> None:
    """A chain of one officer would approve itself."""
    house.olga.groups.add(house.anna.groups.get())
    chain = house.chain
    chain.steps.all().delete()
    step = chain.steps.create(position=0, after_seconds=0)
    step.targets.create(person=house.olga)
    incident = house.alarm(playbook=None)

    page = write(desk, draft_page(desk, question(incident)), "send", text=TEXT)

    assert page.status_code == 422
    assert "Nobody may sign it but you, and nobody signs their own." in words(page)
    assert fields(page)["text"] == TEXT


def test_house_without_a_channel_says_where_to_answer_is_missing(
    desk: Browser, house: House
) -> None:
    """A page that fails says nothing to an officer with four minutes left."""
    house.alarm(channel=None, post_url="")
    Channel.objects.update(is_active=False)

    page = draft_page(desk)

    assert page.status_code == 409
    assert "No channel is in use, so there is nowhere to answer." in words(page)


def test_manager_does_not_write(house: House, incident: Incident) -> None:
    """Whoever signs must not be who wrote: the page says so before the work is done."""
    browser = Browser()
    browser.sign_in(house.anna)

    assert draft_page(browser).status_code == 403


# ------------------------------------------------------------ statements


@pytest.fixture
def agreed(house: House) -> Incident:
    """A storm with a playbook of three statements and five blanks."""
    return house.alarm(playbook=agree(house, "VOL-02"))


def test_statements_are_offered_in_groups_with_their_guards(
    desk: Browser, agreed: Incident
) -> None:
    """Words that may go only when something is true must say so where they are chosen."""
    told = words(draft_page(desk, question(agreed)))

    assert "Holding statement Holding statement Approved ahead of time" in told
    assert "Hearthside is finding out now." in told
    assert "Only when it is true" in told


def test_chosen_statement_brings_its_blanks(desk: Browser, agreed: Incident) -> None:
    """A blank is filled in its own field, of its own kind."""
    page = draft_page(desk, "?statement=HOLD")

    html = page.content.decode()
    assert "Say it to everyone on X" in words(page)
    assert '<select name="slot-media"' in html
    assert '<input type="time" name="slot-time" value="12:35"' in html
    assert "slot-org" not in html
    assert fields(page)["text"].startswith("We've seen the {media}. Hearthside is")


def test_filled_in_blanks_fill_the_words(desk: Browser, agreed: Incident) -> None:
    """Without a script, too, the words must be those that will go out."""
    page = draft_page(desk, "?statement=HOLD")

    checked = write(desk, page, "check", **{"slot-media": "video", "slot-time": "12:45"})

    said = "We've seen the video. Hearthside is finding out now. Next update here by 12:45."
    assert fields(checked)["text"] == said
    assert "Go on to release" in words(checked)


def test_pre_approved_words_go_straight_to_release(desk: Browser, agreed: Incident) -> None:
    """What was agreed ahead of time waits for nobody."""
    page = draft_page(desk, "?statement=HOLD")

    gone_on = write(desk, page, "send", **{"slot-media": "video"})

    answer = Answer.objects.get()
    assert gone_on.headers["Location"] == f"/answers/{answer.pk}/release/"
    assert "Approved ahead of time. Post it now" in words(
        desk.get(f"/answers/{answer.pk}/release/")
    )


def test_another_word_makes_it_an_answer_to_be_signed(desk: Browser, agreed: Incident) -> None:
    """One word beside the agreed ones, and it is no longer what was agreed."""
    page = write(desk, draft_page(desk, "?statement=HOLD"), "check", **{"slot-media": "video"})

    sent = write(desk, page, "send", text=fields(page)["text"] + " Sorry.")

    assert sent.headers["Location"] == "/code-reds/1/"
    assert Answer.objects.get().status == Answer.Status.AWAITING_SIGN_OFF


def test_blank_that_is_left_stops_it_beside_its_field(desk: Browser, agreed: Incident) -> None:
    """ "Next update here by {time}" has been posted, elsewhere."""
    page = write(desk, draft_page(desk, "?statement=HOLD"), "send")

    assert page.status_code == 422
    assert "Fill this in, or take it out" in words(page)
    assert 'href="#id_slot-media"' in page.content.decode()


def test_wrong_value_in_a_blank_is_told_and_kept(desk: Browser, agreed: Incident) -> None:
    """A time that is none would be promised in public."""
    page = draft_page(desk, "?statement=HOLD")

    wrong = write(desk, page, "send", **{"slot-media": "video", "slot-time": "half past"})

    assert wrong.status_code == 422
    assert "Write a time like 15:40" in words(wrong)
    assert 'value="half past"' in wrong.content.decode()
    assert not Answer.objects.exists()


def test_own_words_stay_beside_a_statement_that_takes_their_place(
    desk: Browser, agreed: Incident
) -> None:
    """Trying a statement must not cost what was written before."""
    page = draft_page(desk, question(agreed))

    used = write(desk, page, "use:SORRY", text="My own words.")

    assert fields(used)["text"] == "It was wrong, and we're sorry."
    assert "What you had written is not lost My own words." in words(used)
    assert not Answer.objects.exists()


def test_name_of_the_person_is_filled_in(desk: Browser, agreed: Incident) -> None:
    """Answers to people begin with their name, and nobody should have to type it."""
    page = write(desk, draft_page(desk, question(agreed)), "use:PERSONAL")

    assert fields(page)["slot-name"] == "@priya_walks"
    assert fields(page)["text"] == "@priya_walks, you're right to ask. {specific}"


def test_same_can_be_said_on_every_channel(house: House, desk: Browser, agreed: Incident) -> None:
    """There is no "only X": the others ask elsewhere."""
    page = draft_page(desk, "?statement=HOLD")

    assert f"?channel={house.facebook.pk}&amp;statement=HOLD" in page.content.decode()
    other = draft_page(desk, f"?statement=HOLD&channel={house.facebook.pk}")
    assert "Say it to everyone on Facebook" in words(other)


def test_nonsense_in_the_address_begins_a_free_answer(desk: Browser, agreed: Incident) -> None:
    """A link that somebody cut short must lead somewhere."""
    page = draft_page(desk, "?question=abc&statement=NONE&channel=999999999999999999")

    assert page.status_code == 200
    assert "Say it to everyone on X" in words(page)


# ------------------------------------------------------------ letting it out


def approved(house: House, incident: Incident, text: str = TEXT) -> Answer:
    answer = house.submitted(incident, text)
    approve(answer=answer, act=act(house.anna))
    answer.refresh_from_db()
    return answer


def release_page(desk: Browser, answer: Answer) -> Any:
    return desk.get(f"/answers/{answer.pk}/release/")


def let_out(desk: Browser, answer: Answer, seen: int = 1, **changes: str) -> Any:
    sent = {"seen": str(seen), "url": OUT} | changes
    return desk.post(f"/answers/{answer.pk}/release/", **sent)


def test_exact_words_stand_there_to_be_copied(
    house: House, desk: Browser, incident: Incident
) -> None:
    """What is posted must be, to the letter, what was signed."""
    answer = approved(house, incident)
    page = release_page(desk, answer)

    told = words(page)
    assert "Approved. Post it now Anna Hale approved it at 12:02:00." in told
    assert f"as @Hearthside, to @priya_walks 88 of 280 {TEXT}" in told
    assert f'data-copy="{TEXT}"' in page.content.decode()
    assert 'href="https://x.com/priya_walks/status/1"' in page.content.decode()


def test_pasted_link_stops_the_clock(house: House, desk: Browser, incident: Incident) -> None:
    """The proof that it is out is where it can be seen."""
    answer = approved(house, incident)
    desk.seconds = 211

    done = let_out(desk, answer)

    release = Release.objects.get()
    assert done.headers["Location"] == "/code-reds/1/"
    assert (release.url, release.at, release.basis) == (OUT, at(211), "approved")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "Paste the link to your answer"),
        ("not a link", "Paste the whole link"),
        ("javascript:alert(1)", "Paste the whole link"),
        ("https://facebook.com/story/2", "That link leads to Facebook. This answer is for X."),
    ],
)
def test_nothing_is_out_without_its_link(
    house: House, desk: Browser, incident: Incident, url: str, says: str
) -> None:
    """A wrong link in the report is found by whoever wants to doubt the report."""
    page = let_out(desk, approved(house, incident), url=url)

    assert page.status_code == 422
    assert says in words(page)
    assert TEXT in words(page)
    assert not Release.objects.exists()


def test_pressing_out_twice_is_told_as_out(house: House, desk: Browser, incident: Incident) -> None:
    """A double press must not look like a fault, nor stop a clock twice."""
    answer = approved(house, incident)
    let_out(desk, answer)

    again = let_out(desk, answer)

    assert again.status_code == 409
    assert "It is out already" in words(again)
    assert "Out in 1:40" in words(again)
    assert Release.objects.count() == 1


def test_drill_posts_nothing_and_needs_no_link(house: House, desk: Browser) -> None:
    """A rehearsal must run to its end without a word in public."""
    answer = approved(house, house.alarm(is_drill=True))
    page = release_page(desk, answer)

    assert "Nothing gets posted in a drill" in words(page)
    assert "Copy it and open" not in words(page)
    assert let_out(desk, answer, url="").status_code == 302
    assert Release.objects.exists()


def test_what_the_manager_changed_is_shown_word_by_word(
    house: House, desk: Browser, incident: Incident
) -> None:
    """The officer answers for these words in public, and must know which are not hers."""
    answer = house.submitted(incident)
    changed = Wording(TEXT.replace("off all shifts", "suspended"))
    amend_and_approve(answer=answer, wording=changed, act=act(house.anna, 167))

    page = release_page(desk, answer)

    assert "Anna Hale amended and approved it at 12:02:47." in words(page)
    assert "What Anna changed" in words(page)
    assert "<del>off all shifts</del><ins>suspended</ins>" in page.content.decode()


def test_words_that_changed_meanwhile_do_not_go_out(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Whoever pasted the old words has posted the old words: the record must not say otherwise."""
    answer = approved(house, incident)

    page = let_out(desk, answer, seen=7)

    assert page.status_code == 409
    assert "The answer changed while you were here. Read it again below." in words(page)
    assert not Release.objects.exists()


def test_approval_that_was_taken_back_stops_it(
    house: House, desk: Browser, incident: Incident
) -> None:
    """ "Stop it going out" must work until the very last press."""
    answer = approved(house, incident)
    take_back(answer=answer, act=act(house.anna, 130))

    page = let_out(desk, answer)

    assert page.status_code == 409
    assert "It may not go out any more." in words(page)
    assert not Release.objects.exists()


def test_words_that_are_not_the_signed_ones_are_told(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Somebody with the database in hand must not be able to post in our name."""
    answer = approved(house, incident)
    AnswerVersion.objects.filter(answer=answer).update(text="Something else.")

    page = let_out(desk, answer)

    assert page.status_code == 409
    assert "The words that are kept are not the words that were signed." in words(page)
    assert not Release.objects.exists()


def test_officer_takes_it_back_to_change_it(
    house: House, desk: Browser, incident: Incident
) -> None:
    """A fault seen at the last moment must be mendable at the last moment."""
    answer = approved(house, incident)

    back = desk.post(f"/answers/{answer.pk}/release/", seen="1", do="take_back")

    answer.refresh_from_db()
    assert back.headers["Location"] == f"/answers/{answer.pk}/"
    assert answer.status == Answer.Status.SENT_BACK
    assert Decision.objects.filter(kind="take_back", by=house.olga).exists()


@pytest.mark.parametrize("step", ["draft", "waiting", "sent_back", "withdrawn"])
def test_what_may_not_go_out_says_why(
    house: House, desk: Browser, incident: Incident, step: str
) -> None:
    """A page without the button, and without a reason, is pressed somewhere else."""
    answer = house.draft(incident) if step in ("draft", "withdrawn") else house.submitted(incident)
    if step == "sent_back":
        send_back(answer=answer, act=act(house.anna, reason="No."))
    if step == "withdrawn":
        withdraw_answer(answer=answer, by=house.olga, now=at(80))

    page = release_page(desk, answer)

    assert "It may not go out yet" in words(page)
    assert "It’s out" not in words(page)
    assert let_out(desk, answer).status_code == 409


def test_answer_falls_to_the_officer_with_its_clause(house: House, desk: Browser) -> None:
    """Authority is used where it is named."""
    clause = "From 5:00 the officer releases her own answer."
    playbook = agree(house, "OWN-01", falls_to_officer=Protocol.Falls.ANSWER, clause=clause)
    incident = house.alarm(playbook=playbook)
    answer = house.submitted(incident)
    fast_forward(300)
    desk.seconds = 310

    page = release_page(desk, answer)
    done = let_out(desk, answer)

    assert "Nobody has decided. It’s yours to release" in words(page)
    assert clause in words(page)
    assert done.status_code == 302
    assert Release.objects.get().clause == clause


# ------------------------------------------------------------ playbooks and chains, to be read


def test_playbook_is_shown_as_it_was_agreed(house: House, desk: Browser) -> None:
    """Who reads the plan on a quiet day knows it in the storm."""
    agree(
        house,
        "VOL-02",
        never=["Name anybody"],
        trigger="A volunteer is filmed",
        falls_to_officer=Protocol.Falls.ANSWER,
        clause="It is hers.",
    )

    told = words(desk.get("/playbooks/VOL-02/"))

    for part in (
        "Version 1 is live, since Sat 14 Nov",
        "A volunteer is filmed",
        "2:00 Send an answer Officer",
        "Holding statement Approved ahead of time",
        "Any one of: everyone on the chain who is asked to act",
        "The officer’s own answer may be released It is hers.",
        "Never Name anybody",
        "Anna Hale, manager Signed on Sat 14 Nov",
        "No officer has signed",
    ):
        assert part in told


def test_statement_shows_whether_it_fits_each_channel_at_its_longest(
    house: House, desk: Browser
) -> None:
    """A statement that does not fit is found out while somebody waits for it."""
    agree(house, "VOL-02")

    assert re.search(
        r"At its longest: X \d+ of 280 Facebook \d+ of 400", words(desk.get("/playbooks/VOL-02/"))
    )


def test_playbooks_are_listed_with_what_is_live(house: House, desk: Browser) -> None:
    """A playbook without a live version is a plan that nobody may use."""
    Playbook.objects.create(code="NEW-01", title="Not yet agreed")
    house.alarm()

    told = words(desk.get("/playbooks/"))

    assert "Volunteer or staff conduct Raised once. Chain: Duty chain Version 1 is live" in told
    assert "Not yet agreed Never raised No version is live" in told
    assert "It has no version yet." in words(desk.get("/playbooks/NEW-01/"))
    assert desk.get("/playbooks/NONE-99/").status_code == 404


def test_chain_shows_who_is_paged_now_and_who_takes_over(house: House, desk: Browser) -> None:
    """Whoever relies on a rota must see who is on it tonight."""
    rota = Rota.objects.create(
        name="Night rota", starts_on=(NOON - timedelta(days=1)).date(), handover_at="07:00"
    )
    eve = make_person("Eve Stone")
    for position, person in enumerate([house.ben, eve]):
        Shift.objects.create(rota=rota, position=position, person=person)
    Override.objects.create(
        rota=rota, person=house.anna, starts_at=NOON + timedelta(hours=2), ends_at=at(36_000)
    )
    house.chain.steps.get(position=0).targets.create(rota=rota)

    told = words(desk.get("/chains/"))

    assert "Chain: Duty chain Used by 1 playbook" in told
    assert "0:00 Ben Okafor On call for Night rota" in told
    assert "Night rota Now: Ben Okafor Anna Hale From Sat 14 Nov, 14:00" in told
    assert "Ben Okafor From Sat 14 Nov, 22:00 Eve Stone From Fri 20 Nov, 07:00" in told


def test_chain_that_reaches_nobody_says_so_in_red(house: House, desk: Browser) -> None:
    """Found here it costs a telephone call; found at night it costs the night."""
    Person.objects.filter(pk__in=[house.anna.pk, house.ben.pk]).update(is_active=False)

    assert "Nobody would be reached now" in words(desk.get("/chains/"))


def test_house_without_a_chain_says_so(house: House, desk: Browser) -> None:
    """Before a chain is there, the screens must stand all the same."""
    Organisation.objects.update(default_chain=None)

    assert "There is no chain for when no playbook fits." in words(desk.get("/"))


@pytest.mark.parametrize("path", ["/", "/raise/", "/chains/", "/playbooks/", "/playbooks/VOL-02/"])
def test_no_quiet_page_asks_more_than_twenty_questions(
    house: House, desk: Browser, django_assert_max_num_queries: Any, path: str
) -> None:
    """Twenty questions to the database are what a screen may cost."""
    agree(house, "VOL-02")
    for number in range(2):
        rota = Rota.objects.create(
            name=f"Rota {number}", starts_on=NOON.date(), handover_at="07:00"
        )
        Shift.objects.create(rota=rota, position=0, person=house.ben)
        house.chain.steps.get(position=0).targets.create(rota=rota)
    Briefing.objects.create(title="Soon", happens_at=NOON, background="b", ask=house.ben)

    with django_assert_max_num_queries(20):
        desk.get(path)
