"""Fan-out of small events to open pages: encoded once, a short queue each, woken in slices."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

SLICE: Final = 100
"""Clients woken before other requests get their turn."""
QUEUE: Final = 2
HEARTBEAT: Final = b": here\n\n"


class Listener:
    """One open page. A slow one loses the oldest event, never the newest."""

    __slots__ = ("_messages", "_waiter", "busy_since", "dropped", "ended")

    def __init__(self) -> None:
        self._messages: deque[bytes] = deque(maxlen=QUEUE)
        self._waiter: asyncio.Future[None] | None = None
        self.busy_since: float | None = None
        """When the sending began that is not done yet."""
        self.dropped = 0
        self.ended = False

    def put(self, message: bytes) -> None:
        """Something to send."""
        if len(self._messages) == QUEUE:
            self.dropped += 1
        self._messages.append(message)
        self._wake()

    def end(self) -> None:
        """No more comes."""
        self.ended = True
        self._wake()

    async def next(self) -> bytes | None:
        """What to send now, all in one; None at the end."""
        while not self._messages and not self.ended:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
            self._waiter = None
        if self.ended:
            return None
        message = b"".join(self._messages)
        self._messages.clear()
        return message

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Hub:
    """Listeners by conversation code."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self.number = 0
        self.published = 0
        self.ended = False

    def __len__(self) -> int:
        return sum(len(all_of_one) for all_of_one in self._listeners.values())

    def count(self, code: str) -> int:
        """How many pages listen to one conversation."""
        return len(self._listeners.get(code, ()))

    @property
    def listeners(self) -> list[Listener]:
        """Everybody, as of now."""
        return [one for all_of_one in self._listeners.values() for one in all_of_one]

    def listen(self, code: str) -> Listener:
        """One page more."""
        mine = Listener()
        self._listeners[code].add(mine)
        return mine

    def leave(self, code: str, mine: Listener) -> None:
        """One page less."""
        self._listeners[code].discard(mine)
        if not self._listeners[code]:
            del self._listeners[code]

    async def publish(self, code: str, event: str, data: Any) -> None:  # noqa: ANN401 - anything JSON can say
        """Send one event to everybody who listens to a conversation."""
        self.number += 1
        await self._deliver(list(self._listeners.get(code, ())), encode(event, data, self.number))

    async def beat(self) -> None:
        """A comment for everybody keeps their lines open."""
        await self._deliver(self.listeners, HEARTBEAT)

    async def _deliver(self, listeners: Iterable[Listener], message: bytes) -> None:
        for index, one in enumerate(listeners):
            if index % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            one.put(message)
            self.published += 1

    def end(self) -> None:
        """End all."""
        self.ended = True
        for one in self.listeners:
            one.end()


def encode(event: str, data: Any, number: int) -> bytes:  # noqa: ANN401
    r"""One server-sent event.

    >>> encode("turnout", {"joined": 3}, 7)
    b'id: 7\nevent: turnout\ndata: {"joined":3}\n\n'
    """
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, event.encode(), msgspec.json.encode(data))
