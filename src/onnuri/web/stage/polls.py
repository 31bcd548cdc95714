"""A poll on the wall: the question without figures, then bars, columns, or a cloud of words that were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from onnuri.web.polls import poll_shown
from onnuri.web.stage.cloud import HEIGHT, WIDTH, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onnuri.conversation.models import Interlude

Content = dict[str, Any]
TOP: Final = 5
"""So many words stand in the table beside the cloud; all are on the phones."""
COLUMN: Final = 320
"""Height of the column that everybody chose."""


def content(on: Interlude) -> Content:
    """The poll that is on, with its picture once it is counted."""
    poll = poll_shown(on)
    told = poll["outcome"]
    if told is None:
        return {"poll": poll}
    words = told["words"]
    return {
        "poll": {
            **poll,
            "cloud": _cloud(words) if words else None,
            "columns": _columns(told["rows"]) if on.kind == "scale" and not told["masked"] else None,
        },
        "top_words": words[:TOP] if not told["masked"] else [],
    }


def _cloud(words: Sequence[Content]) -> SafeString:
    placed = lay_out(tuple((one["text"], one["n"] or 1) for one in words))
    # The length is told as well as the size, so that no face of type makes one word reach into another.
    return format_html(
        '<svg class="cloud" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>',
        WIDTH,
        HEIGHT,
        format_html_join(
            "",
            '<text class="w{}" x="{}" y="{}" font-size="{}" textLength="{}" lengthAdjust="spacingAndGlyphs">{}</text>',
            ((one.tier, one.x, one.y, one.size, one.length, one.text) for one in placed),
        ),
    )


def _columns(rows: Sequence[Content]) -> list[Content]:
    """Heights of the columns, the tallest as high as there is room."""
    most = max((row["n"] for row in rows), default=0) or 1
    return [{**row, "height": COLUMN * row["n"] // most, "top": COLUMN - COLUMN * row["n"] // most} for row in rows]
