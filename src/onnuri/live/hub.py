"""Fan-out of small events to open pages: encoded once, a short queue each, woken in slices."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import msgspec

from onnuri.live.counts import COUNTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SLICE: Final = 100
"""Clients woken before other requests get their turn."""
HEARTBEAT_S: Final = 15.0
QUEUE: Final = 2


class Hub:
    """Listeners by conversation code. A slow client loses the oldest event, never the newest."""

    def __init__(self) -> None:
        self._queues: defaultdict[str, set[asyncio.Queue[bytes]]] = defaultdict(set)
        self._number = 0
        self.ended = False

    def __len__(self) -> int:
        return sum(len(q) for q in self._queues.values())

    async def publish(self, code: str, event: str, data: Any) -> None:  # noqa: ANN401 - anything JSON can say
        """Send one event to everybody who listens to a conversation."""
        self._number += 1
        message = encode(event, data, self._number)
        for index, one in enumerate(list(self._queues.get(code, ()))):
            if index % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            if one.full():
                one.get_nowait()
                COUNTS.dropped += 1
            one.put_nowait(message)
            COUNTS.delivered += 1

    async def listen(self, code: str, first: list[tuple[str, Any]]) -> AsyncIterator[bytes]:
        """A snapshot, then what comes; a comment now and then keeps the line open."""
        mine: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)
        self._queues[code].add(mine)
        try:
            yield b"retry: 2000\n\n" + b"".join(encode(event, data, self._number) for event, data in first)
            while not self.ended:
                try:
                    yield await asyncio.wait_for(mine.get(), HEARTBEAT_S)
                except TimeoutError:
                    yield b": here\n\n"
        finally:
            self._queues[code].discard(mine)


def encode(event: str, data: Any, number: int) -> bytes:  # noqa: ANN401
    r"""One server-sent event.

    >>> encode("turnout", {"joined": 3}, 7)
    b'id: 7\nevent: turnout\ndata: {"joined":3}\n\n'
    """
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, event.encode(), msgspec.json.encode(data))
