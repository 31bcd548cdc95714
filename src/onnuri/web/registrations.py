"""What every audience shows of registrations: the installation's signatures."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from onnuri.conference.ledger import Receipts

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@cache
def receipts() -> Receipts:
    """Signs receipts."""
    return Receipts(settings.FOLDER.signing_key)


@cache
def signing_key() -> Ed25519PrivateKey:
    """Signs tickets."""
    return load_pem_private_key(settings.FOLDER.signing_key, password=None)  # type: ignore[return-value]
