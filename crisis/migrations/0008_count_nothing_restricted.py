"""Take what is restricted off the times that everybody reads of a playbook."""

from django.db import migrations
from django.db.models import Count, F, Value
from django.db.models.functions import Greatest


def uncount(apps, schema_editor):
    incident = apps.get_model("crisis", "Incident")
    playbook = apps.get_model("playbooks", "Playbook")
    hidden = incident.objects.filter(is_restricted=True, is_drill=False, protocol__isnull=False)
    times = hidden.order_by().values_list("protocol__playbook").annotate(Count("pk"))
    for pk, count in times:
        left = Greatest(F("times_raised") - Value(count), 0)
        playbook.objects.filter(pk=pk).update(times_raised=left)


class Migration(migrations.Migration):
    dependencies = [
        ("crisis", "0007_words_never_change"),
        ("playbooks", "0003_playbook_times_raised"),
    ]
    operations = [migrations.RunPython(uncount, migrations.RunPython.noop)]
