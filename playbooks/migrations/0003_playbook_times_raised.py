"""Keep how often a playbook was raised with: counting it anew takes as long as the past is long."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("playbooks", "0002_published_protocols_are_frozen")]

    operations = [
        migrations.AddField(
            model_name="playbook",
            name="times_raised",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
