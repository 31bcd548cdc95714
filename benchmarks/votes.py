"""How many durable votes a second one server core takes in, and what one costs.

`./onnuri bench votes [--json] [--database postgresql]`: the server runs on the first core, its load comes from the
second (where PostgreSQL runs too): wrk where it is installed, else a client of our own. Every vote is a new row; every
answer must be 200; at the end every answered vote must lie on the disk (`synchronous=FULL`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
import uvloop
from _cluster import postgresql

from onnuri.live.token import Signer, cookie_name

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES: Final = {"single-vote": {1: 1.0}, "mixed": {1: 0.7, 5: 0.2, 20: 0.1}}
"""Votes in a request -> share of the requests."""
CONNECTIONS: Final = (64, 256)
WARM_UP_S: Final = 1.0
MEASURED_S: Final = 5.0
STATEMENTS: Final = 200
VOICES_A_RUN: Final = 5000
VOICES: Final = VOICES_A_RUN * 2 * len(CASES) * len(CONNECTIONS)
"""Enough that every vote is a new row."""
START_WITHIN_S: Final = 60


def main() -> int:
    """Measure, print, and say by the exit code whether every answer was right."""
    parser = argparse.ArgumentParser(prog="./onnuri bench votes", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--client", choices=("wrk", "own"), default="wrk" if shutil.which("wrk") else "own")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite", help="where votes are kept")
    arguments = parser.parse_args()
    with served(arguments.database) as hall:
        rows = [measured(hall, case, n, arguments.client) for case in CASES for n in CONNECTIONS]
        lost = hall.lost()
    rows = [{**row, "database": arguments.database} for row in rows]
    result = {"bench": "votes", "machine": machine(arguments.client), "rows": rows}
    print(json.dumps(result) if arguments.json else table(rows))
    if lost:
        tell(f"{lost} answered votes are not on the disk")
    return 1 if lost or any(row["failed"] for row in rows) else 0


# --- the server -----------------------------------------------------------------------------------------------


@dataclass
class Hall:
    """A running server with an open round and voices that have not voted yet."""

    pid: int
    port: int
    code: str
    database: str
    cookies: list[str]
    answered: int = 0

    def fresh_voices(self) -> list[str]:
        """The cookies of voices that no run has used."""
        own, self.cookies = self.cookies[:VOICES_A_RUN], self.cookies[VOICES_A_RUN:]
        return own

    @property
    def path(self) -> str:
        """Where votes go."""
        return f"/api/v1/conversations/{self.code}/votes"

    def cpu_s(self) -> float | None:
        """CPU time of the server's process so far, all threads; None where there is no /proc."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return None
        # After the name in parentheses: state is field 3, user and system time are fields 14 and 15.
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def votes(self) -> int:
        """Rows on the disk."""
        with closing(connected(self.database)) as connection:
            (rows,) = connection.execute("SELECT count(*) FROM conversation_vote").fetchone()
        return int(rows)

    def lost(self) -> int:
        """Answered votes without a row."""
        return max(0, self.answered - self.votes())


