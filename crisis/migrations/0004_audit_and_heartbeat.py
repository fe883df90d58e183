"""Remember how far the evidence was verified, and what the watcher outside was told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crisis", "0003_incidents_found_by_what_they_are")]

    operations = [
        migrations.CreateModel(
            name="Audit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveBigIntegerField(default=0)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("faults", models.JSONField(default=list)),
                ("faults_before", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("looked_at", models.DateTimeField()),
                ("pinged_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=1000)),
            ],
        ),
    ]
