"""A whole hall: simulated phones play a round, ballots and record against a server on one core.

`./onnuri bench hall [--json] [--phones N ...] [--loss L] [--minutes M]`: the server runs on the first core, the phones
on the second. Each case is a rehearsal on a copy: page, join, stream, deck, votes at a human pace, both ballots,
record. Every answer made on a phone must be in the sealed record, once.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from votes import cores, machine, pin, table, tell, wait_for

from onnuri.rehearsal.command import rehearse_on_copy
from onnuri.rehearsal.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES: Final = (150, 1000)
"""The hall alone; the hall and so many online that the sum is this."""
IN_THE_HALL: Final = 150
STATEMENTS: Final = 30


def main() -> int:
    """Measure, print, and say by the exit code whether every answer is in its record once."""
    parser = argparse.ArgumentParser(prog="./onnuri bench hall", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--phones", type=int, nargs="+", default=CASES, help="people in each case")
    parser.add_argument("--loss", type=float, default=0.0, help="share of requests or answers that get lost")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long the round of voting lasts")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="onnuri-bench-") as name, served(Path(name)) as hall:
        rows = [row_of(hall, n, arguments.loss, arguments.minutes) for n in arguments.phones]
    result = {"bench": "hall", "machine": machine("rehearsal"), "rows": rows}
    print(json.dumps(result) if arguments.json else table(rows))
    return 0 if all(row["missing"] == row["doubled"] == 0 for row in rows) else 1


def row_of(hall: Hall, people: int, loss: float, minutes: float) -> dict[str, Any]:
    """One rehearsal."""
    at_home = min(people, IN_THE_HALL)
    plan = Plan(hall=at_home, online=people - at_home, loss=loss, rounds=1, round_s=60 * minutes)
    cpu, begun = hall.cpu_s(), time.perf_counter()
    report = rehearse_on_copy(plan, hall.link, keep=False, say=tell)
    seconds, after = time.perf_counter() - begun, hall.cpu_s()
    vote = report["rounds"][0]
    return {
        "phones": people,
        "answers": report["made"],
        "missing": report["missing"],
        "doubled": report["doubled"],
        "request_p50_ms": vote["request_ms"]["p50"],
        "request_p99_ms": vote["request_ms"]["p99"],
        "turnout_p95_ms": vote["turnout_ms"]["p95"],
        "close_to_screens_p95_ms": vote["close_to_screens_ms"]["p95"],
        "errors": sum(report["errors"].values()),
        "seconds": round(seconds, 1),
        "server_cpu_share": None if cpu is None or after is None else round((after - cpu) / seconds, 3),
        "server_pss_mb": hall.memory_mb(),
        "client_memory_mb": report["client_memory_mb"],
    }


class Hall:
    """A running server and a host's link."""

    def __init__(self, pid: int, link: str) -> None:
        self.pid = pid
        self.link = link

    def cpu_s(self) -> float | None:
        """CPU time of the server's process so far, all threads; None where there is no /proc."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return None
        # After the name in parentheses: state is field 3, user and system time are fields 14 and 15.
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float | None:
        """Memory of all its processes now, what they share counted once; None where there is no /proc."""
        if not Path(f"/proc/{self.pid}/smaps_rollup").exists():
            return None
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        kib = 0
        for pid in (str(self.pid), *children):
            found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
            kib += int(found[1]) if found else 0
        return round(kib / 1024, 1)


@contextmanager
def served(folder: Path) -> Iterator[Hall]:
    """A server on the first core, with a conversation to copy; this process moves to the second."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server, client = cores()
    pin(server)
    unset = {"DATABASE_URL", "ONNURI_URL"}
    environment = {k: v for k, v in os.environ.items() if k not in unset} | {"ONNURI_DATA": str(folder)}
    seeds = folder / "seeds.txt"
    seeds.write_text("\n".join(f"지어낸 의견 {n}" for n in range(1, STATEMENTS + 1)), encoding="utf-8")
    made = subprocess.run(
        [sys.executable, "-m", "onnuri", "conversation", "new", "--question", "?", "--seeds", str(seeds)],
        env=environment, capture_output=True, check=True, text=True,
    )  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "onnuri", "serve", "--no-sample", "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    pin(client)
    try:
        wait_for(port, process)
        path = json.loads(made.stdout)["host"].partition("/host/")[2]
        yield Hall(process.pid, f"http://127.0.0.1:{port}/host/{path}")
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
