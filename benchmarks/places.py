"""How first come, first served holds under load: whole registrations, claims alone, the opening second.

`./onnuri bench places [--json] [--peer] [--database URL] [--processes N] [--only CASE]`: the server runs on the first
core, its load comes from the second. SQLite, or the empty PostgreSQL database of URL, which several processes serve.
Every case checks what it measured: seats exactly as many as there are, numbers without a gap, every answer a success,
and whoever was answered before another asked has the smaller number.
`--peer` runs pretix after ours on the same machine (pretix.py) and puts it beside the claims its order API can do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import uvloop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

SEATS: Final = 150
ATTEMPTS: Final = 1000
AT_ONCE: Final = 50
CLAIMS_ALONE: Final = 10_000
OPENING: Final = 10_000
OPENING_LATEST_S: Final = 1.0
"""Everybody asks within the opening second."""
START_WITHIN_S: Final = 60
NUMBER: Final = count(1)


def main() -> int:
    """Measure, print, and say by the exit code whether every promise held."""
    parser = argparse.ArgumentParser(prog="./onnuri bench places", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--database", default="", metavar="URL", help="an empty PostgreSQL database; else SQLite")
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="server processes, on PostgreSQL")
    parser.add_argument("--only", choices=[*CASES], help="one case")
    parser.add_argument("--peer", action="store_true", help="pretix in the same run, on all cores: see pretix.py")
    arguments = parser.parse_args()
    cores = os.sched_getaffinity(0)
    with served(arguments.database, arguments.processes) as site:
        rows = [measured(site, case) for case in ([arguments.only] if arguments.only else CASES)]
    os.sched_setaffinity(0, cores)
    result = {"bench": "places", "machine": machine(), "rows": rows}
    if arguments.peer:
        beside_peer(rows)
    print(json.dumps(result) if arguments.json else table(rows))
    if not arguments.json and (peer := next((row["peer"] for row in rows if "peer" in row), None)):
        print(table([peer]))
    return 1 if any(row["failed"] for row in rows) else 0


# --- the server -----------------------------------------------------------------------------------------------


@dataclass
class Site:
    """Running servers on one database."""

    environment: dict[str, str]
    ports: list[int]
    pids: list[int]
    database: str

    def conference(self, seats: int = SEATS, *options: str) -> str:
        """A new conference's slug."""
        slug = f"bench-{next(NUMBER)}"
        subprocess.run(
            [sys.executable, "-m", "onnuri", "conference", "new", "--slug", slug, "--seats", str(seats), *options],
            env=self.environment, capture_output=True, check=True,
        )  # fmt: skip
        return slug

    def cpu_s(self) -> float:
        """CPU time of the servers so far, all threads; PostgreSQL's own is not in it."""
        return sum(_cpu_s(pid) for pid in self.pids)

    def ask(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        """Look into the database."""
        if self.database:
            import psycopg  # noqa: PLC0415

            with psycopg.connect(self.database) as connection:
                return connection.execute(sql.replace("?", "%s"), values).fetchall()
        file = Path(self.environment["ONNURI_DATA"]) / "onnuri.sqlite3"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, values).fetchall()


def _cpu_s(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat")
    # After the name in parentheses: state is field 3, user and system time are fields 14 and 15.
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(database: str, processes: int) -> Iterator[Site]:
    """Servers on the first core; this process moves to the second."""
    with tempfile.TemporaryDirectory(prefix="onnuri-bench-") as name, ExitStack() as stack:
        own = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"ONNURI_DATA": name}
        own["ONNURI_MAIL_PER_MINUTE"] = "600"
        if database:
            own["DATABASE_URL"] = database
        ours = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {ours[0]})
        site = Site(own, [], [], database)
        for _ in range(processes if database else 1):
            port, pid = stack.enter_context(process(own, Path(name) / f"log-{len(site.ports)}"))
            site.ports.append(port)
            site.pids.append(pid)
        os.sched_setaffinity(0, {ours[1 % len(ours)]})
        time.sleep(1)  # the engine's process is still loading, on the same core
        yield site
        for log in sorted(Path(name).glob("log-*")):
            if "Traceback" in (told := log.read_text(errors="replace")):
                tell(f"the server's log, end of {len(told)} characters:\n{told[-2000:]}")


