"""The authoring desk: who comes in, what is only read, and what becomes of a version."""

import pytest
from django.urls import reverse
from django.utils import timezone

from escalation.models import (
    ChainStep,
    Person,
)
from escalation.operations.keys import create_key, find_key
from playbooks.models import Organisation, Playbook, Protocol
from tests.authoring import act, first_of, form_of, said
from tests.story import NOON

PAGES = (
    "escalation_person",
    "escalation_rota",
    "escalation_chain",
    "escalation_chainstep",
    "escalation_apikey",
    "playbooks_organisation",
    "playbooks_channel",
    "playbooks_briefing",
    "playbooks_playbook",
    "playbooks_protocol",
)


NO_ADDING = {"escalation_chainstep", "escalation_apikey", "playbooks_organisation"}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_an_admin(desk, furnished, page):
    """A page that fails is found on the day when somebody must be taken off a chain."""
    row = first_of(page)

    assert desk.get(reverse(f"admin:{page}_changelist")).status_code == 200
    assert desk.get(reverse(f"admin:{page}_change", args=[row.pk])).status_code == 200
    assert desk.get(reverse(f"admin:{page}_history", args=[row.pk])).status_code == 200
    expected = 403 if page in NO_ADDING else 200
    assert desk.get(reverse(f"admin:{page}_add")).status_code == expected


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["olga", "anna"])
def test_officers_and_managers_do_not_come_in(client, furnished, page, who):
    """Whoever signs must not be able to rewrite what they are asked to sign."""
    client.force_login(getattr(furnished, who))
    row = first_of(page)

    for address in (
        reverse("admin:index"),
        reverse(f"admin:{page}_changelist"),
        reverse(f"admin:{page}_change", args=[row.pk]),
        reverse(f"admin:{page}_add"),
    ):
        assert client.get(address, follow=True).status_code == 403
        assert client.post(address, {}, follow=True).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_sent_to_the_house_s_own_sign_in(client, furnished, page):
    """A second door with its own lock has no limit on guesses and no device check."""
    wanted = reverse(f"admin:{page}_changelist")

    response = client.get(wanted, follow=True)

    assert response.redirect_chain[-1][0] == f"{reverse('crisis:sign_in')}?next={wanted}"


def test_an_admin_who_was_deactivated_is_out_at_once(desk, tom):
    """The person who leaves in anger has the tab open."""
    Person.objects.filter(pk=tom.pk).update(is_active=False)

    assert reverse("crisis:sign_in") in desk.get("/admin/", follow=True).redirect_chain[-1][0]


def test_nothing_of_an_incident_is_on_the_desk(desk, furnished):
    """Admins read no storm that is not theirs, and nobody edits evidence."""
    furnished.alarm()

    page = desk.get("/admin/").content.decode()

    assert "/admin/crisis/" not in page
    assert "/admin/escalation/event/" not in page
    assert "/admin/escalation/page/" not in page
    assert "/admin/auth/group/" not in page


def test_a_published_version_is_only_read(desk, house):
    """What was agreed and signed is not touched up afterwards."""
    address = reverse("admin:playbooks_protocol_change", args=[house.protocol.pk])

    page = desk.get(address).content.decode()

    assert 'name="_save"' not in page
    assert 'name="clause"' not in page
    assert 'name="statements-0-text"' not in page
    assert house.holding.text in page.replace("&#x27;", "'")
    assert desk.post(address, {"clause": "9.9 Anything goes."}).status_code == 403
    delete = reverse("admin:playbooks_protocol_delete", args=[house.protocol.pk])
    assert desk.post(delete, {"post": "yes"}).status_code == 403
    assert Protocol.objects.filter(pk=house.protocol.pk, clause="").exists()


def begin(desk, house):
    act(desk, "playbooks_protocol", "begin_next_version", house.protocol)
    return Protocol.objects.get(version=2)


def test_the_next_version_is_begun_edited_signed_and_published(desk, house, tom):
    """The whole road from a live version to the next one, without a shell."""
    draft = begin(desk, house)
    address = reverse("admin:playbooks_protocol_change", args=[draft.pk])
    data = form_of(desk.get(address))
    data |= {"clause": "4.2 The statement may be renewed.", "never": "Name anyone\n\n Guess "}
    assert desk.post(address, data).status_code == 302
    draft.refresh_from_db()
    assert draft.never == ["Name anyone", "Guess"]

    tom.groups.add(house.anna.groups.get())
    assert said(act(desk, "playbooks_protocol", "sign_as_manager", draft)) == [f"{draft}: done."]
    assert said(act(desk, "playbooks_protocol", "publish_versions", draft)) == [
        f"{draft}: done.",
        f"{draft} is live without the officer’s signature.",
    ]

    draft.refresh_from_db()
    house.protocol.refresh_from_db()
    assert (draft.status, house.protocol.status) == ("published", "retired")


