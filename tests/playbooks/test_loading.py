"""Playbooks as files that come into the house and leave it: drafts, refusals and commands."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from playbooks.files import BadFile, export, load, read, write
from playbooks.models import Playbook, Protocol
from playbooks.operations.protocol import DraftWaiting, NotAnAdmin, publish, sign
from tests.small_playbook import SMALL, changed
from tests.story import NOON


def test_a_file_becomes_a_draft_that_nobody_has_signed(house, tom):
    """A loaded file must not be live before anybody has read it."""
    protocol = load(read(SMALL), by=tom, now=NOON)

    assert protocol.status == Protocol.Status.DRAFT
    assert (protocol.version, protocol.playbook.code) == (1, "DATA-01")
    assert protocol.manager_signed_by is None
    assert protocol.chain == house.chain
    assert [each.at_seconds for each in protocol.steps.all()] == [60]
    assert protocol.statements.get().is_pre_approved


def test_what_is_exported_is_what_was_loaded(house, tom):
    """An export that drops a word is an agreement that nobody made."""
    file = read(SMALL)

    exported = export(load(file, by=tom, now=NOON))

    assert exported == file
    assert read(write(exported)) == file


def test_a_file_of_a_playbook_that_is_there_becomes_its_next_version(house, tom):
    """The live version stays as it is until the new one is published."""
    raw = changed("DATA-01", "VOL-01").replace("Data or privacy", "Volunteer or staff conduct")

    protocol = load(read(raw), by=tom, now=NOON)

    assert (protocol.playbook, protocol.version) == (house.playbook, 2)
    house.protocol.refresh_from_db()
    assert house.protocol.status == Protocol.Status.PUBLISHED


def refused_by_the_house(raw, tom):
    with pytest.raises(BadFile) as caught:
        load(read(raw), by=tom, now=NOON)
    return [(each.line, each.path, each.expected) for each in caught.value.faults]


def test_the_house_s_faults_come_in_one_answer_and_nothing_is_saved(house, tom):
    """Half a playbook is worse than none: it is offered, and has no words."""
    raw = changed("Duty chain", "Duty chian").replace("by {time}", "by {when}" + "x" * 300)
    raw = raw.replace("on_breach", "sign_off:\n  signers: [nobody@example.org]\non_breach")

    faults = refused_by_the_house(raw, tom)

    assert [fault[:2] for fault in faults] == [
        (7, "chain"),
        (9, "sign_off.signers.1"),
        (27, "statements.HOLD.text"),
        (27, "statements.HOLD.text"),
    ]
    assert faults[0][2] == "one of the chains: Duty chain"
    assert faults[1][2] == "the e-mail address of a person who is active"
    assert "59 too long for X @Hearthside" in faults[2][2]
    assert "{when} is not among the placeholders" in faults[3][2]
    assert Playbook.objects.count() == 1
    assert Protocol.objects.count() == 1


def test_a_draft_does_not_rename_what_officers_choose_from(house, tom):
    """The button on the raise screen must not change its name before anybody has signed."""
    raw = changed("DATA-01", "VOL-01")

    assert refused_by_the_house(raw, tom) == [
        (3, "title", "“Volunteer or staff conduct”, as VOL-01 is called now")
    ]


def test_a_chain_that_reaches_nobody_is_refused(house, tom):
    """A playbook whose first page goes nowhere fails in the storm."""
    house.anna.contact_methods.all().delete()

    assert refused_by_the_house(SMALL, tom) == [
        (
            7,
            "chain",
            "something fit to be published: Nobody on the first step can be reached.",
        )
    ]


def test_only_an_admin_loads_and_one_draft_at_a_time(house, tom):
    """Two drafts of one playbook: nobody knows which was signed."""
    with pytest.raises(NotAnAdmin):
        load(read(SMALL), by=house.olga, now=NOON)
    assert not Playbook.objects.filter(code="DATA-01").exists()

    load(read(SMALL), by=tom, now=NOON)
    with pytest.raises(DraftWaiting):
        load(read(SMALL), by=tom, now=NOON)


def test_a_loaded_file_can_be_signed_and_published(house, tom):
    """From file to live without touching the database by hand."""
    draft = load(read(SMALL), by=tom, now=NOON)
    sign(protocol=draft, by=house.anna, as_role="manager", now=NOON)

    published = publish(protocol=draft, by=tom, now=NOON)

    assert published.protocol.status == Protocol.Status.PUBLISHED
    assert published.retired is None


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_file_goes_in_and_out_by_command(house, tom, tmp_path):
    """A playbook that is kept beside the code is reviewed like the code."""
    path = tmp_path / "data-01.yaml"
    path.write_text(SMALL, encoding="utf-8")

    said = run("load_playbook", str(path), "--by", "Tom@example.org")

    assert said == "Data or privacy, version 1 is saved as a draft.\n"
    assert read(run("write_playbook", "DATA-01", "--number", "1")) == read(SMALL)
    assert "title: Volunteer or staff conduct" in run("write_playbook", "VOL-01")


def test_a_command_says_why_it_refuses(house, tom, tmp_path):
    """A traceback tells an admin nothing."""
    path = tmp_path / "data-01.yaml"
    path.write_text(changed("answer: 10:00", "answer: 600"), encoding="utf-8")

    for arguments, reason in (
        (("load_playbook", str(path), "--by", "tom@example.org"), "line 5, column 11"),
        (("load_playbook", str(tmp_path / "none"), "--by", "tom@example.org"), "cannot be read"),
        (("load_playbook", str(path), "--by", "nobody@example.org"), "Nobody active"),
        (("write_playbook", "DATA-01"), "no such version of DATA-01"),
    ):
        with pytest.raises(CommandError, match=reason):
            run(*arguments)

    path.write_text(SMALL, encoding="utf-8")
    with pytest.raises(CommandError, match="Olga Reyes is not an admin"):
        run("load_playbook", str(path), "--by", "olga@example.org")
    run("load_playbook", str(path), "--by", "tom@example.org")
    with pytest.raises(CommandError, match="is a draft already"):
        run("load_playbook", str(path), "--by", "tom@example.org")
