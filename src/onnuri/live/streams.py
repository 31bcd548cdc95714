"""Server-sent events of one conversation: a snapshot, then what comes."""

from __future__ import annotations

import asyncio
import resource
import secrets
from typing import TYPE_CHECKING, Any, Final

from onnuri.errors import Busy
from onnuri.live.hub import HEARTBEAT, encode
from onnuri.live.intake import now

if TYPE_CHECKING:
    from onnuri.live.http import Receive, Send
    from onnuri.live.hub import Hub, Listener
    from onnuri.live.rooms import Room

HEADERS: Final = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
ROOM_FOR_OTHERS: Final = 0.8
"""Above this share of the descriptor limit streams are refused; the page polls instead."""
HEARTBEAT_S: Final = 10.0
"""Also how late it may be noticed that a page was closed."""
STUCK_S: Final = 60.0
"""Who reads nothing for so long is not there; what they hold is given back."""
COME_BACK_MS: Final = (1000, 4000)
"""When streams end, their pages come back spread over this span."""


class Streams:
    """All open streams, so that they can be ended."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._tasks: dict[asyncio.Task[Any], Listener] = {}
        # Asked once: a system call for each stream that opens would be felt when all come back.
        self._most = int(resource.getrlimit(resource.RLIMIT_NOFILE)[0] * ROOM_FOR_OTHERS)
        self.refused = 0

    def __len__(self) -> int:
        return len(self._tasks)

    async def serve(self, room: Room, receive: Receive, send: Send) -> None:
        """Send until either side leaves. One task a stream: it is looked for the other side at each heartbeat."""
        if len(self._tasks) >= self._most or self.hub.ended:
            self.refused += 1
            raise Busy("busy")
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - somebody runs this
        mine = self.hub.listen(room.code)
        self._tasks[task] = mine
        try:
            await receive()  # the request itself; what comes after it is that they left
            mine.busy_since = asyncio.get_running_loop().time()
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _pump(mine, snapshot(room, self.hub.number), receive, send)
        except asyncio.CancelledError:
            # Stuck: what it was sent was never read, so nothing more can be said to it either.
            return
        finally:
            self.hub.leave(room.code, mine)
            del self._tasks[task]
        await send({"type": "http.response.body", "body": b""})

    async def keep(self) -> None:
        """Hold lines open and let go of those who are not there. Until cancelled."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self.hub.beat()
            self.drop_stuck(asyncio.get_running_loop().time())

    def drop_stuck(self, now: float) -> int:
        """Let go of everybody whose sending has not moved for a minute; the answer is how many."""
        stuck = [t for t, one in self._tasks.items() if one.busy_since is not None and now - one.busy_since > STUCK_S]
        for task in stuck:
            task.cancel()
        return len(stuck)

    def end(self) -> None:
        """End all: browsers come back by themselves."""
        self.hub.end()
        for task, one in list(self._tasks.items()):
            if one.busy_since is not None:
                task.cancel()


async def _pump(mine: Listener, first: bytes, receive: Receive, send: Send) -> None:
    clock = asyncio.get_running_loop().time
    message: bytes | None = first
    while message is not None:
        mine.busy_since = clock()
        await send({"type": "http.response.body", "body": message, "more_body": True})
        mine.busy_since = None
        if message == HEARTBEAT and await _gone(receive):
            return
        message = await mine.next()


async def _gone(receive: Receive) -> bool:
    """Whether the other side has left; a server says nothing until it has."""
    asked = asyncio.ensure_future(receive())
    await asyncio.sleep(0)
    if asked.done():
        return True
    asked.cancel()
    return False


def snapshot(room: Room, number: int) -> bytes:
    """What a page needs to know at once, and when to come back should this line end."""
    least, most = COME_BACK_MS
    back = b"retry: %d\n\n" % (least + secrets.randbelow(most - least))
    return back + encode("segment", segment_event(room), number) + encode("turnout", room.turnout(), number)


def segment_event(room: Room) -> dict[str, Any]:
    """What is on now."""
    on = room.interlude
    return {
        "segment": room.segment,
        "round": len(room.rounds),
        "version": room.version,
        "interlude": None if on is None else f"{on.number} {standing_of(room)}",
        "screen": room.screen,
        "asked": room.asked,
    }


def standing_of(room: Room) -> str:
    """Where the interlude that is on is in its life, empty when there is none."""
    on = room.interlude
    return "" if on is None else on.standing(now())