@contextmanager
def served(database: str = "sqlite", voices_needed: int = VOICES) -> Iterator[Hall]:
    """A server on the first core; this process moves to the second."""
    with ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="onnuri-bench-"))
        probe = stack.enter_context(socket.socket())
        folder = Path(name)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server, client = cores()
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"ONNURI_DATA": name}
        where = str(folder / "onnuri.sqlite3")
        if database == "postgresql":
            pin(client)
            environment["DATABASE_URL"] = where = stack.enter_context(postgresql())
        pin(server)
        code = conversation(folder, environment)
        cookies = voices(folder, where, code, voices_needed)
        process = subprocess.Popen(
            [sys.executable, "-m", "onnuri", "serve", "--no-sample", "--port", str(port)],
            env=environment, stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        pin(client)
        try:
            wait_for(port, process)
            yield Hall(process.pid, port, code, where, cookies)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def cores() -> tuple[set[int], set[int]]:
    """One core for the server, another for its load; the same where there is only one."""
    if not hasattr(os, "sched_getaffinity"):
        return set(), set()
    ours = sorted(os.sched_getaffinity(0))
    return {ours[0]}, {ours[1 % len(ours)]}


def pin(chosen: set[int]) -> None:
    """Run this process, and what it starts from now on, on these cores."""
    if chosen:
        os.sched_setaffinity(0, chosen)


def conversation(folder: Path, environment: dict[str, str]) -> str:
    """An open round with enough statements that no vote is a repetition."""
    seeds = folder / "seeds.txt"
    seeds.write_text("\n".join(f"의견 {n}" for n in range(1, STATEMENTS + 1)), encoding="utf-8")
    made = subprocess.run(
        [sys.executable, "-m", "onnuri", "conversation", "new", "--question", "?", "--seeds", str(seeds), "--open"],
        env=environment, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return str(json.loads(made.stdout)["code"])


def connected(database: str) -> Any:
    """A connection to look and to prepare by."""
    return psycopg.connect(database) if database.startswith("postgresql:") else sqlite3.connect(database)


def voices(folder: Path, database: str, code: str, count: int) -> list[str]:
    """Voices as joining mints them, and their cookies; minting is not what is measured."""
    signer = Signer((folder / "voices.key").read_bytes())
    numbers = [secrets.randbelow(2**48) for _ in range(count)]
    mark = "%s" if database.startswith("postgresql:") else "?"
    with closing(connected(database)) as connection:
        cursor = connection.cursor()
        cursor.execute(f"SELECT id FROM conversation_conversation WHERE code = {mark}", (code,))  # noqa: S608 - ? or %s
        (conversation,) = cursor.fetchone()
        cursor.executemany(
            "INSERT INTO conversation_voice (id, conversation_id, channel, origin) "  # noqa: S608 - ? or %s
            f"VALUES ({mark}, {mark}, 'open', 'person')",
            [(number, conversation) for number in numbers],
        )
        connection.commit()
    return [f"{cookie_name(code)}={signer.voice(conversation, number)}" for number in numbers]


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the port answers."""
    give_up = time.monotonic() + START_WITHIN_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise SystemExit("onnuri: the server did not start") from None
            time.sleep(0.05)
        else:
            time.sleep(1)  # the engine's process is still loading, on the same core
            return


# --- the load -------------------------------------------------------------------------------------------------


@dataclass
class Load:
    """What a client saw. `answered` counts votes, `latencies` are seconds a request."""

    requests: int = 0
    failed: int = 0
    answered: int = 0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    latencies: list[float] = field(default_factory=list)


def measured(hall: Hall, case: str, connections: int, client: str) -> dict[str, Any]:
    """One row: warm up, then load for some seconds."""
    tell(f"{case}, {connections} connections")
    run = by_wrk if client == "wrk" else by_own
    hall.answered += run(hall, case, connections, WARM_UP_S).answered
    cpu, begun = hall.cpu_s(), time.perf_counter()
    load = run(hall, case, connections, MEASURED_S)
    seconds, after = time.perf_counter() - begun, hall.cpu_s()
    hall.answered += load.answered
    row: dict[str, Any] = {
        "case": case,
        "connections": connections,
        "requests": load.requests,
        "seconds": round(seconds, 3),
        "requests_per_second": round(load.requests / seconds, 1),
        "requests_per_cpu_second": None,
        "cpu_ms_per_request": None,
        "p50_ms": round(load.p50_ms, 2),
        "p99_ms": round(load.p99_ms, 2),
        "failed": load.failed,
    }
    if cpu is not None and after is not None and load.requests:
        row["requests_per_cpu_second"] = round(load.requests / (after - cpu), 1)
        row["cpu_ms_per_request"] = round(1000 * (after - cpu) / load.requests, 4)
    return row


def by_own(hall: Hall, case: str, connections: int, seconds: float) -> Load:
    """Keep-alive connections of our own, each with one request on its way."""
    return uvloop.run(_by_own(hall, case, connections, seconds))


async def _by_own(hall: Hall, case: str, connections: int, seconds: float) -> Load:
    load, requests = Load(), requests_of(hall, case)
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    ends = []
    for _ in range(connections):
        _, phone = await loop.create_connection(lambda: Phone(load, requests, until), "127.0.0.1", hall.port)
        ends.append(phone.ended)
    await asyncio.gather(*ends)
    load.latencies.sort()
    load.p50_ms, load.p99_ms = (1000 * load.latencies[int(share * (len(load.latencies) - 1))] for share in (0.5, 0.99))
    return load


class Phone(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last has come."""

    def __init__(self, load: Load, requests: Iterator[tuple[int, bytes]], until: float) -> None:
        self._load = load
        self._requests = requests
        self._until = until
        self._came = b""
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._votes, request = next(self._requests)
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """The answer, or a part of it."""
        self._came += data
        head, _, body = self._came.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if length is None or len(body) < int(length[1]):
            return
        right = head.startswith(b"HTTP/1.1 200 ") and f'"accepted":{self._votes},'.encode() in body
        self._came = b""
        now = time.perf_counter()
        self._load.requests += 1
        self._load.latencies.append(now - self._sent)
        self._load.failed += not right
        self._load.answered += self._votes if right else 0
        if now < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, _problem: Exception | None) -> None:
        """A connection that ends early is a failure."""
        self._load.failed += time.perf_counter() < self._until
        if not self.ended.done():
            self.ended.set_result(None)


LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


def requests_of(hall: Hall, case: str) -> Iterator[tuple[int, bytes]]:
    """Whole requests without end, and how many votes each carries.

    Fresh voices in turn, each on one statement after the other.
    """
    own, sizes, asked = hall.fresh_voices(), sizes_of(case), [0] * VOICES_A_RUN
    for n in count():
        voice, size = n % len(own), sizes[n % len(sizes)]
        first = asked[voice] + 1
        asked[voice] += size
        votes = ",".join(VOTE % (n, s, s, n % 3 - 1) for s in range(first, first + size))
        body = b'{"votes":[' + votes.encode() + b"]}"
        yield size, HEAD % (hall.path.encode(), own[voice].encode(), len(body)) + body


VOTE: Final = '{"id":"%08x-0000-4000-8000-%012x","statement":%d,"value":%d}'
HEAD: Final = (
    b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nCookie: %s\r\nContent-Length: %d\r\n\r\n"
)


def sizes_of(case: str) -> list[int]:
    """Votes in each request, in an order that falls differently for every voice."""
    sizes = [size for size, share in CASES[case].items() for _ in range(round(share * 1000))]
    random.Random(case).shuffle(sizes)
    return sizes[:997]


def by_wrk(hall: Hall, case: str, connections: int, seconds: float) -> Load:
    """The same load by wrk, which costs less than the server it loads."""
    with tempfile.TemporaryDirectory(prefix="onnuri-bench-") as name:
        (Path(name) / "cookies").write_text("\n".join(hall.fresh_voices()), encoding="utf-8")
        script = Path(name) / "votes.lua"
        script.write_text(LUA % {"folder": name, "path": hall.path, "sizes": ",".join(map(str, sizes_of(case)))})
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}", "--timeout=30", "-s", str(script), f"http://127.0.0.1:{hall.port}"],
            capture_output=True, check=True, text=True,
        )  # fmt: skip
    return Load(**json.loads(done.stdout.splitlines()[-1]))


