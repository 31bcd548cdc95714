"""/metrics in Prometheus' text: read at scrape time from what the process counts anyway. No personal data.

Only for this machine itself, or with ONNURI_METRICS_KEY as a bearer token; for everybody else there is no such page.
"""

from __future__ import annotations

import asyncio
import hmac
from ipaddress import ip_address
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.db import connection
from django.db.models import Count
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from onnuri import __version__
from onnuri.errors import NotFound
from onnuri.live.counts import COUNTS
from onnuri.live.health import WATCH, free_bytes
from onnuri.live.http import Request, answer, refuse
from onnuri.people.models import Mail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from prometheus_client.metrics_core import Metric

    from onnuri.live.counts import Buckets, Counts
    from onnuri.live.health import Watch
    from onnuri.live.http import Scope, Send
    from onnuri.live.rooms import Room

PATH: Final = "/metrics"
FORWARDED: Final = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-real-ip", b"via"})
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
MAIL_STATES: Final = ("queued", "sending", "retry", "failed")


class Metrics:
    """Answers the address.

    Args:
        key: the bearer token; empty = only this machine may ask.
        folder: the data folder, whose disk is looked at.
        waiting: how many jobs wait for the writer.
        rooms: the rooms in memory, asked on the loop.
        workers: Django's threads.
        counts, watch: of this process.
    """

    def __init__(
        self,
        *,
        key: str,
        folder: Path,
        waiting: Callable[[], int],
        rooms: Callable[[], Iterable[Room]],
        workers: int,
        counts: Counts = COUNTS,
        watch: Watch = WATCH,
    ) -> None:
        self._key = key
        self._folder = folder
        self._waiting = waiting
        self._rooms = rooms
        self._workers = workers
        self._counts = counts
        self._watch = watch
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answer."""
        request = Request(scope, b"")
        if scope["method"] != "GET" or not may_read(request, self._key):
            await refuse(send, NotFound("not_found"), request.language)
            return
        async with self._one_at_a_time:
            turnouts = {room.code: room.turnout() for room in self._rooms() if room.segment != "published"}
            text = await asyncio.to_thread(self._text, turnouts)
        await answer(send, 200, text, ((b"content-type", CONTENT_TYPE_LATEST.encode()),))

    def _text(self, turnouts: Mapping[str, Mapping[str, Any]]) -> bytes:
        registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=registry)
        registry.register(_Reading(lambda: self._families(turnouts)))
        try:
            return generate_latest(registry)
        finally:
            connection.close()

    def _families(self, turnouts: Mapping[str, Mapping[str, Any]]) -> Iterator[Metric]:
        counts = self._counts
        yield _gauge("onnuri_info", "The program that answers.", "version", {__version__: 1})
        requests = CounterMetricFamily("onnuri_requests", "Answered requests.", labels=["kind", "status"])
        for (kind, status), number in sorted(counts.requests.copy().items()):
            requests.add_metric([kind, str(status)], number)
        yield requests
        yield CounterMetricFamily("onnuri_votes", "Answers taken in.", counts.votes)
        yield CounterMetricFamily("onnuri_ballots", "Ballot lines taken in.", counts.ballots)
        yield CounterMetricFamily("onnuri_writer_commits", "Groups the writer put on disk.", counts.commits)
        yield CounterMetricFamily("onnuri_writer_failures", "Groups that were not stored.", counts.commits_failed)
        yield GaugeMetricFamily("onnuri_writer_queue", "Jobs that wait for the writer.", self._waiting())
        yield _histogram("onnuri_writer_group_jobs", "Jobs in a group.", counts.group_jobs)
        yield _histogram("onnuri_writer_commit_seconds", "From the group's begin to disk.", counts.commit_seconds)
        yield _gauge("onnuri_streams", "Open streams by who listens.", "as", self._listeners())
        yield CounterMetricFamily("onnuri_events_delivered", "Events put before a listener.", counts.delivered)
        yield CounterMetricFamily("onnuri_events_dropped", "Events a slow listener missed.", counts.dropped)
        yield CounterMetricFamily("onnuri_engine_jobs", "Jobs the engine did.", counts.engine_jobs)
        yield CounterMetricFamily("onnuri_engine_failures", "Jobs the engine failed at.", counts.engine_failures)
        yield CounterMetricFamily("onnuri_engine_deaths", "Engines that had to be replaced.", counts.engine_deaths)
        yield GaugeMetricFamily("onnuri_engine_failing", "Jobs that failed and are tried again.", len(counts.failing()))
        yield _histogram("onnuri_engine_seconds", "Seconds a job.", counts.engine_seconds)
        yield _gauge("onnuri_mail", "Letters that have not gone out.", "state", _mail())
        yield GaugeMetricFamily("onnuri_pages_threads", "Threads that make pages.", self._workers)
        yield GaugeMetricFamily("onnuri_pages_busy", "Pages in the making.", min(counts.pages, self._workers))
        waiting = max(0, counts.pages - self._workers)
        yield GaugeMetricFamily("onnuri_pages_waiting", "Pages that wait for a thread.", waiting)
        yield GaugeMetricFamily("onnuri_loop_late_seconds", "The worst recent delay of the loop.", self._watch.late_s)
        yield CounterMetricFamily("onnuri_clock_jumps", "Times the wall clock was set.", self._watch.jumps)
        yield GaugeMetricFamily("onnuri_disk_free_bytes", "Left for the data folder.", free_bytes(self._folder))
        for what in ("joined", "answered"):
            figures = {code: turnout[what] for code, turnout in sorted(turnouts.items())}
            yield _gauge(f"onnuri_conversation_{what}", f"People who {what}, of the last round.", "code", figures)

    def _listeners(self) -> dict[str, int]:
        found = dict.fromkeys(("host", "phone", "stage", "visitor"), 0)
        for (_code, who), number in self._counts.listeners.copy().items():
            found[who] += number
        return found


class _Reading(Collector):
    """One reading of everything, as the library wants to be given it."""

    def __init__(self, read: Callable[[], Iterator[Metric]]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        return self._read()

    def describe(self) -> list[Metric]:
        """Names are not registered beforehand: what is read is all there is."""
        return []


def may_read(request: Request, key: str) -> bool:
    """Whether the request has the key or comes from this machine itself.

    A proxy on this machine also comes from here. It says for whom it asks, or at least which host was asked for.
    """
    bearer = request.headers.get(b"authorization", b"").removeprefix(b"Bearer ")
    if key and hmac.compare_digest(bearer, key.encode()):
        return True
    client = request.scope.get("client")
    asked = urlsplit("//" + request.headers.get(b"host", b"").decode("latin-1"))
    return (
        client is not None and _is_here(client[0]) and _host(asked) in HERE and not FORWARDED & request.headers.keys()
    )


def _host(asked: Any) -> str | None:  # noqa: ANN401 - urlsplit's result
    try:
        found: str | None = asked.hostname
    except ValueError:
        return None
    return found


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _mail() -> dict[str, int]:
    rows = Mail.objects.filter(state__in=MAIL_STATES).order_by().values_list("state").annotate(Count("pk"))
    return {**dict.fromkeys(MAIL_STATES, 0), **dict(rows)}


def _gauge(name: str, about: str, label: str, figures: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, figure in figures.items():
        family.add_metric([value], figure)
    return family


def _histogram(name: str, about: str, buckets: Buckets) -> HistogramMetricFamily:
    bounds = [*(str(float(b)) for b in buckets.bounds), "+Inf"]
    upto = list(accumulate(list(buckets.counts)))
    return HistogramMetricFamily(name, about, buckets=list(zip(bounds, upto, strict=True)), sum_value=buckets.total)
