"""What happens between rounds; and no row ids where an order of people could be read."""

import re

import django.db.models.deletion
from django.db import migrations, models


def without_row_ids(apps, schema_editor):
    """Keep the rows, lose their order: the tables as they are, clustered by their own keys."""
    connection = schema_editor.connection
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for name in ("vote", "ballotvote", "pollanswer", "lift", "challengevote"):
            table, former = f"conversation_{name}", f"former_{name}"
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
            (sql,) = cursor.fetchone()
            cursor.execute(f"ALTER TABLE {table} RENAME TO {former}")
            cursor.execute(re.sub(r"\)\s*$", ") WITHOUT ROWID", sql))
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {former}")  # noqa: S608 - fixed names
            cursor.execute(f"DROP TABLE {former}")


class Migration(migrations.Migration):
    dependencies = [
        ("conversation", "0002_no_order_at_rest"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="screen",
            field=models.CharField(default="", max_length=12),
        ),
        migrations.AddField(
            model_name="seatcode",
            name="card",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="ballotvote",
            name="round",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ballot_votes",
                to="conversation.round",
            ),
        ),
        migrations.AlterField(
            model_name="ballotvote",
            name="voice",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ballot_votes",
                to="conversation.voice",
            ),
        ),
        migrations.AlterField(
            model_name="vote",
            name="round",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="votes",
                to="conversation.round",
            ),
        ),
        migrations.AlterField(
            model_name="vote",
            name="statement",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="votes",
                to="conversation.statement",
            ),
        ),
        migrations.AlterField(
            model_name="vote",
            name="voice",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="votes",
                to="conversation.voice",
            ),
        ),
        migrations.CreateModel(
            name="Challenge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("source", models.TextField(default="")),
                ("lang", models.CharField(max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(default="", max_length=12)),
                ("waiting_since", models.DateTimeField(null=True)),
                ("reply", models.TextField(default="")),
                ("closed_at", models.DateTimeField(null=True)),
                ("result", models.JSONField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="challenges",
                        to="conversation.voice",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="challenges",
                        to="conversation.conversation",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="ChallengeVote",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "challenge_id", "voice_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("value", models.SmallIntegerField()),
                (
                    "challenge",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="conversation.challenge",
                    ),
                ),
                (
                    "voice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="challenge_votes",
                        to="conversation.voice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("figure", models.TextField()),
                ("unit", models.TextField(default="")),
                ("about", models.TextField()),
                ("source", models.TextField()),
                ("url", models.TextField(default="")),
                ("dated", models.TextField()),
                ("note", models.TextField(default="")),
                ("lang", models.CharField(max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(default="", max_length=12)),
                ("waiting_since", models.DateTimeField(null=True)),
                ("source_checked", models.BooleanField(default=False)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="evidence",
                        to="conversation.voice",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="conversation.conversation",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="conversation.statement",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.AddField(
            model_name="challenge",
            name="evidence",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="challenges", to="conversation.evidence"
            ),
        ),
        migrations.CreateModel(
            name="Interlude",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("talk", "Talk"),
                            ("questions", "Questions"),
                            ("map", "Map"),
                            ("drafting", "Drafting"),
                            ("single", "Single"),
                            ("multi", "Multi"),
                            ("scale", "Scale"),
                            ("words", "Words"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.JSONField(default=dict)),
                ("speaker", models.JSONField(default=dict)),
                ("settings", models.JSONField(default=dict)),
                ("opened_at", models.DateTimeField(null=True)),
                ("closes_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("result", models.JSONField(null=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interludes",
                        to="conversation.conversation",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.AddField(
            model_name="evidence",
            name="talk",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="evidence",
                to="conversation.interlude",
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="interlude",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="conversation.interlude"
            ),
        ),
        migrations.CreateModel(
            name="PollAnswer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "interlude_id",
                        "voice_id",
                        "part",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("part", models.PositiveSmallIntegerField()),
                ("value", models.SmallIntegerField()),
                ("text", models.TextField(default="")),
                (
                    "interlude",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="conversation.interlude",
                    ),
                ),
                (
                    "voice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="poll_answers",
                        to="conversation.voice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("lang", models.CharField(max_length=8)),
                ("channel", models.CharField(max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(default="", max_length=12)),
                ("waiting_since", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="questions",
                        to="conversation.voice",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="conversation.conversation",
                    ),
                ),
                (
                    "talk",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="questions",
                        to="conversation.interlude",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="Lift",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "question_id", "voice_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("value", models.SmallIntegerField()),
                (
                    "voice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lifts",
                        to="conversation.voice",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lifts",
                        to="conversation.question",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="conversation",
            name="question_asked",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="conversation.question"
            ),
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("accepted", models.BooleanField()),
                (
                    "interlude",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="words", to="conversation.interlude"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.UniqueConstraint(fields=("conversation", "number"), name="one_challenge_a_number"),
        ),
        migrations.AddConstraint(
            model_name="interlude",
            constraint=models.UniqueConstraint(fields=("conversation", "number"), name="one_interlude_a_number"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(fields=("conversation", "number"), name="one_evidence_a_number"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("statement__isnull", True), ("talk__isnull", True), _connector="OR"),
                name="evidence_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(fields=("conversation", "number"), name="one_question_a_number"),
        ),
        migrations.AddConstraint(
            model_name="word",
            constraint=models.UniqueConstraint(fields=("interlude", "text"), name="one_decision_a_word"),
        ),
        migrations.RunPython(without_row_ids, migrations.RunPython.noop),
    ]
