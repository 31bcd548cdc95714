"""Too many at once: everybody is told to come back, at different moments, and whoever was taken in is answered."""

import asyncio
import threading

import pytest

from onnuri.errors import Busy, TooMany
from onnuri.live import writer as writers
from onnuri.live.http import SPREAD_S, refuse
from onnuri.live.store import LIFTS, SqliteStore
from onnuri.live.writer import Writer


class SlowStore(SqliteStore):
    """A disk that holds every commit until it is let go."""

    def __init__(self, path):
        super().__init__(path)
        self.go = threading.Event()

    def connect(self):
        own = super().connect()
        own.execute("CREATE TABLE IF NOT EXISTS conversation_lift (question_id, voice_id, value)")
        self.go.wait(10)
        return own


async def told(refusal):
    sent = []

    async def send(message):
        sent.append(message)

    await refuse(send, refusal, "ko")
    return sent[0]["status"], int(dict(sent[0]["headers"])[b"retry-after"])


def test_a_full_queue_refuses_and_answers_those_it_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(writers, "MOST_WAITING", 5)

    async def story():
        store = SlowStore(str(tmp_path / "hall.sqlite3"))
        own = Writer(store)
        own.start()
        held = [asyncio.ensure_future(own.do(1, lambda _connection, n=n: n)) for n in range(20)]
        await asyncio.sleep(0.1)
        refused = [one for one in held if one.done() and isinstance(one.exception(), Busy)]
        store.go.set()
        answers = [await one for one in held if one not in refused]
        own.stop()
        return len(refused), answers

    refused, answers = asyncio.run(story())

    assert refused >= 13
    assert len(answers) == 20 - refused
    assert answers == sorted(answers)


def test_who_is_refused_comes_back_spread_out():
    async def story():
        return [await told(Busy("busy")) for _ in range(100)], [
            await told(TooMany("too_fast", n=7)) for _ in range(100)
        ]

    busy, fast = asyncio.run(story())

    assert {status for status, _ in busy} == {503}
    assert {pause for _, pause in busy} == set(range(1, 1 + SPREAD_S))
    assert {status for status, _ in fast} == {429}
    assert {pause for _, pause in fast} == set(range(7, 7 + SPREAD_S))


def test_a_disk_that_fails_is_said_and_the_next_group_is_taken(tmp_path):
    async def story():
        store = SqliteStore(str(tmp_path / "hall.sqlite3"))
        own = Writer(store)
        own.start()
        with pytest.raises(store.errors):
            await own.put_rows(1, LIFTS, [(1, 2, 1)])  # there is no such table yet
        made = await own.do(1, lambda connection: connection.execute("CREATE TABLE conversation_lift (x)") or "made")
        own.stop()
        return made

    assert asyncio.run(story()) == "made"
