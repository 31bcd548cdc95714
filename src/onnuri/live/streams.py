"""Server-sent events of one conversation."""

from __future__ import annotations

import asyncio
import resource
from typing import TYPE_CHECKING, Any, Final

from onnuri.errors import Busy

if TYPE_CHECKING:
    from onnuri.live.http import Receive, Send
    from onnuri.live.hub import Hub
    from onnuri.live.table import Room

HEADERS: Final = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
ROOM_FOR_OTHERS: Final = 0.8
"""Above this share of the descriptor limit streams are refused; the page polls instead."""


class Streams:
    """All open streams, so that they can be ended."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, room: Room, receive: Receive, send: Send) -> None:
        """Send a snapshot and what comes, until either side leaves."""
        if len(self._tasks) > resource.getrlimit(resource.RLIMIT_NOFILE)[0] * ROOM_FOR_OTHERS or self._hub.ended:
            raise Busy("busy")
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        pump = asyncio.ensure_future(self._pump(room, send))
        left = asyncio.ensure_future(_until_gone(receive))
        self._tasks.add(pump)
        try:
            await asyncio.wait((pump, left), return_when=asyncio.FIRST_COMPLETED)
        finally:
            left.cancel()
            pump.cancel()
            self._tasks.discard(pump)
        await send({"type": "http.response.body", "body": b""})

    async def _pump(self, room: Room, send: Send) -> None:
        first = [("segment", segment_event(room)), ("turnout", room.turnout())]
        async for message in self._hub.listen(room.code, first):
            await send({"type": "http.response.body", "body": message, "more_body": True})

    def end(self) -> None:
        """End all: browsers come back by themselves."""
        self._hub.ended = True
        for task in list(self._tasks):
            task.cancel()


def segment_event(room: Room) -> dict[str, Any]:
    """What is on now."""
    return {"segment": room.segment, "round": len(room.rounds), "version": room.version}


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
