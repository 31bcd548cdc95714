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
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from onnuri.conversation import interlude as rules
from onnuri.errors import Busy, Conflict
from onnuri.live import engine
from onnuri.live.counts import COUNTS
from onnuri.live.streams import segment_event

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from onnuri.live.hub import Hub
    from onnuri.live.locks import Locks
    from onnuri.live.rooms import HotRound, Room
    from onnuri.live.table import Table
    from onnuri.live.writer import Writer

LOG = logging.getLogger("onnuri.conductor")
TICK_S: Final = 0.1
TURNOUT_EVERY: Final = 5
PAGES_A_TICK: Final = 1000
"""Turnout goes to so many pages a tick at most: ten thousand pages hear it once a second."""
TRY_AGAIN_S: Final = (1.0, 5.0, 30.0)
ENGINE_WITHIN_S: Final = float(os.environ.get("ONNURI_ENGINE_SECONDS", "120"))
"""An engine that has not answered by then is stuck; another one takes the job."""
MOST_ARRIVED: Final = timedelta(seconds=0.5)
NOT_MINE_S: Final = 1.0
"""How long another process' job is left alone before we ask whether it still lives."""


class EngineGoneError(Exception):
    """The engine's process died or got stuck; another one is there now."""


class Clockwork(Protocol):
    """What the clock does to a conversation; each runs in a thread."""

    def close_round(self, code: str) -> None:
        """The round's time is over."""

    def end_interlude(self, code: str) -> None:
        """The interlude's time is over."""

    def count_poll(self, code: str, number: int) -> None:
        """Two seconds after a poll has closed."""


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
        self._prepared: set[int] = set()
        """Rounds, each once."""
        self._later: dict[int, float] = {}
        self._told: dict[tuple[str, str], Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures: dict[int, int] = {}

    async def run(self) -> None:
        """Until cancelled."""
        # Nobody waits for it: an engine that does not even get ready is found out by its first job.
        self._pool.submit(engine.ready)
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
        if _worth_preparing(last, now) and last.id not in self._prepared:
            self._prepared.add(last.id)
            return self._prepare(room)
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

    async def _prepare(self, room: Room) -> None:
        """Use the grace: most often nothing else comes."""
        try:
            await self._writer.flush()
            await self._asked_engine(engine.prepare, room)
        except Exception as problem:  # noqa: BLE001 - it was only ahead of its time; computing says what is wrong
            LOG.info("%s: not prepared: %s", room.code, problem)

    async def _compute(self, room: Room) -> None:
        """One job; a failing one is tried again later and later."""
        begun = self._clock()
        try:
            await self._writer.flush()
            LOG.info("%s: %s", room.code, await self._asked_engine(engine.work, room))
            self._failures.pop(room.id, None)
            COUNTS.computed(room.id, self._clock() - begun)
        except (Busy, EngineGoneError):
            self._later[room.id] = self._clock() + TRY_AGAIN_S[0]
        except Exception:
            tries = self._failures.get(room.id, 0)
            self._failures[room.id] = tries + 1
            COUNTS.not_computed(room.id)
            LOG.exception("computing %s failed", room.code)
            self._later[room.id] = self._clock() + TRY_AGAIN_S[min(tries, len(TRY_AGAIN_S) - 1)]

    async def _asked_engine(self, job: Callable[[int], str], room: Room) -> str:
        """What the engine answers; a dead or stuck one is replaced."""
        pool = self._pool
        try:
            return await asyncio.wait_for(
                asyncio.get_running_loop().run_in_executor(pool, job, room.id), ENGINE_WITHIN_S
            )
        except (BrokenProcessPool, TimeoutError) as problem:
            LOG.warning("the engine died or is stuck; starting another")
            if self._pool is pool:
                self._replace_engine()
            raise EngineGoneError from problem

    def _replace_engine(self) -> None:
        """End what is left of the old one: a stuck process does not end by being asked."""
        COUNTS.engine_deaths += 1
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


def _worth_preparing(last: HotRound, now: datetime) -> bool:
    """Most of what was on its way when a vote round closed is here; the rest of the grace may serve to compute."""
    return last.kind == "vote" and last.closed_at is not None and not last.done and now >= last.closed_at + MOST_ARRIVED


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
