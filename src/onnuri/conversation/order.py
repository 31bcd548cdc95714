"""Databases remember more than their rows: in which order they were written. Here that is forgotten.

A ticket that was used up and a voice that joined a moment later lie one behind the other: in the order of rows on
PostgreSQL, in SQLite's log of what was written last. Whoever holds the disk could lay the two orders side by side. So
with every close, both tables are written anew in the order of their random keys.
"""

from __future__ import annotations

import logging
from typing import Final

from django.db import DatabaseError, connection, transaction

LOG = logging.getLogger("onnuri.order")
TABLES: Final = {
    "conversation_voice": "channel",
    "conversation_trait": "value",
    "conversation_move": "times",
    "conversation_seatcode": "used",
    "conference_ticket": "minted",
    "community_mark": "comment_id",
}
"""What joins and what is used up, and a column that an update may leave as it is."""
PATIENCE_MS: Final = 500
"""So long anybody who joins or scans may have to wait for this."""


def forget_order() -> bool:
    """Write the tables anew, each row by the same transaction and in the order of its key; False = later."""
    try:
        if connection.vendor == "postgresql":
            _on_postgres()
        else:
            _on_sqlite()
    except DatabaseError as problem:
        # Somebody holds a lock: the next close, or the end of the server, does it.
        LOG.info("the order is forgotten later: %s", problem)
        return False
    return True


def _on_postgres() -> None:
    """An update gives every row the same transaction, clustering puts them in the order of the key."""
    for table, column in TABLES.items():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
            cursor.execute(f"UPDATE {table} SET {column} = {column}")  # noqa: S608 - our own names
            cursor.execute(f"CLUSTER {table} USING {table}_pkey")


def _on_sqlite() -> None:
    """Its tables lie by their random keys anyway; what was written last stands in the log until it is cut off."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (before,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {before}")
