"""Find somebody's last pages by an index that stands in for the one on the person alone.

By name, as in the migration before: altering the field would build the table anew on SQLite.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OLD = "escalation_page_person_id_5f83b307"


class Migration(migrations.Migration):
    dependencies = [("escalation", "0005_rows_that_come_by_thousands")]

    operations = [
        migrations.AddIndex(
            model_name="page",
            index=models.Index(fields=["person", "-id"], name="page_by_age"),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS {OLD}",
                    f"CREATE INDEX {OLD} ON escalation_page (person_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="page",
                    name="person",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                )
            ],
        ),
    ]
