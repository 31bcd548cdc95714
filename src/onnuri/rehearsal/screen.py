"""The big screen of a rehearsal: it follows without losses, and says when what was seen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from onnuri.errors import BadInput
from onnuri.rehearsal.stream import events
from onnuri.rehearsal.wire import Lines

if TYPE_CHECKING:
    from onnuri.rehearsal.hall import Hall

AGAIN_S: Final = 0.5


class Screen:
    """One stream. `follow` it in a task."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._lines = Lines(hall.site)
        self._changed = asyncio.Condition()
        self.segment = ""
        self._round = 0
        self.joined = 0

    async def follow(self) -> None:
        """Until cancelled; opened again whenever it ends."""
        while True:
            try:
                headers = {"accept": "text/event-stream"}
                async with self._lines.stream(f"/live/{self._hall.code}", headers) as (_, parts):
                    async for event in events(parts):
                        await self._seen(event.name, event.data)
            except OSError:
                await asyncio.sleep(AGAIN_S)

    async def _seen(self, name: str, data: dict[str, Any]) -> None:
        if name == "segment":
            self.segment, self._round = str(data["segment"]), int(data["round"])
        elif name == "turnout":
            self.joined = int(data["joined"])
            if self._round in self._hall.diary.rounds:
                self._hall.diary.rounds[self._round].turnout.append((self._hall.clock(), int(data["answered"])))
        async with self._changed:
            self._changed.notify_all()

    async def until(self, *segments: str, within_s: float) -> str:
        """Wait for one of the segments; the answer is which.

        Raises:
            BadInput: it has not come in time.
        """
        try:
            async with asyncio.timeout(within_s), self._changed:
                await self._changed.wait_for(lambda: self.segment in segments)
        except TimeoutError:
            why = f"still {self.segment}, not {' or '.join(segments)}, after {within_s:.0f} s; see the server's log"
            raise BadInput(self._hall.site.origin, why) from None
        return self.segment
