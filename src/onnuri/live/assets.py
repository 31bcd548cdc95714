"""Scripts, styles and pictures: read once, packed once, given from memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from onnuri.live.drawing import Drawn, drawn_by
from onnuri.live.packing import WORTH_IT, accepts

if TYPE_CHECKING:
    from onnuri.live.drawing import Pages
    from onnuri.live.http import Scope, Send

AT: Final = "/static/"
TEXT: Final = (".js", ".css", ".svg", ".json")
MOST: Final = 400
CONDITIONS: Final = frozenset({b"range", b"if-modified-since", b"if-none-match"})


class Assets:
    """Answers `GET /static/…` of texts; says False for the rest, which the site serves as it is."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._kept: dict[str, Drawn] = {}

    async def __call__(self, scope: Scope, send: Send) -> bool:
        """True = answered."""
        path = scope["path"]
        if scope["method"] != "GET" or not path.startswith(AT) or not path.endswith(TEXT) or not accepts(scope):
            return False
        if any(name in CONDITIONS for name, _ in scope["headers"]):
            return False
        kept = self._kept.get(path)
        if kept is None:
            kept = await drawn_by(self._pages, scope, "")
            if kept.status != 200 or len(kept.body) < WORTH_IT:  # noqa: PLR2004
                return False
            if len(self._kept) < MOST:
                self._kept[path] = kept
        await kept.send(send, {}, packed=True)
        return True
