"""How many open pages one process keeps, what each costs, and how soon a vote is on all of them.

`./onnuri bench streams [--json] [--database postgresql]`: the server runs on the first core, the pages on the second.
One vote a second by a voice that has not voted changes the turnout, which goes to every page. Then five hundred
requests a second, sent by the clock and not by the answers (open loop), beside five thousand pages. Then halls of 150
and 2,000 people who join and vote at the same moment.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import uvloop
from votes import HEAD, VOTE, Hall, machine, served, table, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMS: Final = (1000, 5000, 10_000)
EVENTS: Final = 20
BESIDE: Final = 5000
RATE: Final = 500
RATE_S: Final = 10.0
HALLS: Final = (150, 2000)
AT_ONCE: Final = 200
"""Pages that connect at the same time."""
ANSWERED: Final = b'"answered":'
ANSWER_WITHIN_S: Final = 30.0


def main() -> int:
    """Measure, print, and say by the exit code whether anything was lost."""
    parser = argparse.ArgumentParser(prog="./onnuri bench streams", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite", help="where votes are kept")
    parser.add_argument("--pages", nargs=3, metavar=("PORT", "CODE", "COUNT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if arguments.pages:
        port, code, count = arguments.pages
        return uvloop.run(only_pages(int(port), code, int(count)))
    rows = []
    for streams in STREAMS:
        with served(arguments.database, 200) as hall:
            rows.append(uvloop.run(fanned_out(hall, streams)))
    with served(arguments.database, RATE * 4) as hall:
        rows.append(uvloop.run(beside(hall)))
        lost = hall.lost()
    for people in HALLS:
        with served(arguments.database, 0) as hall:
            rows.append(uvloop.run(first_votes(hall, people)))
            lost += hall.lost()
    rows = [{**row, "database": arguments.database} for row in rows]
    print(json.dumps({"bench": "streams", "machine": machine("own"), "rows": rows}) if arguments.json else shown(rows))
    if lost:
        tell(f"{lost} answered votes are not on the disk")
    return 1 if lost or any(row["failed"] for row in rows) else 0


def shown(rows: list[dict[str, Any]]) -> str:
    """The rows for people, a table for each kind."""
    kinds: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        kinds.setdefault(tuple(row), []).append(row)
    return "\n\n".join(table(kind) for kind in kinds.values())


# --- pages ------------------------------------------------------------------------------------------------------


@dataclass
class Screens:
    """What all open pages have heard: the highest turnout of each, and when."""

    open: int = 0
    dropped: int = 0
    deliveries: int = 0
    heard: dict[int, list[float]] = field(default_factory=dict)
    """Turnout -> when each page heard of it, or of a later one, for the first time."""


class Screen(asyncio.Protocol):
    """One open page."""

    def __init__(self, all_of_them: Screens, request: bytes) -> None:
        self._all = all_of_them
        self._request = request
        self._known = 0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Ask for the stream."""
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note the turnout."""
        if not self.ready.done():
            self._all.open += 1
            self.ready.set_result(None)
        at = data.rfind(ANSWERED)
        if at < 0:
            return
        answered = int(data[at + len(ANSWERED) : data.index(b"}", at)])
        self._all.deliveries += 1
        if answered > self._known:
            now = time.perf_counter()
            for turnout in range(self._known + 1, answered + 1):
                self._all.heard.setdefault(turnout, []).append(now)
            self._known = answered

    def connection_lost(self, _problem: Exception | None) -> None:
        """A page that was dropped."""
        self._all.dropped += 1
        if not self.ready.done():
            self.ready.set_result(None)


async def opened(hall: Hall, count: int) -> tuple[Screens, list[Screen]]:
    """So many pages, connected."""
    loop, screens = asyncio.get_running_loop(), Screens()
    request = b"GET /live/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n" % hall.code.encode()
    pages: list[Screen] = []
    while len(pages) < count:
        some = min(AT_ONCE, count - len(pages))
        made = await asyncio.gather(
            *(loop.create_connection(lambda: Screen(screens, request), "127.0.0.1", hall.port) for _ in range(some))
        )
        pages += [page for _, page in made]
        await asyncio.gather(*(page.ready for page in pages[-some:]))
    return screens, pages


async def only_pages(port: int, code: str, count: int) -> int:
    """Pages in a process of their own, until its input ends: who measures must not be held up by reading them."""
    os.nice(10)
    screens, _ = await opened(Hall(0, port, code, "", []), count)
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    return min(screens.dropped, 100)


async def fanned_out(hall: Hall, streams: int) -> dict[str, Any]:
    """One row: so many pages, one event a second."""
    tell(f"{streams} pages, one event a second")
    before = memory_kib(hall.pid)
    screens, pages = await opened(hall, streams)
    await asyncio.sleep(2)
    kib = (memory_kib(hall.pid) - before) / streams
    phone = await Caller.connected(hall)
    sent: dict[int, float] = {}
    cookies = iter(hall.fresh_voices())
    cpu, begun, delivered = hall.cpu_s() or 0.0, time.perf_counter(), screens.deliveries
    for turnout in range(1, EVENTS + 1):
        sent[turnout] = time.perf_counter()
        await phone.ask(one_vote(hall, next(cookies), turnout))
        hall.answered += 1
        await asyncio.sleep(max(0.0, begun + turnout - time.perf_counter()))
    await asyncio.sleep(2)
    seconds, cpu_s = time.perf_counter() - begun, (hall.cpu_s() or 0.0) - cpu
    deliveries = screens.deliveries - delivered
    delays = sorted(when - sent[turnout] for turnout, whens in screens.heard.items() for when in whens)
    missing = EVENTS * streams - len(delays)
    for page in pages:
        page.transport.abort()
    return {
        "case": "streams",
        "streams": streams,
        "events": EVENTS,
        "server_cores": round(cpu_s / seconds, 3),
        "cpu_us_per_delivery": round(1e6 * cpu_s / max(deliveries, 1), 1),
        "kib_per_stream": round(kib, 1),
        "vote_to_screen_p50_ms": round(1000 * quantile(delays, 0.5), 1),
        "vote_to_screen_p95_ms": round(1000 * quantile(delays, 0.95), 1),
        "vote_to_screen_p99_ms": round(1000 * quantile(delays, 0.99), 1),
        "failed": missing + screens.dropped,
    }


# --- votes beside pages -----------------------------------------------------------------------------------------


class Caller(asyncio.Protocol):
    """One kept connection with one request on its way."""

    def __init__(self) -> None:
        self._came = b""
        self._told: asyncio.Future[bytes] | None = None

    @classmethod
    async def connected(cls, hall: Hall) -> Caller:
        """A new one."""
        _, made = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", hall.port)
        return made

    def connection_made(self, transport: Any) -> None:
        """Keep it."""
        self.transport = transport

    async def ask(self, request: bytes) -> bytes:
        """Send, and wait for the whole answer."""
        self._told = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await asyncio.wait_for(self._told, ANSWER_WITHIN_S)

    def data_received(self, data: bytes) -> None:
        """The answer, or a part of it."""
        self._came += data
        head, _, body = self._came.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if length is not None and len(body) >= int(length[1]) and self._told is not None:
            self._told.set_result(self._came)
            self._came = b""

    def connection_lost(self, _problem: Exception | None) -> None:
        """No answer comes."""
        if self._told is not None and not self._told.done():
            self._told.set_result(b"")


LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


def one_vote(hall: Hall, cookie: str, n: int, statement: int = 1) -> bytes:
    """A whole request."""
    body = b'{"votes":[%s]}' % (VOTE % (n, n, statement, n % 3 - 1)).encode()
    return HEAD % (hall.path.encode(), cookie.encode(), len(body)) + body


async def beside(hall: Hall) -> dict[str, Any]:
    """One row: five hundred vote requests a second beside five thousand pages that hear of them."""
    tell(f"{RATE} requests a second beside {BESIDE} pages")
    pages = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--pages", str(hall.port), hall.code, str(BESIDE),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    if pages.stdin is None or pages.stdout is None:
        raise SystemExit("onnuri: no pages")
    await pages.stdout.readline()
    requests = requests_of(hall)
    delays: list[float] = []
    failed = 0
    free: deque[Caller] = deque([await Caller.connected(hall) for _ in range(64)])

    async def one(due: float, request: bytes) -> None:
        nonlocal failed
        caller = free.pop() if free else await Caller.connected(hall)
        answer = await caller.ask(request)
        # From when it should have gone: a server that keeps its clients waiting does not improve its figures.
        delays.append(time.perf_counter() - due)
        if b'"accepted":1' in answer:
            hall.answered += 1
        else:
            failed += 1
        free.append(caller)

    begun, cpu, tasks = time.perf_counter(), hall.cpu_s() or 0.0, []
    for n in range(int(RATE * RATE_S)):
        due = begun + n / RATE
        if (pause := due - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        tasks.append(asyncio.ensure_future(one(due, next(requests))))
    await asyncio.gather(*tasks)
    seconds, cpu_s = time.perf_counter() - begun, (hall.cpu_s() or 0.0) - cpu
    delays.sort()
    pages.stdin.close()
    dropped = await pages.wait()
    return {
        "case": "votes-beside-streams",
        "streams": BESIDE,
        "requests_per_second": round(len(delays) / seconds, 1),
        "server_cores": round(cpu_s / seconds, 3),
        "p50_ms": round(1000 * quantile(delays, 0.5), 2),
        "p99_ms": round(1000 * quantile(delays, 0.99), 2),
        "max_ms": round(1000 * delays[-1], 2),
        "failed": failed + dropped,
    }


def requests_of(hall: Hall) -> Iterator[bytes]:
    """A vote of one voice after the other, each on statement after statement."""
    cookies = hall.fresh_voices()
    for n in range(10**9):
        yield one_vote(hall, cookies[n % len(cookies)], n, n // len(cookies) + 1)


# --- a hall that joins at the same moment -----------------------------------------------------------------------


async def first_votes(hall: Hall, people: int) -> dict[str, Any]:
    """One row: everybody joins and votes for the first time at once, each on a connection of their own."""
    tell(f"{people} first votes at once")
    callers: list[Caller] = []
    while len(callers) < people:
        some = min(AT_ONCE, people - len(callers))
        callers += await asyncio.gather(*(Caller.connected(hall) for _ in range(some)))
    join = JOIN % (hall.path.replace("/votes", "/join").encode())
    delays: list[float] = []
    failed = 0

    async def one(n: int, caller: Caller) -> None:
        nonlocal failed
        begun = time.perf_counter()
        joined = await caller.ask(join)
        found = COOKIE.search(joined)
        answer = await caller.ask(one_vote(hall, found[1].decode(), n)) if found else b""
        delays.append(time.perf_counter() - begun)
        if b'"accepted":1' in answer:
            hall.answered += 1
        else:
            failed += 1

    await asyncio.gather(*(one(n, caller) for n, caller in enumerate(callers)))
    delays.sort()
    for caller in callers:
        caller.transport.abort()
    return {
        "case": "first-votes",
        "people": people,
        "p50_ms": round(1000 * quantile(delays, 0.5), 1),
        "p99_ms": round(1000 * quantile(delays, 0.99), 1),
        "max_ms": round(1000 * delays[-1], 1),
        "failed": failed,
    }


JOIN: Final = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
COOKIE: Final = re.compile(rb"set-cookie: ([^;]+)", re.IGNORECASE)


def quantile(sorted_values: list[float], share: float) -> float:
    """The value below which so many lie."""
    return sorted_values[min(int(share * len(sorted_values)), len(sorted_values) - 1)] if sorted_values else 0.0


def memory_kib(pid: int) -> int:
    """The server's resident memory."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmRSS:\s*(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) if found else 0


if __name__ == "__main__":
    sys.exit(main())
