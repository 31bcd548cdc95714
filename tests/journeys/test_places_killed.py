"""Killed in the middle of everything, again and again: what was answered is kept, what was not can be asked again.

ONNURI_KILL_CYCLES=200 does it as often as a release needs.
"""

import asyncio
import os
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing

import pytest
from tests.journeys import crowd
from tests.journeys.crowd import LOST, Somebody
from tests.serving import Server

from onnuri.conference.checking import check

CYCLES = int(os.environ.get("ONNURI_KILL_CYCLES", "4"))
A_CYCLE = 40
SEATS = 50
AT_ONCE = 20


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path) as running:
        running.run_cli("conference", "new", "--slug", "hanbit", "--seats", str(SEATS))
        yield running


def test_whatever_was_answered_is_there_after_every_kill(server):
    generator = random.Random(13)
    everybody = killed_and_repeated(server, CYCLES, generator)

    crowd.once(everybody)
    crowd.gapless(everybody)
    assert sum(p.told["place"] == "seat" for p in everybody) == SEATS
    assert {p.told["seat_number"] for p in everybody if p.told["place"] == "seat"} == set(range(1, SEATS + 1))
    letters = rows(server, 'SELECT kind, "to" FROM people_mail')
    assert Counter(letters) == Counter(("confirm", p.body["email"]) for p in everybody)
    crowd.close_registration(server)
    assert check(server.client().get("/e/hanbit/order.json").json).problems == ()


def killed_and_repeated(server, cycles, generator):
    """Each cycle forty people more come; in the middle the power goes; after it everybody asks again."""
    everybody, unanswered = [], 0
    for cycle in range(cycles):
        people = [Somebody(cycle * A_CYCLE + n, cohort="k") for n in range(A_CYCLE)]
        until_killed(server, people, generator)
        answered = {p.number: p.told["seq"] for p in people if p.answers}
        unanswered += A_CYCLE - len(answered)
        server.start()
        # Everybody who has ever come asks once more, with the same key.
        everybody += people
        again = everybody if cycle == cycles - 1 else people
        crowd.come(again, [server.port], at_once=AT_ONCE, generator=generator)
        crowd.once(again)
        assert {n: everybody[n].told["seq"] for n in answered} == answered
    # A kill that comes too early or too late proves nothing.
    assert 0 < unanswered < cycles * A_CYCLE
    return everybody


def until_killed(server, people, generator):
    """All come at once; the kill comes after a random number of answers, in the middle of the others."""
    enough = generator.randrange(1, A_CYCLE - 5)
    wait = generator.random() / 100

    async def together():
        doors = asyncio.Semaphore(AT_ONCE)
        killed = asyncio.Event()

        async def one(person):
            async with doors:
                if killed.is_set():
                    return
                try:
                    status, told = await crowd.ask(person, server.port, "hanbit")
                except LOST:
                    return
            if status == 200:
                person.answers.append(told)

        async def power():
            until = time.monotonic() + 20
            while sum(bool(p.answers) for p in people) < enough and time.monotonic() < until:  # noqa: ASYNC110
                await asyncio.sleep(0.0005)
            await asyncio.sleep(wait)
            killed.set()
            server.kill()

        await asyncio.gather(power(), *(one(p) for p in people))

    asyncio.run(together())


def rows(server, sql):
    with closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as file:
        return file.execute(sql).fetchall()
