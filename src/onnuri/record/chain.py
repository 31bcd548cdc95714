"""The chain shown on the stage: one link at every open and close.

link = SHA-256(previous link, what happened, the rows of the round sorted by the random row numbers). Nothing in it
tells the order in which people answered.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

START: Final = "0" * 64


@dataclass(frozen=True)
class Link:
    """`what`: for instance `open vote 1`, `close vote 1`, `final ratification 3`; `about`: a digest or nothing."""

    what: str
    about: str
    digest: str


def next_link(previous: str, what: str, about: str = "", rows: Iterable[Sequence[object]] = ()) -> Link:
    """Add a link.

    >>> next_link(START, "open vote 1").digest[:8]
    'a404a4f5'
    """
    sha = hashlib.sha256(f"{previous}\n{what}\n{about}\n".encode())
    for line in sorted(",".join(str(cell) for cell in row) for row in rows):
        sha.update(f"{line}\n".encode())
    return Link(what, about, sha.hexdigest())
