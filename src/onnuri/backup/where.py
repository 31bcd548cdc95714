"""Which database an installation uses, as the environment says it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from onnuri.folder import Folder


@dataclass(frozen=True)
class Database:
    """`file` is the SQLite file, None on PostgreSQL."""

    kind: Literal["sqlite", "postgresql"]
    file: Path | None


def database_of(folder: Folder, url: str) -> Database:
    """As the settings read DATABASE_URL; empty = the folder's own file."""
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        return Database("sqlite", Path(parts.path) if parts.path else folder.database)
    return Database("postgresql", None)
