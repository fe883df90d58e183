"""Let PostgreSQL itself refuse what Q6 and Q10 look for.

What hangs under an incident hangs under that one alone, and what is decided or let out are the words
of its version. On SQLite the queries alone watch: there a table that is altered is built anew, and a
trigger that reads it from another table stops that.
"""

from django.db import migrations

REFUSE = "USING ERRCODE = 'integrity_constraint_violation'"

FUNCTIONS = {
    "codered_answer_has_one_incident": """
        IF NEW.question_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM crisis_question
            WHERE id = NEW.question_id AND incident_id = NEW.incident_id
        ) THEN RAISE EXCEPTION 'the question is of another incident' {refuse}; END IF;""",
    "codered_sign_off_has_one_incident": """
        IF NOT EXISTS (
            SELECT 1 FROM crisis_answer a
            JOIN crisis_incident i ON i.id = a.incident_id
            JOIN escalation_escalation e ON e.timeline_id = i.timeline_id
            WHERE a.id = NEW.answer_id AND e.id = NEW.escalation_id
        ) THEN RAISE EXCEPTION 'the run is of another incident' {refuse}; END IF;""",
    "codered_incident_has_one_timeline": """
        IF NOT EXISTS (
            SELECT 1 FROM escalation_escalation
            WHERE id = NEW.escalation_id AND timeline_id = NEW.timeline_id
        ) THEN RAISE EXCEPTION 'the run is of another timeline' {refuse}; END IF;""",
    "codered_words_are_of_their_version": """
        IF NOT EXISTS (
            SELECT 1 FROM crisis_answerversion WHERE id = NEW.version_id AND sha256 = NEW.sha256
        ) THEN RAISE EXCEPTION 'these are other words than the version holds' {refuse}; END IF;""",
    "codered_place_is_kept": """
        RAISE EXCEPTION 'this never changes its place' {refuse};""",
}
TRIGGERS = [
    ("crisis_answer", "one_incident", "INSERT OR UPDATE OF question_id, incident_id", "", "codered_answer_has_one_incident"),
    ("crisis_signoff", "one_incident", "INSERT OR UPDATE OF answer_id, escalation_id", "", "codered_sign_off_has_one_incident"),
    ("crisis_incident", "one_timeline", "INSERT OR UPDATE OF timeline_id, escalation_id", "", "codered_incident_has_one_timeline"),
    ("crisis_decision", "own_words", "INSERT OR UPDATE OF version_id, sha256", "", "codered_words_are_of_their_version"),
    ("crisis_release", "own_words", "INSERT OR UPDATE OF version_id, sha256", "", "codered_words_are_of_their_version"),
    (
        "crisis_answerversion",
        "kept",
        "UPDATE OF answer_id, number, sha256",
        "WHEN ((OLD.answer_id, OLD.number, OLD.sha256) IS DISTINCT FROM (NEW.answer_id, NEW.number, NEW.sha256))",
        "codered_place_is_kept",
    ),
    ("crisis_question", "kept", "UPDATE OF incident_id", "WHEN (OLD.incident_id IS DISTINCT FROM NEW.incident_id)", "codered_place_is_kept"),
    (
        "escalation_escalation",
        "kept",
        "UPDATE OF timeline_id",
        "WHEN (OLD.timeline_id IS DISTINCT FROM NEW.timeline_id)",
        "codered_place_is_kept",
    ),
]


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, body in FUNCTIONS.items():
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{body.format(refuse=REFUSE)} RETURN NEW; END $$"
        )
    for table, name, act, when, function in TRIGGERS:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
            f"FOR EACH ROW {when} EXECUTE FUNCTION {function}()"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, name, _, _, _ in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {table}_{name} ON {table}")
    for name in FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [
        ("crisis", "0005_count_what_was_raised"),
        ("escalation", "0006_pages_of_a_person_by_age"),
    ]
    operations = [migrations.RunPython(create, drop)]
