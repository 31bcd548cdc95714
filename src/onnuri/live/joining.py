"""Joining: a ticket, a one-time code or nothing becomes a voice; nothing joins the two afterwards."""

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

ROW_NUMBERS: Final = 2**48


def mint(room: Room, code: str) -> Callable[[sqlite3.Connection], tuple[int, str]]:
    """The act that makes a voice: (row number, channel). A code or ticket is used up in the same commit."""

    def act(connection: sqlite3.Connection) -> tuple[int, str]:
        channel, origin = _entitled(connection, room, _written(code))
        voice = secrets.randbelow(ROW_NUMBERS)
        connection.execute(
            "INSERT INTO conversation_voice (id, conversation_id, channel, origin) VALUES (?, ?, ?, ?)",
            (voice, room.id, channel, origin),
        )
        return voice, channel

    return act


def _written(code: str) -> str:
    """A code as it was made: people add spaces and dashes and write small letters."""
    return "".join(c for c in code.upper() if c.isalnum())


def _entitled(connection: sqlite3.Connection, room: Room, code: str) -> tuple[str, str]:
    if not code:
        if room.policy == "open":
            return "open", "person"
        raise Forbidden("ticket_needed", field="seat_code")
    return _by_seat_code(connection, room, code) or _by_ticket(connection, room, code)


def _by_seat_code(connection: sqlite3.Connection, room: Room, code: str) -> tuple[str, str] | None:
    digest = hashlib.sha256(code.encode()).hexdigest()
    found = connection.execute(
        "SELECT id, channel, origin, used FROM conversation_seatcode WHERE digest = ? AND conversation_id = ?",
        (digest, room.id),
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
