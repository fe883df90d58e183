"""Let go of an index that the constraint on a page's attempts does the work of.

Ten thousand pages may be written in a second, and each index is one more thing to write.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("escalation", "0006_pages_of_a_person_by_age")]

    operations = [migrations.RemoveIndex(model_name="page", name="page_of_person")]
