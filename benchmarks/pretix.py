"""How pretix 2026.8.0 registers people: the case `1000-attempts` of places.py by its order API, with a seat for 150.

`./onnuri bench pretix [--json] [--attempts N]`: pretix from the package index in an environment of its own, with what
its manual asks for: PostgreSQL and Redis, both started here, gunicorn with two workers, Celery with two. Unlike our
server, which has one core, it may use all of them. Mails are off. Everything ends with this program.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import venv
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from places import AT_ONCE, SEATS, Phone, table, tell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME: Final = "pretix 2026.8.0"
HERE: Final = Path(__file__).resolve().parent
START_WITHIN_S: Final = 120
CONFIGURATION: Final = """
[pretix]
instance_name=bench
url=http://127.0.0.1:{web}
datadir={folder}/data
[database]
backend=postgresql
name=pretix
user=pretix
host={folder}/postgres
[redis]
location=redis://127.0.0.1:{redis}/0
sessions=true
[celery]
backend=redis://127.0.0.1:{redis}/1
broker=redis://127.0.0.1:{redis}/2
"""
EVENT_PROGRAM: Final = """
import datetime, json, sys
import django
django.setup()
from django.utils.timezone import now
from django_scopes import scopes_disabled
from pretix.base.models import Event, Organizer
with scopes_disabled():
    organizer = Organizer.objects.create(name="Bench", slug="bench")
    event = Event.objects.create(
        organizer=organizer, name="Hall", slug="hall", currency="EUR", live=True, plugins="",
        date_from=now() + datetime.timedelta(days=30),
    )
    seat = event.items.create(name="Seat", default_price=0, admission=True)
    event.quotas.create(name="Seats", size=int(sys.argv[1])).items.add(seat)
    team = organizer.teams.create(
        name="Bench", all_events=True, all_event_permissions=True, all_organizer_permissions=True
    )
    print(json.dumps({"item": seat.pk, "token": team.tokens.create(name="Bench").token}))
"""


class NotHereError(Exception):
    """Pretix cannot be run on this machine."""


def main() -> int:
    """Measure, print, and say by the exit code whether it sold as many seats as there are."""
    parser = argparse.ArgumentParser(prog="./onnuri bench pretix", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--attempts", type=int, default=200)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        with served() as shop:
            row = measured(shop, arguments.attempts)
    except (OSError, subprocess.SubprocessError, psycopg.Error, NotHereError) as error:
        raise SystemExit(f"onnuri: {NAME} cannot be run here: {str(error).splitlines()[0]}") from None
    print(json.dumps(row) if arguments.json else table([row]))
    return 0 if row["exact"] else 1


def stop(number: int, _frame: object) -> None:
    """End what was started, undisturbed by a second signal."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(128 + number)


# --- its servers ----------------------------------------------------------------------------------------------


@dataclass
class Shop:
    """A running pretix with one event."""

    port: int
    token: str
    item: int
    postgres: Path

    def sold(self) -> int:
        """What lies in its database."""
        with psycopg.connect(f"host={self.postgres} user=pretix dbname=pretix") as connection:
            found = connection.execute("SELECT count(*) FROM pretixbase_orderposition WHERE NOT canceled").fetchone()
        return int(found[0]) if found else 0


