"""The code on a ticket, signed: a device at the door knows an honest one without a list and without a network."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from onnuri.errors import Unprocessable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MARK: Final = b"onnuri-ticket-1"
CODE_LENGTH: Final = 10
LONGEST: Final = 200


def signed(code: str, conference: str, key: Ed25519PrivateKey) -> str:
    """The text of the QR: code, dot, signature in base 32; capitals and digits alone make the smallest symbol."""
    return f"{code}.{base64.b32encode(key.sign(_said(code, conference))).decode().rstrip('=')}"


def code_in(written: str, conference: str, public: Ed25519PublicKey) -> str:
    """The code of a scanned or typed text; a signature, where there is one, must hold.

    Raises:
        Unprocessable: ticket_forged - not our signature, or another conference's.
    """
    code, dot, signature = "".join(written[:LONGEST].split()).upper().partition(".")
    code = "".join(c for c in code if c.isalnum())
    if dot:
        try:
            public.verify(base64.b32decode(signature + "=" * (-len(signature) % 8)), _said(code, conference))
        except (InvalidSignature, ValueError):
            raise Unprocessable("ticket_forged", field="code") from None
    return code


def _said(code: str, conference: str) -> bytes:
    return b"%s\n%s\n%s" % (MARK, conference.encode(), code.encode())
