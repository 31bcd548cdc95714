"""The file of a backup: a zip whose manifest names every member's digest, and which ends with its own.

The last 64 bytes are the zip's comment: SHA-256 of all bytes before them. So a changed byte is found wherever it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, Final

from onnuri.errors import BadInput
from onnuri.folder import VOICE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FORMAT: Final = "onnuri-backup/1"
MANIFEST: Final = "manifest.json"
KEYS: Final = ("django.key", "voices.key", "signing.pem")
ALSO: Final = ("sample.json",)
DATABASES: Final = {"sqlite": "onnuri.sqlite3", "postgresql": "database.pgdump"}
DIGEST_LENGTH: Final = 64
PIECE: Final = 1024 * 1024
MEMBERS: Final = frozenset({*KEYS, *ALSO, *DATABASES.values()})

Said = dict[str, Any]


def write(file: Path, members: dict[str, Path], about: Said, tell: Callable[[str], None]) -> Said:
    """Write the members to a file that is not there yet; the answer is its manifest.

    Args:
        file: it appears whole or not at all, readable by its owner only.
        members: name -> where to read it.
        about: what the manifest says besides the members.
        tell: told how far it is.
    """
    with _appearing(file) as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            told = [_put(archive, name, path, tell) for name, path in members.items()]
            manifest = {"format": FORMAT, **about, "members": told}
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
            archive.comment = b"0" * DIGEST_LENGTH
        _seal(out)
    return manifest


@contextmanager
def _appearing(file: Path) -> Iterator[IO[bytes]]:
    """A file under another name, which gets its own when everything of it is on disk."""
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        refuse_existing(file)
        aside.rename(file)
        sync_folder(file.parent)
    finally:
        with suppress(OSError):
            aside.unlink()


def refuse_existing(file: Path) -> None:
    """No backup is ever written over.

    Raises:
        BadInput: something is there.
    """
    if file.exists() or file.is_symlink():
        raise BadInput(str(file), "is already there; a backup never overwrites")


def sync_folder(folder: Path) -> None:
    """A new name is on disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put(archive: zipfile.ZipFile, name: str, path: Path, tell: Callable[[str], None]) -> Said:
    digest, size, whole = hashlib.sha256(), 0, path.stat().st_size
    # Told beforehand: a member above 2 GB needs another header.
    info = zipfile.ZipInfo(name)
    info.compress_type, info.file_size, info.external_attr = zipfile.ZIP_DEFLATED, whole, 0o600 << 16
    with path.open("rb") as source, archive.open(info, "w") as target:
        while piece := source.read(PIECE):
            target.write(piece)
            digest.update(piece)
            size += len(piece)
            if size % (64 * PIECE) == 0:
                tell(f"writing {name}: {100 * size // whole} %")
    return {"name": name, "bytes": size, "sha256": digest.hexdigest()}


def _seal(out: IO[bytes]) -> None:
    """The digest of everything before it takes the comment's place, the very last bytes."""
    length = out.seek(0, os.SEEK_END) - DIGEST_LENGTH
    sealed = _digest_of(out, length)
    out.seek(length)
    out.write(sealed)


def _digest_of(source: IO[bytes], length: int) -> bytes:
    digest = hashlib.sha256()
    source.seek(0)
    while length > 0 and (piece := source.read(min(PIECE, length))):
        digest.update(piece)
        length -= len(piece)
    return digest.hexdigest().encode()


def read_manifest(file: Path) -> Said:
    """What a backup says of itself, after its own digest was found right.

    Raises:
        BadInput: it is none of ours, or a byte of it has changed.
        OSError: it cannot be read.
    """
    with file.open("rb") as source:
        length = source.seek(0, os.SEEK_END) - DIGEST_LENGTH
        if length <= 0 or not zipfile.is_zipfile(file):
            raise BadInput(str(file), "is no backup of onnuri")
        found = _digest_of(source, length)
        source.seek(length)
        if source.read() != found:
            raise BadInput(str(file), "has been changed or cut off: its digest does not hold")
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read(MANIFEST))
    except (KeyError, ValueError, zipfile.BadZipFile) as problem:
        raise BadInput(str(file), f"has no readable manifest ({problem})") from problem
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadInput(str(file), f"is not of the format {FORMAT}")
    return manifest


def unpack(file: Path, manifest: Said, folder: Path, tell: Callable[[str], None]) -> None:
    """Put every member into a folder, each found as the manifest says, on disk before this returns.

    Raises:
        BadInput: a member is missing, strange or not as it was.
    """
    with zipfile.ZipFile(file) as archive:
        for member in manifest["members"]:
            name = member["name"]
            if name not in MEMBERS and VOICE_KEY.fullmatch(name) is None:
                raise BadInput(str(file), f"has a member that does not belong there ({name!r})")
            tell(f"checking {name}")
            if _taken_out(archive, name, folder / name) != (member["bytes"], member["sha256"]):
                raise BadInput(str(file), f"{name} is not what was backed up: its digest does not hold")
    sync_folder(folder)


def _taken_out(archive: zipfile.ZipFile, name: str, to: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out, archive.open(name) as source:
            while piece := source.read(PIECE):
                out.write(piece)
                digest.update(piece)
                size += len(piece)
            out.flush()
            os.fsync(out.fileno())
    except (KeyError, zipfile.BadZipFile) as problem:
        raise BadInput(name, f"cannot be read from the backup ({problem})") from problem
    return size, digest.hexdigest()
