"""People at the authoring desk: who joins, how they are reached, and what leaving ends."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from escalation.models import (
    ApiKey,
    ContactMethod,
    Device,
    PageLink,
    Person,
)
from escalation.operations.advance import advance_due
from escalation.operations.keys import create_key, find_key
from escalation.operations.links import enrol_device, find_link, is_enrolled, link_token
from escalation.operations.people import NotActive, NotAnAdmin, Yourself, deactivate
from tests.authoring import act, form_of, said
from tests.story import NOON, at


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