def test_refusals_and_faults_are_said_one_by_one(desk, house):
    """“An error occurred” mends nothing."""
    draft = begin(desk, house)

    assert said(act(desk, "playbooks_protocol", "begin_next_version", house.protocol)) == [
        f"{house.protocol}: {draft} is a draft already: finish or delete that first."
    ]
    assert said(act(desk, "playbooks_protocol", "sign_as_officer", draft)) == [
        f"{draft}: You do not have the role to sign so."
    ]
    assert said(act(desk, "playbooks_protocol", "publish_versions", draft)) == [
        f"{draft}, on_breach.clause: Name the clause by which this falls to the officer.",
        f"{draft}, signatures.manager: No manager has signed this version.",
    ]
    assert said(act(desk, "playbooks_protocol", "publish_versions", house.protocol)) == [
        f"{house.protocol}: This version was published: it never changes again."
    ]


def test_an_edit_takes_the_signatures_off_and_a_look_does_not(desk, house):
    """Nobody’s name may stand under words that they have not read."""
    draft = begin(desk, house)
    signed = {"manager_signed_by": house.anna, "manager_signed_at": NOON}
    Protocol.objects.filter(pk=draft.pk).update(**signed)
    address = reverse("admin:playbooks_protocol_change", args=[draft.pk])
    data = form_of(desk.get(address))

    desk.post(address, data)
    draft.refresh_from_db()
    assert draft.manager_signed_by == house.anna

    response = desk.post(address, data | {"statements-0-text": "Other words, by {time}."})
    draft.refresh_from_db()
    assert draft.manager_signed_by is None
    assert "The signatures were taken off: the words have changed since." in said(response)
    assert draft.statements.get().text == "Other words, by {time}."


def test_a_second_draft_of_a_playbook_is_not_added(desk, house):
    """Two drafts: one is signed, and the other is published."""
    begin(desk, house)
    data = form_of(desk.get(reverse("admin:playbooks_protocol_add")))
    data |= {"playbook": house.playbook.pk, "chain": house.chain.pk}

    response = desk.post(reverse("admin:playbooks_protocol_add"), data)

    assert "It has a draft already" in response.content.decode()
    assert Protocol.objects.count() == 2


def test_a_first_version_is_added_by_hand(desk, house):
    """A new playbook starts somewhere."""
    playbook = Playbook.objects.create(code="NEW-01", title="New")
    data = form_of(desk.get(reverse("admin:playbooks_protocol_add")))
    data |= {"playbook": playbook.pk, "chain": house.chain.pk}

    assert desk.post(reverse("admin:playbooks_protocol_add"), data).status_code == 302
    assert playbook.protocols.get().version == 1


def test_the_house_s_words_are_edited_line_by_line(desk, house):
    """A list typed as JSON is a list with a comma missing."""
    address = reverse("admin:playbooks_organisation_change", args=[1])
    data = form_of(desk.get(address))
    assert data["jargon"] == "stakeholders"

    assert desk.post(address, data | {"jargon": "synergy\nrobust process"}).status_code == 302
    assert Organisation.objects.get().jargon == ["synergy", "robust process"]
    response = desk.post(address, data | {"jargon": "syn\x00ergy"})
    assert "Null characters are not allowed" in response.content.decode()


def test_saving_a_chain_says_at_once_where_it_reaches_nobody(desk, house):
    """A hole in the chain is found on the desk or in the storm."""
    house.ben.contact_methods.all().delete()
    address = reverse("admin:escalation_chain_change", args=[house.chain.pk])

    response = desk.post(address, form_of(desk.get(address)))

    assert [text for text in said(response) if "success" not in text][:2] == [
        "At 1:00 nobody can be reached now.",
        "Ben Okafor has no verified contact method.",
    ]


def test_a_step_pages_a_person_or_a_rota(desk, house):
    """A target that is neither pages nobody, and says nothing."""
    step = ChainStep.objects.get(chain=house.chain, position=0)
    address = reverse("admin:escalation_chainstep_change", args=[step.pk])
    data = form_of(desk.get(address)) | {"targets-0-person": ""}

    response = desk.post(address, data)

    assert "Choose a person or a rota" in response.content.decode()
    assert step.targets.get().person == house.anna


def test_keys_are_listed_and_revoked_and_nothing_else(desk, house):
    """A key that leaked must be ended by whoever hears of it first."""
    key, text = create_key(person=house.olga, name="Bot", scopes=["read"], now=NOON)
    address = reverse("admin:escalation_apikey_change", args=[key.pk])

    assert key.secret_hash not in desk.get(address).content.decode()
    assert desk.post(address, {"name": "Mine"}).status_code == 403
    act(desk, "escalation_apikey", "revoke_keys", key)
    assert find_key(text, timezone.now()) is None
