"""Count once how often each playbook was raised with; from now on a raise counts itself."""

from django.db import migrations
from django.db.models import Count, Q


def count(apps, schema_editor):
    playbook = apps.get_model("playbooks", "Playbook")
    real = Q(protocols__incidents__is_drill=False)
    for each in playbook.objects.annotate(times=Count("protocols__incidents", filter=real)):
        playbook.objects.filter(pk=each.pk).update(times_raised=each.times)


class Migration(migrations.Migration):
    dependencies = [
        ("crisis", "0004_audit_and_heartbeat"),
        ("playbooks", "0003_playbook_times_raised"),
    ]
    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
