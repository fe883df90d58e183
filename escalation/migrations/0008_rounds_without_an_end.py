"""Count rounds, reminders and attempts for longer than three weeks of one a minute.

By name, as in the migrations before: altering the fields would build the tables anew on SQLite,
where a number has room enough already. On PostgreSQL each table is written anew while nobody else
uses it, so one at a time: whoever waits for one of them does not hold another.
"""

from django.db import migrations, models

COLUMNS = [
    ("escalation_escalation", "rounds"),
    ("escalation_deadline", "reminders"),
    ("escalation_page", "attempt"),
]


def widen(apps, schema_editor):
    _alter(schema_editor, "integer")


def narrow(apps, schema_editor):
    _alter(schema_editor, "smallint")


def _alter(schema_editor, kind):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column in COLUMNS:
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("escalation", "0007_page_without_its_second_index")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(widen, narrow)],
            state_operations=[
                migrations.AlterField(
                    model_name="escalation",
                    name="rounds",
                    field=models.PositiveIntegerField(default=0),
                ),
                migrations.AlterField(
                    model_name="deadline",
                    name="reminders",
                    field=models.PositiveIntegerField(default=0),
                ),
                migrations.AlterField(
                    model_name="page",
                    name="attempt",
                    field=models.PositiveIntegerField(default=1),
                ),
            ],
        ),
    ]
