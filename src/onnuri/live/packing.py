"""Answers as gzip: on the hall's network a page's size is most of its time.

What many get is packed once, in pieces, so that only what is put into its open places is packed for each.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onnuri.live.http import Scope

ONCE: Final = 9
EACH: Final = 1
"""How hard zlib tries: for what is packed once, and for what is packed at every answer."""
HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
END: Final = b"\x03\x00"
"""An empty last block."""
WORTH_IT: Final = 400
"""A smaller answer fits one packet anyway."""
PACKED: Final = ((b"content-encoding", b"gzip"), (b"vary", b"accept-encoding, cookie, accept-language"))


def accepts(scope: Scope) -> bool:
    """Whether whoever asks can unpack."""
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


def piece(text: bytes, effort: int = ONCE) -> bytes:
    """One piece of a packed body; pieces stand one after the other in any order."""
    packer = zlib.compressobj(effort, zlib.DEFLATED, -zlib.MAX_WBITS)
    # A full flush ends at a byte and refers to nothing before it.
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)


def joined(pieces: Sequence[bytes], body: bytes) -> bytes:
    """The pieces as one gzip file of the body they make.

    >>> import gzip
    >>> gzip.decompress(joined([piece(b"one "), piece(b"two", EACH)], b"one two"))
    b'one two'
    """
    return b"".join((HEAD, *pieces, END, struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)))
