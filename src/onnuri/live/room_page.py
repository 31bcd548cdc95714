"""The room's page when everybody opens it at once: drawn once for all who see the same, one's own deck put in.

What is somebody's own (answers already given, one's own questions) is left to Django.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from html import escape
from typing import TYPE_CHECKING, Any, Final

import msgspec

from onnuri.conversation.interlude import BETWEEN, POLLS
from onnuri.live.drawing import SHARED, Drawings
from onnuri.live.exposure import ORDERS
from onnuri.live.http import Request
from onnuri.live.packing import accepts
from onnuri.live.streams import standing_of
from onnuri.live.token import cookie_name

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from onnuri.live.drawing import Pages
    from onnuri.live.hot import Hot
    from onnuri.live.http import Scope, Send
    from onnuri.live.rooms import Room

LOG = logging.getLogger("onnuri.room_page")
ROOM: Final = re.compile(r"/c/([0-9A-Z]+)")
RECORD: Final = re.compile(r"/r/[0-9A-Z]+")
PLACES: Final = {
    "deck": "DECK-OF-THIS-PAGE",
    "id": "ID-OF-THIS-CARD",
    "text": "TEXT-OF-THIS-CARD",
    "lang": "xx-own",
    "translation": "TRANSLATION-OF-THIS-CARD",
    "translation_lang": "yy-own",
    "join": "ID-OF-THIS-JOIN",
}
"""What stands in a shared page where one's own deck and its first card come."""
LONG: Final = 120
"""A text beyond it is set smaller, so its page is another one."""
Variants = dict[int, str]
"""Voice -> which of the few pages of a landscape it sees: its group, or the one it is near."""


class RoomPage:
    """Answers `GET /c/CODE` and `GET /r/CODE` where many see the same; says False otherwise."""

    def __init__(self, hot: Hot, pages: Pages, variants: Callable[[str], Variants]) -> None:
        self._hot = hot
        self._drawings = Drawings(pages)
        self._variants_of = variants
        self._variants: dict[str, tuple[int, Variants]] = {}

    async def __call__(self, scope: Scope, send: Send) -> bool:
        """True = answered."""
        if scope["method"] != "GET" or scope["query_string"]:
            return False
        path = scope["path"]
        if RECORD.fullmatch(path) is not None:
            return await self._given(path, scope, send, {})
        found = ROOM.fullmatch(path)
        room = self._hot.table.room(found[1]) if found is not None else None
        if room is None or room.segment == "published":
            return False
        return await self._room(room, scope, send)

    async def _room(self, room: Room, scope: Scope, send: Send) -> bool:
        request = Request(scope, b"")
        cookie = request.cookie(cookie_name(room.code))
        voice = self._hot.voice_of(room, cookie)
        if voice is None:
            if cookie and self._hot.signer.voice_of(room.id, cookie) in room.moved:
                return False  # told why, by Django
            drawn = await self._drawings.get((room.code, room.version, "join"), scope, {SHARED: "1"})
            if not drawn.is_for_many:
                return False
            await drawn.send(send, {PLACES["join"].encode(): secrets.token_urlsafe(18).encode()}, packed=accepts(scope))
            return True
        own = {cookie_name(room.code): cookie or ""}
        if room.segment == "round":
            return await self._vote(room, voice, scope, send, own)
        what = await self._what(room, voice)
        return what is not None and await self._given((room.code, room.version, what), scope, send, own)

    async def _given(self, key: Hashable, scope: Scope, send: Send, cookies: dict[str, str]) -> bool:
        """A page without open places."""
        drawn = await self._drawings.get(key, scope, cookies)
        if not drawn.is_for_many:
            return False
        await drawn.send(send, {}, packed=accepts(scope))
        return True

    async def _what(self, room: Room, voice: int) -> str | None:
        """Which page a voice sees; None where the page is its own."""
        on = room.interlude
        if on is not None and room.segment in BETWEEN:
            asked_all = on.kind in POLLS and voice not in room.answered_in[-on.number]
            return f"{on.number} {standing_of(room)}" if asked_all else None
        if room.segment == "where":
            return f"where {(await self._known_variants(room)).get(voice)}"
        if room.segment in BETWEEN:
            return room.segment
        fresh = voice not in room.answered_in[len(room.rounds)]
        return f"{room.segment} {voice % ORDERS}" if fresh else None

    async def _known_variants(self, room: Room) -> Variants:
        known = self._variants.get(room.code)
        if known is None or known[0] != len(room.rounds):
            known = len(room.rounds), await asyncio.to_thread(self._variants_of, room.code)
            self._variants[room.code] = known
        return known[1]

    async def _vote(self, room: Room, voice: int, scope: Scope, send: Send, own: dict[str, str]) -> bool:
        deck = self._hot.deck_of(room, voice, Request(scope, b"").language)
        cards = deck["statements"]
        # The first card stands in the page itself, with its evidence; that is drawn by Django alone.
        cards.sort(key=lambda card: "evidence" in card)
        if cards and "evidence" in cards[0]:
            return False
        first: dict[str, Any] = cards[0] if cards else {"id": "", "text": "", "lang": ""}
        read = first.get("translation")
        look = "long" if len((read or first)["text"]) > LONG else "short"
        if read is not None:
            look += "-machine" if read["machine"] else "-person"
            first = {**first, "translation": read["text"], "translation_lang": read["lang"]}
        key = (room.code, room.version, "vote", deck["left"], look)
        drawn = await self._drawings.get(key, scope, {**own, SHARED: look})
        if not drawn.is_for_many:
            return False
        places = {PLACES["deck"]: msgspec.json.encode(deck).decode()} | {
            PLACES[n]: str(v) for n, v in first.items() if n in PLACES
        }
        filled = {place.encode(): escape(text).encode() for place, text in places.items()}
        await drawn.send(send, filled, packed=accepts(scope))
        return True
