"""Which statement is shown next: the least shown first. In memory, for the whole process."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from onnuri.landscape.landscape import tie_break

if TYPE_CHECKING:
    from collections.abc import Iterable

DECK_SIZE: Final = 20


class Exposure:
    """How often each statement of each conversation was put on a deck."""

    def __init__(self) -> None:
        self._shown: defaultdict[int, Counter[int]] = defaultdict(Counter)

    def begin(self, conversation: int, shown: dict[int, int]) -> None:
        """Start from what was answered before this process began."""
        if conversation not in self._shown:
            self._shown[conversation] = Counter(shown)

    def deck(self, conversation: int, voice: int, unanswered: Iterable[int], size: int = DECK_SIZE) -> list[int]:
        """The next statements for one voice; equals fall differently for everybody."""
        shown = self._shown[conversation]
        order = sorted(unanswered, key=lambda s: (shown[s], tie_break(s, str(voice))))[:size]
        shown.update(order)
        return order

    @staticmethod
    def shuffled(voice: int, ids: Iterable[int]) -> list[int]:
        """An order of one's own, always the same for one voice."""
        return sorted(ids, key=lambda i: tie_break(i, f"order {voice}"))


EXPOSURE: Final = Exposure()
