"""What processes on one PostgreSQL tell each other: look again, and who joined and answered. Never in a vote's commit.

A message is only a hint: whoever missed some reads everything again from the database.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Any, Final

import msgspec

from onnuri.conversation.actions import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from onnuri.live.rooms import News
    from onnuri.live.store import PostgresStore
    from onnuri.live.table import Table

LOG = logging.getLogger("onnuri.bus")
TELL_EVERY_S: Final = 0.2
MOST_A_MESSAGE: Final = 150
"""PostgreSQL takes 8,000 bytes; a voice and its channel need some thirty."""
AGAIN_S: Final = 1.0


class Told(msgspec.Struct, array_like=True):
    """Who joined and answered in one conversation, as one process saw it."""

    process: str
    conversation: int
    joined: list[tuple[int, str]]
    answered: list[tuple[int, int]]


DECODE: Final = msgspec.json.Decoder(Told)


class Bus:
    """One a process, on a line of its own; it comes back by itself."""

    def __init__(self, store: PostgresStore, table: Table) -> None:
        self._store = store
        self._table = table
        self._me = secrets.token_hex(4)
        self.heard = 0
        self.told = 0

    async def run(self) -> None:
        """Listen until cancelled; after a break nothing in memory is trusted."""
        while True:
            try:
                await self._listen()
            except asyncio.CancelledError:
                raise
            except Exception as problem:  # noqa: BLE001 - whatever broke the line, it is tried again
                LOG.warning("the line between processes broke: %s", problem)
            await asyncio.sleep(AGAIN_S)

    async def tell(self) -> None:
        """Tell the others what happened here, a few times a second. Until cancelled."""
        connection: Any = None
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            try:
                for message in self._messages():
                    connection = connection or await self._connect()
                    await connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, message])
                    self.told += 1
            except asyncio.CancelledError:
                raise
            except Exception as problem:  # noqa: BLE001 - what was not told is read by the others when they return
                LOG.warning("the other processes were not told: %s", problem)
                connection = None
                await asyncio.sleep(AGAIN_S)

    async def _connect(self) -> Any:  # noqa: ANN401 - psycopg is imported only where PostgreSQL is used
        import psycopg  # noqa: PLC0415

        return await psycopg.AsyncConnection.connect(**self._store.parameters, autocommit=True)

    async def _listen(self) -> None:
        connection = await self._connect()
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._table.forget_people()
            self._table.refresh()
            async for notice in connection.notifies():
                self.heard += 1
                self._hear(notice.payload)

    def _hear(self, payload: str) -> None:
        if not payload:
            self._table.refresh()
            return
        told = DECODE.decode(payload)
        if told.process == self._me:
            return
        room = next((r for r in self._table.rooms.values() if r.id == told.conversation), None)
        if room is None:
            return
        room.voices.update(told.joined)
        for what, voice in told.answered:
            room.answered_in[what].add(voice)

    def _messages(self) -> Iterator[str]:
        for room in list(self._table.rooms.values()):
            news = room.news
            while news is not None and (news.joined or news.answered):
                yield self._message(room.id, news)

    def _message(self, conversation: int, news: News) -> str:
        joined, news.joined[:] = news.joined[:MOST_A_MESSAGE], news.joined[MOST_A_MESSAGE:]
        answered, news.answered[:] = news.answered[:MOST_A_MESSAGE], news.answered[MOST_A_MESSAGE:]
        return msgspec.json.encode(Told(self._me, conversation, joined, answered)).decode()
