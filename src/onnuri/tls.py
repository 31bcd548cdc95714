"""Certificate files, looked at before the server starts: what is wrong with them is one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from onnuri.errors import BadInput

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes


def require_usable(certificate: str, key: str, *, at: datetime) -> list[str]:
    """Refuse files a phone would not accept; the answer is the names and addresses the certificate is for.

    Args:
        certificate: a PEM file, the server's own certificate first.
        key: the PEM file of its private key.
        at: now.

    Raises:
        BadInput: names the option, the file and what is wrong with it.
    """
    own = _certificate(certificate)
    if at < own.not_valid_before_utc:
        raise BadInput("--tls-cert", f"{certificate} is not valid before {own.not_valid_before_utc:%Y-%m-%d %H:%M} UTC")
    if at > own.not_valid_after_utc:
        raise BadInput("--tls-cert", f"{certificate} expired on {own.not_valid_after_utc:%Y-%m-%d %H:%M} UTC")
    if _written(_public_key(key)) != _written(own.public_key()):
        raise BadInput("--tls-key", f"{key} is not the key of {certificate}")
    return _names(own)


def _certificate(file: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(_read("--tls-cert", file))[0]
    except ValueError:
        raise BadInput("--tls-cert", f"{file} holds no certificate in PEM form") from None


def _public_key(file: str) -> PublicKeyTypes:
    content = _read("--tls-key", file)
    try:
        return load_pem_private_key(content, password=None).public_key()
    except TypeError:
        raise BadInput("--tls-key", f"{file} is locked with a password; save it without one") from None
    except ValueError:
        raise BadInput("--tls-key", f"{file} holds no private key in PEM form") from None


def _read(option: str, file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as problem:
        raise BadInput(option, f"{file} cannot be read ({problem.strerror})") from None


def _written(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _names(own: x509.Certificate) -> list[str]:
    try:
        found = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
