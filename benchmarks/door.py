"""How long from a scan to its verdict with 10,000 tickets, online and offline.

`./onnuri bench door [--json] [--tickets N]`: a server of its own; online = one scan over HTTP until its answer,
committed; offline = Chromium without a network, from the end of the typed code to the shown verdict, with the scan
on the device's disk.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, Final

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
SCANS: Final = 200
BARS: Final = {"online": 100, "offline": 50}
"""Milliseconds."""

if TYPE_CHECKING:
    from tests.serving import Server


def main() -> int:
    """Measure, print, and say by the exit code whether the bars hold."""
    parser = argparse.ArgumentParser(prog="./onnuri bench door", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--tickets", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(Path(folder), arguments.tickets)
    if arguments.json:
        print(json.dumps({"bench": "door", "tickets": arguments.tickets, "rows": rows}))
    else:
        print(f"{arguments.tickets} tickets, milliseconds\n{'':10}{'scans':>8}{'median':>10}{'p99':>8}{'bar':>8}")
        for row in rows:
            print(f"{row['way']:10}{row['scans']:>8}{row['median']:>10}{row['p99']:>8}{row['bar']:>8}")
    return 0 if all(row["p99"] <= row["bar"] for row in rows) else 1


def measured(folder: Path, tickets: int) -> list[dict[str, Any]]:
    """A row for each way."""
    os.environ["ONNURI_DATA"] = str(folder / "data")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onnuri.settings")
    from tests.serving import Server  # noqa: PLC0415 - the folder is named before the settings are read

    server = Server(folder)
    with server:
        key, codes = filled(server, tickets)
        online_ms = online(server, key, codes[:SCANS])
        offline_ms = offline(server, key, codes[SCANS : 2 * SCANS])
    return [row("online", online_ms), row("offline", offline_ms)]


def filled(server: Server, tickets: int) -> tuple[str, list[str]]:
    """A hall full of confirmed people, written past the desk; its door's key and all codes."""
    server.run_cli("conference", "new", "--slug", "door", "--seats", str(tickets), "--title", "Door")
    import django  # noqa: PLC0415

    django.setup()
    from onnuri.conference.entrance import renew_door_key  # noqa: PLC0415
    from onnuri.conference.models import Conference, Registration, Ticket  # noqa: PLC0415

    found, at = Conference.objects.get(slug="door"), datetime.now(tz=UTC)
    codes = [code_of(n) for n in range(tickets)]
    people = Registration.objects.bulk_create(
        Registration(
            conference=found, seq=n + 1, claim=f"c{n}", confirm_token=f"t{n}", idempotency_key=f"key-{n:08}",
            content_digest="", wish="hall", place="seat", name=f"홍길동 {n}", email=f"p{n}@example.org",
            claimed_at=at, confirmed_at=at,
        )
        for n in range(tickets)
    )  # fmt: skip
    Ticket.objects.bulk_create(
        Ticket(conference=found, registration=own, seat_number=n + 1, code=codes[n]) for n, own in enumerate(people)
    )
    Conference.objects.filter(pk=found.pk).update(taken=tickets, next_seq=tickets + 1)
    return renew_door_key("door"), codes


def code_of(number: int) -> str:
    """A code nobody else has."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    scattered = number * 2_654_435_761 % 32**10
    return "".join(letters[scattered // 32**place % 32] for place in range(10))


def online(server: Server, key: str, codes: list[str]) -> list[float]:
    """One scan a request, one after the other, as a door does."""
    line, took = HTTPConnection("127.0.0.1", server.port), []
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    for counter, code in enumerate(codes, 1):
        scan = {"counter": counter, "code": code, "at": datetime.now(tz=UTC).isoformat()}
        begun = time.perf_counter()
        line.request(
            "POST", "/api/v1/conferences/door/check-ins", json.dumps({"device": "bench", "scans": [scan]}), headers
        )
        told = json.loads(line.getresponse().read())
        took.append(1000 * (time.perf_counter() - begun))
        require_in(told["scans"][0]["verdict"])
    line.close()
    return took


def offline(server: Server, key: str, codes: list[str]) -> list[float]:
    """The page tells its own time."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415
    from tests.browser.conftest import ARGUMENTS, CHROMIUM  # noqa: PLC0415

    took = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page(base_url=server.url)
        page.goto(f"/door/e/door?key={key}")
        page.wait_for_selector("door-desk[data-kept]", timeout=60_000)
        page.context.set_offline(True)
        for code in codes:
            page.evaluate("() => delete document.querySelector('door-desk').dataset.took")
            page.fill("#q", code)
            page.keyboard.press("Enter")
            desk = page.wait_for_selector("door-desk[data-took]")
            took.append(float(desk.get_attribute("data-took")))
            require_in(page.get_attribute("[data-verdict]", "data-answer"))
        browser.close()
    return took


def require_in(verdict: str | None) -> None:
    """A fast wrong answer is no answer."""
    if verdict != "in":
        sys.exit(f"a ticket was told {verdict}")


def row(way: str, took: list[float]) -> dict[str, Any]:
    """Of one way."""
    p99 = quantiles(took, n=100)[98]
    return {"way": way, "scans": len(took), "median": round(median(took), 1), "p99": round(p99, 1), "bar": BARS[way]}


if __name__ == "__main__":
    sys.exit(main())