@contextmanager
def process(environment: dict[str, str], log: Path) -> Iterator[tuple[int, int]]:
    """One server: (port, process id)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "onnuri", "serve", "--no-sample", "--port", str(port)],
            env=environment, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for(port, server, log)
        yield port, server.pid
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + START_WITHIN_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if server.poll() is not None or time.monotonic() > give_up:
                raise SystemExit(f"onnuri: the server did not start\n{log.read_text()[-2000:]}") from None
            time.sleep(0.05)
        else:
            return


# --- the load -------------------------------------------------------------------------------------------------


class Phone:
    """A keep-alive connection with a cookie jar of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self._reader: Any = None
        self._writer: Any = None

    async def connect(self) -> None:
        """Open the connection."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def send(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """One request: (status, headers, body)."""
        if self._writer is None:
            await self.connect()
        head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        head += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        self._writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        got: dict[str, str] = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
            got[name.lower()] = value
        if "content-length" in got:
            content = await self._reader.readexactly(int(got["content-length"]))
        else:
            content = await self._chunks()
        return int(lines[0].split()[1]), got, content

    async def _chunks(self) -> bytes:
        parts = []
        while size := int((await self._reader.readline()).split(b";")[0], 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readline()
        await self._reader.readline()
        return b"".join(parts)

    async def form(self, path: str, **fields: str) -> tuple[int, dict[str, str], bytes]:
        """A page's form."""
        return await self.send(
            "POST", path, urlencode(fields).encode(),
            content_type="application/x-www-form-urlencoded", origin=f"http://127.0.0.1:{self.port}",
        )  # fmt: skip

    async def claim(self, slug: str, key: str, **content: Any) -> dict[str, Any]:
        """A claim as a program makes it."""
        status, _head, body = await self.send(
            "POST", f"/api/v1/conferences/{slug}/registrations", json.dumps(content).encode(),
            content_type="application/json", idempotency_key=key,
        )  # fmt: skip
        return {"status": status, **json.loads(body)}

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()


