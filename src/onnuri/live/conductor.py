"""Watches the rooms: closes rounds whose time is over, has finished ones computed, tells the open pages."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from onnuri.live import engine
from onnuri.live.counts import COUNTS
from onnuri.live.streams import segment_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.live.hub import Hub
    from onnuri.live.table import Room, Table
    from onnuri.live.writer import Writer

LOG = logging.getLogger("onnuri.conductor")
TICK_S: Final = 0.1
TURNOUT_EVERY: Final = 5
TRY_AGAIN_S: Final = (1.0, 5.0, 30.0)


class Conductor:
    """One a process. `close` is the action that closes a round by the clock; it runs in a thread."""

    def __init__(self, table: Table, writer: Writer, hub: Hub, close: Callable[[str], None]) -> None:
        self._table = table
        self._writer = writer
        self._hub = hub
        self._close = close
        self._pool = _new_pool()
        self._busy: set[int] = set()
        self._told: dict[str, tuple[Any, ...]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures: dict[int, int] = {}

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.get_running_loop().run_in_executor(self._pool, engine.ready)
        count = 0
        while True:
            try:
                await self._tick(turnout=count % TURNOUT_EVERY == 0)
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

    async def _tick(self, *, turnout: bool) -> None:
        self._table.refresh()
        now = datetime.now(tz=UTC)
        for room in list(self._table.rooms.values()):
            await self._tell(room, turnout=turnout)
            if room.id not in self._busy and (job := self._job(room, now)) is not None:
                self._busy.add(room.id)
                task = asyncio.ensure_future(job)
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def _job(self, room: Room, now: datetime) -> Any:  # noqa: ANN401 - a coroutine or nothing
        last = room.rounds.get(len(room.rounds))
        if last is None:
            return None
        if last.closed_at is None and last.closes_at is not None and now >= last.closes_at:
            return self._close_by_clock(room)
        if last.final_at is not None and not last.done and now >= last.final_at:
            return self._compute(room)
        if room.segment == "computing" and last.done:
            return self._compute(room)
        return None

    async def _close_by_clock(self, room: Room) -> None:
        try:
            await asyncio.to_thread(self._close, room.code)
        except Exception:
            LOG.exception("closing %s by the clock failed", room.code)
        finally:
            self._busy.discard(room.id)

    async def _compute(self, room: Room) -> None:
        """One job; a dead engine is replaced, a failing one is tried again later and later."""
        loop = asyncio.get_running_loop()
        try:
            # An answer taken in the last moment of a grace may still be on its way to disk.
            await self._writer.flush()
            begun = time.monotonic()
            done = await loop.run_in_executor(self._pool, engine.work, room.id)
            COUNTS.computed(room.id, time.monotonic() - begun)
            LOG.info("%s: %s", room.code, done)
            self._failures.pop(room.id, None)
        except BrokenProcessPool:
            LOG.warning("the engine's process died; starting another")
            COUNTS.engine_deaths += 1
            self._pool = _new_pool()
        except Exception:
            tries = self._failures.get(room.id, 0)
            self._failures[room.id] = tries + 1
            COUNTS.not_computed(room.id)
            LOG.exception("computing %s failed", room.code)
            await asyncio.sleep(TRY_AGAIN_S[min(tries, len(TRY_AGAIN_S) - 1)])
        finally:
            self._table.refresh()
            self._busy.discard(room.id)

    async def _tell(self, room: Room, *, turnout: bool) -> None:
        now = (room.segment, len(room.rounds), room.version)
        if self._told.get(room.code, ())[:3] != now:
            self._told[room.code] = now
            await self._hub.publish(room.code, "segment", segment_event(room))
        if turnout:
            figures = room.turnout()
            if self._told.get(f"{room.code}/turnout") != (figures,):
                self._told[f"{room.code}/turnout"] = (figures,)
                await self._hub.publish(room.code, "turnout", figures)


def _new_pool() -> ProcessPoolExecutor:
    # Spawned: a forked child would share the writer's and the table's SQLite connections.
    return ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"), initializer=engine.begin)
