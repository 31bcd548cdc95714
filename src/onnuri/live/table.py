"""What the hot path knows of each conversation, in memory; reread when the clock's version has moved."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from onnuri.live.exposure import EXPOSURE
from onnuri.live.writer import open_hot

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_AGAIN_S: Final = 0.02


@dataclass(frozen=True)
class HotRound:
    """One round as the hot path needs it."""

    id: int
    number: int
    kind: str
    closed_at: datetime | None
    final_at: datetime | None
    closes_at: datetime | None
    done: bool


@dataclass(frozen=True)
class HotStatement:
    """One accepted statement."""

    id: int
    number: int
    text: str
    lang: str
    kind: str


@dataclass
class Room:
    """One conversation in memory."""

    id: int
    code: str
    segment: str
    version: int
    policy: str
    simulated: bool
    conference: int | None
    rounds: dict[int, HotRound]
    statements: dict[int, HotStatement]
    gone: set[int]
    candidates: set[int]
    slate: set[int]
    wanted: dict[int, float]
    voices: dict[int, str] = field(default_factory=dict)
    answered_in: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    answers: dict[int, set[int]] = field(default_factory=dict)

    @property
    def open_round(self) -> HotRound | None:
        """The round that takes answers now."""
        last = self.rounds.get(len(self.rounds))
        return last if last is not None and last.closed_at is None else None

    def lines(self, kind: str) -> set[int]:
        """What may be balloted on: the candidates, or the slate and the whole (0)."""
        return self.candidates if kind == "shortlist" else self.slate | {0}

    def turnout(self) -> dict[str, dict[str, int] | int]:
        """Who joined and who answered in the last round: the only figures of an open round that leave the server."""
        joined = Counter(self.voices.values())
        answered = Counter(self.voices.get(v, "open") for v in self.answered_in.get(len(self.rounds), ()))
        found: dict[str, dict[str, int] | int] = {
            c: {"joined": joined[c], "answered": answered[c]} for c in ("hall", "online", "open")
        }
        return {**found, "joined": joined.total(), "answered": answered.total()}


class Table:
    """All rooms by code. Used on the loop's thread only."""

    def __init__(self, path: str, clock: Callable[[], float]) -> None:
        self._connection = open_hot(path)
        self._connection.row_factory = sqlite3.Row
        self._clock = clock
        self._looked = -1.0
        self._version = -1
        self.rooms: dict[str, Room] = {}

    def room(self, code: str) -> Room | None:
        """The room of a code, as of at most 20 ms ago."""
        if self._clock() - self._looked > LOOK_AGAIN_S:
            self.refresh()
        return self.rooms.get(code)

    def refresh(self) -> list[Room]:
        """Reread what changed; the answer is what did."""
        self._looked = self._clock()
        version = self._one("SELECT version FROM conversation_clock WHERE id = 1")
        if version == self._version:
            return []
        self._version = version
        changed = []
        for row in self._connection.execute(
            "SELECT id, code, segment, version, rules, simulated, conference_id FROM conversation_conversation"
        ).fetchall():
            known = self.rooms.get(row["code"])
            if known is None or known.version != row["version"]:
                self.rooms[row["code"]] = self._load(row, known)
                changed.append(self.rooms[row["code"]])
        return changed

    def answers_of(self, room: Room, voice: int) -> set[int]:
        """The numbers of all statements a voice has answered, in any round."""
        if voice not in room.answers:
            by_id = {s.id: s.number for s in room.statements.values()}
            found = set()
            for a_round in room.rounds.values():
                rows = self._connection.execute(
                    "SELECT statement_id FROM conversation_vote WHERE round_id = ? AND voice_id = ? AND late = 0",
                    (a_round.id, voice),
                )
                found |= {by_id[r[0]] for r in rows if r[0] in by_id}
            room.answers[voice] = found
        return room.answers[voice]

    def close(self) -> None:
        """End."""
        self._connection.close()

    def _one(self, sql: str, *values: object) -> int:
        row = self._connection.execute(sql, values).fetchone()
        return int(row[0]) if row is not None else 0

    def _load(self, row: sqlite3.Row, known: Room | None) -> Room:
        statements, gone = self._statements(row["id"])
        candidates = self._ids("SELECT candidates FROM publishing_shortlist WHERE conversation_id = ?", row["id"])
        slate = self._ids("SELECT document FROM publishing_slate WHERE conversation_id = ?", row["id"])
        room = Room(
            id=row["id"],
            code=row["code"],
            segment=row["segment"],
            version=row["version"],
            policy=json.loads(row["rules"]).get("vote", "code"),
            simulated=bool(row["simulated"]),
            conference=row["conference_id"],
            rounds=self._rounds(row["id"]),
            statements=statements,
            gone=gone,
            candidates=candidates,
            slate=slate,
            wanted=self._wanted(row["id"]),
        )
        self._people(room, known)
        return room

    def _ids(self, sql: str, conversation: int) -> set[int]:
        row = self._connection.execute(sql, (conversation,)).fetchone()
        if row is None:
            return set()
        found = json.loads(row[0])
        return set(found["statements"]) if isinstance(found, dict) else {c["id"] for c in found}

    def _wanted(self, conversation: int) -> dict[int, float]:
        """How often statements should be shown, as the last landscape says. Only this part of it is read."""
        row = self._connection.execute(
            "SELECT json_extract(l.document, '$.routing') FROM publishing_publishedlandscape l"
            " JOIN conversation_round r ON r.id = l.round_id"
            " WHERE r.conversation_id = ? ORDER BY r.number DESC LIMIT 1",
            (conversation,),
        ).fetchone()
        return {int(s): share for s, share in json.loads((row and row[0]) or "{}").items()}

    def _statements(self, conversation: int) -> tuple[dict[int, HotStatement], set[int]]:
        accepted, gone = {}, set()
        for s in self._connection.execute(
            "SELECT id, number, text, lang, kind, state FROM conversation_statement WHERE conversation_id = ?",
            (conversation,),
        ):
            if s["state"] == "accepted":
                accepted[s["number"]] = HotStatement(s["id"], s["number"], s["text"], s["lang"], s["kind"])
            else:
                gone.add(s["number"])
        return accepted, gone

    def _rounds(self, conversation: int) -> dict[int, HotRound]:
        return {
            r["number"]: HotRound(
                r["id"],
                r["number"],
                r["kind"],
                _moment(r["closed_at"]),
                _moment(r["final_at"]),
                _moment(r["closes_at"]),
                r["done_at"] is not None,
            )
            for r in self._connection.execute(
                "SELECT * FROM conversation_round WHERE conversation_id = ? ORDER BY number", (conversation,)
            )
        }

    def _people(self, room: Room, known: Room | None) -> None:
        """Who is here. Kept in the same dictionaries, so that an answer on its way meets them whatever is reread."""
        voices = dict(
            self._connection.execute(
                "SELECT id, channel FROM conversation_voice WHERE conversation_id = ?", (room.id,)
            ).fetchall()
        )
        if known is None:
            room.voices = voices
            self._answered(room)
            return
        room.voices, room.answered_in, room.answers = known.voices, known.answered_in, known.answers
        for left in known.voices.keys() - voices.keys():
            del room.voices[left]
        room.voices.update(voices)

    def _answered(self, room: Room) -> None:
        by_id = {s.id: s.number for s in room.statements.values()}
        shown: defaultdict[str, Counter[int]] = defaultdict(Counter)
        for a_round in room.rounds.values():
            table = "vote" if a_round.kind == "vote" else "ballotvote"
            rows = self._connection.execute(
                f"SELECT DISTINCT voice_id FROM conversation_{table} WHERE round_id = ?",  # noqa: S608 - two fixed names
                (a_round.id,),
            )
            room.answered_in[a_round.number] = {r[0] for r in rows}
            for statement, channel, n in self._connection.execute(
                "SELECT a.statement_id, v.channel, count(*) FROM conversation_vote a"
                " JOIN conversation_voice v ON v.id = a.voice_id WHERE a.round_id = ? GROUP BY 1, 2",
                (a_round.id,),
            ):
                if statement in by_id:
                    shown[channel][by_id[statement]] += n
        EXPOSURE.begin(room.id, shown)


def _moment(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored).replace(tzinfo=UTC)
