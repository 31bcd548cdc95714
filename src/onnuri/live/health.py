"""Whether this process is all right: asked by service managers at /health and /ready, and by the host's page.

/health says that the process answers; it asks nothing else, so a slow disk never has it restarted.
/ready says whether people should be sent here.
"""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from onnuri.errors import BadRequest
from onnuri.live.counts import COUNTS
from onnuri.live.http import ENCODE, Request, answer, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from onnuri.live.counts import Counts
    from onnuri.live.http import Scope, Send

PATHS: Final = frozenset({"/health", "/ready"})
LEAST_FREE: Final = 100 * 1024 * 1024
"""Below this the next commits may not fit on the disk."""
STUCK_S: Final = 10.0
FAILED_IN_A_ROW: Final = 2
"""One failure may be a moment's; a second time in a row it is the job or the machine."""
WITHIN_S: Final = 3.0
ASK_AGAIN_S: Final = 1.0
BEAT_S: Final = 1.0
JUMP_S: Final = 2.0
"""More than a clock is ever steered by in one beat."""


@dataclass(frozen=True)
class Jump:
    """The wall clock was set while the server ran: by how many seconds, and the time after it."""

    seconds: float
    at: datetime


class Watch:
    """A beat a second on the loop: how late it came, and whether the wall clock still runs with the other one.

    `threads` names those without which this process stores nothing.
    """

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._steady = steady
        self._apart = wall() - steady()
        self._due: float | None = None
        self.late_s = 0.0
        self.jumps = 0
        self.jump: Jump | None = None
        self.threads: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.beat()
            await asyncio.sleep(BEAT_S)

    def beat(self) -> None:
        """Look at both clocks."""
        now = self._steady()
        if self._due is not None:
            # The worst of late, forgotten by half each ten seconds or so.
            self.late_s = max(now - self._due, self.late_s * 0.93)
        self._due = now + BEAT_S
        apart = self._wall() - now
        if abs(apart - self._apart) > JUMP_S:
            self.jumps += 1
            self.jump = Jump(apart - self._apart, datetime.fromtimestamp(self._wall(), tz=UTC))
        self._apart = apart


WATCH: Final = Watch()


class Health:
    """Answers both addresses.

    Args:
        folder: the data folder, whose disk is looked at.
        counts, watch: of this process.
    """

    def __init__(self, folder: Path, counts: Counts = COUNTS, watch: Watch = WATCH) -> None:
        self._folder = folder
        self._counts = counts
        self._watch = watch
        self._asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ready")
        self._asked: asyncio.Future[dict[str, bool]] | None = None
        self._asked_at = -ASK_AGAIN_S
        self._migrated = False
        self.ending = False

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answer."""
        if scope["method"] not in {"GET", "HEAD"}:
            await refuse(send, BadRequest("method"), Request(scope, b"").language)
            return
        checks = {"process": True} if scope["path"] == "/health" else await self.ready()
        body = ENCODE({"ok": all(checks.values()), "checks": checks})
        await answer(send, 200 if all(checks.values()) else 503, body)

    async def ready(self) -> dict[str, bool]:
        """Every check by name."""
        database = {"database": False, "migrations": False}
        with suppress(TimeoutError):
            # Shielded: the question goes on, and whoever asks meanwhile waits for the same answer.
            database = await asyncio.wait_for(asyncio.shield(self._database()), WITHIN_S)
        return {
            "serving": not self.ending,
            **database,
            "writer": writes(self._watch.threads, self._counts),
            "disk": free_bytes(self._folder) >= LEAST_FREE,
            "engine": not fails(self._counts),
        }

    def stop(self) -> None:
        """End."""
        self._asking.shutdown(wait=False, cancel_futures=True)

    def _database(self) -> asyncio.Future[dict[str, bool]]:
        """One question at a time, at most one a second: anybody may ask, and nobody should be able to tire it."""
        loop = asyncio.get_running_loop()
        running = self._asked is not None and not self._asked.done()
        if self._asked is None or (not running and loop.time() - self._asked_at >= ASK_AGAIN_S):
            self._asked_at = loop.time()
            self._asked = loop.run_in_executor(self._asking, self._ask)
        return self._asked

    def _ask(self) -> dict[str, bool]:
        try:
            with connection.cursor() as cursor:
                # A table of ours: an SQLite file that is gone would be made anew, and empty.
                cursor.execute("SELECT 1 FROM conversation_clock")
            self._migrated = self._migrated or not unapplied()
        except Exception:  # noqa: BLE001 - whatever it is, the database does not answer
            return {"database": False, "migrations": False}
        finally:
            connection.close()
        return {"database": True, "migrations": self._migrated}


def unapplied() -> list[Any]:
    """Migrations that the program brings and the database lacks."""
    executor = MigrationExecutor(connection)
    return list(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def writes(threads: Collection[str], counts: Counts) -> bool:
    """Whether every writing thread lives, the last group was stored, and none is held for long."""
    alive = {thread.name for thread in threading.enumerate()}
    return set(threads) <= alive and counts.storing and counts.stuck_for() < STUCK_S


def fails(counts: Counts) -> bool:
    """Whether the engine keeps failing at a job."""
    return any(times >= FAILED_IN_A_ROW for times in counts.failing())


def free_bytes(folder: Path) -> int:
    """What is left on the data folder's disk; 0 where it is not there."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0
