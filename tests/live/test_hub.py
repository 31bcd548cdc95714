"""Small events to open pages: in order, to everybody who listens, and never waiting for a slow one."""

import asyncio
import json

from onnuri.live.hub import QUEUE, SLICE, Hub, encode


def told(message):
    """(number, event, data) of one message."""
    lines = dict(line.split(b": ", 1) for line in message.strip().split(b"\n"))
    return int(lines[b"id"]), lines[b"event"].decode(), json.loads(lines[b"data"])


async def soon(listener):
    return await asyncio.wait_for(listener.next(), 2)


def each(messages):
    """One after the other what came in one piece."""
    return [told(one) for one in messages.strip().split(b"\n\n")]


def test_one_event_is_one_message():
    assert encode("turnout", {"joined": 3}, 7) == b'id: 7\nevent: turnout\ndata: {"joined":3}\n\n'


def test_no_text_breaks_out_of_its_line():
    message = encode("segment", {"text": "첫째\n\nevent: fake\r\ndata: x\u2028"}, 1)

    assert message.count(b"\n") == 4
    assert b"\r" not in message
    assert told(message)[2]["text"] == "첫째\n\nevent: fake\r\ndata: x\u2028"


def test_everybody_who_listens_hears_it_and_nobody_of_another_room():
    async def story():
        hub = Hub()
        here = [hub.listen("ABC234") for _ in range(3)]
        there = hub.listen("ZZZ999")
        await hub.publish("ABC234", "turnout", {"joined": 3})
        await hub.publish("ZZZ999", "turnout", {"joined": 9})
        return [told(await soon(one))[2] for one in here], told(await soon(there))[2]

    heard, elsewhere = asyncio.run(story())

    assert heard == [{"joined": 3}] * 3
    assert elsewhere == {"joined": 9}


def test_events_come_in_order_and_are_numbered():
    async def story():
        hub = Hub()
        mine = hub.listen("ABC234")
        heard = []
        for joined in range(5):
            await hub.publish("ABC234", "turnout", {"joined": joined})
            heard.append(told(await soon(mine)))
        return heard

    heard = asyncio.run(story())

    assert [data["joined"] for _, _, data in heard] == [0, 1, 2, 3, 4]
    assert [number for number, _, _ in heard] == [1, 2, 3, 4, 5]


def test_a_slow_phone_misses_the_oldest_never_the_newest():
    async def story():
        hub = Hub()
        slow = hub.listen("ABC234")
        for joined in range(10):
            await hub.publish("ABC234", "turnout", {"joined": joined})
        return [data["joined"] for _, _, data in each(await soon(slow))], slow.dropped

    assert asyncio.run(story()) == ([10 - QUEUE + n for n in range(QUEUE)], 10 - QUEUE)


def test_between_slices_other_requests_get_their_turn():
    async def story():
        hub = Hub()
        crowd = [hub.listen("ABC234") for _ in range(3 * SLICE)]
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
        mine = hub.listen("ABC234")
        listening = len(hub)
        hub.leave("ABC234", mine)
        await hub.publish("ABC234", "turnout", {})
        return listening, len(hub)

    assert asyncio.run(story()) == (1, 0)


def test_who_comes_while_others_are_being_told_breaks_nothing():
    async def story():
        hub = Hub()
        crowd = [hub.listen("ABC234") for _ in range(2 * SLICE)]
        telling = asyncio.ensure_future(hub.publish("ABC234", "turnout", {"joined": 1}))
        await asyncio.sleep(0)
        hub.leave("ABC234", crowd[-1])
        hub.listen("ABC234")
        await telling
        return len(hub), told(await soon(crowd[0]))[2]

    assert asyncio.run(story()) == (2 * SLICE, {"joined": 1})


def test_a_quiet_line_is_kept_open():
    async def story():
        hub = Hub()
        mine = hub.listen("ABC234")
        await hub.beat()
        return await soon(mine)

    assert asyncio.run(story()) == b": here\n\n"


def test_when_the_server_stops_the_streams_end():
    async def story():
        hub = Hub()
        waiting, late = asyncio.ensure_future(soon(hub.listen("ABC234"))), hub.listen("ABC234")
        await asyncio.sleep(0)
        await hub.publish("ABC234", "turnout", {})
        hub.end()
        return await waiting, await soon(late)

    told_before, after = asyncio.run(story())

    assert after is None
    assert told_before is None or told(told_before)[1] == "turnout"
