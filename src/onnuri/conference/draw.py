"""A draw among all who came in the first minutes: its seed is committed to beforehand, its order recomputable."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def commitment(seed: str) -> str:
    """What is published before the opening.

    >>> commitment("seed")[:8]
    '19b25856'
    """
    return hashlib.sha256(seed.encode()).hexdigest()


def order(seqs: Iterable[int], seed: str, log_digest: str) -> list[int]:
    """The drawn order of claims.

    Args:
        seqs: the numbers of the claims.
        seed: committed to before the first claim, so that the organiser cannot choose it afterwards.
        log_digest: of the log at the draw, which hangs on every claim, so that nobody knows the order beforehand.
    """
    return sorted(seqs, key=lambda seq: (hashlib.sha256(f"{seed}/{log_digest}/{seq}".encode()).digest(), seq))


def ends_at(opens_at: datetime, minutes: int) -> datetime:
    """When the window of the draw closes."""
    return opens_at + timedelta(minutes=minutes)
