"""What the hot path knows of each conversation, in memory; reread when the clock's version has moved."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from onnuri.conversation.entitled import policy_of
from onnuri.conversation.translation import digest_of_text
from onnuri.errors import Busy
from onnuri.live.exposure import EXPOSURE
from onnuri.live.rooms import HotInterlude, HotRound, HotStatement, News, Room
from onnuri.live.store import decoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.live.store import Connection, Row, Store

LOG = logging.getLogger("onnuri.table")
LOOK_AGAIN_S: Final = 0.02
LOOK_AGAIN_SHARED_S: Final = 0.1
"""Where other processes write too, they also say when to look."""
REMAINDER: Final = 65_521
TRY_AGAIN_S: Final = 1.0
"""A database that does not answer is not asked at every request."""


class Table:
    """All rooms by code. Used on the loop's thread only.

    While the database does not answer, what is in memory stays; what must be asked is refused as busy.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self.errors = store.errors
        self._connection: Connection | None = None
        self._clock = clock
        self._every_s = LOOK_AGAIN_SHARED_S if store.shared else LOOK_AGAIN_S
        self._look_at = 0.0
        self._version = -1
        self.troubled = False
        self.rooms: dict[str, Room] = {}

    def room(self, code: str) -> Room | None:
        """The room of a code, as of a moment ago."""
        if self._clock() > self._look_at:
            self.refresh()
        found = self.rooms.get(code)
        if found is None and self._store.shared and not self.troubled:
            # Made in another process, a moment ago.
            self.refresh()
            found = self.rooms.get(code)
        return found

    def refresh(self) -> list[Room]:
        """Reread what changed; the answer is what did."""
        self._look_at = self._clock() + self._every_s
        try:
            changed = self._reread()
        except self._store.errors as problem:
            self._lost(problem)
            return []
        self.troubled = False
        return changed

    def forget_people(self) -> None:
        """Messages of other processes may have been missed: everybody is read again."""
        self._version = -1
        for room in self.rooms.values():
            room.version = -1
            room.answered_in.clear()

    def answers_of(self, room: Room, voice: int) -> set[int]:
        """The numbers of all statements a voice has answered, in any round."""
        # Another process may have taken the answer before this one: there memory is not enough.
        if voice not in room.answers or self._store.shared:
            room.answers[voice] = self._answers(voice, [r.id for r in room.rounds.values() if r.kind == "vote"])
        return room.answers[voice]

    def _answers(self, voice: int, rounds: list[int]) -> set[int]:
        if not rounds:
            return set()
        marks = ", ".join("?" * len(rounds))
        sql = (
            "SELECT s.number FROM conversation_vote a JOIN conversation_statement s ON s.id = a.statement_id"  # noqa: S608
            f" WHERE a.round_id IN ({marks}) AND a.voice_id = ? AND a.late = FALSE"
        )
        return {number for (number,) in self._asked(sql, *rounds, voice)}

    def knows(self, room: Room, voice: int) -> bool:
        """Whether a voice speaks here; one minted in another process a moment ago is looked for."""
        if voice in room.voices:
            return True
        if not self._store.shared:
            return False
        found = self._asked(
            "SELECT channel FROM conversation_voice WHERE id = ? AND conversation_id = ?", voice, room.id
        )
        if found:
            room.voices[voice] = found[0][0]
        return bool(found)

    def speaks(self, room: Room, voice: int, moves: int) -> bool:
        """Whether the phone that has this voice's cookie speaks for it still: `moves` = how often it had moved then.

        A cookie of a later move than is known here is of a moment ago, or of another process: that is looked up.
        """
        if moves > room.moved.get(voice, 0):
            room.moved.update(
                dict(self._asked("SELECT voice_id, times FROM conversation_move WHERE voice_id = ?", voice))
            )
        return room.moved.get(voice, 0) == moves

    def lifts_of(self, room: Room) -> dict[int, int]:
        """How many want to hear each question, by its number."""
        rows = self._asked(
            "SELECT q.number, count(*) FROM conversation_lift l JOIN conversation_question q ON q.id = l.question_id "
            "WHERE q.conversation_id = ? AND l.value = 1 GROUP BY q.number",
            room.id,
        )
        return dict.fromkeys(room.questions, 0) | {number: n for number, n in rows if number in room.questions}

    def close(self) -> None:
        """End."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _lost(self, problem: Exception) -> None:
        if not self.troubled:
            LOG.warning("the database does not answer: %s: %s", type(problem).__name__, problem)
        self.troubled = True
        self._look_at = self._clock() + TRY_AGAIN_S
        try:
            self.close()
        except self._store.errors:
            self._connection = None

    def _asked(self, sql: str, *values: object) -> list[Row]:
        """Ask for one request; a database that does not answer means: come again in a moment."""
        if self.troubled and self._clock() < self._look_at:
            raise Busy("busy")
        try:
            return self._rows(sql, *values)
        except self._store.errors as problem:
            self._lost(problem)
            raise Busy("busy") from problem

    def _rows(self, sql: str, *values: object) -> list[Row]:
        if self._connection is None:
            self._connection = self._store.connect()
        return self._connection.execute(sql, values)

    def _reread(self) -> list[Room]:
        found = self._rows("SELECT version FROM conversation_clock WHERE id = 1")
        version = int(found[0][0]) if found else 0
        if version == self._version:
            return []
        changed = []
        rows = self._rows(
            "SELECT c.id, c.code, c.segment, c.version, c.rules, c.simulated, c.conference_id, c.screen, i.number, "
            "q.number, c.voice_keys, c.traits_asked FROM conversation_conversation c "
            "LEFT JOIN conversation_interlude i ON i.id = c.interlude_id "
            "LEFT JOIN conversation_question q ON q.id = c.question_asked_id"
        )
        for deleted in self.rooms.keys() - {row[1] for row in rows}:
            del self.rooms[deleted]
        for row in rows:
            known = self.rooms.get(row[1])
            if known is None or known.version != row[3]:
                self.rooms[row[1]] = self._load(row, known)
                changed.append(self.rooms[row[1]])
        self._version = version
        return changed

    def _load(self, row: Row, known: Room | None) -> Room:
        number, code, segment, version, rules, simulated, conference, screen, on, asked, keys, traits = row
        statements, gone = self._statements(number)
        room = Room(
            id=number,
            code=code,
            segment=segment,
            version=version,
            policy=decoded(rules).get("vote", "code"),
            open_rows=decoded(rules).get("rows", "open") == "open",
            simulated=bool(simulated),
            conference=conference,
            screen=screen,
            rounds=self._rounds(number),
            statements=statements,
            gone=gone,
            candidates=self._ids("SELECT candidates FROM publishing_shortlist WHERE conversation_id = ?", number),
            slate=self._ids("SELECT document FROM publishing_slate WHERE conversation_id = ?", number),
            wanted=self._wanted(number),
            on=on,
            asked=asked,
            interludes=self._interludes(number),
            questions=self._numbered("question", "state = 'accepted' AND answered_at IS NULL", number),
            challenges=self._numbered("challenge", "state = 'accepted' AND closed_at IS NULL", number),
            moved=dict(self._rows("SELECT voice_id, times FROM conversation_move WHERE conversation_id = ?", number)),
            voice_keys=decoded(keys),
            traits_asked=decoded(traits),
            post=policy_of(decoded(rules), "post"),
            ballot=policy_of(decoded(rules), "ballot"),
            news=News() if self._store.shared else None,
        )
        self._people(room, known)
        return room

    def _ids(self, sql: str, conversation: int) -> set[int]:
        rows = self._rows(sql, conversation)
        if not rows:
            return set()
        found = decoded(rows[0][0])
        return set(found["statements"]) if isinstance(found, dict) else {c["id"] for c in found}

    def _numbered(self, table: str, which: str, conversation: int) -> dict[int, int]:
        return dict(
            self._rows(
                f"SELECT number, id FROM conversation_{table} WHERE conversation_id = ? AND {which}",  # noqa: S608 - ours
                conversation,
            )
        )

    def _wanted(self, conversation: int) -> dict[int, float]:
        """How often statements should be shown, as the last landscape says. Only this part of it is read."""
        routing = self._store.part_of("l.document", "routing")
        rows = self._rows(
            f"SELECT {routing} FROM publishing_publishedlandscape l"  # noqa: S608 - our own words
            " JOIN conversation_round r ON r.id = l.round_id"
            " WHERE r.conversation_id = ? ORDER BY r.number DESC LIMIT 1",
            conversation,
        )
        found = decoded(rows[0][0]) if rows else None
        return {int(s): share for s, share in (found or {}).items()}

    def _statements(self, conversation: int) -> tuple[dict[int, HotStatement], set[int]]:
        accepted, gone = {}, set()
        cards: dict[int, int] = dict(
            self._rows(
                "SELECT statement_id, count(*) FROM conversation_evidence"
                " WHERE conversation_id = ? AND state = 'accepted' AND statement_id IS NOT NULL GROUP BY statement_id",
                conversation,
            )
        )
        made = self._translations(conversation)
        for s in self._rows(
            "SELECT id, number, text, lang, kind, state FROM conversation_statement WHERE conversation_id = ?",
            conversation,
        ):
            if s[5] == "accepted":
                read = {lang: (text, unread) for lang, text, unread, of in made[s[1]] if of == digest_of_text(s[2])}
                accepted[s[1]] = HotStatement(s[0], s[1], s[2], s[3], s[4], cards.get(s[0], 0), read)
            else:
                gone.add(s[1])
        return accepted, gone

    def _translations(self, conversation: int) -> defaultdict[int, list[tuple[str, str, bool, str]]]:
        """Number -> language, text, whether only a machine has seen it, and the digest of what it was made from."""
        found: defaultdict[int, list[tuple[str, str, bool, str]]] = defaultdict(list)
        for number, lang, text, provider, confirmed, of in self._rows(
            "SELECT number, lang, text, provider, confirmed, source_digest FROM conversation_translation"
            " WHERE conversation_id = ? AND kind = 'statements'",
            conversation,
        ):
            found[number].append((lang, text, bool(provider) and not confirmed, of))
        return found

    def _rounds(self, conversation: int) -> dict[int, HotRound]:
        return {
            r[1]: HotRound(r[0], r[1], r[2], _moment(r[3]), _moment(r[4]), _moment(r[5]), r[6] is not None)
            for r in self._rows(
                "SELECT id, number, kind, closed_at, final_at, closes_at, done_at FROM conversation_round "
                "WHERE conversation_id = ? ORDER BY number",
                conversation,
            )
        }

    def _interludes(self, conversation: int) -> dict[int, HotInterlude]:
        return {
            r[1]: HotInterlude(r[0], r[1], r[2], decoded(r[3]), _moment(r[4]), _moment(r[5]), _moment(r[6]), bool(r[7]))
            for r in self._rows(
                "SELECT id, number, kind, settings, opened_at, closes_at, closed_at, result IS NOT NULL "
                "FROM conversation_interlude WHERE conversation_id = ?",
                conversation,
            )
        }

    def _people(self, room: Room, known: Room | None) -> None:
        """Who is here. Kept in the same dictionaries, so that an answer on its way meets them whatever is reread."""
        if known is not None:
            room.voices, room.answered_in, room.answers = known.voices, known.answered_in, known.answers
            room.news = known.news
        if known is not None and known.version >= 0 and self._same_voices(room):
            return  # those who joined since are here already, and nobody left
        rows: list[Any] = self._rows("SELECT id, channel FROM conversation_voice WHERE conversation_id = ?", room.id)
        voices = dict(rows)
        for left in room.voices.keys() - voices.keys():
            del room.voices[left]
        room.voices.update(voices)
        if known is None or known.version < 0:
            self._answered(room)

    def _same_voices(self, room: Room) -> bool:
        """Cheaper than reading a hundred thousand of them: as many, with the same sum of remainders."""
        sql = f"SELECT count(*), sum(id % {REMAINDER}) FROM conversation_voice WHERE conversation_id = ?"  # noqa: S608
        ((count, remainders),) = self._rows(sql, room.id)
        return count == len(room.voices) and int(remainders or 0) == sum(v % REMAINDER for v in room.voices)

    def _answered(self, room: Room) -> None:
        by_id = {s.id: s.number for s in room.statements.values()}
        shown: defaultdict[str, Counter[int]] = defaultdict(Counter)
        for a_round in room.rounds.values():
            table = "vote" if a_round.kind == "vote" else "ballotvote"
            self._answered_in(room, a_round.number, table, "round_id", a_round.id)
            if a_round.kind != "vote":
                continue
            for statement, channel, n in self._rows(
                "SELECT a.statement_id, v.channel, count(*) FROM conversation_vote a"
                " JOIN conversation_voice v ON v.id = a.voice_id WHERE a.round_id = ? GROUP BY 1, 2",
                a_round.id,
            ):
                if statement in by_id:
                    shown[channel][by_id[statement]] += n
        for one in room.interludes.values():
            self._answered_in(room, -one.number, "pollanswer", "interlude_id", one.id)
        EXPOSURE.begin(room.id, shown)

    def _answered_in(self, room: Room, key: int, table: str, column: str, of: int) -> None:
        rows = self._rows(
            f"SELECT DISTINCT voice_id FROM conversation_{table} WHERE {column} = ?",  # noqa: S608 - fixed names
            of,
        )
        room.answered_in[key] |= {r[0] for r in rows}


def _moment(stored: str | datetime | None) -> datetime | None:
    if stored is None or isinstance(stored, datetime):
        return stored
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)
