"""How long a phone takes on the hall's Wi-Fi: first paint, first vote possible, next card, and votes over an outage.

`./onnuri bench phone [--json]`: Chromium with an emulated network (400 ms, 400 kbit/s) and a 6 times slower processor,
against a server on the other core. Figures are medians of some fresh profiles.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.request import Request, urlopen

from playwright.sync_api import sync_playwright
from votes import Hall, machine, served, table, tell

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM: Final = Path("/usr/bin/chromium")
ARGUMENTS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
)  # fmt: skip
WIFI: Final = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER: Final = 6
PROFILES: Final = 7
CARDS: Final = 15
OFFLINE_CARDS: Final = 5
SETTLE_MS: Final = 20_000

PAINTED: Final = (
    "() => performance.getEntriesByType('paint').find((e) => e.name === 'first-contentful-paint')?.startTime"
)
READY: Final = """() => new Promise((done) => {
  const look = () => {
    const card = document.querySelector("vote-card");
    if (card && customElements.get("vote-card") && card.queue) done(performance.now());
    else setTimeout(look, 5);
  };
  look();
})"""
NEXT: Final = """() => new Promise((done) => {
  const text = () => document.querySelector("#statement").textContent;
  const before = text(), begun = performance.now();
  document.querySelector('.vote[value="1"]').click();
  const shown = () => requestAnimationFrame(() => done(performance.now() - begun));
  const look = () => (text() === before ? setTimeout(look, 1) : shown());
  look();
})"""
WAITING: Final = "() => document.querySelector('vote-card').queue.status.waiting"


def main() -> int:
    """Measure, print, and say by the exit code whether every vote is on the server once."""
    parser = argparse.ArgumentParser(prog="./onnuri bench phone", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    arguments = parser.parse_args()
    with served("sqlite", PROFILES) as hall, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        visits = [visit(browser, hall, cookie) for cookie in hall.cookies]
        browser.close()
        stored, wanted = hall.votes(), PROFILES * CARDS
        bytes_sent = first_load(hall)
    row = {name: statistics.median(one[name] for one in visits) for name in visits[0]}
    row = {name: round(value, 1) for name, value in row.items()}
    row |= {"first_load_gzip_kb": round(bytes_sent / 1024, 1), "votes": wanted, "failed": wanted - stored}
    rows = [{"case": "hall-wifi", "profiles": PROFILES, **row}]
    print(
        json.dumps({"bench": "phone", "machine": machine("chromium"), "rows": rows}) if arguments.json else table(rows)
    )
    return 1 if stored != wanted else 0


def visit(browser: Browser, hall: Hall, cookie: str) -> dict[str, float]:
    """One person with a fresh profile: opens the room, votes, loses the network, votes on, comes back."""
    tell("a phone comes")
    address = f"http://127.0.0.1:{hall.port}"
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": address}])
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", WIFI)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(f"{address}/c/{hall.code}", wait_until="commit")
    ready = float(page.evaluate(READY))
    page.wait_for_load_state("load")
    paint = float(page.evaluate(PAINTED))
    cards = [next_card(page) for _ in range(CARDS - OFFLINE_CARDS)]
    devtools.send("Network.emulateNetworkConditions", {**WIFI, "offline": True})
    offline = [next_card(page) for _ in range(OFFLINE_CARDS)]
    devtools.send("Network.emulateNetworkConditions", WIFI)
    page.wait_for_function(f"() => ({WAITING})() === 0", timeout=SETTLE_MS)
    context.close()
    return {
        "first_paint_ms": paint,
        "first_vote_possible_ms": ready,
        "next_card_ms": statistics.median(cards),
        "next_card_worst_ms": max(cards),
        "next_card_offline_ms": statistics.median(offline),
    }


def next_card(page: Page) -> float:
    """From a thumb on O to another statement."""
    found = float(page.evaluate(NEXT))
    page.wait_for_timeout(250)  # a person reads; the queue sends meanwhile
    return found


def first_load(hall: Hall) -> int:
    """Bytes of the vote page with everything it loads at once, each as gzip would send it."""
    address = f"http://127.0.0.1:{hall.port}"

    def asked(path: str) -> bytes:
        with urlopen(Request(address + path, headers={"cookie": hall.cookies[0]})) as got:  # noqa: S310 - our own server
            return bytes(got.read())

    page = asked(f"/c/{hall.code}")
    assets = dict.fromkeys(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css)[^"]*)"', page.decode()))
    return sum(len(gzip.compress(part)) for part in (page, *map(asked, assets)))


if __name__ == "__main__":
    sys.exit(main())
