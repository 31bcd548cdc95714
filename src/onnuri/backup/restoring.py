"""`onnuri restore`: everything is checked first; then the folder appears whole, and what was there is kept."""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from onnuri import __version__
from onnuri.backup import archive, postgres, sqlite, tables
from onnuri.backup.where import database_of
from onnuri.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from onnuri.backup.archive import Said
    from onnuri.folder import Folder

ANSWERS_WITHIN_S: Final = 1.0


def restore(folder: Folder, url: str, file: Path, *, at: datetime, replace: bool, tell: Callable[[str], None]) -> Said:
    """Make the data folder, and on PostgreSQL the database, what they were; the answer is the manifest and `aside`.

    Args:
        folder: does not exist or is empty.
        url: DATABASE_URL, empty = the folder's own SQLite file.
        file: of `take`.
        at: now.
        replace: what is there is moved aside, under a name with the time in it. Nothing is deleted.
        tell: told how far it is.

    Raises:
        BadInput: the file is changed or newer than this program, or what is there is in the way.
        OSError: something cannot be read or written.
    """
    manifest = archive.read_manifest(file)
    _refuse_newer(file, manifest)
    _refuse_other_database(folder, url, manifest)
    there = folder.path.exists() and any(folder.path.iterdir())
    if there and not replace:
        raise BadInput(str(folder.path), "is not empty; --replace moves what is there aside")
    _refuse_running(folder)
    folder.path.parent.mkdir(parents=True, exist_ok=True)
    stamp = f"before_{at:%Y%m%d_%H%M%S}"
    # Beside the folder, so that it can take its name in one step.
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.path.name}.", dir=folder.path.parent))
    try:
        archive.unpack(file, manifest, staged, tell)
        _fill_database(staged, url, manifest, aside=stamp if replace else None)
        kept = _put_in_place(staged, folder.path, stamp if there else None)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return {**manifest, "aside": None if kept is None else str(kept)}


def _refuse_newer(file: Path, manifest: Said) -> None:
    strange = sorted(set(manifest["migrations"]) - tables.known())
    if _numbers(manifest["version"]) > _numbers(__version__) or strange:
        why = f"its database has {strange[0]}" if strange else f"this is {__version__}"
        raise BadInput(str(file), f"was made by a newer onnuri ({manifest['version']}; {why})")


def _numbers(version: str) -> tuple[int, ...]:
    """To compare: 0.10.0 is newer than 0.9.1.

    >>> _numbers("0.10.0") > _numbers("0.9.1")
    True
    """
    return tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in version.split("."))


def _refuse_other_database(folder: Folder, url: str, manifest: Said) -> None:
    database = database_of(folder, url)
    if database.kind != manifest["database"]:
        raise BadInput("DATABASE_URL", f"names {database.kind}, but this is a backup of {manifest['database']}")
    if database.file not in {None, folder.database}:
        raise BadInput("DATABASE_URL", "names a SQLite file elsewhere; leave it out, and the folder gets its own")


def _refuse_running(folder: Folder) -> None:
    """A server would go on writing into the folder that was moved aside."""
    try:
        told = json.loads((folder.path / "server.json").read_text())
        os.kill(int(told["pid"]), 0)
        place = urlsplit(told["address"])
        with socket.create_connection((place.hostname or "", place.port or 80), ANSWERS_WITHIN_S):
            pass
    except (OSError, ValueError, KeyError, TypeError):
        return
    raise BadInput(str(folder.path), f"a server is running on it ({told['address']}): stop it first")


def _fill_database(staged: Path, url: str, manifest: Said, *, aside: str | None) -> None:
    copy = staged / archive.DATABASES[manifest["database"]]
    if not copy.exists():
        raise BadInput("backup", "has no database in it")
    if manifest["database"] == "sqlite":
        sqlite.check(copy, manifest)
        return
    postgres.load(url, copy, manifest, aside=aside)
    copy.unlink()


def _put_in_place(staged: Path, folder: Path, stamp: str | None) -> Path | None:
    kept = None if stamp is None else folder.with_name(f"{folder.name}.{stamp}")
    if kept is not None:
        if kept.exists():
            raise BadInput(str(kept), "is already there; try again in a second")
        folder.rename(kept)
    # An empty folder gives way to one that takes its name.
    staged.rename(folder)
    archive.sync_folder(folder.parent)
    return kept
