"""Let the database itself refuse to change or remove an event."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON escalation_event
    BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END""",
    """CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON escalation_event
    BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION codered_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'an event is never changed or deleted'
        USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE ON escalation_event
    FOR EACH ROW EXECUTE FUNCTION codered_event_is_append_only()""",
]


def create(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER event_is_never_changed")
        schema_editor.execute("DROP TRIGGER event_is_never_deleted")
    else:
        schema_editor.execute("DROP TRIGGER event_is_append_only ON escalation_event")
        schema_editor.execute("DROP FUNCTION codered_event_is_append_only()")


class Migration(migrations.Migration):
    dependencies = [("escalation", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
