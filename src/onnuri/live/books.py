"""One thread writes every conference's book, in groups: what has arrived is one transaction, answered after its commit.

Why not Django's threads: each would wait for a commit of its own, and SQLite's lock is polled, so who comes first
would be a matter of luck. Here the order is the queue's.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import Q

from onnuri.conference import actions, draw
from onnuri.conference.actions import About
from onnuri.conference.models import Conference
from onnuri.errors import Busy, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from onnuri.conference.book import Book
    from onnuri.conference.claims import Ask, Known

LOG = logging.getLogger("onnuri.books")
PAUSE_S: Final = 0.005
"""Between commits: the file's lock is free for the others, and the next group grows."""
LARGEST_GROUP: Final = 200
"""One group holds the row, and on SQLite the file, for some 0.1 s at most."""
LONGEST_QUEUE: Final = 20_000
SETTLE_EVERY_S: Final = 5.0
NOTHING: Final = About()


@dataclass
class Job:
    """One act on one conference's book."""

    slug: str
    act: Callable[[Book, Known], Any]
    about: About | Ask
    done: asyncio.Future[Any]
    result: Any = None


class Books:
    """Owns the writing of places. `do` is called on the loop."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(tz=UTC)) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._waiting = 0
        self._thread = threading.Thread(target=self._run, name="books", daemon=True)
        self._now = now
        self._loop: asyncio.AbstractEventLoop | None = None
        self._settled = 0.0
        self._ended = False

    def start(self) -> None:
        """Begin; call on the loop that awaits the answers."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        """Write what is queued and end."""
        self._ended = True
        self._jobs.put(None)
        self._thread.join(timeout=10)

    async def do(self, slug: str, act: Callable[[Book, Known], Any], about: About | Ask = NOTHING) -> Any:  # noqa: ANN401
        """Do one act; the answer comes after the commit.

        Raises:
            Refusal: it was refused, nothing changed.
            Busy: too many wait; nothing was noted, and the same request is welcome in a moment.
        """
        assert self._loop is not None  # noqa: S101 - started before it is used
        if self._ended or self._waiting >= LONGEST_QUEUE:
            raise Busy("busy")
        self._waiting += 1
        job = Job(slug, act, about, self._loop.create_future())
        self._jobs.put(job)
        return await job.done

    # ---- the thread

    def _run(self) -> None:
        try:
            for group in self._groups():
                for slug, jobs in _by_conference(group):
                    self._write(slug, jobs)
                    self._tell(jobs)
                if time.monotonic() - self._settled > SETTLE_EVERY_S:
                    self._settle()
                if group:
                    time.sleep(PAUSE_S)
        finally:
            connection.close()

    def _groups(self) -> Iterator[list[Job]]:
        while True:
            group: deque[Job] = deque()
            try:
                found = self._jobs.get(timeout=SETTLE_EVERY_S)
                while found is not None:
                    group.append(found)
                    if len(group) == LARGEST_GROUP:
                        break
                    found = self._jobs.get_nowait()
            except queue.Empty:
                yield list(group)
                continue
            yield list(group)
            if found is None:
                return

    def _write(self, slug: str, jobs: list[Job]) -> None:
        try:
            results = actions.together(slug, self._now(), [(job.act, job.about) for job in jobs])
        except Refusal as refusal:  # no such conference
            results = [refusal for _ in jobs]
        except Exception as problem:
            LOG.warning("a group of %d at %s is written one by one", len(jobs), slug, exc_info=problem)
            connection.close()
            results = [self._alone(slug, job) for job in jobs]
        for job, result in zip(jobs, results, strict=True):
            job.result = result

    def _alone(self, slug: str, job: Job) -> Any:  # noqa: ANN401
        try:
            return actions.together(slug, self._now(), [(job.act, job.about)])[0]
        except Refusal as refusal:
            return refusal
        except Exception as problem:
            LOG.exception("not stored at %s", slug)
            connection.close()
            return problem

    def _tell(self, jobs: list[Job]) -> None:
        assert self._loop is not None  # noqa: S101
        self._loop.call_soon_threadsafe(self._told, jobs)

    def _told(self, jobs: list[Job]) -> None:
        self._waiting -= len(jobs)
        for job in jobs:
            if job.done.done():
                continue
            if isinstance(job.result, BaseException):
                job.done.set_exception(job.result)
            else:
                job.done.set_result(job.result)

    def _settle(self) -> None:
        """Let time do its part where nobody asks for it, so that an offer does not wait for the next claim."""
        self._settled = time.monotonic()
        try:
            for slug in due(self._now()):
                actions.settle(slug, at=self._now())
        except Exception:
            LOG.exception("time did not pass in the books")
            connection.close()


def due(at: datetime) -> list[str]:
    """Conferences in which a hold has ended or a draw is due."""
    held = Q(registrations__hold_until__lte=at)
    found = set(Conference.objects.filter(held).values_list("slug", flat=True).distinct())
    undrawn = Conference.objects.filter(draw_minutes__gt=0, drawn_at__isnull=True, opens_at__isnull=False)
    found.update(c.slug for c in undrawn if c.opens_at is not None and at >= draw.ends_at(c.opens_at, c.draw_minutes))
    return sorted(found)


def _by_conference(group: list[Job]) -> list[tuple[str, list[Job]]]:
    found: dict[str, list[Job]] = {}
    for job in group:
        found.setdefault(job.slug, []).append(job)
    return list(found.items())
