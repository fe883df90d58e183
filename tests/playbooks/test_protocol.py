"""Versions of a playbook: begun, signed, published, and never changed again."""

import pytest
from django.db import IntegrityError, transaction

from escalation.models import Role
from playbooks.models import Placeholder, Playbook, Protocol, Statement, Step
from playbooks.operations.protocol import (
    AlreadySigned,
    DraftWaiting,
    NotADraft,
    NotAnAdmin,
    NotFit,
    NothingToCopy,
    NotTheirRole,
    SameHand,
    drop_signatures,
    hold_draft,
    new_version,
    publish,
    sign,
)
from tests.story import NOON, at, make_chain, make_person


@pytest.fixture
def tom(db):
    return make_person("Tom Asher", Role.ADMIN)


@pytest.fixture
def draft(house, tom):
    """Version 2, a copy of version 1; fit to be published, and signed by nobody."""
    draft = new_version(playbook=house.playbook, by=tom)
    Protocol.objects.filter(pk=draft.pk).update(clause="4.2 The statement may be renewed.")
    Step.objects.create(
        protocol=draft, position=0, at_seconds=0, who="Officer", what="Save the post."
    )
    draft.signers.set([house.anna, house.ben])
    draft.refresh_from_db()
    return draft


@pytest.fixture
def published(house, draft, tom):
    """Version 2, live."""
    sign(protocol=draft, by=house.olga, as_role="officer", now=at(1))
    sign(protocol=draft, by=house.anna, as_role="manager", now=at(2))
    return publish(protocol=draft, by=tom, now=at(3)).protocol


def test_a_new_version_copies_all_but_the_signatures(house, published, tom):
    """A sentence lost in copying is missing on the night; a signature copied was never given."""
    copy = new_version(playbook=house.playbook, by=tom)

    assert (copy.version, copy.status, copy.published_at) == (3, Protocol.Status.DRAFT, None)
    assert copy.officer_signed_by is None
    assert copy.manager_signed_by is None
    assert (copy.chain, copy.clause) == (published.chain, published.clause)
    assert set(copy.signers.all()) == {house.anna, house.ben}
    for kind in (Step, Statement, Placeholder):
        left = (f.attname for f in kind._meta.concrete_fields if f.name not in ("id", "protocol"))
        fields = list(left)
        assert list(kind.objects.filter(protocol=copy).values(*fields)) == list(
            kind.objects.filter(protocol=published).values(*fields)
        )
    assert published.steps.count() == published.statements.count() == 1


def test_a_version_is_begun_by_an_admin_one_at_a_time_from_another(house, tom):
    """Two drafts at once: one is signed and the other is published."""
    with pytest.raises(NotAnAdmin):
        new_version(playbook=house.playbook, by=house.anna)
    with pytest.raises(NothingToCopy):
        new_version(playbook=Playbook.objects.create(code="NEW", title="New"), by=tom)
    first = new_version(playbook=house.playbook, by=tom)
    with pytest.raises(DraftWaiting) as caught:
        new_version(playbook=house.playbook, by=tom)
    assert caught.value.draft == first


def test_a_signature_is_given_once_in_one_s_own_role(house, draft, tom):
    """A name under a playbook must be that of somebody who could give it."""
    with pytest.raises(NotTheirRole):
        sign(protocol=draft, by=house.anna, as_role="officer", now=NOON)
    with pytest.raises(NotTheirRole):
        sign(protocol=draft, by=tom, as_role="manager", now=NOON)

    signed = sign(protocol=draft, by=house.anna, as_role="manager", now=at(5))

    assert (signed.manager_signed_by, signed.manager_signed_at) == (house.anna, at(5))
    with pytest.raises(AlreadySigned):
        sign(protocol=draft, by=house.ben, as_role="manager", now=at(6))
    draft.refresh_from_db()
    assert draft.manager_signed_at == at(5)


