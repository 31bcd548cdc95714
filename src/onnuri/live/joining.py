"""Joining: a ticket, a one-time code or nothing becomes a voice; nothing joins the two afterwards."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from onnuri.conference.places import channel_of
from onnuri.errors import Conflict, Forbidden, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.live.rooms import Room
    from onnuri.live.store import Connection

ROW_NUMBERS: Final = 2**48


def mint(room: Room, code: str) -> Callable[[Connection], tuple[int, str]]:
    """The act that makes a voice: (row number, channel). A code or ticket is used up in the same commit."""

    def act(connection: Connection) -> tuple[int, str]:
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


def _entitled(connection: Connection, room: Room, code: str) -> tuple[str, str]:
    if not code:
        if room.policy == "open":
            return "open", "person"
        raise Forbidden("ticket_needed", field="seat_code")
    return _by_seat_code(connection, room, code) or _by_ticket(connection, room, code)


def _by_seat_code(connection: Connection, room: Room, code: str) -> tuple[str, str] | None:
    digest = hashlib.sha256(code.encode()).hexdigest()
    found = connection.execute(
        "SELECT id, channel, origin FROM conversation_seatcode WHERE digest = ? AND conversation_id = ?",
        (digest, room.id),
    )
    if not found:
        return None
    number, channel, origin = found[0]
    _use_up(connection, "conversation_seatcode", "used", number)
    return channel, origin


def _by_ticket(connection: Connection, room: Room, code: str) -> tuple[str, str]:
    found = connection.execute(
        "SELECT t.id, r.place, r.wish, r.conference_id FROM conference_ticket t "
        "JOIN conference_registration r ON r.id = t.registration_id WHERE t.code = ?",
        (code,),
    )
    if not found:
        raise NotFound("seat_code_unknown", field="seat_code")
    number, place, wish, conference = found[0]
    if conference != room.conference:
        raise Forbidden("ticket_other", field="seat_code")
    channel = channel_of(place, wish)
    if channel is None:
        raise Forbidden("ticket_waiting", field="seat_code")
    _use_up(connection, "conference_ticket", "minted", number)
    return channel, "person"


def _use_up(connection: Connection, table: str, mark: str, number: int) -> None:
    """Once, whoever else tries it at the same moment: the database decides."""
    sql = f"UPDATE {table} SET {mark} = TRUE WHERE id = ? AND {mark} = FALSE RETURNING id"  # noqa: S608 - our names
    if not connection.execute(sql, (number,)):
        raise Conflict("code_used", field="seat_code")