@contextmanager
def served() -> Iterator[Shop]:
    """PostgreSQL, Redis, web and tasks, until the end of the block."""
    postgres, redis = programs(), shutil.which("redis-server")
    if postgres is None or redis is None:
        raise NotHereError("it needs PostgreSQL and redis-server")
    python = own_python()
    with tempfile.TemporaryDirectory(prefix="onnuri-pretix-") as name, ExitStack() as stack:
        folder, ports = Path(name), {"web": free_port(), "redis": free_port()}
        folder.chmod(0o755)  # PostgreSQL's folder is another user's
        (folder / "data").mkdir()
        (folder / "pretix.cfg").write_text(CONFIGURATION.format(folder=folder, **ports))
        own = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        own |= {"PRETIX_CONFIG_FILE": str(folder / "pretix.cfg"), "DJANGO_SETTINGS_MODULE": "pretix.settings"}
        stack.enter_context(cluster(postgres, folder / "postgres"))
        keep_nothing = ("--save", "", "--appendonly", "no", "--dir", str(folder))
        cache = (redis, "--bind", "127.0.0.1", "--port", str(ports["redis"]), *keep_nothing)
        stack.enter_context(process(cache, folder, own, ports["redis"]))
        tell(f"{NAME}: making its tables")
        said((python, "-m", "pretix", "migrate"), folder, own)
        made = json.loads(said((python, "-c", EVENT_PROGRAM, str(SEATS)), folder, own).splitlines()[-1])
        web = (python, "-m", "gunicorn", "pretix.wsgi", "--workers=2", f"--bind=127.0.0.1:{ports['web']}")
        tasks = (python, "-m", "celery", "-A", "pretix.celery_app", "worker", "--concurrency=2", "--loglevel=warning")
        stack.enter_context(process(tasks, folder, own))
        stack.enter_context(process(web, folder, own, ports["web"]))
        yield Shop(ports["web"], postgres=folder / "postgres", **made)


def own_python() -> str:
    """Python of pretix' own environment, made from its locked requirements on first use."""
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "onnuri" / "peers" / "places"
    python = home / "bin" / "python"
    stamp = home / "made"
    if not stamp.exists():
        tell(f"{NAME}: making its environment")
        venv.create(home, with_pip=True, clear=True)
        locked = HERE / "peers" / "places.txt"
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", locked], check=True, stdout=sys.stderr
        )
        stamp.touch()
    return str(python)


