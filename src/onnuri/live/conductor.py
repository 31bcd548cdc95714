"""Watches the rooms: closes what is over by the clock, has rounds and polls counted, tells the open pages."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from onnuri.conversation import interlude as rules
from onnuri.errors import Busy, Conflict
from onnuri.live import engine
from onnuri.live.streams import segment_event

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from onnuri.live.hub import Hub
    from onnuri.live.locks import Locks
    from onnuri.live.rooms import Room
    from onnuri.live.table import Table
    from onnuri.live.writer import Writer

LOG = logging.getLogger("onnuri.conductor")
TICK_S: Final = 0.1
TURNOUT_EVERY: Final = 5
PAGES_A_TICK: Final = 1000
"""Turnout goes to so many pages a tick at most: ten thousand pages hear it once a second."""
TRY_AGAIN_S: Final = (1.0, 5.0, 30.0)
ENGINE_WITHIN_S: Final = 300.0
"""An engine that has not answered by then is stuck; another one takes the job."""
NOT_MINE_S: Final = 1.0
"""How long another process' job is left alone before we ask whether it still lives."""


class Clockwork(Protocol):
    """What the clock does to a conversation; each runs in a thread."""

    def close_round(self, code: str) -> None:
        """The round's time is over."""

    def end_interlude(self, code: str) -> None:
        """The interlude's time is over."""

    def count_poll(self, code: str, number: int) -> None:
        """Two seconds after a poll has closed."""


@dataclass
class EngineState:
    """How the engine fares, for whoever watches."""

    jobs: int = 0
    failures_in_a_row: int = 0
    seconds: float = 0.0
    done_at: float = 0.0


