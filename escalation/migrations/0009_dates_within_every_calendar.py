"""Refuse, at the desk, a date that is outside of time in another zone. No table changes."""

from django.db import migrations, models

from escalation.models.people import validate_moment


class Migration(migrations.Migration):
    dependencies = [("escalation", "0008_rounds_without_an_end")]

    operations = [
        migrations.AlterField(
            model_name="override",
            name="ends_at",
            field=models.DateTimeField(validators=[validate_moment], verbose_name="until"),
        ),
        migrations.AlterField(
            model_name="override",
            name="starts_at",
            field=models.DateTimeField(validators=[validate_moment], verbose_name="from"),
        ),
        migrations.AlterField(
            model_name="person",
            name="out_of_office_from",
            field=models.DateTimeField(
                blank=True,
                null=True,
                validators=[validate_moment],
                verbose_name="out of office from",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="out_of_office_until",
            field=models.DateTimeField(
                blank=True,
                null=True,
                validators=[validate_moment],
                verbose_name="out of office until",
            ),
        ),
    ]
