"""A private PostgreSQL for a measurement: reached by its socket, gone afterwards; what it answers is on the disk."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

START_WITHIN_S: Final = 60
NAME: Final = "onnuri"


def programs() -> Path | None:
    """The folder with PostgreSQL's programs, the newest version first; Debian keeps it off the PATH."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = [file.parent for file in sorted(debian, key=lambda file: float(file.parents[1].name), reverse=True)]
    on_path = shutil.which("initdb")
    return next(iter([*found, *([Path(on_path).resolve().parent] if on_path else [])]), None)


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database."""
    own = programs()
    if own is None:
        raise SystemExit("onnuri: no PostgreSQL on this machine")
    folder = Path(tempfile.mkdtemp(prefix="onnuri-postgres-"))
    user = _somebody(folder)
    data = folder / "data"
    try:
        subprocess.run(
            [own / "initdb", "-D", data, "-U", NAME, "-A", "trust", "-E", "UTF8", "--locale=C"],
            check=True, capture_output=True, cwd=folder, **user,
        )  # fmt: skip
        server = subprocess.Popen(
            [own / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **user,
        )  # fmt: skip
        try:
            _create(folder, server)
            yield f"postgresql://{NAME}@{quote(str(folder), safe='')}/{NAME}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _somebody(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses root: somebody else on this machine runs it."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    somebody = names.get("postgres") or names["nobody"]
    os.chown(folder, somebody.pw_uid, somebody.pw_gid)
    return {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}


def _create(folder: Path, server: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_WITHIN_S
    while True:
        try:
            with psycopg.connect(f"host={folder} user={NAME} dbname=postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {NAME}")
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > give_up:
                raise
            time.sleep(0.05)
        else:
            return
