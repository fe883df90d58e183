"""People at the authoring desk: who joins, how they are reached, and what leaving ends."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
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
    Rota,
)
from escalation.operations.advance import advance_due
from escalation.operations.keys import create_key, find_key
from escalation.operations.links import enrol_device, find_link, is_enrolled, link_token
from escalation.operations.people import NotActive, NotAnAdmin, Yourself, deactivate, end_sign_ins
from playbooks.models import Briefing
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


def enrolled(person: Person) -> str:
    """The token of a browser that was signed in with, and proved by that."""
    return enrol_device(person=person, now=timezone.now())


def is_known(person: Person, token: str) -> bool:
    return is_enrolled(person_id=person.pk, token=token, now=timezone.now())


def new_password(desk, person):
    address = reverse("admin:auth_user_password_change", args=[person.pk])
    typed = {"password1": "kettle lantern harbour", "password2": "kettle lantern harbour"}
    return desk.post(address, typed | {"usable_password": "true", "set-password": "1"})


def test_a_lost_telephone_is_taken_back_and_its_owner_stays(desk, house):
    """For thirty days whoever found it could approve in the manager's name."""
    token, others = enrolled(house.anna), enrolled(house.ben)
    lost = Client()
    lost.force_login(house.anna)
    _, key = create_key(person=house.anna, name="Bot", scopes=["decide"], now=timezone.now())

    response = act(desk, "escalation_person", "end_sign_ins_of_people", house.anna)

    assert said(response) == ["Anna Hale: sign-ins ended: 1, devices ended: 1."]
    assert lost.get("/code-reds/").status_code == 302
    assert not is_known(house.anna, token)
    assert is_known(house.ben, others)
    assert find_key(key, timezone.now())
    assert Person.objects.get(pk=house.anna.pk).is_active
    assert LogEntry.objects.get().object_id == str(house.anna.pk)


def test_an_admin_ends_their_own_sign_ins_but_for_this_one(desk, house, tom):
    """An error in place of an answer leaves it open whether the lost telephone is shut out."""
    token = enrolled(tom)
    lost = Client()
    lost.force_login(tom)

    response = act(desk, "escalation_person", "end_sign_ins_of_people", tom)

    assert said(response) == ["Tom Asher: sign-ins ended: 1, devices ended: 1."]
    assert lost.get("/admin/").status_code == 302
    assert desk.get("/admin/").status_code == 200
    assert not is_known(tom, token)


def test_a_new_password_shuts_out_who_knew_the_old_one(desk, house):
    """They may have signed in by it and proved a browser of theirs, good for thirty days."""
    token = enrolled(house.anna)

    response = new_password(desk, house.anna)

    assert said(response)[-1] == "Anna Hale: sign-ins ended: 0, devices ended: 1."
    assert not is_known(house.anna, token)


def test_an_admin_with_a_new_password_stays_at_the_desk(desk, house, tom):
    """Thrown out in the middle of it, nobody knows which password is the right one now."""
    token = enrolled(tom)

    new_password(desk, tom)

    assert desk.get("/admin/").status_code == 200
    assert not is_known(tom, token)


def test_a_password_that_is_refused_ends_nothing(desk, house):
    """A typing error at the desk must not cost a manager their telephone in the storm."""
    token = enrolled(house.anna)
    address = reverse("admin:auth_user_password_change", args=[house.anna.pk])

    desk.post(address, {"password1": "kettle lantern harbour", "password2": "another"})

    assert desk.get(address).status_code == 200
    assert is_known(house.anna, token)


def test_only_an_admin_takes_browsers_back(house):
    """A colleague must not be able to throw the manager out who is about to decide."""
    with pytest.raises(NotAnAdmin):
        end_sign_ins(person=house.ben, by=house.anna, now=NOON)


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


SAYS_YEARS = "Choose a year from 2 to 9998."


def faults(response):
    """What the page says beside each field, by the field's name."""
    found = dict(response.context["adminform"].form.errors)
    for each in response.context["inline_admin_formsets"]:
        for form in each.formset.forms:
            found |= form.errors
    return {name: list(texts) for name, texts in found.items()}


def moment(field, date="9999-12-31", time="23:59"):
    return {f"{field}_0": date, f"{field}_1": time}


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_an_absence_for_ever_is_refused_beside_its_field(desk, house, tom, zone, day):
    """In another zone such a date has no year: whatever reads it fails, chains and screens."""
    Person.objects.filter(pk=tom.pk).update(time_zone=zone)
    address = reverse("admin:escalation_person_change", args=[house.ben.pk])
    data = form_of(desk.get(address))

    response = desk.post(address, data | moment("out_of_office_until", day))

    assert faults(response) == {"out_of_office_until": [SAYS_YEARS]}
    house.ben.refresh_from_db()
    assert house.ben.out_of_office_until is None


def test_a_stand_in_for_ever_is_refused_beside_its_field(desk, furnished, tom):
    """The rota and every chain with it could not be read any more."""
    Person.objects.filter(pk=tom.pk).update(time_zone="America/New_York")
    rota = Rota.objects.get()
    address = reverse("admin:escalation_rota_change", args=[rota.pk])
    data = form_of(desk.get(address)) | {"overrides-TOTAL_FORMS": "1"}
    data |= {"overrides-0-person": furnished.ben.pk, "overrides-0-rota": rota.pk}
    data |= moment("overrides-0-starts_at", "2026-11-14", "09:00")

    response = desk.post(address, data | moment("overrides-0-ends_at"))

    assert faults(response) == {"ends_at": [SAYS_YEARS]}
    assert not rota.overrides.exists()


def test_a_briefing_at_the_end_of_time_is_refused_beside_its_field(desk, furnished):
    """The list of what is coming up could not be shown any more."""
    address = reverse("admin:playbooks_briefing_change", args=[Briefing.objects.get().pk])
    data = form_of(desk.get(address))

    response = desk.post(address, data | moment("happens_at"))

    assert faults(response) == {"happens_at": [SAYS_YEARS]}
