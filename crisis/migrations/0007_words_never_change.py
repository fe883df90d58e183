"""Let PostgreSQL itself refuse to change the words of a version.

Its hash was kept before, and the words beside it were not. On SQLite Q6 alone watches, as before.
"""

from django.db import migrations

CREATE = [
    """CREATE FUNCTION codered_words_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the words of a version never change'
        USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER crisis_answerversion_words_kept BEFORE UPDATE OF text ON crisis_answerversion
    FOR EACH ROW WHEN (OLD.text IS DISTINCT FROM NEW.text)
    EXECUTE FUNCTION codered_words_are_kept()""",
]
DROP = [
    "DROP TRIGGER crisis_answerversion_words_kept ON crisis_answerversion",
    "DROP FUNCTION codered_words_are_kept()",
]


def execute(statements, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement)


def create(apps, schema_editor):
    execute(CREATE, schema_editor)


def drop(apps, schema_editor):
    execute(DROP, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("crisis", "0006_one_incident_above_all")]
    operations = [migrations.RunPython(create, drop)]
