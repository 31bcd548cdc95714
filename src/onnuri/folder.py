"""The data folder: keys, the database file, and the address a running server left there."""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from collections.abc import Callable

VOICE_KEY: Final = re.compile(r"voices-[0-9A-Z]+-(hall|online)\.pem")
"""The names of the keys that sign voices."""


@dataclass(frozen=True)
class Folder:
    """`path` is where everything of this installation lies; everything in it is private to its owner."""

    path: Path

    @staticmethod
    def of_environment() -> Folder:
        """The folder named by ONNURI_DATA, else `data` in the folder onnuri was started from."""
        return Folder(Path(os.environ.get("ONNURI_DATA") or "data").resolve())

    def make(self) -> None:
        """Create the folder and its keys where they are absent.

        Raises:
            OSError: the folder cannot be written.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._keep("django.key", lambda: secrets.token_urlsafe(48).encode())
        self._keep("voices.key", lambda: secrets.token_bytes(32))
        self._keep("signing.pem", _signing_key)

    def _keep(self, name: str, new: Callable[[], bytes]) -> None:
        file = self.path / name
        if file.exists():
            return
        _write(file, new())

    def read(self, name: str) -> bytes:
        """The content of a key file."""
        return (self.path / name).read_bytes()

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / "onnuri.sqlite3"

    @property
    def signing_key(self) -> bytes:
        """PEM of the key that signs rules and records."""
        return self.read("signing.pem")

    def keep_voice_key(self, code: str, channel: str, pem: bytes) -> None:
        """Keep the private key that signs the voices of a conversation's channel."""
        _write(self.path / voice_key_name(code, channel), pem)

    def voice_key(self, code: str, channel: str) -> bytes:
        """That key.

        Raises:
            OSError: there is none.
        """
        return self.read(voice_key_name(code, channel))

    def keep_sample(self, made: dict[str, str]) -> None:
        """Remember the sample's host keys: whoever owns this folder may play the host there."""
        file = self.path / "sample.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(made))

    def sample(self) -> dict[str, str] | None:
        """The sample's codes and keys, if one was made."""
        try:
            found = json.loads((self.path / "sample.json").read_text())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def announce(self, address: str) -> None:
        """Leave the server's address for commands that run beside it."""
        (self.path / "server.json").write_text(json.dumps({"address": address, "pid": os.getpid()}))

    def address(self) -> str:
        """Where the server of this folder answers, or its default address."""
        try:
            found = json.loads((self.path / "server.json").read_text())
            return str(found["address"])
        except (OSError, ValueError, KeyError):
            return f"http://127.0.0.1:{os.environ.get('ONNURI_PORT', '8000')}"


def voice_key_name(code: str, channel: str) -> str:
    """The file of a key that signs voices.

    >>> VOICE_KEY.fullmatch(voice_key_name("QRSTUV", "hall")) is not None
    True
    """
    return f"voices-{code}-{channel}.pem"


def _write(file: Path, content: bytes) -> None:
    # Written aside and renamed: a start that is cut off leaves no half key.
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    aside.rename(file)


def _signing_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
