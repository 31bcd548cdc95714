"""Meanings of a conversation's statements as pages use them: made in the background, asked for at once."""

from __future__ import annotations

import logging
import threading
from functools import cache
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.conversation.embedding import RELATED, Meanings, embedder

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from onnuri.conversation.similar import Other

LOG = logging.getLogger("onnuri.meanings")
AT_ONCE: Final = 40
"""Texts that a page itself may have to wait for: a second or two."""
_LATER: Final[SimpleQueue[tuple[str, str]]] = SimpleQueue()


@cache
def meanings() -> Meanings | None:
    """The meanings of this installation, with a thread that makes those nobody waits for; None without the extra."""
    model = embedder()
    if model is None:
        return None
    try:
        made = Meanings(model)
    except ValueError as problem:
        LOG.warning("statements are compared by letters alone: %s", problem)
        return None
    threading.Thread(target=_make, args=(made,), name="meanings", daemon=True).start()
    return made


def related(text: str, lang: str, others: Sequence[Other], *, besides: Collection[int], most: int) -> list[int]:
    """Statements about the same, in any language, best first: of those whose meaning is there already.

    Args:
        text: what is being written.
        lang: its language.
        others: statements that are there.
        besides: numbers that are shown already.
        most: how many.
    """
    known = meanings()
    if known is None or most < 1 or not text.strip():
        return []
    ready = [o for o in others if o.number not in besides and _is_ready(known, o)]
    if not ready:
        return []
    share = known.of([(o.text, o.lang) for o in ready]) @ known.of([(text, lang)])[0]
    order = np.argsort(-np.round(share, 6), kind="stable")[:most]
    return [ready[place].number for place in order if share[place] >= RELATED]


def vectors_of(others: Sequence[Other]) -> NDArray[np.float32] | None:
    """The meanings of all of these; None without the extra, or while too many are still to be made."""
    known = meanings()
    if known is None or not others:
        return None
    if sum(not _is_ready(known, o) for o in others) > AT_ONCE:
        return None
    return known.of([(o.text, o.lang) for o in others])


def _is_ready(known: Meanings, other: Other) -> bool:
    """Whether it is there; if not, it is made as soon as there is time."""
    if known.knows(other.text, other.lang):
        return True
    _LATER.put((other.text, other.lang))
    return False


def _make(made: Meanings) -> None:
    while True:
        text, lang = _LATER.get()
        if not made.knows(text, lang):
            made.of([(text, lang)])