def test_one_person_is_not_both_signatures(house, draft):
    """Two signatures of one hand are one opinion."""
    both = make_person("Both Hats", Role.OFFICER)
    both.groups.add(house.anna.groups.get())
    sign(protocol=draft, by=both, as_role="officer", now=NOON)

    with pytest.raises(SameHand):
        sign(protocol=draft, by=both, as_role="manager", now=NOON)


def test_a_changed_draft_loses_its_signatures(house, draft, tom):
    """Nobody’s name may stand under words that they have not read."""
    sign(protocol=draft, by=house.olga, as_role="officer", now=NOON)
    sign(protocol=draft, by=house.anna, as_role="manager", now=NOON)

    assert drop_signatures(draft)
    assert not drop_signatures(draft)

    draft.refresh_from_db()
    assert (draft.officer_signed_by, draft.officer_signed_at) == (None, None)
    assert (draft.manager_signed_by, draft.manager_signed_at) == (None, None)
    with pytest.raises(NotFit):
        publish(protocol=draft, by=tom, now=NOON)


def test_publishing_retires_the_version_before_in_the_same_moment(house, draft, tom):
    """With two live versions nobody knows which words were agreed; with none, there are none."""
    sign(protocol=draft, by=house.olga, as_role="officer", now=at(1))
    sign(protocol=draft, by=house.anna, as_role="manager", now=at(2))

    done = publish(protocol=draft, by=tom, now=at(3))

    assert done.retired == house.protocol
    assert done.is_officer_signed
    assert (done.protocol.status, done.protocol.published_at) == ("published", at(3))
    house.protocol.refresh_from_db()
    assert house.protocol.status == Protocol.Status.RETIRED


def test_publishing_without_the_officer_works_and_says_so(house, draft, tom):
    """A plan may not wait for ever for one signature, and nobody may believe that it was given."""
    sign(protocol=draft, by=house.anna, as_role="manager", now=NOON)

    done = publish(protocol=draft, by=tom, now=NOON)

    assert not done.is_officer_signed
    assert done.protocol.status == Protocol.Status.PUBLISHED


def test_an_unfit_version_is_refused_with_all_faults_and_nothing_changes(house, tom):
    """Found one by one, the last fault is found in the storm."""
    draft = new_version(playbook=house.playbook, by=tom)
    Protocol.objects.filter(pk=draft.pk).update(chain=make_chain((30, []), name="Empty chain"))
    draft.statements.update(text="More by {when}.")

    with pytest.raises(NotFit) as caught:
        publish(protocol=draft, by=tom, now=NOON)

    assert [each.where for each in caught.value.faults] == [
        "chain",
        "chain",
        "sign_off",
        "on_breach.clause",
        "statements.HOLD.text",
        "signatures.manager",
    ]
    house.protocol.refresh_from_db()
    assert house.protocol.status == Protocol.Status.PUBLISHED


def test_whoever_must_sign_must_be_active_and_on_the_chain(house, draft, tom):
    """An answer that waits for somebody whom nothing pages waits for ever."""
    chief = make_person("Chief Executive")
    Protocol.objects.filter(pk=draft.pk).update(sign_off=Protocol.SignOff.ALL)
    draft.signers.set([house.anna, house.ben, chief])
    house.ben.is_active = False
    house.ben.save()

    with pytest.raises(NotFit) as caught:
        publish(protocol=draft, by=tom, now=NOON)

    said = [each.what for each in caught.value.faults if each.where == "sign_off"]
    assert said == [
        "3 signatures are needed and 1 may sign.",
        "Ben Okafor is named to sign, and the chain does not page them.",
        "Chief Executive is named to sign, and the chain does not page them.",
    ]