LUA: Final = """
local cookies, sizes, asked, n = {}, {%(sizes)s}, {}, 0
for line in io.lines("%(folder)s/cookies") do cookies[#cookies + 1] = line end
answered, failed = 0, 0

function request()
  local voice, size, votes = n %% #cookies + 1, sizes[n %% #sizes + 1], {}
  local last = asked[voice] or 0
  asked[voice] = last + size
  for i = 1, size do
    votes[i] = string.format('{"id":"%%08x-0000-4000-8000-%%012x","statement":%%d,"value":%%d}',
      n, last + i, last + i, n %% 3 - 1)
  end
  n = n + 1
  local body = '{"votes":[' .. table.concat(votes, ",") .. "]}"
  return "POST %(path)s HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nContent-Type: application/json\\r\\nCookie: "
    .. cookies[voice] .. "\\r\\nContent-Length: " .. #body .. "\\r\\n\\r\\n" .. body
end

function response(status, headers, body)
  local accepted = status == 200 and body:match('"accepted":(%%d+)')
  if accepted then answered = answered + tonumber(accepted) else failed = failed + 1 end
end

local threads = {}
function setup(thread) threads[#threads + 1] = thread end

function done(summary, latency)
  local e = summary.errors
  print(string.format('{"requests":%%d,"failed":%%d,"answered":%%d,"p50_ms":%%f,"p99_ms":%%f}', summary.requests,
    threads[1]:get("failed") + e.connect + e.read + e.write + e.timeout, threads[1]:get("answered"),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""


# --- what is printed ------------------------------------------------------------------------------------------


def machine(client: str) -> dict[str, Any]:
    """What it was measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.+)", cpuinfo.read_text()) if cpuinfo.exists() else None
    return {
        "cores": os.cpu_count(),
        "cpu": model[1] if model else platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "client": client,
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The rows for people."""
    lines = [[*rows[0]], *([str(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(v.rjust(w) for v, w in zip(line, widths, strict=True)) for line in lines)


def tell(line: str) -> None:
    """Progress."""
    print(f"onnuri: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
