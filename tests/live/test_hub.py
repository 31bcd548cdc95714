"""Small events to open pages: in order, to everybody who listens, and never waiting for a slow one."""

import asyncio
import json

from onnuri.live import hub as hubs
from onnuri.live.hub import QUEUE, SLICE, Hub, encode


def told(message):
    """(number, event, data) of one message."""
    lines = dict(line.split(b": ", 1) for line in message.strip().split(b"\n"))
    return int(lines[b"id"]), lines[b"event"].decode(), json.loads(lines[b"data"])


async def opened(hub, code="ABC234", first=()):
    """A listener who has read the snapshot."""
    stream = hub.listen(code, list(first))
    return stream, await anext(stream)


async def soon(stream):
    return await asyncio.wait_for(anext(stream), 2)


def test_one_event_is_one_message():
    assert encode("turnout", {"joined": 3}, 7) == b'id: 7\nevent: turnout\ndata: {"joined":3}\n\n'


def test_no_text_breaks_out_of_its_line():
    message = encode("segment", {"text": "첫째\n\nevent: fake\r\ndata: x\u2028"}, 1)

    assert message.count(b"\n") == 4
    assert b"\r" not in message
    assert told(message)[2]["text"] == "첫째\n\nevent: fake\r\ndata: x\u2028"


def test_who_comes_hears_first_how_things_stand():
    async def story():
        hub = Hub()
        _, snapshot = await opened(hub, first=[("segment", {"segment": "round"}), ("turnout", {"joined": 3})])
        return snapshot

    snapshot = asyncio.run(story())

    assert snapshot.startswith(b"retry: 2000\n\n")
    assert [told(m)[1:] for m in snapshot.split(b"\n\n")[1:3]] == [
        ("segment", {"segment": "round"}),
        ("turnout", {"joined": 3}),
    ]


def test_everybody_who_listens_hears_it_and_nobody_of_another_room():
    async def story():
        hub = Hub()
        here = [(await opened(hub))[0] for _ in range(3)]
        there, _ = await opened(hub, "ZZZ999")
        await hub.publish("ABC234", "turnout", {"joined": 3})
        await hub.publish("ZZZ999", "turnout", {"joined": 9})
        return [told(await soon(s))[2] for s in here], told(await soon(there))[2]

    heard, elsewhere = asyncio.run(story())

    assert heard == [{"joined": 3}] * 3
    assert elsewhere == {"joined": 9}


def test_events_come_in_order_and_are_numbered():
    async def story():
        hub = Hub()
        stream, _ = await opened(hub)
        heard = []
        for joined in range(5):
            await hub.publish("ABC234", "turnout", {"joined": joined})
            heard.append(told(await soon(stream)))
        return heard

    heard = asyncio.run(story())

    assert [data["joined"] for _, _, data in heard] == [0, 1, 2, 3, 4]
    assert [number for number, _, _ in heard] == [1, 2, 3, 4, 5]


def test_a_slow_phone_misses_the_oldest_never_the_newest():
    async def story():
        hub = Hub()
        stream, _ = await opened(hub)
        for joined in range(10):
            await hub.publish("ABC234", "turnout", {"joined": joined})
        return [told(await soon(stream))[2]["joined"] for _ in range(QUEUE)]

    assert asyncio.run(story()) == [10 - QUEUE + n for n in range(QUEUE)]


def test_nobody_waits_for_a_slow_phone():
    async def story():
        hub = Hub()
        slow, _ = await opened(hub)
        quick, _ = await opened(hub)
        for joined in range(50):
            await hub.publish("ABC234", "turnout", {"joined": joined})
            assert told(await soon(quick))[2]["joined"] == joined
        await slow.aclose()

    asyncio.run(story())


def test_between_slices_other_requests_get_their_turn():
    async def story():
        hub = Hub()
        crowd = [await opened(hub) for _ in range(3 * SLICE)]
        turns = 0

        async def somebody_else():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        other = asyncio.ensure_future(somebody_else())
        await asyncio.sleep(0)
        before = turns
        await hub.publish("ABC234", "turnout", {})
        other.cancel()
        return turns - before if len(hub) == len(crowd) else 0

    assert asyncio.run(story()) >= 2


def test_who_leaves_is_forgotten():
    async def story():
        hub = Hub()
        stream, _ = await opened(hub)
        listening = len(hub)
        await stream.aclose()
        await hub.publish("ABC234", "turnout", {})
        return listening, len(hub)

    assert asyncio.run(story()) == (1, 0)


def test_who_comes_while_others_are_being_told_breaks_nothing():
    async def story():
        hub = Hub()
        streams = [(await opened(hub))[0] for _ in range(2 * SLICE)]
        telling = asyncio.ensure_future(hub.publish("ABC234", "turnout", {"joined": 1}))
        await asyncio.sleep(0)
        await streams[-1].aclose()
        streams[-1], _ = await opened(hub)
        await telling
        return len(hub), told(await soon(streams[0]))[2]

    assert asyncio.run(story()) == (2 * SLICE, {"joined": 1})


def test_a_quiet_line_is_kept_open(monkeypatch):
    monkeypatch.setattr(hubs, "HEARTBEAT_S", 0.01)

    async def story():
        stream, _ = await opened(Hub())
        return await soon(stream)

    assert asyncio.run(story()) == b": here\n\n"


def test_when_the_server_stops_the_streams_end(monkeypatch):
    monkeypatch.setattr(hubs, "HEARTBEAT_S", 0.01)

    async def story():
        hub = Hub()
        stream, _ = await opened(hub)
        hub.ended = True
        rest = [message async for message in stream]
        return rest, len(hub)

    rest, listening = asyncio.run(story())

    assert len(rest) <= 1
    assert listening == 0