@pytest.mark.parametrize(
    ("sign_off", "needed", "names", "is_fit"),
    [
        ("any", 1, "chief", False),
        ("any", 1, "anna chief", True),
        ("n_of", 2, "anna chief", False),
        ("n_of", 2, "anna ben chief", True),
        ("all", 1, "anna ben", True),
        ("all", 1, "anna chief", False),
    ],
)
def test_as_many_as_must_sign_are_paged_by_the_chain(
    house, draft, tom, sign_off, needed, names, is_fit
):
    """A sign-off that waits for people whom nothing pages is silence until the breach."""
    people = {"anna": house.anna, "ben": house.ben, "chief": make_person("Chief Executive")}
    draft.signers.set([people[name] for name in names.split()])
    Protocol.objects.filter(pk=draft.pk).update(sign_off=sign_off, needed=needed)
    sign(protocol=draft, by=house.anna, as_role="manager", now=NOON)

    if is_fit:
        assert publish(protocol=draft, by=tom, now=NOON).protocol.status == "published"
    else:
        with pytest.raises(NotFit) as caught:
            publish(protocol=draft, by=tom, now=NOON)
        assert {each.where for each in caught.value.faults} == {"sign_off"}


def test_only_an_admin_publishes_and_only_a_draft(house, published, tom):
    """Published twice, it would have two moments at which it went live."""
    with pytest.raises(NotAnAdmin):
        publish(protocol=published, by=house.anna, now=NOON)
    with pytest.raises(NotADraft):
        publish(protocol=published, by=tom, now=NOON)
    with pytest.raises(NotADraft):
        sign(protocol=published, by=house.ben, as_role="manager", now=NOON)
    with pytest.raises(NotADraft):
        hold_draft(published)
    assert not drop_signatures(published)


CHANGES = {
    "the words": lambda it: it.statements.update(text="Other words."),
    "a statement is added": lambda it: it.statements.create(
        code="N", title="N", kind="update", text="N"
    ),
    "a statement goes": lambda it: it.statements.all().delete(),
    "a step": lambda it: it.steps.update(what="Delete the post."),
    "a step is added": lambda it: it.steps.create(position=9, at_seconds=1, who="N", what="N"),
    "a step goes": lambda it: it.steps.all().delete(),
    "a placeholder": lambda it: it.placeholders.update(max_length=280),
    "a placeholder goes": lambda it: it.placeholders.all().delete(),
    "a signer goes": lambda it: it.signers.clear(),
    "the clause": lambda it: Protocol.objects.filter(pk=it.pk).update(clause="9.9 Anything goes."),
    "the deadline": lambda it: Protocol.objects.filter(pk=it.pk).update(limit_seconds=600),
    "who signed": lambda it: Protocol.objects.filter(pk=it.pk).update(officer_signed_by=None),
    "it is a draft again": lambda it: Protocol.objects.filter(pk=it.pk).update(status="draft"),
    "it goes": lambda it: it.delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("is_retired", [False, True], ids=["published", "retired"])
def test_the_database_refuses_to_change_what_was_published(
    house, published, tom, change, is_retired
):
    """“This is what we had agreed” must be true whoever has had a hand on the database."""
    if is_retired:
        Protocol.objects.filter(pk=published.pk).update(status=Protocol.Status.RETIRED)

    with pytest.raises(IntegrityError), transaction.atomic():
        change(published)


@pytest.mark.parametrize("part", ["steps", "statements", "placeholders"])
def test_no_part_is_moved_into_or_out_of_a_published_version(house, published, tom, part):
    """Words that slip in under a signature were never signed."""
    copy = new_version(playbook=house.playbook, by=tom)
    getattr(copy, part).all().delete()

    with pytest.raises(IntegrityError), transaction.atomic():
        getattr(published, part).update(protocol=copy)

    new_words = {
        "steps": {"position": 7, "at_seconds": 1, "who": "N", "what": "N"},
        "statements": {"code": "N", "title": "N", "kind": "update", "text": "N"},
        "placeholders": {"name": "n", "label": "N"},
    }
    getattr(copy, part).create(**new_words[part])
    with pytest.raises(IntegrityError), transaction.atomic():
        getattr(copy, part).update(protocol=published)
