"""What is known of a storm. PostgreSQL itself refuses to change the words of it; Q6 watches too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CREATE = """CREATE TRIGGER crisis_fact_words_kept BEFORE UPDATE OF text, source, is_known ON crisis_fact
    FOR EACH ROW WHEN (
        (OLD.text, OLD.source, OLD.is_known) IS DISTINCT FROM (NEW.text, NEW.source, NEW.is_known)
    ) EXECUTE FUNCTION codered_words_are_kept()"""
DROP = "DROP TRIGGER crisis_fact_words_kept ON crisis_fact"


def execute(statement, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(statement)


def create(apps, schema_editor):
    execute(CREATE, schema_editor)


def drop(apps, schema_editor):
    execute(DROP, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('crisis', '0011_pages_begin_one_answer'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=200, verbose_name='what is known')),
                ('source', models.CharField(blank=True, max_length=120, verbose_name='who says so')),
                ('is_known', models.BooleanField(default=True)),
                ('added_at', models.DateTimeField()),
                ('dropped_at', models.DateTimeField(null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dropped_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='crisis.incident')),
            ],
            options={
                'verbose_name': 'fact',
                'ordering': ('added_at', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('dropped_at__isnull', True), ('dropped_by__isnull', True)), models.Q(('dropped_at__isnull', False), ('dropped_by__isnull', False)), _connector='OR'), name='a_dropped_fact_has_a_moment_and_a_person'), models.CheckConstraint(condition=models.Q(('is_known', False), models.Q(('source', ''), _negated=True), _connector='OR'), name='somebody_says_what_is_known'), models.UniqueConstraint(condition=models.Q(('dropped_at__isnull', True)), fields=('incident', 'text'), name='a_fact_stands_once')],
            },
        ),
        migrations.RunPython(create, drop),
    ]
