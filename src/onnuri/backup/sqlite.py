"""The SQLite file, copied while it is written to."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from onnuri.backup import tables
from onnuri.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from onnuri.backup.archive import Said

PAGES_A_STEP: Final = 16_384
"""64 MB with pages of 4 KB."""

NO_FAULT: Final = "NULL value in "
"""SQLite 3.40 says it of every row without a rowid whose key is not its first columns, as a vote's is not."""


def dump(database: Path, to: Path, tell: Callable[[str], None]) -> Said:
    """Copy the database as it stands at one moment; whoever writes meanwhile waits for nothing.

    Raises:
        BadInput: there is none, there is no room, or the copy is not sound.
    """
    if not database.exists():
        raise BadInput(str(database), "is not there: nothing to back up")
    # The copy and its zip lie beside each other for a moment.
    if shutil.disk_usage(to.parent).free < 2 * database.stat().st_size:
        raise BadInput(str(to.parent), "has too little room: twice the database is needed for a moment")
    try:
        with closing(sqlite3.connect(database, timeout=20, isolation_level=None)) as source:
            # A transaction of ours holds the moment: without it every commit of the server would begin the copy anew.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            with closing(sqlite3.connect(to)) as target:
                to.chmod(0o600)
                source.backup(target, pages=PAGES_A_STEP, progress=lambda _s, left, all_: _tell(tell, left, all_))
        return _told(to)
    except sqlite3.Error as problem:
        raise BadInput(str(database), f"cannot be copied ({problem})") from problem


def _tell(tell: Callable[[str], None], left: int, pages: int) -> None:
    if pages > PAGES_A_STEP:
        tell(f"copying the database: {100 * (pages - left) // pages} %")


def check(database: Path, manifest: Said) -> None:
    """A copy taken out of a backup is sound and holds what was counted.

    Raises:
        BadInput: it is not.
    """
    try:
        if _told(database)["counts"] != manifest["counts"]:
            raise BadInput(database.name, "does not hold what the manifest counts")
    except sqlite3.Error as problem:
        raise BadInput(database.name, f"is no sound database ({problem})") from problem


def _told(copy: Path) -> Said:
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        # One file: what is restored must not need a second one beside it.
        connection.execute("PRAGMA journal_mode=DELETE")
        # The pages are checked first, the rows after them.
        found = [f for (f,) in connection.execute("PRAGMA quick_check") if f != "ok" and not f.startswith(NO_FAULT)]
        if found:
            raise BadInput(copy.name, f"is not sound ({found[0]})")

        def ask(sql: str) -> list[tuple[object, ...]]:
            return connection.execute(sql).fetchall()

        return {"counts": tables.counts(ask), "migrations": tables.applied(ask)}
