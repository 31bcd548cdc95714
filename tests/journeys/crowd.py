"""A crowd that wants seats: many at once, impatient, with bad connections; and what must hold of the answers.

For example::

    people = [Somebody(n) for n in range(1000)]
    come(people, [server.port], at_once=50, generator=random.Random(1))
    in_order(people)
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field

from tests.serving import ROOT

PAUSE_S = 0.02
ANSWER_WITHIN_S = 30
LOST = (OSError, EOFError, asyncio.IncompleteReadError)


@dataclass
class Somebody:
    """One person with one key; `answers` are all that arrived, however often they asked."""

    number: int
    wish: str = "hall"
    seats: int = 1
    cohort: str = "p"
    sent: float = 0.0
    answered: float = 0.0
    answers: list = field(default_factory=list)
    faults: list = field(default_factory=list)

    @property
    def key(self):
        return f"key-of-{self.cohort}-{self.number:06}"

    @property
    def body(self):
        return {
            "name": f"P{self.number}", "email": f"{self.cohort}{self.number}@example.kr",
            "channel": self.wish, "seats": self.seats,
        }  # fmt: skip

    @property
    def told(self):
        return self.answers[0]


def come(people, ports, *, at_once, generator, slug="hanbit", within=50):
    """Everybody claims, `at_once` at a time, until each has an answer.

    Some press twice, some lose their connection before the answer and ask again by another one; who asks again may
    reach another server.
    """

    async def together():
        doors = asyncio.Semaphore(at_once)
        manners = [(generator.random(), generator.random(), generator.random()) for _ in people]

        async def one(person, manner):
            async with doors:
                await claims(person, ports, slug, manner)

        async with asyncio.timeout(within):
            await asyncio.gather(*(one(p, m) for p, m in zip(people, manners, strict=True)))

    asyncio.run(together())


async def claims(person, ports, slug, manner):
    doubled, dropped, after = manner
    port = ports[int(after * 1000) % len(ports)]
    person.sent = time.monotonic()
    if dropped < 0.2:
        with suppress(*LOST):
            await leaves(person, port, slug, after / 100)
    presses = 2 if doubled < 0.3 else 1
    await asyncio.gather(*(until_answered(person, ports, port, slug) for _ in range(presses)))


async def until_answered(person, ports, port, slug):
    """Ask with the same key until there is an answer; 503 and a lost connection mean: again in a moment."""
    tries = 0
    while True:
        try:
            status, told = await ask(person, port, slug)
        except LOST:
            status, told = 0, {}
        if status == 200:
            person.answered = person.answered or time.monotonic()
            person.answers.append(told)
            return
        if status not in {0, 503}:
            person.faults.append((status, told))
            return
        tries += 1
        port = ports[tries % len(ports)]
        await asyncio.sleep(PAUSE_S)


async def ask(person, port, slug):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request(person, port, slug))
        async with asyncio.timeout(ANSWER_WITHIN_S):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = int(re.search(r"content-length: (\d+)", head, re.IGNORECASE)[1])
            return int(head.split(" ", 2)[1]), json.loads(await reader.readexactly(length))
    finally:
        writer.close()


async def leaves(person, port, slug, after):
    """Ask, and be gone before the answer."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(person, port, slug))
    await writer.drain()
    await asyncio.sleep(after)
    writer.transport.abort()


def request(person, port, slug):
    body = json.dumps(person.body).encode()
    return (
        f"POST /api/v1/conferences/{slug}/registrations HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: {person.key}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


# ---- what must hold


def once(people):
    """Every answer a person got names the same claim with the same number."""
    assert [p.faults for p in people if p.faults] == []
    assert [p.number for p in people if not p.answers] == []
    several = [p.number for p in people if len({(a["claim"], a["seq"], a["receipt"]) for a in p.answers}) != 1]
    assert several == []


def gapless(people):
    assert sorted(p.told["seq"] for p in people) == list(range(1, len(people) + 1))


def in_order(people):
    """Whoever had an answer before another asked has the smaller number. How many such pairs there were."""
    by_answer = sorted(people, key=lambda p: p.answered)
    highest, at, pairs = 0, 0, 0
    for own in sorted(people, key=lambda p: p.sent):
        while by_answer[at].answered < own.sent:
            highest = max(highest, by_answer[at].told["seq"])
            at += 1
        assert own.told["seq"] > highest, (own.number, own.told["seq"], highest)
        pairs += at
    return pairs


def by_the_rule(people, capacity):
    """Places by number, as a child would deal them out. Returns how many seats are held."""
    free, somebody_waits = capacity, False
    for own in sorted(people, key=lambda p: p.told["seq"]):
        if own.wish == "online":
            place = "online"
        elif somebody_waits or own.seats > free:
            place, somebody_waits = "waiting", True
        else:
            place, free = "seat", free - own.seats
        assert {a["place"] for a in own.answers} == {place}, (own.number, own.told)
    return capacity - free


# ---- beside the server

CLOSE = """
import django; django.setup()
from datetime import UTC, datetime
from onnuri.conference import actions
actions.close_registration("{slug}", at=datetime.now(tz=UTC))
"""


def close_registration(server, slug="hanbit"):
    """What the organiser's button does."""
    own = {**server._environment, "DJANGO_SETTINGS_MODULE": "onnuri.settings"}
    subprocess.run([sys.executable, "-c", CLOSE.format(slug=slug)], env=own, cwd=ROOT, check=True, timeout=60)
