"""An open page: what it hears first, forgotten when it leaves, let go when it reads nothing."""

import asyncio
import json
from collections import defaultdict

import pytest

from onnuri.errors import Busy
from onnuri.live.hub import Hub
from onnuri.live.rooms import Room
from onnuri.live.streams import COME_BACK_MS, STUCK_S, Streams, snapshot


def a_room(**different):
    about = {
        "id": 1, "code": "ABC234", "segment": "lobby", "version": 1, "policy": "open", "open_rows": True,
        "simulated": False,
        "conference": None, "screen": "", "rounds": {}, "statements": {}, "gone": set(), "candidates": set(),
        "slate": set(), "wanted": {}, "on": None, "asked": None, "interludes": {}, "questions": {}, "challenges": {},
        "voices": {5: "hall", 6: "online"}, "answered_in": defaultdict(set),
    }  # fmt: skip
    return Room(**{**about, **different})


class Page:
    """The other side of one stream; `reads` says whether it takes what it is sent."""

    def __init__(self, *, reads=True):
        self.sent = []
        self.left = asyncio.Event()
        self.reads = asyncio.Event()
        self._asked = False
        if reads:
            self.reads.set()

    async def receive(self):
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        await self.reads.wait()
        self.sent.append(message)

    @property
    def heard(self):
        return b"".join(m.get("body", b"") for m in self.sent)


async def opened(streams, page, room=None):
    task = asyncio.ensure_future(streams.serve(room or a_room(), page.receive, page.send))
    await asyncio.sleep(0.01)
    return task


def test_who_comes_hears_first_how_things_stand():
    first = snapshot(a_room(), 4).decode()

    back, segment, turnout = first.strip().split("\n\n")
    assert back.startswith("retry: ")
    assert json.loads(segment.split("data: ")[1])["segment"] == "lobby"
    assert json.loads(turnout.split("data: ")[1])["joined"] == 2
    assert segment.startswith("id: 4\n")


def test_pages_are_told_to_come_back_spread_out():
    pauses = {int(snapshot(a_room(), 0).split(b"\n")[0].split(b" ")[1]) for _ in range(200)}

    assert all(COME_BACK_MS[0] <= pause < COME_BACK_MS[1] for pause in pauses)
    assert len(pauses) > 100


def test_who_leaves_is_found_out_at_the_next_heartbeat():
    async def story():
        streams = Streams(Hub())
        page = Page()
        task = await opened(streams, page)
        page.left.set()
        await streams.hub.beat()
        await asyncio.wait_for(task, 2)
        return len(streams), len(streams.hub)

    assert asyncio.run(story()) == (0, 0)


def test_who_stays_goes_on_hearing_after_a_heartbeat():
    async def story():
        streams = Streams(Hub())
        page = Page()
        task = await opened(streams, page)
        await streams.hub.beat()
        await asyncio.sleep(0.01)
        await streams.hub.publish("ABC234", "turnout", {"joined": 41})
        await asyncio.sleep(0.01)
        streams.end()
        await asyncio.wait_for(task, 2)
        return page.heard

    assert b'{"joined":41}' in asyncio.run(story())


def test_a_page_that_never_reads_is_let_go_and_holds_two_events_at_most():
    async def story():
        streams = Streams(Hub())
        stuck, well = Page(reads=False), Page()
        task, other = await opened(streams, stuck), await opened(streams, well)
        for joined in range(1000):
            await streams.hub.publish("ABC234", "turnout", {"joined": joined})
        await asyncio.sleep(0.01)
        now = asyncio.get_running_loop().time()
        early, late = streams.drop_stuck(now), streams.drop_stuck(now + STUCK_S + 1)
        await asyncio.wait_for(task, 2)
        left = len(streams)
        streams.end()
        await asyncio.wait_for(other, 2)
        return early, late, left, well.heard

    early, late, left, heard = asyncio.run(story())

    assert (early, late, left) == (0, 1, 1)
    assert b'{"joined":999}' in heard


def test_beyond_the_limit_a_page_is_told_to_ask_instead(monkeypatch):
    async def story():
        streams = Streams(Hub())
        monkeypatch.setattr(streams, "_most", 1)
        page = Page()
        task = await opened(streams, page)
        with pytest.raises(Busy):
            await streams.serve(a_room(), Page().receive, Page().send)
        streams.end()
        await asyncio.wait_for(task, 2)
        return streams.refused

    assert asyncio.run(story()) == 1


def test_a_server_that_stops_ends_even_those_who_do_not_read():
    async def story():
        streams = Streams(Hub())
        tasks = [await opened(streams, Page(reads=reads)) for reads in (True, False)]
        streams.end()
        await asyncio.wait_for(asyncio.gather(*tasks), 2)
        return len(streams)

    assert asyncio.run(story()) == 0
