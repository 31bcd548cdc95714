"""Votes, ballots and voices without row ids on SQLite, and the clock's one row.

A table with row ids keeps the order in which people joined and answered; a table clustered by random ids does not.
"""

import re

from django.db import migrations


def without_row_ids(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for table in ("conversation_vote", "conversation_ballotvote", "conversation_voice"):
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
            (sql,) = cursor.fetchone()
            cursor.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql NOT NULL", [table]
            )
            indexes = [row[0] for row in cursor.fetchall()]
            cursor.execute(f"DROP TABLE {table}")
            cursor.execute(re.sub(r"\)\s*$", ") WITHOUT ROWID", sql))
            for index in indexes:
                cursor.execute(index)


def start_clock(apps, schema_editor):
    apps.get_model("conversation", "Clock").objects.create(pk=1, version=1)


class Migration(migrations.Migration):
    dependencies = [("conversation", "0001_initial")]

    operations = [
        migrations.RunPython(without_row_ids, migrations.RunPython.noop),
        migrations.RunPython(start_clock, migrations.RunPython.noop),
    ]
