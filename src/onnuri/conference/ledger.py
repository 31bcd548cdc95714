"""The log of a conference's places: a chain of digests without names, and receipts that name a link of it.

Each entry's digest covers the one before, so a receipt fixes everything that happened up to its claim.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from onnuri.errors import Unprocessable

if TYPE_CHECKING:
    from datetime import datetime

MARK: Final = "onnuri-places-1"
LONGEST_RECEIPT: Final = 2000


def time_text(at: datetime) -> str:
    """A time as the log writes it: UTC, to the microsecond."""
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def entry_document(number: int, at: datetime, act: str, seq: int | None, details: dict[str, Any]) -> dict[str, Any]:
    """What is public of an entry."""
    own = {} if seq is None else {"seq": seq}
    return {"n": number, "at": time_text(at), "act": act, **own, **details}


def chained(before: str, document: dict[str, Any]) -> str:
    """The digest after an entry.

    >>> chained("", {"n": 1, "act": "open"})[:12]
    '4818840c49cc'
    """
    written = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{MARK}\n{before}\n{written}".encode()).hexdigest()


@dataclass(frozen=True)
class Receipt:
    """What a person holds: their number, when, and the log's digest after their claim."""

    conference: str
    n: int
    seq: int
    at: str
    digest: str

    @property
    def short(self) -> str:
        """The digest as pages print it: 9f2c 81d0 5b7e 44aa."""
        return " ".join(self.digest[i : i + 4] for i in range(0, 16, 4))


class Receipts:
    """Signs receipts with the installation's key."""

    def __init__(self, pem: bytes) -> None:
        key = load_pem_private_key(pem, password=None)
        assert isinstance(key, Ed25519PrivateKey)  # noqa: S101 - the folder makes no other
        self._key = key
        self.public = key.public_key().public_bytes_raw().hex()

    def sign(self, receipt: Receipt) -> str:
        """The receipt as one word: its content, a dot, its signature; both base64url. The same each time."""
        content = json.dumps(vars(receipt), sort_keys=True, separators=(",", ":")).encode()
        return f"{_word(content)}.{_word(self._key.sign(MARK.encode() + content))}"


def read_receipt(word: str, public: str) -> Receipt:
    """A receipt whose signature holds.

    Args:
        word: as `Receipts.sign` wrote it; blanks from copying do no harm.
        public: the key, 64 hexadecimal digits.

    Raises:
        Unprocessable: receipt_shape, receipt_signature.
    """
    try:
        content, signature = (_bytes(part) for part in "".join(word[:LONGEST_RECEIPT].split()).split("."))
        told = json.loads(content)
        receipt = Receipt(**{name: kind(told[name]) for name, kind in _KINDS.items()})
    except (ValueError, TypeError, KeyError):
        raise Unprocessable("receipt_shape", field="receipt") from None
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, MARK.encode() + content)
    except (InvalidSignature, ValueError):
        raise Unprocessable("receipt_signature", field="receipt") from None
    return receipt


_KINDS: Final = {"conference": str, "n": int, "seq": int, "at": str, "digest": str}


def _word(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(word: str) -> bytes:
    return base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
