"""Blind signatures: a voice is signed once for a ticket, and nobody can tell afterwards which one it was.

RSABSSA-SHA384-PSS-Randomized of RFC 9474, with keys of 2048 bits and the exponent 65537. The phone makes a random
token, hides it by a random factor and has the hidden form signed; dividing the factor out again leaves an ordinary
RSA-PSS signature of the token. Whatever the signer saw fits every token equally well, so no later sum or search joins
the two, whoever holds the keys.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from gmpy2 import powmod_sec

from onnuri.errors import Unprocessable

if TYPE_CHECKING:
    from collections.abc import Callable

BITS: Final = 2048
SIZE: Final = BITS // 8
E: Final = 65537
SALT: Final = 48
TOKEN_SIZE: Final = 32
VOICE_BYTES: Final = 6
"""A voice's number has 48 bits."""
PSS: Final = padding.PSS(mgf=padding.MGF1(SHA384()), salt_length=SALT)


class Token(NamedTuple):
    """What a phone holds: 32 random bytes and the signature of them."""

    prefix: bytes
    signature: bytes

    def written(self) -> str:
        """As it travels: two parts in base64url."""
        return f"{text_of(self.prefix)}.{text_of(self.signature)}"

    @staticmethod
    def read(written: str) -> Token:
        """Raises Unprocessable: token_rubbish."""
        prefix, _, signature = written.partition(".")
        found = Token(bytes_of(prefix), bytes_of(signature))
        if len(found.prefix) != TOKEN_SIZE or len(found.signature) != SIZE:
            raise Unprocessable("token_rubbish", field="voice")
        return found


def message(code: str, prefix: bytes) -> bytes:
    """What is signed: the token, bound to its conversation."""
    return prefix + f"onnuri-voice-1/{code}".encode()


def voice_of(code: str, prefix: bytes) -> int:
    """The number of a token's voice: the same on whatever phone it comes.

    >>> voice_of("QRSTUV", bytes(32)) == voice_of("QRSTUV", bytes(32)) < 2**48
    True
    """
    return int.from_bytes(hashlib.sha256(message(code, prefix)).digest()[:VOICE_BYTES])


# ---- the server


def new_key() -> bytes:
    """A private key as PEM."""
    key = rsa.generate_private_key(public_exponent=E, key_size=BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def modulus(pem: bytes) -> str:
    """The public half of a key: its modulus in base64url."""
    return text_of(_numbers(pem).public_numbers.n.to_bytes(SIZE))


def fingerprint(n: str) -> str:
    """A public key in few letters, so that everybody can see they were given the same one."""
    return hashlib.sha256(bytes_of(n)).hexdigest()


def sign(pem: bytes, blinded: bytes) -> bytes:
    """The raw private operation on what the phone sent; the signer learns nothing from it.

    Raises:
        Unprocessable: token_rubbish - not a number below the modulus, of the modulus' length.
    """
    numbers = _numbers(pem)
    n = numbers.public_numbers.n
    x = readable(blinded, n)
    # A factor of our own, so that the time it takes says nothing of the key.
    r = _unit(n, secrets.randbelow)
    hidden = x * pow(r, E, n) % n
    at_p, at_q = _power(hidden, numbers.dmp1, numbers.p), _power(hidden, numbers.dmq1, numbers.q)
    signed = (at_q + numbers.q * ((at_p - at_q) * numbers.iqmp % numbers.p)) * pow(r, -1, n) % n
    if pow(signed, E, n) != x:
        raise ArithmeticError  # a fault of the machine: half a result would give the key away
    return signed.to_bytes(SIZE)


def _power(base: int, secret: int, n: int) -> int:
    # A tenth of the time of Python's own, and the same time whatever the exponent is.
    return int(powmod_sec(base, secret, n))


def readable(blinded: bytes, n: int) -> int:
    """What the phone sent as a number; 0, 1 and n - 1 hide nothing and are refused like rubbish."""
    x = int.from_bytes(blinded)
    if len(blinded) != SIZE or not 1 < x < n - 1:
        raise Unprocessable("token_rubbish", field="blinded")
    return x


def is_signed(code: str, token: Token, n: str) -> bool:
    """Whether a key signed this token for this conversation."""
    key = rsa.RSAPublicNumbers(E, int.from_bytes(bytes_of(n))).public_key()
    try:
        key.verify(token.signature, message(code, token.prefix), PSS, SHA384())
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def _numbers(pem: bytes) -> rsa.RSAPrivateNumbers:
    # We made the file ourselves: proving its primes again takes ten times as long as a signature.
    key = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(type(key))
    return key.private_numbers()


# ---- the phone, for programs: static/js/blind.js does the same in the browser


class Blinded(NamedTuple):
    """A token on its way: `sent` goes to the signer, the rest stays."""

    prefix: bytes
    sent: bytes
    inverse: int


def blind(code: str, n: str) -> Blinded:
    """A new token, hidden."""
    modulo = int.from_bytes(bytes_of(n))
    prefix = secrets.token_bytes(TOKEN_SIZE)
    encoded = encode(hashlib.sha384(message(code, prefix)).digest(), secrets.token_bytes(SALT))
    r = _unit(modulo, secrets.randbelow)
    sent = int.from_bytes(encoded) * pow(r, E, modulo) % modulo
    return Blinded(prefix, sent.to_bytes(SIZE), pow(r, -1, modulo))


def finalize(code: str, n: str, blinded: Blinded, signature: bytes) -> Token:
    """The token with its signature.

    Raises:
        Unprocessable: token_rubbish - the answer is not a signature of what was sent.
    """
    modulo = int.from_bytes(bytes_of(n))
    own = int.from_bytes(signature) * blinded.inverse % modulo
    token = Token(blinded.prefix, own.to_bytes(SIZE))
    if not is_signed(code, token, n):
        raise Unprocessable("token_rubbish", field="signature")
    return token


def encode(digest: bytes, salt: bytes) -> bytes:
    """EMSA-PSS of RFC 8017, 9.1.1, for 2047 bits: (2048,) bits whose first is 0."""
    length, hash_length = SIZE, len(digest)
    h = hashlib.sha384(bytes(8) + digest + salt).digest()
    block = bytes(length - len(salt) - hash_length - 2) + b"\x01" + salt
    masked = bytes(a ^ b for a, b in zip(block, _mask(h, len(block)), strict=True))
    return bytes([masked[0] & 0x7F]) + masked[1:] + h + b"\xbc"


def _mask(seed: bytes, length: int) -> bytes:
    parts = (hashlib.sha384(seed + i.to_bytes(4)).digest() for i in range(math.ceil(length / 48)))
    return b"".join(parts)[:length]


def _unit(n: int, below: Callable[[int], int]) -> int:
    while True:
        r = below(n)
        if r > 1 and math.gcd(r, n) == 1:
            return r


def text_of(raw: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """Raises Unprocessable: token_rubbish."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise Unprocessable("token_rubbish") from None
