"""Refuse, at the desk, a date that is outside of time in another zone. No table changes."""

from django.db import migrations, models

from escalation.models.people import validate_moment


class Migration(migrations.Migration):
    dependencies = [("playbooks", "0003_playbook_times_raised")]

    operations = [
        migrations.AlterField(
            model_name="briefing",
            name="happens_at",
            field=models.DateTimeField(validators=[validate_moment], verbose_name="when"),
        ),
    ]
