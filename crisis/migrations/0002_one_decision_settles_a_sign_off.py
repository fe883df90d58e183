"""Let the same words be sent for sign-off once more, and be settled once more.

Tied to the version, words that had been sent back could never be approved as they stood.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crisis", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(
            model_name="decision", name="one_effective_decision_per_version"
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_effective", True)),
                fields=("sign_off",),
                name="one_decision_settles_a_sign_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("is_effective", True), ("kind__in", ["approve", "amend_and_approve"])
                ),
                fields=("version",),
                name="one_effective_approval_per_version",
            ),
        ),
    ]
