"""Statements that say nearly the same, or its opposite: a hint for who writes and for who moderates. Pure.

A hint merges nothing and refuses nothing. Letters alone, no model: reworded and translated ones are found by
`onnuri.conversation.embedding` where it is installed. Thresholds and how they were measured: decision 0026.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from onnuri.conversation.polarity import maybe_opposite

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIKE: Final = 0.70
"""The share of letters in the same order from which two texts are alike."""
ALIKE_SHORT: Final = 0.60
SHORT: Final = 20
"""A text of fewer letters: one other ending is a large part of it."""
MOST: Final = 3
FEWEST_LETTERS: Final = 4
"""Of fewer letters nothing can be said yet: somebody has just begun to write."""
LOOKED_AT: Final = 60
"""So many that share the most pairs of letters are compared letter by letter."""


class Other(NamedTuple):
    """A statement that is there already."""

    number: int
    text: str
    lang: str


class Near(NamedTuple):
    """One that is alike: `share` 0 .. 1 of the letters, in order; whether it may say the contrary."""

    number: int
    share: float
    maybe_opposite: bool


def nearest(text: str, lang: str, others: Iterable[Other], most: int = MOST) -> list[Near]:
    """The statements most alike, best first; none below the threshold.

    >>> nearest("밤 버스를 늘려요", "ko", [Other(7, "밤버스를 늘립시다", "ko")])
    [Near(number=7, share=0.667, maybe_opposite=False)]
    """
    return Index(others).nearest(text, lang, most)


class Index:
    """The statements of a conversation, by their pairs of letters; made once a version, asked while people write."""

    def __init__(self, others: Iterable[Other]) -> None:
        self.others = [Other(*one) for one in others]
        self._letters = [letters(o.text) for o in self.others]
        self._having: defaultdict[str, list[int]] = defaultdict(list)
        for place, kept in enumerate(self._letters):
            for pair in _pairs(kept):
                self._having[pair].append(place)

    def nearest(self, text: str, lang: str, most: int = MOST) -> list[Near]:
        """The statements most alike, best first; none below the threshold."""
        own = letters(text)
        if len(own) < FEWEST_LETTERS:
            return []
        found = [
            Near(other.number, share, maybe_opposite(text, lang, other.text, other.lang))
            for place in self._worth_a_look(own)
            if (share := _rounded(alike(own, self._letters[place]))) >= _wanted(own, self._letters[place])
            for other in (self.others[place],)
        ]
        return sorted(found, key=lambda near: (-near.share, near.number))[:most]

    def _worth_a_look(self, own: str) -> list[int]:
        pairs = _pairs(own)
        shared = Counter(place for pair in pairs for place in self._having.get(pair, ()))
        by_dice = sorted(shared, key=lambda p: (-shared[p] / (len(pairs) + len(self._letters[p])), p))
        return by_dice[:LOOKED_AT]


def letters(text: str) -> str:
    """What is compared: letters and digits alone, in one width and one case.

    >>> letters("차 없는  거리를, 만들자! (Ｐｉｌｏｔ)")
    '차없는거리를만들자pilot'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def alike(one: str, two: str) -> float:
    """The share of the letters of both that stand in both in the same order, 0 .. 1: 2 LCS / (a + b).

    >>> alike("bus", "buses"), alike("", "bus")
    (0.75, 0.0)
    """
    return 2 * _longest_common(one, two) / (len(one) + len(two)) if one and two else 0.0


def _longest_common(one: str, two: str) -> int:
    """Length of the longest common subsequence, a column a step. Hyyrö 2004, Bit-parallel LCS-length revisited."""
    at: defaultdict[str, int] = defaultdict(int)
    for place, letter in enumerate(one):
        at[letter] |= 1 << place
    whole = (1 << len(one)) - 1
    column = whole
    for letter in two:
        matched = column & at.get(letter, 0)
        column = ((column + matched) | (column - matched)) & whole
    return len(one) - column.bit_count()


def _wanted(one: str, two: str) -> float:
    return ALIKE_SHORT if min(len(one), len(two)) < SHORT else ALIKE


def _rounded(share: float) -> float:
    return round(share, 3)


def _pairs(kept: str) -> set[str]:
    return {kept[i : i + 2] for i in range(len(kept) - 1)}