def programs() -> Path | None:
    """The folder with PostgreSQL's programs, the newest version first; Debian keeps it off the PATH."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = [file.parent for file in sorted(debian, key=lambda file: float(file.parents[1].name), reverse=True)]
    on_path = shutil.which("initdb")
    return next(iter([*found, *([Path(on_path).resolve().parent] if on_path else [])]), None)


@contextmanager
def cluster(postgres: Path, folder: Path) -> Iterator[None]:
    """A PostgreSQL that listens on a socket in its folder and nowhere else; answers are on the disk, as ours are."""
    folder.mkdir()
    user: dict[str, Any] = {}
    if os.geteuid() == 0:  # which PostgreSQL refuses
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        somebody = names.get("postgres") or names["nobody"]
        user = {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}
        os.chown(folder, somebody.pw_uid, somebody.pw_gid)
    data, settings = folder / "data", ("-k", str(folder), "-c", "listen_addresses=")
    subprocess.run(
        [postgres / "initdb", "-D", data, "-U", "pretix", "-A", "trust", "-E", "UTF8", "--locale=C"],
        check=True, capture_output=True, cwd=folder, **user,
    )  # fmt: skip
    with process((str(postgres / "postgres"), "-D", str(data), *settings), folder, **user) as server:
        give_up = time.monotonic() + START_WITHIN_S
        while True:
            try:
                with psycopg.connect(f"host={folder} user=pretix dbname=postgres", autocommit=True) as connection:
                    connection.execute("CREATE DATABASE pretix")
            except psycopg.OperationalError:
                if server.poll() is not None or time.monotonic() > give_up:
                    raise
                time.sleep(0.05)
            else:
                break
        yield


def said(command: Sequence[str], folder: Path, environment: dict[str, str]) -> str:
    """What a program says that ends by itself."""
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotHereError((done.stderr.strip().splitlines() or [f"{command[0]} failed"])[-1])
    return done.stdout


@contextmanager
def process(
    command: Sequence[str], folder: Path, environment: dict[str, str] | None = None, port: int = 0, **user: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A server that ends with the block; with a port, until it answers there."""
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=log, stderr=log, start_new_session=True, **user
        )
        try:
            give_up = time.monotonic() + START_WITHIN_S
            while port:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    if server.poll() is not None or time.monotonic() > give_up:
                        raise NotHereError(f"{Path(command[0]).name} did not start") from None
                    time.sleep(0.05)
            yield server
        finally:
            server.send_signal(signal.SIGINT if "postgres" in command[0] else signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


def free_port() -> int:
    """A loopback port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_s() -> float:
    """CPU time so far of everything started here: web, tasks, PostgreSQL and Redis."""
    parents, used = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        pid = int(stat.parent.name)
        parents[pid], used[pid] = int(fields[1]), int(fields[11]) + int(fields[12])
    family = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(used.get(pid, 0) for pid in family - {os.getpid()}) / os.sysconf("SC_CLK_TCK")


# --- the load -------------------------------------------------------------------------------------------------


@dataclass
class Sales:
    """What the phones saw."""

    latencies: list[float] = field(default_factory=list)
    """Of those who got a seat."""
    refused: int = 0
    problems: list[str] = field(default_factory=list)
    begun: float = 0.0
    cpu_begun: float = 0.0
    last: float = 0.0
    """When the last seat was answered."""
    cpu_last: float = 0.0


async def sell(shop: Shop, attempts: int) -> Sales:
    """Orders for one seat with name and address, 50 at once. Its workers hang up after each answer."""
    numbers = iter(range(attempts))
    api, authorised = "/api/v1/organizers/bench/events/hall", {"authorization": f"Token {shop.token}"}
    for _ in range(8):  # both workers have read their code
        phone = Phone(shop.port)
        await phone.send("GET", f"{api}/items/", b"", **authorised)
        phone.close()
    sales = Sales(begun=time.perf_counter(), cpu_begun=cpu_s())

    async def worker() -> None:
        for number in numbers:
            person: dict[str, Any] = {"item": shop.item, "variation": None, "price": "0.00"}
            person |= {"attendee_name_parts": {"full_name": f"P {number}"}, "answers": []}
            order = {"email": f"p{number}@example.kr", "locale": "en", "positions": [person]}
            phone, sent = Phone(shop.port), time.perf_counter()
            status, _head, body = await phone.send(
                "POST", f"{api}/orders/", json.dumps(order).encode(),
                content_type="application/json", x_idempotency_key=secrets.token_hex(16), **authorised,
            )  # fmt: skip
            answered = time.perf_counter()
            phone.close()
            if status == 201:
                sales.latencies.append(answered - sent)
                sales.last, sales.cpu_last = answered, cpu_s()
            elif status == 400 and b"quota" in body:
                sales.refused += 1
            else:
                sales.problems.append(f"answered {status}: {body[:200]!r}")

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return sales


def measured(shop: Shop, attempts: int) -> dict[str, Any]:
    """One row, as places.py has it."""
    tell(f"{NAME}: {attempts} attempts")
    sales = asyncio.run(sell(shop, attempts))
    for problem in sales.problems[:10]:
        tell(f"{NAME}: {problem}")
    if not sales.latencies:
        raise NotHereError("nobody got a seat")
    latencies, spent = sorted(sales.latencies), sales.last - sales.begun
    return {
        "name": NAME,
        "attempts": attempts,
        "registrations": len(latencies),
        "seconds": round(spent, 3),
        "requests_per_second": round(len(latencies) / spent, 2),
        "cpu_ms_per_request": round(1000 * (sales.cpu_last - sales.cpu_begun) / len(latencies), 1),
        "p50_ms": round(1000 * latencies[len(latencies) // 2], 1),
        "p99_ms": round(1000 * latencies[min(len(latencies) - 1, len(latencies) * 99 // 100)], 1),
        "refused": sales.refused,
        "failed": len(sales.problems),
        "exact": len(latencies) == shop.sold() == min(SEATS, attempts),
    }


if __name__ == "__main__":
    sys.exit(main())
