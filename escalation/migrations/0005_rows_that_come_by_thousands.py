"""Fewer indexes on rows that come by thousands: each one is written with every page.

The indexes go by name. Altering the fields would build the tables anew on SQLite, and the triggers
that keep evidence from being changed would go with the old ones.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

INDEXES = [
    ("escalation_acknowledgement_escalation_id_fc5092e7", "escalation_acknowledgement", "escalation_id"),
    ("escalation_escalation_acknowledged_by_id_5b8883e0", "escalation_escalation", "acknowledged_by_id"),
    ("escalation_escalation_owner_id_ab37362d", "escalation_escalation", "owner_id"),
    ("escalation_escalationstep_escalation_id_57c6b62e", "escalation_escalationstep", "escalation_id"),
    ("escalation_escalationtarget_step_id_e0f7dba4", "escalation_escalationtarget", "step_id"),
    ("escalation_event_by_id_a73e8192", "escalation_event", "by_id"),
    ("escalation_event_timeline_id_bf9c61ad", "escalation_event", "timeline_id"),
    ("escalation_page_by_id_20b472fc", "escalation_page", "by_id"),
    ("escalation_page_code_id_5b145e09", "escalation_page", "code_id"),
    ("escalation_page_contact_method_id_7d4cfcf1", "escalation_page", "contact_method_id"),
    ("escalation_page_escalation_id_242accac", "escalation_page", "escalation_id"),
    ("escalation_page_link_id_52e68b98", "escalation_page", "link_id"),
    ("escalation_pagelink_escalation_id_10826316", "escalation_pagelink", "escalation_id"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('escalation', '0004_page_sent_too_often'),
    ]

    operations = [
        migrations.AddField(
            model_name='page',
            name='provider',
            field=models.CharField(db_default='', max_length=120),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS {name}", f"CREATE INDEX {name} ON {table} ({column})"
                )
                for name, table, column in INDEXES
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='acknowledgement',
                    name='escalation',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='acknowledgements', to='escalation.escalation'),
                ),
                migrations.AlterField(
                    model_name='escalation',
                    name='acknowledged_by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='escalation',
                    name='owner',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='escalationstep',
                    name='escalation',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='escalation.escalation'),
                ),
                migrations.AlterField(
                    model_name='escalationtarget',
                    name='step',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='escalation.escalationstep'),
                ),
                migrations.AlterField(
                    model_name='event',
                    name='by',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='event',
                    name='timeline',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='escalation.timeline'),
                ),
                migrations.AlterField(
                    model_name='page',
                    name='by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='page',
                    name='code',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='escalation.accesscode'),
                ),
                migrations.AlterField(
                    model_name='page',
                    name='contact_method',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='escalation.contactmethod'),
                ),
                migrations.AlterField(
                    model_name='page',
                    name='escalation',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='escalation.escalation'),
                ),
                migrations.AlterField(
                    model_name='page',
                    name='link',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='escalation.pagelink'),
                ),
                migrations.AlterField(
                    model_name='pagelink',
                    name='escalation',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='escalation.escalation'),
                ),
            ],
        ),
    ]
