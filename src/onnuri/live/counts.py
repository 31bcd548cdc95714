"""What this process has done since it started, as plain numbers: added where it happens, read by metrics and health.

Nobody is named here: a request is a kind and a status, an answer is one more.
"""

from __future__ import annotations

import statistics
import time
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator, MutableMapping, Sequence
    from typing import Any

    from onnuri.live.http import Scope, Send

COMMIT_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
GROUP_JOBS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 4000)
ENGINE_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
RECENT: Final = 50
STILL_S: Final = 120.0
"""Longer than the engine ever waits before it tries again."""
HOT_ACTS: Final = frozenset({"join", "deck", "votes", "ballots", "answers", "lifts", "challenges"})
KINDS: Final = {
    "": "first",
    "api": "api",
    "c": "room",
    "door": "door",
    "e": "places",
    "health": "operator",
    "host": "host",
    "live": "stream",
    "metrics": "operator",
    "r": "record",
    "ready": "operator",
    "s": "places",
    "stage": "stage",
    "static": "static",
}
LISTENERS: Final = {b"as=stage": "stage", b"as=host": "host", b"as=visitor": "visitor"}
"""Who a page says it is when it opens a stream; every other one is a phone."""


class Buckets:
    """How often a value was at most each bound, and the sum of all values.

    >>> sizes = Buckets((1, 10))
    >>> for size in (1, 3, 99):
    ...     sizes.add(size)
    >>> sizes.counts, sizes.total
    ([1, 1, 1], 103.0)
    """

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """One more."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Counts:
    """All of them. One thread adds to each; whoever reads may be a moment behind."""

    def __init__(self) -> None:
        self.requests: defaultdict[tuple[str, int], int] = defaultdict(int)
        self.votes = 0
        self.ballots = 0
        self.commits = 0
        self.commits_failed = 0
        self.storing = True
        self.committing_since: float | None = None
        self.commit_seconds = Buckets(COMMIT_SECONDS)
        self.group_jobs = Buckets(GROUP_JOBS)
        self._recent: deque[tuple[float, float]] = deque(maxlen=RECENT)
        self.listeners: Counter[tuple[str, str]] = Counter()
        self.delivered = 0
        self.dropped = 0
        self.engine_jobs = 0
        self.engine_failures = 0
        self.engine_deaths = 0
        self.engine_seconds = Buckets(ENGINE_SECONDS)
        self._failing: dict[int, tuple[int, float]] = {}
        self.pages = 0

    # ---- the writer's thread

    @contextmanager
    def commit(self, jobs: int) -> Iterator[None]:
        """One group on its way to disk; whoever fails at it says so in `commits_failed`."""
        failed = self.commits_failed
        self.committing_since = begun = time.monotonic()
        try:
            yield
        finally:
            took = time.monotonic() - begun
            self.committing_since = None
            self.storing = self.commits_failed == failed
            if self.storing:
                self.commits += 1
                self.commit_seconds.add(took)
                self.group_jobs.add(jobs)
                self._recent.append((begun, took))

    def stored_within(self, seconds: float = 60) -> float | None:
        """The median time a group took to disk of late, in seconds; None = nothing came."""
        since = time.monotonic() - seconds
        took = [s for begun, s in list(self._recent) if begun >= since]
        return statistics.median(took) if took else None

    def stuck_for(self) -> float:
        """How long the group in hand has been on its way to disk, in seconds."""
        since = self.committing_since
        return 0.0 if since is None else time.monotonic() - since

    # ---- the loop

    @contextmanager
    def listening(self, code: str, who: str) -> Iterator[None]:
        """One open stream."""
        self.listeners[code, who] += 1
        try:
            yield
        finally:
            self.listeners[code, who] -= 1
            if not self.listeners[code, who]:
                del self.listeners[code, who]

    @contextmanager
    def page(self) -> Iterator[None]:
        """One request that Django answers, or that waits for one of its threads."""
        self.pages += 1
        try:
            yield
        finally:
            self.pages -= 1

    def computed(self, conversation: int, seconds: float) -> None:
        """The engine did a job."""
        self.engine_jobs += 1
        self.engine_seconds.add(seconds)
        self._failing.pop(conversation, None)

    def not_computed(self, conversation: int) -> None:
        """The engine failed at a job; it is tried again."""
        self.engine_failures += 1
        times, _ = self._failing.get(conversation, (0, 0.0))
        self._failing[conversation] = (times + 1, time.monotonic())

    def failing(self) -> list[int]:
        """How often in a row each job failed that does so still; one that is not tried any more is forgotten."""
        since = time.monotonic() - STILL_S
        return [times for times, last in list(self._failing.values()) if last >= since]

    def counted(self, scope: Scope, send: Send) -> Send:
        """A `send` that notes the answer's status. No coroutine of its own: it is on the way of every vote."""
        requests = self.requests

        def counting(message: MutableMapping[str, Any]) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                requests[kind_of(scope["path"]), message["status"]] += 1
            return send(message)

        return counting


def kind_of(path: str) -> str:
    """What a request is about, one of a few words, so that no address ends up among the metrics.

    >>> kind_of("/api/v1/conversations/ABC234/votes"), kind_of("/e/hanbit/ticket/x"), kind_of("/wp-login.php")
    ('votes', 'places', 'other')
    """
    first, _, rest = path[1:].partition("/")
    if first == "api" and (last := rest.rpartition("/")[2]) in HOT_ACTS:
        return last
    return KINDS.get(first, "other")


COUNTS: Final = Counts()
