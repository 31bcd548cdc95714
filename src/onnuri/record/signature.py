"""Ed25519 signatures over digests (RFC 8032)."""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


def new_key() -> bytes:
    """A new private key as PEM."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def sign(pem: bytes, digest: str) -> dict[str, str]:
    """Sign a digest; the answer carries the public key."""
    key = load_pem_private_key(pem, password=None)
    assert isinstance(key, Ed25519PrivateKey)  # noqa: S101 - our own key file
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {
        "algorithm": "Ed25519",
        "digest": digest,
        "public_key": base64.b64encode(public).decode(),
        "signature": base64.b64encode(key.sign(digest.encode())).decode(),
    }


def holds(signed: dict[str, str], digest: str) -> bool:
    """Whether the signature is over this digest."""
    try:
        # One spelling only: Base64 whose last sign has bits to spare could be written otherwise.
        for name in ("public_key", "signature"):
            if base64.b64encode(base64.b64decode(signed[name], validate=True)).decode() != signed[name]:
                return False
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signed["public_key"], validate=True))
        key.verify(base64.b64decode(signed["signature"], validate=True), digest.encode())
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return signed.get("digest") == digest and signed.get("algorithm") == "Ed25519"


def fingerprint(public_key: str) -> str:
    """The first 16 hex digits of the SHA-256 of a public key: what a page prints beside a record.

    >>> fingerprint("AAAA")
    '709e80c88487a241'
    """
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:16]
