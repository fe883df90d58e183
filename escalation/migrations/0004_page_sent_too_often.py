"""Find a page that was sent too often without reading every page there ever was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("escalation", "0003_roles")]

    operations = [
        migrations.AddIndex(
            model_name="page",
            index=models.Index(
                condition=models.Q(("unknowns__gt", 2)),
                fields=["unknowns"],
                name="page_sent_too_often",
            ),
        ),
    ]
