"""How many rows could be recognised, told to the host before they are published."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from onnuri.conversation.queries import cast
from onnuri.web import shown

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation

MOST_KEPT = 8


def uniqueness_shown(conversation: Conversation) -> dict[str, Any]:
    """The measured figures; the same votes are measured once."""
    last = conversation.links.last()
    return _measured(conversation.pk, last.digest if last else "")


@lru_cache(maxsize=MOST_KEPT)
def _measured(pk: int, chain: str) -> dict[str, Any]:
    # NumPy is loaded here and not with the pages: most servers' processes never need it.
    import numpy as np  # noqa: PLC0415

    from onnuri.conversation.models import Conversation  # noqa: PLC0415
    from onnuri.record.uniqueness import uniqueness  # noqa: PLC0415

    rows = {
        (r[0], r[1]): r[5] for r in sorted(cast(Conversation.objects.get(pk=pk)).votes, key=lambda r: r[2]) if not r[4]
    }
    # The chain's end seeds the draws: who looks twice sees the same figures.
    random = np.random.Generator(np.random.PCG64(int(chain[:16] or "0", 16)))
    people, statements = [p for p, _ in rows], [s for _, s in rows]
    found = uniqueness(people, statements, list(rows.values()), random=random)
    return {
        "people": found.people,
        "unique": found.unique,
        "unique_pct": shown.percent(found.unique, found.people) if found.people else None,
        "known": found.known,
        "identified_pct": round(100 * found.identified),
    }
