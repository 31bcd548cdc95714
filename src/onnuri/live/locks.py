"""One owner for a job, however many processes serve: advisory locks of PostgreSQL; with SQLite there is but one."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from onnuri.live.store import Connection, PostgresStore

LOG = logging.getLogger("onnuri.locks")
OURS: Final = 0x6F6E6E75
"""The first of a lock's two numbers, so that nobody else's locks in the same database are ours: "onnu"."""
SIMULATION: Final = 0
"""The second number of the lock whose owner plays the simulated people; otherwise it is a conversation's."""


class Locks(Protocol):
    """Asked in a thread: a database may be slow to answer."""

    def take(self, number: int) -> bool:
        """Whether this process owns the job now; it may ask again for what it owns."""

    def give_back(self, number: int) -> None:
        """Somebody else may own it."""


class OneProcess:
    """Nobody else is there."""

    def take(self, number: int) -> bool:  # noqa: ARG002 - always ours
        """Yes."""
        return True

    def give_back(self, number: int) -> None:
        """Nothing to do."""


class AdvisoryLocks:
    """Held by a connection of their own: whoever dies or loses the database loses them."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store
        self._connection: Connection | None = None
        self._held: set[int] = set()
        self._one_at_a_time = threading.Lock()

    def take(self, number: int) -> bool:
        """Whether this process owns the job now."""
        with self._one_at_a_time:
            if number in self._held and self._asked("SELECT 1") is not None:
                return True
            found = self._asked("SELECT pg_try_advisory_lock(?, ?)", OURS, number)
            if found:
                self._held.add(number)
            return bool(found)

    def give_back(self, number: int) -> None:
        """Somebody else may own it."""
        with self._one_at_a_time:
            if number in self._held:
                self._held.discard(number)
                self._asked("SELECT pg_advisory_unlock(?, ?)", OURS, number)

    def _asked(self, sql: str, *values: int) -> object:
        try:
            if self._connection is None:
                self._connection = self._store.connect()
                self._held.clear()
            return self._connection.execute(sql, values)[0][0]
        except self._store.errors as problem:
            LOG.warning("locks cannot be asked for: %s", problem)
            self._connection = None
            self._held.clear()
            return None
