"""What a voice costs that is signed unseen: the signature, its check, the phone's part, and a crowd that comes at once.

`./onnuri bench mint [--json] [--people N]`: sign, check = one operation in one process; phone = hiding a voice under
both keys in Chromium; crowd = N people with a code each send theirs at the same moment, measured until the signature is
there.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
TIMES: Final = 200
AT_ONCE: Final = 64
"""Connections of the crowd: more do not fit the loopback's client, and the server sees a full queue all the same."""
BARS: Final = {"sign": 6.0}
"""Milliseconds, by the design."""
PHONE: Final = """async ([module, code, keys]) => {
  const { blind } = await import(module);
  const took = [];
  for (let n = 0; n < 20; n += 1) {
    const begun = performance.now();
    await blind(code, keys);
    took.push(performance.now() - begun);
  }
  return took;
}"""

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.serving import Client, Room, Server


def main() -> int:
    """Measure, print, and say by the exit code whether the bar holds."""
    parser = argparse.ArgumentParser(prog="./onnuri bench mint", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--people", type=int, default=150)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(Path(folder), arguments.people)
    if arguments.json:
        print(json.dumps({"bench": "mint", "people": arguments.people, "rows": rows}))
    else:
        print(f"{arguments.people} people, milliseconds\n{'':10}{'times':>8}{'median':>10}{'last':>10}{'bar':>8}")
        for one in rows:
            print(f"{one['what']:10}{one['times']:>8}{one['median']:>10}{one['last']:>10}{one['bar'] or '':>8}")
    return 0 if all(one["bar"] is None or one["median"] <= one["bar"] for one in rows) else 1


def measured(folder: Path, people: int) -> list[dict[str, Any]]:
    """A row for each part."""
    from tests.serving import Server  # noqa: PLC0415

    from onnuri import blind  # noqa: PLC0415

    pem = blind.new_key()
    n = blind.modulus(pem)
    hidden = [blind.blind("QRSTUV", n) for _ in range(TIMES)]
    signing = timed(lambda one: blind.sign(pem, one.sent), hidden)
    tokens = [blind.finalize("QRSTUV", n, one, blind.sign(pem, one.sent)) for one in hidden]
    checking = timed(lambda token: blind.is_signed("QRSTUV", token, n), tokens)
    rows = [row("sign", signing), row("check", checking)]
    with Server(folder) as server:
        room = server.conversation(seeds=["one", "two"], begin=True, policy="code")
        rows += [row("phone", on_the_phone(server, room)), row("crowd", crowd(server, room, people))]
    return rows


def timed(do: Callable[[Any], object], things: list[Any]) -> list[float]:
    """Milliseconds of each."""
    took = []
    for one in things:
        begun = time.perf_counter()
        do(one)
        took.append(1000 * (time.perf_counter() - begun))
    return took


def keys_of(phone: Client, room: Room) -> dict[str, str]:
    """As the page carries them."""
    import html  # noqa: PLC0415
    import re  # noqa: PLC0415

    found = re.search(r'data-voice-keys="([^"]*)"', phone.get(f"/c/{room.code}").text)
    if found is None:
        raise RuntimeError("the page has no keys")
    told: dict[str, str] = json.loads(html.unescape(found[1]))
    return told


def on_the_phone(server: Server, room: Room) -> list[float]:
    """The module of the page itself, in Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415
    from tests.browser.conftest import ARGUMENTS, CHROMIUM  # noqa: PLC0415

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page(base_url=server.url)
        page.goto(f"/c/{room.code}")
        keys = keys_of(server.client(), room)
        took: list[float] = page.evaluate(PHONE, ["/static/js/blind.js", room.code, keys])
        browser.close()
    return took


def crowd(server: Server, room: Room, people: int) -> list[float]:
    """Everybody's message is ready, and all are sent at once."""
    from onnuri import blind  # noqa: PLC0415

    host, told = server.host(room), []
    while len(told) < people:
        form = {"channel": "online", "count": min(1000, people - len(told))}
        told += host.post(f"/api/v1/host/conversations/{room.code}/codes", form).json["codes"]
    keys = keys_of(server.client(), room)
    bodies = [
        {"seat_code": code, "blinded": {c: blind.text_of(blind.blind(room.code, n).sent) for c, n in keys.items()}}
        for code in told
    ]
    phones = [server.client() for _ in bodies]
    begun = time.perf_counter()

    def send(index: int) -> float:
        answer = phones[index].post(f"/api/v1/conversations/{room.code}/mint", bodies[index])
        if answer.status != 200:
            raise RuntimeError(answer.text)
        return 1000 * (time.perf_counter() - begun)

    with ThreadPoolExecutor(AT_ONCE) as hall:
        return list(hall.map(send, range(people)))


def row(what: str, took: list[float]) -> dict[str, Any]:
    """Rounded to a hundredth of a millisecond."""
    return {
        "what": what,
        "times": len(took),
        "median": round(median(took), 2),
        "last": round(max(took), 2),
        "bar": BARS.get(what),
    }


if __name__ == "__main__":
    raise SystemExit(main())
