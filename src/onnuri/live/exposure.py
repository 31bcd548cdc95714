"""Which statement is shown next: the one that has been shown least against its share. In memory, for the whole process.

Hall and online are counted apart, so that every statement is seen as often here as there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from onnuri.landscape.landscape import tie_break
from onnuri.landscape.routing import EQUAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DECK_SIZE: Final = 20
ORDERS: Final = 60
"""Divides evenly by most numbers of candidates, twenty among them: each comes first equally often."""


class Exposure:
    """How often each statement of each conversation was put on a deck, by channel."""

    def __init__(self) -> None:
        self._shown: defaultdict[int, defaultdict[str, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))

    def begin(self, conversation: int, shown: Mapping[str, Mapping[int, int]]) -> None:
        """Start from what was answered before this process began: channel -> statement -> times."""
        if conversation not in self._shown:
            own = self._shown[conversation]
            own.update({channel: Counter(counts) for channel, counts in shown.items()})

    def deck(
        self,
        conversation: int,
        channel: str,
        voice: int,
        unanswered: Iterable[int],
        wanted: Mapping[int, float] | None = None,
        size: int = DECK_SIZE,
    ) -> list[int]:
        """The next statements for one voice; equals fall differently for everybody.

        Args:
            conversation: its number.
            channel: of the voice.
            voice: its number.
            unanswered: statements it may be asked.
            wanted: statement -> share, where it is not 1. See `landscape.routing`.
            size: at most so many.
        """
        shown, wanted = self._shown[conversation][channel], wanted or {}
        order = sorted(unanswered, key=lambda s: (shown[s] / wanted.get(s, EQUAL), tie_break(s, str(voice))))[:size]
        shown.update(order)
        return order

    @staticmethod
    def shuffled(voice: int, ids: Iterable[int]) -> list[int]:
        """One of a few orders, always the same for one voice: so nobody is always first, and pages can be shared."""
        order = sorted(ids, key=lambda i: tie_break(i, "order"))
        first = voice % ORDERS % max(len(order), 1)
        return order[first:] + order[:first]


EXPOSURE: Final = Exposure()
