"""A phone's queue, as static/js/queue.js keeps it: each answer stays until the server has it on disk."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from onnuri.rehearsal.manners import Manners

if TYPE_CHECKING:
    import random

    from onnuri.rehearsal.wire import Answer

LATER: Final = {408, 425, 429}
NOT_ME: Final = {401, 403}


@dataclass(frozen=True, slots=True)
class Item:
    """One answer on its way. `kind` is votes or ballots; `body` carries the id the phone made."""

    kind: str
    ticket: str
    body: dict[str, Any]

    @property
    def round(self) -> int:
        """The number of the round it is for, as its ticket says."""
        return int(self.ticket.partition(".")[0])


class Carrier(Protocol):
    """What a queue needs of its phone."""

    async def post(self, batch: list[Item], body: bytes) -> Answer:
        """Send a batch; an OSError or TimeoutError when nothing came back."""

    def stored(self, batch: list[Item]) -> None:
        """The server has them on disk."""

    def refused(self, batch: list[Item], key: str) -> None:
        """The server will never take them; the person is told."""


class Queue:
    """One a phone; `run` it in a task."""

    def __init__(self, carrier: Carrier, manners: Manners, generator: random.Random) -> None:
        self._carrier = carrier
        self._manners = manners
        self._generator = generator
        self.items: list[Item] = []
        self.empty = asyncio.Event()
        """Nothing waits."""
        self.empty.set()
        self._asked = asyncio.Event()
        self._eager = asyncio.Event()
        self._wait = 0.0
        self._single = False
        self.unanswered = 0
        """Requests since the last answer: the next one is a retry."""

    def add(self, item: Item) -> None:
        """Keep it, and send it with what waits."""
        self.items.append(item)
        self.empty.clear()
        self._asked.set()

    def retry(self) -> None:
        """The network is back: from the start of the back-off."""
        self._wait = 0.0
        self._eager.set()
        self._asked.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            while self.items:
                await self._flush()

    async def _flush(self) -> None:
        batch = together(self.items, 1 if self._single else self._manners.most_at_once)
        self._eager.clear()
        answer = await self._exchange(batch)
        if answer is not None and self._settled(batch, answer):
            self._wait, self.unanswered = 0.0, 0
            return
        self.unanswered += 1
        await self._later(retry_after(answer))

    async def _exchange(self, batch: list[Item]) -> Answer | None:
        first = batch[0]
        body = {"round_ticket": first.ticket, first.kind: [item.body for item in batch]}
        try:
            async with asyncio.timeout(self._manners.timeout_s):
                return await self._carrier.post(batch, json.dumps(body).encode())
        except OSError:  # a TimeoutError is one
            return None

    def _settled(self, batch: list[Item], answer: Answer) -> bool:
        """Whether to go on with the rest; else all stays for later."""
        told = _object(answer.body)
        if answer.status == 200 and told.get("ok") is True:
            self._single = False
            self._remove(batch)
            self._carrier.stored(batch)
            return True
        refused = 400 <= answer.status < 500 and told.get("ok") is False and answer.status not in LATER
        if not refused or answer.status in NOT_ME:
            return False
        error = told.get("error", {})
        named = [item for item in batch if item.body["id"] == error.get("id")]
        gone = named or (batch if len(batch) == 1 else [])
        self._single = not named and len(batch) > 1
        self._remove(gone)
        if gone:
            self._carrier.refused(gone, str(error.get("key", answer.status)))
        return True

    def _remove(self, gone: list[Item]) -> None:
        ids = {item.body["id"] for item in gone}
        self.items = [item for item in self.items if item.body["id"] not in ids]
        if not self.items:
            self.empty.set()

    async def _later(self, after_s: float) -> None:
        manners = self._manners
        self._wait = min(manners.longest_wait_s, self._wait * 2 or manners.first_wait_s)
        jittered = self._wait * (0.75 + self._generator.random() / 2)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._eager.wait(), min(max(jittered, after_s), 2 * manners.longest_wait_s))


def together(items: list[Item], most: int) -> list[Item]:
    """The longest run from the front that may share one request, in the order cast."""
    first, found = items[0], []
    for item in items[:most]:
        if (item.kind, item.ticket) != (first.kind, first.ticket):
            break
        found.append(item)
    return found


def retry_after(answer: Answer | None) -> float:
    """Seconds the server asked to wait."""
    written = answer.headers.get("retry-after", "") if answer is not None else ""
    return float(written) if written.isdigit() else 0.0


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
