"""Pages that look the same for many: Django draws one a second, everybody who sees the same gets that one."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from onnuri.live.http import Request
from onnuri.live.packing import EACH, PACKED, WORTH_IT, joined, piece

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable, Mapping, MutableMapping

    from onnuri.live.http import Receive, Scope, Send

    Pages = Callable[[Scope, Receive, Send], Awaitable[None]]

FRESH_S: Final = 1.0
"""A page that everybody waits on is drawn at most once a second for each language and look."""
REPLACED: Final = frozenset({name for name, _ in PACKED})
MOST_PAGES: Final = 500
SHARED: Final = "shared"
"""The cookie that tells a page to leave open the places of what is one's own."""
LOOKS: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("1", "2", "3", "4"),
    "theme": ("", "light", "dark"),
    "contrast": ("", "more"),
    "motion": ("", "off"),
    "keys": ("", "off"),
}
"""How people may read, by cookie; the first is what they read by without one."""


@dataclass
class Drawn:
    """A page as it was drawn at `at`."""

    at: float
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    is_for_many: bool = False
    """Whether it may be given to others."""
    _parts: list[bytes] | None = None
    _cut_at: tuple[bytes, ...] = ()
    _pieces: dict[bytes, bytes] = field(default_factory=dict)

    def judge(self) -> None:
        """A page with a form of one's session or a cookie is one's own: of it only that is remembered."""
        own = b"csrfmiddlewaretoken" in self.body or any(n.lower() == b"set-cookie" for n, _ in self.headers)
        self.is_for_many = self.status == 200 and not own  # noqa: PLR2004
        if own:
            self.body, self.headers = b"", []

    async def send(self, send: Send, places: Mapping[bytes, bytes], *, packed: bool = False) -> None:
        """Answer with it, each open place filled; `packed` = as gzip."""
        parts = self._parts_around(places)
        body = b"".join(places.get(part, part) for part in parts)
        headers = self.headers
        if packed and len(body) >= WORTH_IT:
            pieces = [piece(places[p], EACH) if p in places else self._packed(p) for p in parts]
            body = joined(pieces, body)
            headers = [*(one for one in headers if one[0].lower() not in REPLACED), *PACKED]
        headers = [*headers, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _parts_around(self, places: Mapping[bytes, bytes]) -> list[bytes]:
        """The body cut at its open places, these among the parts."""
        if self._parts is None or self._cut_at != tuple(places):
            self._cut_at = tuple(places)
            at = b"|".join(re.escape(place) for place in places)
            self._parts = re.split(b"(" + at + b")", self.body) if places else [self.body]
        return self._parts

    def _packed(self, part: bytes) -> bytes:
        if part not in self._pieces:
            self._pieces[part] = piece(part)
        return self._pieces[part]


class Drawings:
    """The pages that were drawn a moment ago; while one is being drawn, the others wait for it."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._drawn: dict[Hashable, Drawn] = {}
        self._drawing: dict[Hashable, asyncio.Future[Drawn]] = {}

    async def get(self, key: Hashable, scope: Scope, cookies: Mapping[str, str]) -> Drawn:
        """The page of this key and this reader's look; Django is told only these cookies and the look.

        Args:
            key: what the page depends on besides the look.
            scope: of the request.
            cookies: what else Django needs to draw it.
        """
        look = look_of(scope)
        # Pages name their own address: nobody may be given one that was drawn for another name of this server.
        whole = (key, scope.get("scheme"), Request(scope, b"").headers.get(b"host"), *look.items())
        drawn = self._drawn.get(whole)
        if drawn is not None and asyncio.get_running_loop().time() - drawn.at <= FRESH_S:
            return drawn
        drawing = self._drawing.get(whole)
        if drawing is None:
            drawing = self._drawing[whole] = asyncio.ensure_future(self._draw(whole, scope, {**look, **cookies}))
            drawing.add_done_callback(lambda _done: self._drawing.pop(whole, None))
        return await asyncio.shield(drawing)

    async def _draw(self, whole: Hashable, scope: Scope, cookies: Mapping[str, str]) -> Drawn:
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        drawn = await drawn_by(self._pages, scope, cookie)
        drawn.judge()
        if len(self._drawn) >= MOST_PAGES:
            self._drawn.clear()
        self._drawn[whole] = drawn
        return drawn


async def drawn_by(pages: Pages, scope: Scope, cookie: str) -> Drawn:
    """A page as the site draws it for these cookies; nothing else of the request is passed on."""
    kept = {b"host", b"x-forwarded-proto"}
    headers = [(n, v) for n, v in scope["headers"] if n in kept] + [(b"cookie", cookie.encode("latin-1"))]
    drawn = Drawn(asyncio.get_running_loop().time())

    async def take(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            drawn.status = message["status"]
            drawn.headers = [(n, v) for n, v in message["headers"] if n.lower() != b"content-length"]
        else:
            drawn.body += message.get("body", b"")

    await pages({**scope, "headers": headers}, _nothing, take)
    return drawn


def look_of(scope: Scope) -> dict[str, str]:
    """How somebody reads: language, size, theme, contrast, motion, keys."""
    request = Request(scope, b"")
    look = {"lang": request.language}
    for name, known in LOOKS.items():
        chosen = request.cookie(name) or known[0]
        look[name] = chosen if chosen in known else known[0]
    return look


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}
