"""Let the database itself refuse to change a protocol once it is published.

It may still be retired: that is the one change, from published to retired, with no other field.
"""

from django.db import migrations

CHILDREN = ("step", "statement", "placeholder", "protocol_signers")
FROZEN_FIELDS = (
    "playbook_id",
    "version",
    "trigger",
    "not_this",
    "severity",
    "limit_seconds",
    "first_word_seconds",
    "next_update_seconds",
    "regulator_seconds",
    "chain_id",
    "sign_off",
    "needed",
    "falls_to_officer",
    "clause",
    "never",
    "is_restricted",
    "officer_signed_by_id",
    "officer_signed_at",
    "manager_signed_by_id",
    "manager_signed_at",
    "published_at",
)
SAME = {
    "sqlite": "OLD.{0} IS NEW.{0}",
    "postgresql": "OLD.{0}::text IS NOT DISTINCT FROM NEW.{0}::text",
}


def _only_retires(vendor):
    same = " AND ".join(SAME[vendor].format(f'"{name}"') for name in FROZEN_FIELDS)
    return f"(NEW.status IN (OLD.status, 'retired') AND {same})"


def _sqlite():
    yield f"""CREATE TRIGGER protocol_is_frozen BEFORE UPDATE ON playbooks_protocol
        WHEN OLD.status <> 'draft' AND NOT {_only_retires("sqlite")}
        BEGIN SELECT RAISE(ABORT, 'a published protocol is never changed'); END"""
    yield """CREATE TRIGGER protocol_is_kept BEFORE DELETE ON playbooks_protocol
        WHEN OLD.status <> 'draft'
        BEGIN SELECT RAISE(ABORT, 'a published protocol is never deleted'); END"""
    for child in CHILDREN:
        for act, rows in (("INSERT", "NEW"), ("UPDATE", "OLD NEW"), ("DELETE", "OLD")):
            ids = ", ".join(f"{row}.protocol_id" for row in rows.split())
            yield f"""CREATE TRIGGER {child}_{act.lower()}_is_frozen BEFORE {act} ON playbooks_{child}
                WHEN EXISTS (SELECT 1 FROM playbooks_protocol WHERE id IN ({ids}) AND status <> 'draft')
                BEGIN SELECT RAISE(ABORT, 'a published protocol is never changed'); END"""


def _postgresql():
    refuse = """RAISE EXCEPTION 'a published protocol is never changed or deleted'
        USING ERRCODE = 'integrity_constraint_violation'"""
    yield f"""CREATE FUNCTION codered_protocol_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.status = 'draft' THEN RETURN COALESCE(NEW, OLD); END IF;
            IF TG_OP = 'UPDATE' AND {_only_retires("postgresql")} THEN RETURN NEW; END IF;
            {refuse};
        END $$"""
    yield """CREATE TRIGGER protocol_is_frozen BEFORE UPDATE OR DELETE ON playbooks_protocol
        FOR EACH ROW EXECUTE FUNCTION codered_protocol_is_frozen()"""
    yield f"""CREATE FUNCTION codered_protocol_part_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT 1 FROM playbooks_protocol
                WHERE id IN (OLD.protocol_id, NEW.protocol_id) AND status <> 'draft'
            ) THEN {refuse}; END IF;
            RETURN COALESCE(NEW, OLD);
        END $$"""
    for child in CHILDREN:
        yield f"""CREATE TRIGGER {child}_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON playbooks_{child}
            FOR EACH ROW EXECUTE FUNCTION codered_protocol_part_is_frozen()"""


def create(apps, schema_editor):
    statements = _sqlite() if schema_editor.connection.vendor == "sqlite" else _postgresql()
    for statement in statements:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER protocol_is_frozen")
        schema_editor.execute("DROP TRIGGER protocol_is_kept")
        for child in CHILDREN:
            for act in ("insert", "update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {child}_{act}_is_frozen")
        return
    schema_editor.execute("DROP TRIGGER protocol_is_frozen ON playbooks_protocol")
    for child in CHILDREN:
        schema_editor.execute(f"DROP TRIGGER {child}_is_frozen ON playbooks_{child}")
    schema_editor.execute("DROP FUNCTION codered_protocol_is_frozen()")
    schema_editor.execute("DROP FUNCTION codered_protocol_part_is_frozen()")


class Migration(migrations.Migration):
    dependencies = [("playbooks", "0001_initial"), ("escalation", "0002_events_are_append_only")]
    operations = [migrations.RunPython(create, drop)]
