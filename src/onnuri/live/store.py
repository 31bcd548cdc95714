"""The database as the hot path speaks to it: a few plain statements that both SQLite and PostgreSQL understand.

SQL is written once, with `?` for values and TRUE and FALSE in words; what differs between the two is said here alone.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import psycopg

Row = tuple[Any, ...]
PATIENCE_MS: Final = 5000
"""Longest a statement on PostgreSQL may take; the loop waits for some of them."""


@dataclass(frozen=True)
class Upsert:
    """Rows put in by key; one that is there already takes the new values. Stored twice, it is stored once.

    `never_after`: a column whose greater value never replaces a smaller one: what came in time and counted is not
    replaced by the same phone's repeat that comes too late.
    """

    table: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    types: tuple[str, ...]
    never_after: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Key first, then values: the order of a row."""
        return self.key + self.values

    @cached_property
    def on_sqlite(self) -> str:
        """One row."""
        return f"INSERT INTO {self._into} VALUES ({', '.join('?' * len(self.columns))}) {self._on_conflict}"  # noqa: S608

    @cached_property
    def on_postgresql(self) -> str:
        """All rows at once, a list for each column."""
        lists = ", ".join(f"%s::{kind}[]" for kind in self.types)
        return f"INSERT INTO {self._into} SELECT * FROM unnest({lists}) {self._on_conflict}"  # noqa: S608 - our names

    @property
    def _into(self) -> str:
        return f"{self.table} ({', '.join(self.columns)})"

    @property
    def _on_conflict(self) -> str:
        new = ", ".join(f"{name} = excluded.{name}" for name in self.values)
        guard = f" WHERE {self.table}.{self.never_after} >= excluded.{self.never_after}" if self.never_after else ""
        return f"ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {new}{guard}"

    def one_a_key(self, rows: Iterable[Row]) -> list[Row]:
        """The rows as they would end up if stored one after the other, in the order of their keys.

        One statement on PostgreSQL may not touch a row twice; and two processes that lock in one order never wait for
        each other in a circle.
        """
        width = len(self.key)
        kept: dict[Row, Row] = {}
        guard = self.columns.index(self.never_after) if self.never_after else None
        for row in rows:
            there = kept.get(row[:width])
            if there is None or guard is None or there[guard] >= row[guard]:
                kept[row[:width]] = row
        return [kept[key] for key in sorted(kept)]


VOTES: Final = Upsert(
    "conversation_vote",
    ("round_id", "voice_id", "statement_id"),
    ("value", "late"),
    ("bigint", "bigint", "bigint", "smallint", "boolean"),
    never_after="late",
)
BALLOTS: Final = Upsert(
    "conversation_ballotvote",
    ("round_id", "voice_id", "line"),
    ("value",),
    ("bigint", "bigint", "integer", "smallint"),
)
POLL_ANSWERS: Final = Upsert(
    "conversation_pollanswer",
    ("interlude_id", "voice_id", "part"),
    ("value", "text"),
    ("bigint", "bigint", "smallint", "smallint", "text"),
)
LIFTS: Final = Upsert("conversation_lift", ("question_id", "voice_id"), ("value",), ("bigint", "bigint", "smallint"))
CHALLENGE_VOTES: Final = Upsert(
    "conversation_challengevote", ("challenge_id", "voice_id"), ("value",), ("bigint", "bigint", "smallint")
)


class Connection(Protocol):
    """One connection, no transaction unless `BEGIN` was executed."""

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Run one statement; the answer is its rows, none where it returns none."""

    def upsert(self, what: Upsert, rows: Sequence[Row]) -> None:
        """Store rows by key."""

    def close(self) -> None:
        """End."""


class Store(Protocol):
    """Where connections come from."""

    errors: tuple[type[Exception], ...]
    """What it raises when it cannot answer."""
    shared: bool
    """Whether other processes serve the same conversations."""
    begin: str
    """How a transaction begins."""

    def connect(self) -> Connection:
        """A connection of one's own."""

    def part_of(self, column: str, name: str) -> str:
        """SQL for one member of a JSON column."""


def decoded(value: Any) -> Any:  # noqa: ANN401 - anything JSON can say
    """A JSON column as Python: SQLite hands over its text."""
    return json.loads(value) if isinstance(value, str) else value


# --- SQLite


class SqliteStore:
    """The file of the data folder; one process writes it."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error, OSError)
    shared = False
    begin = "BEGIN IMMEDIATE"

    def __init__(self, path: str) -> None:
        self._path = path

    def connect(self) -> Connection:
        """A row's references were checked in memory before, so the file does not check them again."""
        raw = sqlite3.connect(self._path, timeout=20, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF", "wal_autocheckpoint=4000"):
            raw.execute(f"PRAGMA {pragma}")
        return _SqliteConnection(raw)

    @staticmethod
    def part_of(column: str, name: str) -> str:
        """SQL for one member of a JSON column."""
        return f"json_extract({column}, '$.{name}')"


class _SqliteConnection:
    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        self.close = raw.close

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        return self._raw.execute(sql, values).fetchall()

    def upsert(self, what: Upsert, rows: Sequence[Row]) -> None:
        self._raw.executemany(what.on_sqlite, rows)


# --- PostgreSQL


class PostgresStore:
    """A server that many processes share."""

    shared = True
    begin = "BEGIN"

    def __init__(self, parameters: dict[str, Any]) -> None:
        import psycopg  # noqa: PLC0415 - only where it is used: it loads libpq

        self.errors: tuple[type[Exception], ...] = (psycopg.Error, OSError)
        self.parameters = parameters

    @classmethod
    def of_django(cls, database: dict[str, Any]) -> PostgresStore:
        """The same server and rights as Django's own connections."""
        named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        given = {ours: database[theirs] for ours, theirs in named.items() if database.get(theirs)}
        # A network that swallows everything must not hold the loop.
        patience = {"connect_timeout": "3", "tcp_user_timeout": str(PATIENCE_MS)}
        return cls({**patience, **database.get("OPTIONS", {}), **given})

    def connect(self) -> Connection:
        """A connection that commits each statement unless told otherwise."""
        import psycopg  # noqa: PLC0415

        raw = psycopg.connect(**self.parameters, autocommit=True)
        raw.execute(f"SET statement_timeout = {PATIENCE_MS}")
        return _PostgresConnection(raw)

    @staticmethod
    def part_of(column: str, name: str) -> str:
        """SQL for one member of a JSON column."""
        return f"{column} -> '{name}'"


class _PostgresConnection:
    def __init__(self, raw: psycopg.Connection[Row]) -> None:
        self._raw = raw
        self.close = raw.close

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        cursor = self._raw.execute(sql.replace("%", "%%").replace("?", "%s"), values)
        return cursor.fetchall() if cursor.description is not None else []

    def upsert(self, what: Upsert, rows: Sequence[Row]) -> None:
        # The widths are the column's own: a list of small numbers would otherwise be sent as another type each time.
        lists = [list(column) for column in zip(*what.one_a_key(rows), strict=True)]
        self._raw.execute(what.on_postgresql, lists)
