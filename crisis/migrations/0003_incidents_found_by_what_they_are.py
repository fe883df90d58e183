"""Find what is open, what is over and what is restricted without reading what is past."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crisis", "0002_one_decision_settles_a_sign_off")]

    operations = [
        migrations.RemoveIndex(model_name="incident", name="incident_open"),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(("status", "open")), fields=["-number"], name="incident_open"
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(("status", "stood_down")),
                fields=["is_drill", "-stood_down_at"],
                name="incident_over",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(("is_restricted", True)),
                fields=["-number"],
                name="incident_restricted",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["raised_at"], name="incident_raised"),
        ),
    ]