class Conductor:
    """One a process."""

    def __init__(self, table: Table, writer: Writer, hub: Hub, clockwork: Clockwork, locks: Locks) -> None:
        self._table = table
        self._writer = writer
        self._hub = hub
        self._clockwork = clockwork
        self._locks = locks
        self._pool = _new_pool()
        self._busy: set[int] = set()
        self._later: dict[int, float] = {}
        self._told: dict[tuple[str, str], Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures: dict[int, int] = {}
        self.engine = EngineState()

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.get_running_loop().run_in_executor(self._pool, engine.ready)
        count = 0
        while True:
            try:
                await self._tick(count)
            except asyncio.CancelledError:
                raise
            except Exception:
                LOG.exception("a tick failed")
            count += 1
            await asyncio.sleep(TICK_S)

    def stop(self) -> None:
        """End the engine's process."""
        for task in self._tasks:
            task.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _tick(self, count: int) -> None:
        self._table.refresh()
        now = datetime.now(tz=UTC)
        for room in list(self._table.rooms.values()):
            await self._tell(room, count)
            if room.id not in self._busy and self._clock() >= self._later.get(room.id, 0.0):
                self._begin(room, self._job(room, now))

    def _begin(self, room: Room, job: Coroutine[Any, Any, None] | None) -> None:
        if job is None:
            return
        self._busy.add(room.id)
        task = asyncio.ensure_future(self._owned(room, job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _owned(self, room: Room, job: Coroutine[Any, Any, None]) -> None:
        """Do a job if no other process does it."""
        try:
            if not await asyncio.to_thread(self._locks.take, room.id):
                job.close()
                self._later[room.id] = self._clock() + NOT_MINE_S
                return
            await job
            await asyncio.to_thread(self._locks.give_back, room.id)
        finally:
            self._table.refresh()
            self._busy.discard(room.id)

    def _job(self, room: Room, now: datetime) -> Coroutine[Any, Any, None] | None:
        return self._job_between_rounds(room, now) or self._job_of_round(room, now)

    def _job_between_rounds(self, room: Room, now: datetime) -> Coroutine[Any, Any, None] | None:
        on = room.interlude
        if on is not None and on.closed_at is None and on.closes_at is not None and now >= on.closes_at:
            return self._by_clock(room, self._clockwork.end_interlude, room.code)
        if (poll := _uncounted(room, now)) is not None:
            return self._by_clock(room, self._clockwork.count_poll, room.code, poll)
        return None

    def _job_of_round(self, room: Room, now: datetime) -> Coroutine[Any, Any, None] | None:
        last = room.rounds.get(len(room.rounds))
        if last is None:
            return None
        if last.closed_at is None and last.closes_at is not None and now >= last.closes_at:
            return self._by_clock(room, self._clockwork.close_round, room.code)
        if last.final_at is not None and not last.done and now >= last.final_at:
            return self._compute(room)
        if room.segment == "computing" and last.done:
            return self._compute(room)
        return None

    async def _by_clock(self, room: Room, act: Any, *about: object) -> None:  # noqa: ANN401 - one of the clockwork
        try:
            # An answer taken in the last moment may still be on its way to disk.
            await self._writer.flush()
            await asyncio.to_thread(act, *about)
        except Conflict:
            LOG.info("%s: somebody was faster than the clock", room.code)
        except Exception:
            LOG.exception("%s: what the clock asks for failed", room.code)
            self._later[room.id] = self._clock() + TRY_AGAIN_S[0]

    async def _compute(self, room: Room) -> None:
        """One job; a dead or stuck engine is replaced, a failing one is tried again later and later."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            await self._writer.flush()
            job = loop.run_in_executor(self._pool, engine.work, room.id)
            done = await asyncio.wait_for(job, ENGINE_WITHIN_S)
            LOG.info("%s: %s", room.code, done)
            self._failures.pop(room.id, None)
            self.engine.jobs += 1
            self.engine.failures_in_a_row = 0
            self.engine.seconds, self.engine.done_at = loop.time() - begun, loop.time()
        except BrokenProcessPool:
            LOG.warning("the engine's process died; starting another")
            self._replace_engine()
        except TimeoutError:
            LOG.warning("the engine has not answered for %d s; starting another", ENGINE_WITHIN_S)
            self._replace_engine()
        except Busy:
            self._later[room.id] = self._clock() + TRY_AGAIN_S[0]
        except Exception:
            tries = self._failures.get(room.id, 0)
            self._failures[room.id] = tries + 1
            self.engine.failures_in_a_row += 1
            LOG.exception("computing %s failed", room.code)
            self._later[room.id] = self._clock() + TRY_AGAIN_S[min(tries, len(TRY_AGAIN_S) - 1)]

    def _replace_engine(self) -> None:
        """End what is left of the old one: a stuck process does not end by being asked."""
        self.engine.failures_in_a_row += 1
        for pid in list(getattr(self._pool, "_processes", None) or {}):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = _new_pool()

    async def _tell(self, room: Room, count: int) -> None:
        event = segment_event(room)
        await self._publish_change(room, "segment", event)
        every = max(TURNOUT_EVERY, self._hub.count(room.code) // PAGES_A_TICK)
        if count % every == 0:
            await self._publish_change(room, "turnout", room.turnout())
        # Also when the last one was answered or taken back: the pages that show it must hear of it.
        asked = room.questions or self._told.get((room.code, "lifts"))
        if count % (2 * every) == 0 and asked and self._hub.count(room.code):
            with suppress(Busy):
                await self._publish_change(room, "lifts", self._table.lifts_of(room))

    async def _publish_change(self, room: Room, event: str, data: Any) -> None:  # noqa: ANN401 - anything JSON can say
        """Say it once, and again only when it is another."""
        if self._told.get((room.code, event)) != data:
            self._told[room.code, event] = data
            await self._hub.publish(room.code, event, data)

    @staticmethod
    def _clock() -> float:
        return asyncio.get_running_loop().time()


def _uncounted(room: Room, now: datetime) -> int | None:
    """A poll that closed two seconds ago and was not counted."""
    for one in room.interludes.values():
        over = one.closed_at is not None and now >= one.closed_at + rules.GRACE
        if over and one.kind in rules.POLLS and not one.counted:
            return one.number
    return None


def _new_pool() -> ProcessPoolExecutor:
    # Spawned: a forked child would share the writer's and the table's connections.
    return ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"), initializer=engine.begin)
