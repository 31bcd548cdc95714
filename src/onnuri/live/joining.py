"""Joining: a ticket, a code or nothing becomes a voice; nothing that is stored joins the two afterwards."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from onnuri.conference.places import channel_of
from onnuri.errors import Conflict, Forbidden, NotFound

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from onnuri.live.table import Room
    from onnuri.live.token import Signer

ROW_NUMBERS: Final = 2**48


def mint(room: Room, code: str, signer: Signer) -> Callable[[sqlite3.Connection], tuple[int, str]]:
    """The act that makes a voice: (row number, channel). A code or ticket is used up in the same commit; a card is not.

    Args:
        room: which conversation.
        code: a card, a one-time code or a ticket; empty where anybody may join.
        signer: whose key makes a card's voice, see decision 0018.
    """

    def act(connection: sqlite3.Connection) -> tuple[int, str]:
        written = as_made(code)
        if (card := _card(connection, room, written)) is not None:
            channel, origin = card
            connection.execute("UPDATE conversation_seatcode SET used = 1 WHERE digest = ?", (_digest(written),))
            return _stored(connection, room, signer.card(room.id, written), channel, origin)
        channel, origin = _entitled(connection, room, written)
        return _stored(connection, room, secrets.randbelow(ROW_NUMBERS), channel, origin)

    return act


def look_at_card(room: Room, code: str, signer: Signer) -> Callable[[sqlite3.Connection], int]:
    """The act that says which voice a card is, and makes none; a code that is no card is refused."""

    def act(connection: sqlite3.Connection) -> int:
        written = as_made(code)
        if _card(connection, room, written) is not None:
            return signer.card(room.id, written)
        one_time = connection.execute(
            "SELECT 1 FROM conversation_seatcode WHERE digest = ? AND conversation_id = ?"
            " UNION SELECT 1 FROM conference_ticket WHERE code = ?",
            (_digest(written), room.id, written),
        ).fetchone()
        if one_time is not None:
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


def _card(connection: sqlite3.Connection, room: Room, code: str) -> tuple[str, str] | None:
    found = connection.execute(
        "SELECT channel, origin FROM conversation_seatcode WHERE digest = ? AND conversation_id = ? AND card",
        (_digest(code), room.id),
    ).fetchone()
    return None if found is None else (found[0], found[1])


def _stored(connection: sqlite3.Connection, room: Room, voice: int, channel: str, origin: str) -> tuple[int, str]:
    # Only a card's voice can be there already.
    connection.execute(
        "INSERT INTO conversation_voice (id, conversation_id, channel, origin) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (id) DO NOTHING",
        (voice, room.id, channel, origin),
    )
    return voice, channel


def _entitled(connection: sqlite3.Connection, room: Room, code: str) -> tuple[str, str]:
    if not code:
        if room.policy == "open":
            return "open", "person"
        raise Forbidden("ticket_needed", field="seat_code")
    return _by_seat_code(connection, room, code) or _by_ticket(connection, room, code)


def _by_seat_code(connection: sqlite3.Connection, room: Room, code: str) -> tuple[str, str] | None:
    found = connection.execute(
        "SELECT id, channel, origin, used FROM conversation_seatcode WHERE digest = ? AND conversation_id = ?",
        (_digest(code), room.id),
    ).fetchone()
    if found is None:
        return None
    number, channel, origin, used = found
    if used:
        raise Conflict("code_used", field="seat_code")
    connection.execute("UPDATE conversation_seatcode SET used = 1 WHERE id = ?", (number,))
    return channel, origin


def _by_ticket(connection: sqlite3.Connection, room: Room, code: str) -> tuple[str, str]:
    found = connection.execute(
        "SELECT t.id, t.minted, r.place, r.wish, r.conference_id FROM conference_ticket t "
        "JOIN conference_registration r ON r.id = t.registration_id WHERE t.code = ?",
        (code,),
    ).fetchone()
    if found is None:
        raise NotFound("seat_code_unknown", field="seat_code")
    number, minted, place, wish, conference = found
    if conference != room.conference:
        raise Forbidden("ticket_other", field="seat_code")
    if minted:
        raise Conflict("code_used", field="seat_code")
    channel = channel_of(place, wish)
    if channel is None:
        raise Forbidden("ticket_waiting", field="seat_code")
    connection.execute("UPDATE conference_ticket SET minted = 1 WHERE id = ?", (number,))
    return channel, "person"
