"""The database on PostgreSQL, by its own programs: pg_dump and pg_restore, of the newest version installed here."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, urlsplit

from onnuri.backup import tables
from onnuri.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg

    from onnuri.backup.archive import Said

DEBIAN: Final = Path("/usr/lib/postgresql")
ASIDE: Final = "before_"
"""Schemas that a restore has moved aside; they are in no backup."""


def dump(url: str, to: Path) -> Said:
    """Dump the database as it stands at one moment.

    Raises:
        BadInput: it cannot be reached, or pg_dump is missing or fails.
    """
    with _connected(url) as connection:
        connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchall()[0][0]
        _run(
            "pg_dump",
            url,
            "--format=custom",
            "--compress=0",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            f"--exclude-schema={ASIDE}*",
            f"--file={to}",
        )
        to.chmod(0o600)
        return {"counts": tables.counts(_asker(connection)), "migrations": tables.applied(_asker(connection))}


def load(url: str, source: Path, manifest: Said, *, aside: str | None) -> None:
    """Fill the database: all of it or nothing.

    Args:
        url: the database.
        source: what `dump` wrote.
        manifest: of the backup.
        aside: the name under which what is there is kept; None = nothing may be there.

    Raises:
        BadInput: it is not empty, somebody is using it, or pg_restore is missing or fails.
    """
    program("pg_restore")
    with _connected(url) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type IS DISTINCT FROM 'autovacuum worker'"
        ).fetchall()[0][0]
        if others:
            raise BadInput("DATABASE_URL", f"{others} connections use this database: stop the server first")
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchall()[0][0]
        if found and aside is None:
            raise BadInput("DATABASE_URL", f"the database is not empty ({found} tables); --replace moves them aside")
        if found:
            connection.execute(f'ALTER SCHEMA public RENAME TO "{aside}"')
            connection.execute("CREATE SCHEMA public")
        try:
            _run("pg_restore", url, "--no-owner", "--no-privileges", "--single-transaction", str(source))
        except BadInput:
            if found:
                connection.execute("DROP SCHEMA public")
                connection.execute(f'ALTER SCHEMA "{aside}" RENAME TO public')
            raise
        if tables.counts(_asker(connection)) != manifest["counts"]:
            raise BadInput("DATABASE_URL", "does not hold what the manifest counts")


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    import psycopg  # noqa: PLC0415 - only whoever uses PostgreSQL waits for it

    try:
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection
    except psycopg.Error as problem:
        raise BadInput("DATABASE_URL", f"the database does not do it ({str(problem).splitlines()[0]})") from problem


def _asker(connection: psycopg.Connection[Any]) -> tables.Ask:
    def ask(sql: str) -> Sequence[tuple[Any, ...]]:
        return connection.execute(sql.encode()).fetchall()

    return ask


def _run(name: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs. The password goes by the environment: arguments can be seen by everybody."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    user = quote(unquote(parts.username), safe="") if parts.username else ""
    address = parts._replace(netloc=f"{user}@{place}" if user else place).geturl()
    environment = {**os.environ, **({"PGPASSWORD": unquote(parts.password)} if parts.password else {})}
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, with arguments of our own making
        [program(name), f"--dbname={address}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line] or [f"ended with {done.returncode}"]
        raise BadInput(name, said[0])


def program(name: str) -> str:
    """Where a program of PostgreSQL's is: the newest that Debian keeps, else the one on the path.

    Raises:
        BadInput: there is none.
    """
    kept = [p for p in DEBIAN.glob(f"*/bin/{name}") if p.parts[-3].isdigit()]
    found = str(max(kept, key=lambda p: int(p.parts[-3]))) if kept else shutil.which(name)
    if found is None:
        raise BadInput(name, "is not installed: install PostgreSQL's client programs (postgresql-client)")
    return found
