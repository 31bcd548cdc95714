"""One thread commits everything of the hot path in groups; an answer goes out only after the commit is on disk."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from onnuri.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from onnuri.live.store import Connection, Row, Store, Upsert

LOG = logging.getLogger("onnuri.writer")
PAUSE_S: Final = 0.005
"""Between commits: leaves the file's write lock free for the site, costs no rate."""
LARGEST_GROUP: Final = 4000
MOST_WAITING: Final = 20_000
"""Jobs in the queue beyond which a phone is told to come back: it would have given up waiting anyway."""

COUNT_SQL: Final = "UPDATE conversation_conversation SET commits = commits + ? WHERE id = ? RETURNING commits"


@dataclass
class Job:
    """Either rows of one kind, or an act of its own; `done` is told the result after the commit."""

    conversation: int
    done: asyncio.Future[Any]
    what: Upsert | None = None
    rows: Sequence[Row] = ()
    act: Callable[[Connection], Any] | None = None
    result: Any = field(default=None)


class Writer:
    """Owns the writing connection. `put_rows` and `do` are called on the loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.commits = 0
        self.rows = 0
        self.failed = 0
        self.last_commit_s = 0.0

    @property
    def waiting(self) -> int:
        """Jobs that are not on their way to disk yet."""
        return self._jobs.qsize()

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin; call on the loop that awaits the answers."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        """Commit what is queued and end."""
        self._jobs.put(None)
        self._thread.join(timeout=10)

    async def put_rows(self, conversation: int, what: Upsert, rows: Sequence[Row]) -> int:
        """Store rows; the answer is the conversation's commit counter."""
        return int(await self._put(Job(conversation, self._future(), what=what, rows=rows)))

    async def do(self, conversation: int, act: Callable[[Connection], Any]) -> Any:  # noqa: ANN401
        """Run an act inside the next group; a Refusal it raises undoes that act alone and is raised here."""
        return await self._put(Job(conversation, self._future(), act=act))

    async def flush(self) -> None:
        """Everything put before this is on disk."""
        await self.do(0, lambda _connection: None)

    def _future(self) -> asyncio.Future[Any]:
        assert self._loop is not None  # noqa: S101 - started before it is used
        return self._loop.create_future()

    async def _put(self, job: Job) -> Any:  # noqa: ANN401
        if self._jobs.qsize() > MOST_WAITING:
            raise Busy("busy")
        self._jobs.put(job)
        return await job.done

    def _run(self) -> None:
        connection: Connection | None = None
        while (first := self._jobs.get()) is not None:
            group, ended = self._gather(first)
            connection = self._commit(connection, group)
            if ended:
                break
            time.sleep(PAUSE_S)
        if connection is not None:
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

    def _commit(self, connection: Connection | None, group: list[Job]) -> Connection | None:
        """One transaction; the answer is the connection, none when it is of no more use."""
        failed: dict[int, BaseException] = {}
        begun = time.perf_counter()
        try:
            connection = connection or self._store.connect()
            connection.execute(self._store.begin)
            # Acts first: each refuses by itself, and the rows' counters are locked for the shortest time.
            for job in group:
                if job.act is not None:
                    _act(connection, job, failed)
            _store_rows(connection, [job for job in group if job.act is None])
            connection.execute("COMMIT")
            self.commits += 1
            self.rows += sum(len(job.rows) for job in group)
        except Exception as problem:  # noqa: BLE001 - whatever it was, nobody may wait for an answer for ever
            LOG.warning("a group of %d was not stored: %s", len(group), problem)
            self.failed += 1
            failed = {id(job): problem for job in group}
            connection = _undone(connection)
        self.last_commit_s = time.perf_counter() - begun
        assert self._loop is not None  # noqa: S101
        self._loop.call_soon_threadsafe(_tell, group, failed)
        return connection


def _undone(connection: Connection | None) -> Connection | None:
    """After a failure: a connection that can still roll back is kept, any other is replaced."""
    if connection is None:
        return None
    try:
        connection.execute("ROLLBACK")
    except Exception:  # noqa: BLE001 - lost, or no transaction had begun
        connection.close()
        return None
    return connection


def _store_rows(connection: Connection, jobs: list[Job]) -> None:
    by_kind: dict[Upsert, list[Row]] = {}
    counts: dict[int, int] = {}
    for job in jobs:
        assert job.what is not None  # noqa: S101
        by_kind.setdefault(job.what, []).extend(job.rows)
        counts[job.conversation] = counts.get(job.conversation, 0) + len(job.rows)
    for what, rows in by_kind.items():
        connection.upsert(what, rows)
    # In one order everywhere, so that two processes never wait for each other in a circle.
    commits = {c: connection.execute(COUNT_SQL, (counts[c], c)) for c in sorted(counts)}
    for job in jobs:
        found = commits[job.conversation]
        job.result = found[0][0] if found else 0


def _act(connection: Connection, job: Job, failed: dict[int, BaseException]) -> None:
    assert job.act is not None  # noqa: S101
    connection.execute("SAVEPOINT act")
    try:
        job.result = job.act(connection)
    except Exception as problem:  # noqa: BLE001 - one act's trouble is its own; the others in the group go on
        connection.execute("ROLLBACK TO SAVEPOINT act")
        failed[id(job)] = problem
    connection.execute("RELEASE SAVEPOINT act")


def _tell(group: list[Job], failed: dict[int, BaseException]) -> None:
    for job in group:
        if job.done.done():
            continue
        if (problem := failed.get(id(job))) is not None:
            job.done.set_exception(problem)
        else:
            job.done.set_result(job.result)
