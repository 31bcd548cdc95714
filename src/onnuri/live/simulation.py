"""The people of a simulated room: they answer by themselves, and on request play the sitting to its end."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction

from onnuri.live import opinions, sample
from onnuri.live.locks import SIMULATION
from onnuri.live.store import BALLOTS, VOTES
from onnuri.publishing import sitting

if TYPE_CHECKING:
    from onnuri.live.locks import Locks
    from onnuri.live.rooms import HotRound, Room
    from onnuri.live.table import Table
    from onnuri.live.writer import Writer

LOG = logging.getLogger("onnuri.simulation")
TICK_S: Final = 0.5
ASK_AGAIN_S: Final = 5.0
"""Where several processes serve, one plays the simulated people."""
SHARE_SEEN: Final = 0.8
"""A simulated person answers four of five statements, like a real one who came in the middle."""
WAIT_FOR_VISITOR: Final = 0.72
"""So full is the round while nobody else has voted; then the rest follows."""
LEFT_AFTER_VISITOR: Final = timedelta(seconds=45)
LINES_ROUND: Final = 2
LOOK_S: Final = {"where": 4.0, "slate": 3.0}
"""While playing on, results stand this long: somebody is watching."""

FINISHING: Final[set[str]] = set()
"""Codes of rooms whose visitor asked for the rest of the sitting."""


class Simulation:
    """One a process."""

    def __init__(self, table: Table, writer: Writer, locks: Locks) -> None:
        self._locks = locks
        self._table = table
        self._writer = writer
        self._cast: set[tuple[int, int]] = set()
        self._people: dict[str, list[int]] = {}
        self._since: dict[str, tuple[str, int, float]] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            if not await asyncio.to_thread(self._locks.take, SIMULATION):
                await asyncio.sleep(ASK_AGAIN_S)
                continue
            for room in list(self._table.rooms.values()):
                if room.simulated:
                    try:
                        await self._step(room)
                    except asyncio.CancelledError:
                        raise
                    except Exception:
                        LOG.exception("the simulation of %s stumbled", room.code)
            await asyncio.sleep(TICK_S)

    async def _step(self, room: Room) -> None:
        finishing = room.code in FINISHING
        if (now := room.open_round) is not None:
            await self._answer(room, now, hurry=finishing)
            if finishing and self._all_answered(room, now):
                await asyncio.to_thread(sitting.close, code=room.code, at=_now())
        elif finishing and self._seen_long_enough(room):
            await asyncio.to_thread(_go_on, room.code)

    def _seen_long_enough(self, room: Room) -> bool:
        clock = asyncio.get_running_loop().time()
        known = self._since.get(room.code)
        if known is None or known[:2] != (room.segment, len(room.rounds)):
            self._since[room.code] = (room.segment, len(room.rounds), clock)
            return room.segment not in LOOK_S
        return clock - known[2] >= LOOK_S.get(room.segment, 0.0)

    async def _answer(self, room: Room, now: HotRound, *, hurry: bool) -> None:
        people = await self._simulated(room)
        if not people:
            return
        waiting = [v for v in people if (now.id, v) not in self._cast]
        visitors = any(v not in self._simulated_set(room) for v in room.answered_in[now.number])
        if visitors and now.closes_at is None and not hurry and now.number == 1:
            await asyncio.to_thread(_set_close, room.code, _now() + LEFT_AFTER_VISITOR)
        done = len(people) - len(waiting)
        if not (hurry or visitors) and done >= WAIT_FOR_VISITOR * len(people):
            return
        count = len(people) // 3 if hurry else max(2, len(people) // 60)
        if done == 0 and not hurry:
            count = int(0.6 * len(people))
        for voice in waiting[:count]:
            await self._cast_all(room, now, voice)

    async def _cast_all(self, room: Room, now: HotRound, voice: int) -> None:
        if now.kind == "vote":
            rows = [
                (now.id, voice, s.id, opinions.answer_of(voice, s.text), False)
                for s in room.statements.values()
                if opinions.chance(voice, f"seen {s.number}") < SHARE_SEEN
            ]
            if rows:
                await self._writer.put_rows(room.id, VOTES, rows)
        else:
            said = {n: opinions.answer_of(voice, room.statements[n].text) for n in room.lines(now.kind) if n}
            if now.kind == "ratification":
                said = {n: _second_thought(voice, n, v) for n, v in said.items()}
                said[0] = 1 if sum(v == 1 for v in said.values()) * 2 >= len(said) else -1
            await self._writer.put_rows(room.id, BALLOTS, [(now.id, voice, n, v) for n, v in said.items()])
        self._cast.add((now.id, voice))
        room.answered(now.number, voice)

    def _all_answered(self, room: Room, now: HotRound) -> bool:
        return all((now.id, v) in self._cast for v in self._people[room.code])

    async def _simulated(self, room: Room) -> list[int]:
        if room.code not in self._people:
            self._people[room.code] = await asyncio.to_thread(_simulated_voices, room.code)
        return self._people[room.code]

    def _simulated_set(self, room: Room) -> set[int]:
        return set(self._people[room.code])


def _second_thought(voice: int, line: int, value: int) -> int:
    """Who was not sure of a line mostly comes along when it stands in the slate."""
    return 1 if value == 0 and opinions.chance(voice, f"second thought {line}") < 0.7 else value  # noqa: PLR2004


def _simulated_voices(code: str) -> list[int]:
    """Who is played here. In a rehearsal nobody is: its simulated people have phones of their own."""
    from onnuri.conversation.models import Conversation, Voice  # noqa: PLC0415 - loaded with Django
    from onnuri.conversation.rehearsal import REHEARSALS  # noqa: PLC0415

    if Conversation.objects.filter(REHEARSALS, code=code).exists():
        return []
    return list(Voice.objects.filter(conversation__code=code, origin="simulated").values_list("id", flat=True))


def _set_close(code: str, at: datetime) -> None:
    from onnuri.conversation.actions import locked, touch  # noqa: PLC0415

    with transaction.atomic():
        conversation = locked(code)
        conversation.rounds.filter(closed_at__isnull=True, closes_at__isnull=True).update(closes_at=at)
        touch(conversation)


def _go_on(code: str) -> None:
    """One key further, as a host would."""
    from onnuri.conversation.queries import conversation_by_code  # noqa: PLC0415

    conversation = conversation_by_code(code)
    pem = settings.FOLDER.signing_key
    match conversation.segment:
        case "lobby":
            sitting.open_vote_round(code=code, at=_now(), pem=pem)
        case "where" if conversation.rounds.count() < LINES_ROUND:
            sample.add_lines(conversation)
            sitting.open_vote_round(code=code, at=_now(), pem=pem)
        case "where":
            sitting.ask_for_shortlist(code=code)
        case "slate":
            sitting.open_ratification(code=code, at=_now())
        case "result":
            sitting.ask_to_publish(code=code, commitments=_commitments(code), today=_now().date())
        case "published":
            FINISHING.discard(code)


def _commitments(code: str) -> list[tuple[int, str, date]]:
    from onnuri.conversation.queries import conversation_by_code  # noqa: PLC0415

    conversation = conversation_by_code(code)
    due = _now().date() + timedelta(days=30)
    return [(line, "한빛시 도시공간과 (가상)", due) for line in sitting.conclusion_of(conversation)]


def _now() -> datetime:
    return datetime.now(tz=UTC)
