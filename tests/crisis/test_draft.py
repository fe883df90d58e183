"""Writing an answer: what is kept, what is told, and what another one changed."""

from __future__ import annotations

import pytest

from crisis.models import Answer, AnswerVersion, Incident
from crisis.operations.answer import Wording, revise_answer
from crisis.operations.incident import stand_down
from crisis.operations.sign_off import amend_and_approve, approve, send_back
from escalation.models import Role
from playbooks.models import Channel
from tests.agreements import agree
from tests.browsers import Browser, words
from tests.desk import draft_page, fields, question, write
from tests.story import TEXT, House, act, ask_more, at, make_person


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


def test_words_changed_after_going_back_are_a_version_of_the_same_answer(
    desk: Browser, incident: Incident
) -> None:
    """Back, one more word, Send: two managers sign two answers to one person."""
    page = draft_page(desk, question(incident))

    write(desk, page, "send", text=TEXT, answers_question="on")
    write(desk, page, "check", text=f"{TEXT} Today.", answers_question="on")
    write(desk, page, "send", text=f"{TEXT} Today.", answers_question="on")

    answer = Answer.objects.get()
    assert answer.status == Answer.Status.AWAITING_SIGN_OFF
    assert answer.versions.get(number=answer.current).text == f"{TEXT} Today."


def test_going_back_overwrites_nobody_unseen(
    house: House, desk: Browser, incident: Incident
) -> None:
    """The page before knows of the first words alone; a manager has changed them since."""
    page = draft_page(desk, question(incident))
    write(desk, page, "send", text=TEXT, answers_question="on")
    amended = Wording("We suspended him.", answers_question=True)
    amend_and_approve(answer=Answer.objects.get(), wording=amended, act=act(house.anna))

    stale = write(desk, page, "send", text=f"{TEXT} Today.", answers_question="on")

    answer = Answer.objects.get()
    assert stale.status_code == 409
    assert answer.status == Answer.Status.APPROVED
    assert "This answer changed while you were writing" in words(stale)
    assert fields(stale)["text"] == f"{TEXT} Today."


def test_two_pages_begin_two_answers(desk: Browser, incident: Incident) -> None:
    """The same words may be meant twice: what is counted once is a page, not a text."""
    for _ in range(2):
        write(desk, draft_page(desk, question(incident)), "save", text=TEXT)

    assert Answer.objects.count() == 2


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


def changed_by_eve(answer: Answer) -> None:
    eve = make_person("Eve Stone", Role.OFFICER)
    theirs = Wording("Yes, he is. We suspended him.")
    revise_answer(answer=answer, seen=1, wording=theirs, by=eve, now=at(90))


def test_answer_changed_by_somebody_else_keeps_both_texts(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Whoever saves second must neither win unseen nor lose their words."""
    answer = house.draft(incident)
    page = desk.get(f"/answers/{answer.pk}/")
    changed_by_eve(answer)

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


def test_asking_for_the_checks_shows_nobody_what_came_meanwhile(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Without a script each check loads the page anew, and the next save wins over unread words."""
    answer = house.draft(incident)
    page = desk.get(f"/answers/{answer.pk}/")
    changed_by_eve(answer)

    checked = write(desk, page, "check", text="Yes, he was.")
    stale = write(desk, checked, "save")

    assert stale.status_code == 409
    assert Answer.objects.get().current == 2


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


def test_approval_that_came_meanwhile_is_not_dropped_unseen(
    house: House, desk: Browser, incident: Incident
) -> None:
    """She adds a comma to words that wait, and takes back an approval she was never told of."""
    answer = house.submitted(incident)
    page = desk.get(f"/answers/{answer.pk}/")
    approve(answer=answer, act=act(house.anna))

    told = write(desk, page, "save", text="He is suspended.")

    answer.refresh_from_db()
    assert told.status_code == 409
    assert answer.status == Answer.Status.APPROVED
    assert "If you change a word, the approval is gone" in words(told)
    assert fields(told)["text"] == "He is suspended."

    write(desk, told, "save")
    answer.refresh_from_db()
    assert answer.status == Answer.Status.DRAFT
    assert answer.versions.get(number=answer.current).text == "He is suspended."


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


def test_too_few_to_sign_are_counted_before_and_after_the_press(
    house: House, desk: Browser
) -> None:
    """An officer who is not told waits for a second signature that nobody can give."""
    signers = [house.olga, house.anna]
    playbook = agree(house, "TWO-01", sign_off="n_of", needed=2, signers=signers)
    incident = house.alarm(playbook=playbook)
    says = "2 must sign it and only 1 may: nobody signs their own."

    before = draft_page(desk, question(incident))
    page = write(desk, before, "send", text=TEXT)

    assert says in words(before)
    assert page.status_code == 422
    assert says in words(page)
    assert fields(page)["text"] == TEXT


def test_number_that_must_sign_is_told_before_the_press(house: House, desk: Browser) -> None:
    """ "Whoever is first" for two signatures of three makes the second manager go back to bed."""
    signers = [house.anna, house.ben, make_person("Cara Diaz")]
    playbook = agree(house, "TWO-01", sign_off="n_of", needed=2, signers=signers)
    incident = house.alarm(playbook=playbook)

    told = words(draft_page(desk, question(incident)))

    assert "Goes to Anna Hale, Ben Okafor and Cara Diaz. 2 of them sign" in told


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
