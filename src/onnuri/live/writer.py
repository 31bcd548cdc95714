"""One thread commits everything of the hot path in groups; an answer goes out only after the commit is on disk."""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from onnuri.live.counts import COUNTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LOG = logging.getLogger("onnuri.writer")
PAUSE_S: Final = 0.005
"""Between commits: leaves the file's write lock free for the site, costs no rate."""
LARGEST_GROUP: Final = 4000

VOTE_SQL: Final = (
    "INSERT INTO conversation_vote (round_id, voice_id, statement_id, value, late) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (round_id, voice_id, statement_id) DO UPDATE SET value = excluded.value, late = excluded.late "
    # What came in time and counted is not replaced by the same phone's repeat that comes too late.
    "WHERE conversation_vote.late >= excluded.late"
)
BALLOT_SQL: Final = (
    "INSERT INTO conversation_ballotvote (round_id, voice_id, line, value) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (round_id, voice_id, line) DO UPDATE SET value = excluded.value"
)
COUNT_SQL: Final = "UPDATE conversation_conversation SET commits = commits + ? WHERE id = ? RETURNING commits"


@dataclass
class Job:
    """Either rows for one statement of SQL, or an act of its own; `done` is told the result after the commit."""

    conversation: int
    done: asyncio.Future[Any]
    sql: str = ""
    rows: Sequence[tuple[Any, ...]] = ()
    act: Callable[[sqlite3.Connection], Any] | None = None
    result: Any = field(default=None)


class Writer:
    """Owns the writing connection. `put` is called on the loop."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.commits = 0

    def start(self) -> None:
        """Begin; call on the loop that awaits the answers."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        """Commit what is queued and end."""
        self._jobs.put(None)
        self._thread.join(timeout=10)

    @property
    def waiting(self) -> int:
        """Jobs that are not in a group yet."""
        return self._jobs.qsize()

    async def put_rows(self, conversation: int, sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
        """Store rows; the answer is the conversation's commit counter."""
        return int(await self._put(Job(conversation, self._future(), sql=sql, rows=rows)))

    async def do(self, conversation: int, act: Callable[[sqlite3.Connection], Any]) -> Any:  # noqa: ANN401
        """Run an act inside the next group; a Refusal it raises undoes that act alone and is raised here."""
        return await self._put(Job(conversation, self._future(), act=act))

    async def flush(self) -> None:
        """Everything put before this is on disk."""
        await self.do(0, lambda _connection: None)

    def _future(self) -> asyncio.Future[Any]:
        assert self._loop is not None  # noqa: S101 - started before it is used
        return self._loop.create_future()

    async def _put(self, job: Job) -> Any:  # noqa: ANN401
        self._jobs.put(job)
        return await job.done

    def _run(self) -> None:
        connection = open_hot(self._path)
        while (first := self._jobs.get()) is not None:
            group, ended = self._gather(first)
            with COUNTS.commit(len(group)):
                self._commit(connection, group)
            if ended:
                break
            time.sleep(PAUSE_S)
        connection.close()

    def _gather(self, first: Job) -> tuple[list[Job], bool]:
        group = [first]
        while len(group) < LARGEST_GROUP:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return group, False
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _commit(self, connection: sqlite3.Connection, group: list[Job]) -> None:
        failed: dict[int, BaseException] = {}
        try:
            connection.execute("BEGIN IMMEDIATE")
            _store_rows(connection, [job for job in group if job.act is None])
            for job in group:
                if job.act is not None:
                    _act(connection, job, failed)
            connection.execute("COMMIT")
            self.commits += 1
        except (sqlite3.Error, OSError) as problem:
            LOG.exception("a group of %d was not stored", len(group))
            COUNTS.commits_failed += 1
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            failed = {id(job): problem for job in group}
        assert self._loop is not None  # noqa: S101
        self._loop.call_soon_threadsafe(_tell, group, failed)


def open_hot(path: str) -> sqlite3.Connection:
    """A connection as the hot path uses it; a row's references were checked in memory before."""
    connection = sqlite3.connect(path, timeout=20, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF", "wal_autocheckpoint=4000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _store_rows(connection: sqlite3.Connection, jobs: list[Job]) -> None:
    by_sql: dict[str, list[tuple[Any, ...]]] = {}
    counts: dict[int, int] = {}
    for job in jobs:
        by_sql.setdefault(job.sql, []).extend(job.rows)
        counts[job.conversation] = counts.get(job.conversation, 0) + len(job.rows)
    for sql, rows in by_sql.items():
        connection.executemany(sql, rows)
    commits = {c: connection.execute(COUNT_SQL, (n, c)).fetchone()[0] for c, n in counts.items()}
    for job in jobs:
        job.result = commits[job.conversation]


def _act(connection: sqlite3.Connection, job: Job, failed: dict[int, BaseException]) -> None:
    assert job.act is not None  # noqa: S101
    connection.execute("SAVEPOINT act")
    try:
        job.result = job.act(connection)
    except Exception as problem:  # noqa: BLE001 - one act's trouble is its own; the others in the group go on
        connection.execute("ROLLBACK TO act")
        failed[id(job)] = problem
    connection.execute("RELEASE act")


def _tell(group: list[Job], failed: dict[int, BaseException]) -> None:
    for job in group:
        if job.done.done():
            continue
        if (problem := failed.get(id(job))) is not None:
            job.done.set_exception(problem)
        else:
            job.done.set_result(job.result)