@dataclass
class Load:
    """What the phones saw."""

    latencies: list[float] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    """{"status", "seq", "place", "sent", "answered"}"""
    problems: list[str] = field(default_factory=list)

    async def timed(self, asked: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        """Note when a request went out and when its answer came."""
        sent = time.perf_counter()
        told = await asked
        answered = time.perf_counter()
        self.latencies.append(answered - sent)
        self.answers.append({**told, "sent": sent, "answered": answered})
        return told


async def many(site: Site, total: int, at_once: int, one: Callable[[Phone, int], Awaitable[None]]) -> None:
    """`total` runs of `one`, `at_once` at a time, each by a phone of its own on a kept connection."""
    numbers = iter(range(total))
    ports = cycle(site.ports)

    async def worker(port: int) -> None:
        phone = Phone(port)
        for number in numbers:
            phone.cookies = {}
            await one(phone, number)
        phone.close()

    await asyncio.gather(*(worker(next(ports)) for _ in range(at_once)))


# --- the cases ------------------------------------------------------------------------------------------------


async def attempts(site: Site) -> Load:
    """1,000 claims with name and address, 50 at once, 150 seats."""
    slug, load = site.conference(), Load()

    async def one(phone: Phone, number: int) -> None:
        person = {"name": f"P {number}", "email": f"p{number}@example.kr"}
        await load.timed(phone.claim(slug, f"key-of-{number:06}", channel="hall", **person))

    await many(site, ATTEMPTS, AT_ONCE, one)
    load.problems += wrong(load.answers, SEATS) + stored_wrong(site, slug, SEATS, ATTEMPTS)
    return load


async def whole_flow(site: Site) -> Load:
    """Page, claim, form, confirmation, ticket page with its QR: 1,000 people, 50 at once, a seat for each."""
    slug, load = site.conference(ATTEMPTS), Load()

    async def one(phone: Phone, number: int) -> None:
        begun = time.perf_counter()
        load.problems += await registered(site, phone, slug, number)
        load.latencies.append(time.perf_counter() - begun)

    await many(site, ATTEMPTS, AT_ONCE, one)
    load.problems += stored_wrong(site, slug, ATTEMPTS, ATTEMPTS)
    return load


async def registered(site: Site, phone: Phone, slug: str, number: int) -> list[str]:
    """One person from the page to the ticket; what went wrong."""
    status, _head, page = await phone.send("GET", f"/e/{slug}/register")
    key = re.search(rb'name="idempotency_key" value="([^"]+)"', page)
    if status != 200 or key is None:
        return [f"page: {status}"]
    status, head, _body = await phone.form(
        f"/e/{slug}/register", wish="hall", seats="1", idempotency_key=key[1].decode()
    )
    ticket = head.get("location", "")
    if status not in {302, 303} or "/ticket/" not in ticket:
        return [f"claim: {status}"]
    person = {"name": f"P {number}", "email": f"p{number}@example.kr", "consent_email": "1"}
    status, head, _body = await phone.form(f"{ticket}/form", **person)
    if status not in {302, 303}:
        return [f"form: {status}"]
    # The link in the letter.
    sql = "SELECT confirm_token FROM conference_registration WHERE claim = ?"
    token = site.ask(sql, ticket.rpartition("/")[2])[0][0]
    status, head, _body = await phone.form(f"/e/{slug}/confirm/{token}")
    if status not in {302, 303}:
        return [f"confirm: {status}"]
    status, _head, page = await phone.send("GET", head["location"])
    return [] if status == 200 and b'class="qr"' in page else [f"ticket: {status}"]


async def claims_alone(site: Site) -> Load:
    """The claim alone, until its durable answer: 10,000, 50 at once."""
    slug, load = site.conference(), Load()

    async def one(phone: Phone, number: int) -> None:
        await load.timed(phone.claim(slug, f"key-of-{number:06}", channel="hall"))

    await many(site, CLAIMS_ALONE, AT_ONCE, one)
    load.problems += wrong(load.answers, SEATS) + stored_wrong(site, slug, SEATS, CLAIMS_ALONE)
    return load


async def opening_second(site: Site) -> Load:
    """10,000 phones with a connection each ask within one second; 503 asks again with the same key."""
    slug, load = site.conference(), Load()
    ports = cycle(site.ports)
    phones = [Phone(next(ports)) for _ in range(OPENING)]
    for begin in range(0, OPENING, 500):
        await asyncio.gather(*(phone.connect() for phone in phones[begin : begin + 500]))
    begun = asyncio.get_running_loop().time()

    async def one(phone: Phone, number: int) -> None:
        await asyncio.sleep(max(0, begun + OPENING_LATEST_S * number / OPENING - asyncio.get_running_loop().time()))
        while (await load.timed(phone.claim(slug, f"key-of-{number:06}", channel="hall")))["status"] == 503:
            load.answers.pop()
            await asyncio.sleep(2 * (0.75 + secrets.randbelow(500) / 1000))

    await asyncio.gather(*(one(phone, number) for number, phone in enumerate(phones)))
    for phone in phones:
        phone.close()
    load.problems += wrong(load.answers, SEATS) + stored_wrong(site, slug, SEATS, OPENING)
    return load


async def double_click(site: Site) -> Load:
    """200 people press twice at once: one registration each, both answers the same place."""
    slug, load = site.conference(), Load()

    async def one(phone: Phone, number: int) -> None:
        other = Phone(phone.port)
        claim = {"channel": "hall", "name": f"P {number}", "email": f"p{number}@example.kr"}
        both = await asyncio.gather(
            load.timed(phone.claim(slug, f"key-of-{number:06}", **claim)),
            other.claim(slug, f"key-of-{number:06}", **claim),
        )
        other.close()
        if both[0] != both[1]:
            load.problems.append(f"two answers: {both}")

    await many(site, 200, AT_ONCE, one)
    load.problems += stored_wrong(site, slug, SEATS, 200)
    return load


CASES: Final = {
    "1000-attempts": attempts,
    "whole-flow": whole_flow,
    "claim-alone": claims_alone,
    "opening-second": opening_second,
    "double-click": double_click,
}
PEERS: Final = ("1000-attempts", "claim-alone")
"""Cases that are one request to the order API of pretix, too."""


def measured(site: Site, case: str) -> dict[str, Any]:
    """One row."""
    tell(case)
    cpu, begun = site.cpu_s(), time.perf_counter()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        load = runner.run(CASES[case](site))
    seconds, used = time.perf_counter() - begun, site.cpu_s() - cpu
    for problem in load.problems[:10]:
        tell(f"{case}: {problem}")
    latencies = sorted(load.latencies)
    spent = max(a["answered"] for a in load.answers) - min(a["sent"] for a in load.answers) if load.answers else seconds
    return {
        "case": case,
        "registrations": len(latencies),
        "seconds": round(spent, 3),
        "requests_per_second": round(len(latencies) / spent, 1),
        "cpu_ms_per_request": round(1000 * used / len(latencies), 3),
        "p50_ms": round(1000 * latencies[len(latencies) // 2], 1),
        "p99_ms": round(1000 * latencies[min(len(latencies) - 1, len(latencies) * 99 // 100)], 1),
        "last_ms": round(1000 * latencies[-1], 1),
        "failed": len(load.problems),
    }


def wrong(answers: list[dict[str, Any]], seats: int) -> list[str]:
    """What the answers say against the promise."""
    found = [f"answered {a['status']}" for a in answers if a["status"] != 200]
    if found:
        return found
    if sorted(a["seq"] for a in answers) != list(range(1, len(answers) + 1)):
        found.append("numbers have a gap or a double")
    if sum(a["place"] == "seat" for a in answers) != min(seats, len(answers)):
        found.append("not as many seats as there are")
    # Whoever had an answer before another asked has the smaller number: a running maximum over the answered.
    by_answer, highest, at = sorted(answers, key=lambda a: a["answered"]), 0, 0
    for asked in sorted(answers, key=lambda a: a["sent"]):
        while at < len(by_answer) and by_answer[at]["answered"] < asked["sent"]:
            highest = max(highest, by_answer[at]["seq"])
            at += 1
        if highest > asked["seq"]:
            found.append(f"number {asked['seq']} asked after {highest} was answered")
    return found


def stored_wrong(site: Site, slug: str, seats: int, claims: int) -> list[str]:
    """What lies on the disk against the promise."""
    of = "FROM conference_registration r JOIN conference_conference c ON c.id = r.conference_id WHERE c.slug = ?"
    (rows, first, last), *_ = site.ask(f"SELECT count(*), min(r.seq), max(r.seq) {of}", slug)
    (seated,), *_ = site.ask(f"SELECT count(*) {of} AND r.place = 'seat'", slug)
    told = (rows, first, last, seated)
    right = (claims, 1, claims, min(seats, claims))
    return [] if told == right else [f"stored {told}, not {right}"]


# --- the peer -------------------------------------------------------------------------------------------------


def beside_peer(rows: list[dict[str, Any]]) -> None:
    """Run pretix, which says itself why it cannot, and compare seconds per registration."""
    beside = [row for row in rows if row["case"] in PEERS]
    if not beside:
        return tell(f"pretix can only be put beside {', '.join(PEERS)}")
    command = [sys.executable, str(Path(__file__).with_name("pretix.py")), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            told = running.communicate()[0]
        except BaseException:
            running.terminate()  # it ends its own servers
            raise
    if not told:
        return None
    peer = json.loads(told)
    for row in beside:
        ours = row["seconds"] / row["registrations"]
        row["peer"] = peer
        row["ratio_to_peer"] = round(peer["seconds"] / peer["registrations"] / ours, 1)
    return None


# --- what is said ---------------------------------------------------------------------------------------------


def machine() -> dict[str, Any]:
    """What it was measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.+)", cpuinfo.read_text()) if cpuinfo.exists() else None
    return {
        "cores": os.cpu_count(),
        "cpu": model[1] if model else platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load": os.getloadavg()[0],
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The rows for people."""
    columns = list(dict.fromkeys(name for row in rows for name in row if name != "peer"))
    lines = [columns, *([str(row.get(name, "")) for name in columns] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(v.rjust(w) for v, w in zip(line, widths, strict=True)) for line in lines)


def tell(line: str) -> None:
    """Progress."""
    print(f"onnuri: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
