"""`onnuri backup`: the database as it is at one moment, and the keys, in one file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from onnuri import __version__
from onnuri.backup import archive, postgres, sqlite
from onnuri.backup.where import database_of
from onnuri.errors import BadInput
from onnuri.folder import VOICE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from onnuri.backup.archive import Said
    from onnuri.folder import Folder

ASIDE: Final = ".onnuri-backup-"


def take(folder: Folder, url: str, file: Path, *, at: datetime, tell: Callable[[str], None]) -> Said:
    """Write the backup of an installation, which may be running; the answer is the manifest.

    Args:
        folder: its data folder.
        url: DATABASE_URL, empty = the folder's own SQLite file.
        file: is not there yet.
        at: now.
        tell: told how far it is.

    Raises:
        BadInput: something is not there, or is there already.
        OSError: it cannot be written.
    """
    archive.refuse_existing(file)
    missing = [name for name in archive.KEYS if not (folder.path / name).exists()]
    if missing:
        raise BadInput(str(folder.path), f"is no data folder of onnuri ({missing[0]} is not there)")
    database = database_of(folder, url)
    with tempfile.TemporaryDirectory(prefix=ASIDE, dir=file.parent) as aside:
        copy = Path(aside) / archive.DATABASES[database.kind]
        told = postgres.dump(url, copy) if database.file is None else sqlite.dump(database.file, copy, tell)
        members = {copy.name: copy}
        for name in (*archive.KEYS, *archive.ALSO):
            if (folder.path / name).exists():
                members[name] = folder.path / name
        members |= {key.name: key for key in sorted(folder.path.iterdir()) if VOICE_KEY.fullmatch(key.name)}
        about = {"version": __version__, "at": at.isoformat(timespec="seconds"), "database": database.kind, **told}
        return archive.write(file, members, about, tell)
