"""The authoring desk: who comes in, what is only read, and what leaving ends."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from escalation.models import (
    ApiKey,
    ChainStep,
    ContactMethod,
    Device,
    PageLink,
    Person,
    Role,
    Rota,
    Shift,
)
from escalation.operations.advance import advance_due
from escalation.operations.keys import create_key, find_key
from escalation.operations.links import enrol_device, find_link, is_enrolled, link_token
from escalation.operations.people import NotActive, NotAnAdmin, Yourself, deactivate
from playbooks.models import Briefing, Organisation, Playbook, Protocol
from tests.story import NOON, at, make_person

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


@pytest.fixture
def tom(house):
    return make_person("Tom Asher", Role.ADMIN)


@pytest.fixture
def desk(client, tom):
    client.force_login(tom)
    return client


@pytest.fixture
def furnished(house, tom):
    """One row of everything that the desk shows."""
    rota = Rota.objects.create(name="Duty", starts_on=NOON.date(), handover_at="09:00")
    Shift.objects.create(rota=rota, position=0, person=house.anna)
    Briefing.objects.create(title="Shelter", happens_at=NOON, ask=house.ben)
    create_key(person=house.olga, name="Bot", scopes=["read"], now=NOON)
    return house


def first_of(page):
    app, model = page.split("_")
    return apps.get_model(app, model).objects.order_by("pk").first()


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def act(desk, page, action, *rows):
    desk.get(reverse(f"admin:{page}_changelist"))  # reads the messages that are waiting
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return desk.post(reverse(f"admin:{page}_changelist"), data)


def form_of(response):
    """What a browser would send back from a page of the desk, untouched."""
    admin_form = response.context["adminform"].form
    forms = [admin_form]
    for each in response.context["inline_admin_formsets"]:
        forms += [each.formset.management_form, *each.formset.forms]
    data = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if isinstance(value, bool):
                value = "on" if value else None
            if value is None:
                continue
            data[bound.html_name] = value
            widget = bound.field.widget
            if hasattr(widget, "decompress") and not isinstance(value, list):
                parts = widget.decompress(value)
                data |= {f"{bound.html_name}_{n}": part or "" for n, part in enumerate(parts)}
    return data


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


def test_deactivating_ends_every_way_in_at_once(desk, house):
    """Session, device, link and key: one that is forgotten is the one that is used."""
    incident = house.alarm()
    advance_due(now=NOON)
    link = PageLink.objects.get(person=house.anna, escalation=incident.escalation)
    moment = timezone.now()
    PageLink.objects.update(expires_at=moment + timedelta(hours=1))
    token = enrol_device(person=house.anna, now=moment)
    _, key = create_key(person=house.anna, name="Bot", scopes=["decide"], now=moment)
    session = Client()
    session.force_login(house.anna)
    session_key = session.session.session_key

    response = act(desk, "escalation_person", "deactivate_people", house.anna)

    assert said(response) == ["Anna Hale: done."]
    assert session.get(f"/sign/{incident.number}/").status_code != 200
    assert not is_enrolled(person_id=house.anna.pk, token=token, now=moment)
    assert find_link(link_token(link)) is None
    assert find_key(key, moment) is None
    house.anna.refresh_from_db()
    assert not house.anna.is_active
    link.refresh_from_db()
    assert link.expires_at <= timezone.now()
    assert Device.objects.get().revoked_at
    assert ApiKey.objects.get().revoked_at
    assert not Session.objects.filter(pk=session_key).exists()


def test_what_was_ended_stays_ended_when_somebody_comes_back(desk, house):
    """A stolen device must not work again because its owner does."""
    moment = timezone.now()
    token = enrol_device(person=house.anna, now=moment)
    act(desk, "escalation_person", "deactivate_people", house.anna)

    assert said(act(desk, "escalation_person", "reactivate_people", house.anna))[-1] == (
        "Anna Hale: done."
    )
    house.anna.refresh_from_db()
    assert house.anna.is_active
    assert not is_enrolled(person_id=house.anna.pk, token=token, now=moment)


def test_the_others_stay_signed_in(desk, house):
    """Ending the wrong sessions throws out the officer in mid-storm."""
    others = Client()
    others.force_login(house.ben)

    act(desk, "escalation_person", "deactivate_people", house.anna)

    assert Session.objects.filter(pk=others.session.session_key).exists()


def test_who_may_not_deactivate_whom(house, tom):
    """The last admin who locks the door from outside has no key."""
    with pytest.raises(NotAnAdmin):
        deactivate(person=house.ben, by=house.anna, now=NOON)
    with pytest.raises(Yourself):
        deactivate(person=tom, by=tom, now=NOON)
    deactivate(person=house.ben, by=tom, now=NOON)
    with pytest.raises(NotActive):
        deactivate(person=house.ben, by=tom, now=at(1))


def test_nobody_is_deleted(desk, house):
    """Evidence names people for as long as it is kept."""
    address = reverse("admin:escalation_person_delete", args=[house.ben.pk])

    assert desk.post(address, {"post": "yes"}).status_code == 403
    act(desk, "escalation_person", "delete_selected", house.ben)
    assert Person.objects.filter(pk=house.ben.pk).exists()


def test_saving_a_person_does_not_bring_them_back(desk, house):
    """Two admins at once: one deactivates, the other corrects a telephone number."""
    address = reverse("admin:escalation_person_change", args=[house.ben.pk])
    data = form_of(desk.get(address))
    Person.objects.filter(pk=house.ben.pk).update(is_active=False)

    assert desk.post(address, data | {"duty_phone": "020 7946 0199"}).status_code == 302
    house.ben.refresh_from_db()
    assert (house.ben.is_active, house.ben.duty_phone) == (False, "020 7946 0199")


def test_times_are_taken_and_shown_on_the_admin_s_own_clock(desk, house):
    """Out of office until 09:00 by the wrong clock is an hour in which nobody is paged."""
    address = reverse("admin:escalation_person_change", args=[house.ben.pk])
    data = form_of(desk.get(address))
    data |= {"out_of_office_until_0": "2026-07-01", "out_of_office_until_1": "09:00"}

    desk.post(address, data)

    house.ben.refresh_from_db()
    assert house.ben.out_of_office_until == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    assert 'value="09:00:00"' in desk.get(address).content.decode()


def test_a_person_is_added_by_their_work_address_in_small_letters(desk, house):
    """Whoever types a capital letter could never sign in."""
    data = {
        "email": "New.Person@Example.ORG",
        "name": "New Person",
        "usable_password": "true",
        "password1": "kettle lantern harbour",
        "password2": "kettle lantern harbour",
    }

    assert desk.post(reverse("admin:escalation_person_add"), data).status_code == 302
    assert Person.objects.filter(email="new.person@example.org").exists()


def test_a_new_address_is_unverified_until_it_was_tried(desk, house):
    """A page to a number with one wrong digit goes to a stranger."""
    address = reverse("admin:escalation_person_change", args=[house.ben.pk])
    data = form_of(desk.get(address))

    desk.post(address, data)
    assert house.ben.contact_methods.get().verified_at == NOON
    desk.post(address, data | {"contact_methods-0-address": "tray:elsewhere"})
    assert house.ben.contact_methods.get().verified_at is None

    act(desk, "escalation_person", "vouch_for_people", house.ben)
    assert house.ben.contact_methods.get().verified_at


def test_a_secret_is_never_shown_and_stays_when_left_empty(desk, house):
    """A signing secret on a screen is a secret on a screenshot."""
    ContactMethod.objects.filter(person=house.ben).update(secret="whsec_kept")
    address = reverse("admin:escalation_person_change", args=[house.ben.pk])
    response = desk.get(address)

    assert "whsec_kept" not in response.content.decode()
    data = form_of(response) | {"contact_methods-0-secret": ""}
    desk.post(address, data | {"contact_methods-0-label": "Desk"})
    method = house.ben.contact_methods.get()
    assert (method.label, method.secret) == ("Desk", "whsec_kept")


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        ("email", "not an address", "Enter a valid email address"),
        ("webhook", "hooks.example", "Start this address with https:// or http://."),
        ("webhook", "https://10.0.0.7/hook", "This address leads inside a private network."),
        ("webhook", "https://hooks.example:8443/", "This address must use port 80 or 443."),
    ],
)
def test_an_address_must_be_one_of_its_kind(desk, house, kind, typed, says):
    """A page to something that is no address fails when it is needed."""
    address = reverse("admin:escalation_person_change", args=[house.ben.pk])
    data = form_of(desk.get(address)) | {"contact_methods-0-kind": kind}

    response = desk.post(address, data | {"contact_methods-0-address": typed})

    assert says in response.content.decode()
    assert house.ben.contact_methods.get().address != typed


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
