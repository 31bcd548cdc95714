"""What an organiser looks at between two presses, in memory alone: a restart forgets it, and it says so."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T")

KEEP_S: Final = 1800
MOST: Final = 30


@dataclass
class _Kept(Generic[T]):
    conference: int
    at: float
    thing: T


class Shelf(Generic[T]):
    """Keeps things of conferences for half an hour; `find` gives only what is of the conference that asks."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept[T]] = {}
        self._lock = threading.Lock()

    def put(self, conference: int, thing: T) -> str:
        """Keep something; the answer is its key."""
        key, now = secrets.token_urlsafe(12), time.monotonic()
        with self._lock:
            self._drop_old(now)
            self._kept[key] = _Kept(conference, now, thing)
        return key

    def find(self, conference: int, key: str) -> T | None:
        """What was kept, if it is still there."""
        with self._lock:
            self._drop_old(time.monotonic())
            kept = self._kept.get(key)
            return kept.thing if kept is not None and kept.conference == conference else None

    def latest(self, conference: int) -> tuple[str, T] | None:
        """What was kept last."""
        with self._lock:
            self._drop_old(time.monotonic())
            own = [(key, kept.thing) for key, kept in self._kept.items() if kept.conference == conference]
            return own[-1] if own else None

    def clear(self, conference: int | None = None) -> None:
        """Forget everything, or everything of one conference."""
        with self._lock:
            others = {key: kept for key, kept in self._kept.items() if kept.conference != conference}
            self._kept = {} if conference is None else others

    def _drop_old(self, now: float) -> None:
        fresh = {key: kept for key, kept in self._kept.items() if now - kept.at < KEEP_S}
        self._kept = dict(list(fresh.items())[-MOST:])
