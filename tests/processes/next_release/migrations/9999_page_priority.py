"""Additive, with a default in the database: code that does not know the column writes rows still."""

from pathlib import Path

from django.db import migrations, models

from escalation import migrations as this_release

LAST = max(path.stem for path in Path(this_release.__path__[0]).glob("[0-9]*.py"))


class Migration(migrations.Migration):
    dependencies = [("escalation", LAST)]

    operations = [
        migrations.AddField("page", "priority", models.PositiveSmallIntegerField(db_default=5)),
        migrations.AddField("escalation", "remark", models.TextField(null=True)),  # noqa: DJ001
        migrations.AddIndex(
            "page",
            models.Index(
                fields=["priority", "next_send_at"],
                name="page_by_priority",
                condition=models.Q(status="queued"),
            ),
        ),
    ]
