"""Joining: a ticket, a code or nothing becomes a voice; nothing that is stored joins the two afterwards."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final, NamedTuple

from onnuri.conference.places import channel_of
from onnuri.errors import Conflict, Forbidden, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from onnuri.live.rooms import Room
    from onnuri.live.store import Connection
    from onnuri.live.token import Signer

ROW_NUMBERS: Final = 2**48


class Minted(NamedTuple):
    """A voice that was made, or of a card the one that is there already."""

    voice: int
    channel: str
    is_new: bool = True

    def joins(self, room: Room) -> int:
        """It is here now; what a voice that comes back answered before is kept."""
        if self.is_new:
            room.joined(self.voice, self.channel)
        else:
            room.voices[self.voice] = self.channel
        return self.voice


def saying(act: Callable[[Connection], Minted], traits: Sequence[tuple[int, int]]) -> Callable[[Connection], Minted]:
    """The same act, and what its person says of themselves; who comes back has said it before."""

    def with_traits(connection: Connection) -> Minted:
        minted = act(connection)
        for name, value in traits if minted.is_new else ():
            connection.execute(
                "INSERT INTO conversation_trait (voice_id, name, value) VALUES (?, ?, ?)", (minted.voice, name, value)
            )
        return minted

    return with_traits


def mint(room: Room, code: str, signer: Signer, join_id: str = "") -> Callable[[Connection], Minted]:
    """The act that makes a voice. A code or ticket is used up in the same commit; a card is not.

    The same join sent again (its answer was lost on the way) gives the same voice, though its code is used up by then.

    Args:
        room: which conversation.
        code: a card, a one-time code or a ticket; empty where anybody may join.
        signer: whose key makes a card's voice, see decision 0018.
        join_id: made on the phone, or with its page; empty = every join is another one.
    """

    def act(connection: Connection) -> Minted:
        written = as_made(code)
        if (card := _card(connection, room, written)) is not None:
            channel, origin = card
            connection.execute("UPDATE conversation_seatcode SET used = TRUE WHERE digest = ?", (_digest(written),))
            return _stored(connection, room, signer.card(room.id, written), channel, origin)
        voice = signer.joined(room.id, join_id, written) if join_id else secrets.randbelow(ROW_NUMBERS)
        if join_id and (there := _channel_of(connection, room, voice)) is not None:
            return Minted(voice, there, is_new=False)
        channel, origin = _entitled(connection, room, written)
        return _stored(connection, room, voice, channel, origin)

    return act


def channel_for(room: Room, code: str) -> Callable[[Connection], str]:
    """The act that says which channel a code or ticket is for, and uses nothing up."""

    def act(connection: Connection) -> str:
        return _place_of(connection, room, as_made(code)).channel

    return act


def use_for(room: Room, code: str, blinded: str) -> Callable[[Connection], str]:
    """The act that uses a code or ticket up for one blinded message, and says the channel whose key shall sign it.

    The same message again is answered the same: its signature was lost on the way. Another one is refused.

    Args:
        room: which conversation.
        code: a one-time code or a ticket. A card is no such thing: it comes back, see decision 0018.
        blinded: digest of the blinded message. It fits every voice equally well, so keeping it tells nothing.
    """

    def act(connection: Connection) -> str:
        place = _place_of(connection, room, as_made(code))
        if place.blinded and place.blinded == blinded:
            return place.channel
        _use_up(connection, place.table, place.mark, place.number)
        connection.execute(
            f"UPDATE {place.table} SET blinded = ? WHERE id = ?",  # noqa: S608 - our own names
            (blinded, place.number),
        )
        return place.channel

    return act


def admit(room: Room, voice: int, channel: str) -> Callable[[Connection], Minted]:
    """The act that stores the voice of a signed token; whose ticket it was nobody knows, this program neither."""

    def act(connection: Connection) -> Minted:
        return _stored(connection, room, voice, channel, "person")

    return act


def look_at_card(room: Room, code: str, signer: Signer) -> Callable[[Connection], int]:
    """The act that says which voice a card is, and makes none; a code that is no card is refused."""

    def act(connection: Connection) -> int:
        written = as_made(code)
        if _card(connection, room, written) is not None:
            return signer.card(room.id, written)
        one_time = connection.execute(
            "SELECT id FROM conversation_seatcode WHERE digest = ? AND conversation_id = ?"
            " UNION SELECT id FROM conference_ticket WHERE code = ?",
            (_digest(written), room.id, written),
        )
        if one_time:
            raise Conflict("card_needed", field="seat_code")
        raise NotFound("seat_code_unknown", field="seat_code")

    return act


def as_made(code: str) -> str:
    """A code as it was made: people add spaces and dashes, write small letters, or scan the address in a card's QR.

    >>> as_made("abcd-23 45")
    'ABCD2345'
    >>> as_made("http://10.0.0.7:8000/c/QRSTUV?seat_code=ABCD2345")
    'ABCD2345'
    """
    code = code.rpartition("seat_code=")[2]
    return "".join(c for c in code.upper() if c.isalnum())


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _card(connection: Connection, room: Room, code: str) -> tuple[str, str] | None:
    found = connection.execute(
        "SELECT channel, origin FROM conversation_seatcode WHERE digest = ? AND conversation_id = ? AND card = TRUE",
        (_digest(code), room.id),
    )
    return (found[0][0], found[0][1]) if found else None


def _channel_of(connection: Connection, room: Room, voice: int) -> str | None:
    found = connection.execute(
        "SELECT channel FROM conversation_voice WHERE id = ? AND conversation_id = ?", (voice, room.id)
    )
    return str(found[0][0]) if found else None


def _stored(connection: Connection, room: Room, voice: int, channel: str, origin: str) -> Minted:
    # Only a card's voice can be there already.
    is_new = connection.execute(
        "INSERT INTO conversation_voice (id, conversation_id, channel, origin) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (id) DO NOTHING RETURNING id",
        (voice, room.id, channel, origin),
    )
    return Minted(voice, channel, is_new=bool(is_new))


def _entitled(connection: Connection, room: Room, code: str) -> tuple[str, str]:
    if not code:
        if room.policy == "open":
            return "open", "person"
        raise Forbidden("ticket_needed", field="seat_code")
    place = _place_of(connection, room, code)
    _use_up(connection, place.table, place.mark, place.number)
    return place.channel, place.origin


class _Place(NamedTuple):
    """A row that stands for one voice, and can be used up once."""

    table: str
    mark: str
    number: int
    channel: str
    origin: str
    blinded: str


def _place_of(connection: Connection, room: Room, code: str) -> _Place:
    if not code:
        raise Forbidden("ticket_needed", field="seat_code")
    return _by_seat_code(connection, room, code) or _by_ticket(connection, room, code)


def _by_seat_code(connection: Connection, room: Room, code: str) -> _Place | None:
    found = connection.execute(
        "SELECT id, channel, origin, blinded FROM conversation_seatcode"
        " WHERE digest = ? AND conversation_id = ? AND card = FALSE",
        (_digest(code), room.id),
    )
    return _Place("conversation_seatcode", "used", *found[0]) if found else None


def _by_ticket(connection: Connection, room: Room, code: str) -> _Place:
    found = connection.execute(
        "SELECT t.id, r.place, r.wish, r.conference_id, t.blinded FROM conference_ticket t "
        "JOIN conference_registration r ON r.id = t.registration_id WHERE t.code = ?",
        (code,),
    )
    if not found:
        raise NotFound("seat_code_unknown", field="seat_code")
    number, place, wish, conference, blinded = found[0]
    if conference != room.conference:
        raise Forbidden("ticket_other", field="seat_code")
    channel = channel_of(place, wish)
    if channel is None:
        raise Forbidden("ticket_waiting", field="seat_code")
    return _Place("conference_ticket", "minted", number, channel, "person", blinded)


def _use_up(connection: Connection, table: str, mark: str, number: int) -> None:
    """Once, whoever else tries it at the same moment: the database decides."""
    sql = f"UPDATE {table} SET {mark} = TRUE WHERE id = ? AND {mark} = FALSE RETURNING id"  # noqa: S608 - our names
    if not connection.execute(sql, (number,)):
        raise Conflict("code_used", field="seat_code")
