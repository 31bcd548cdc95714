"""In which order comments stand: popular now, supported across groups, new. Pure.

Popular now. A comment weighs log2(1 + reactions) + days, its days counted from any fixed moment: whoever wrote a day
earlier needs twice as many reactions to stand beside it. The order changes with a reaction and never with the clock
alone, so that a reader who turns the page meets nobody twice. (The same idea as Reddit's "hot" of 2010, with base 2 and
one day.)

Supported across groups. A group supports a comment when at least five of its voices do: five is the smallest cell that
is published, fewer are said nowhere. What is shown is in how many groups that holds, from two on; never a count of
voices, so that nobody's own mark can be read from it. Who watches the page at the moment a group's fifth voice presses
learns that somebody of some group did, and not who.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING, Final, Literal

from onnuri.masking import SMALLEST_CELL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

Order = Literal["popular", "across", "new"]
ORDERS: Final[tuple[Order, ...]] = ("popular", "across", "new")
TWICE_IN_S: Final = 24 * 3600
ACROSS: Final = 2
"""Of so many groups on it is said that they support it together."""


@dataclass(frozen=True)
class Standing:
    """What the order of one comment depends on."""

    pk: int
    at: datetime
    reactions: int
    groups: int


def order_in(written: str) -> Order:
    """The order somebody asked for, else popular.

    >>> order_in("new"), order_in("loudest")
    ('new', 'popular')
    """
    return next((one for one in ORDERS if one == written), ORDERS[0])


def in_order(order: Order, comments: Iterable[Standing]) -> list[int]:
    """Keys of comments, first the one that is read first."""
    return [one.pk for one in sorted(comments, key=lambda one: _place(order, one), reverse=True)]


def _place(order: Order, one: Standing) -> tuple[float, ...]:
    match order:
        case "new":
            return one.at.timestamp(), one.pk
        case "across":
            return one.groups, weight(one.reactions, one.at), one.pk
        case _:
            return weight(one.reactions, one.at), one.pk


def weight(reactions: int, at: datetime) -> float:
    """How popular a comment is now.

    >>> from datetime import UTC, datetime
    >>> monday, tuesday = (datetime(2026, 5, day, tzinfo=UTC) for day in (4, 5))
    >>> weight(7, monday) == weight(3, tuesday)
    True
    """
    return log2(1 + reactions) + at.timestamp() / TWICE_IN_S


def supporting_groups(voices: Collection[int], group_of: Mapping[int, int | None]) -> int:
    """In how many groups at least five voices support it; 0 when it is not at least two.

    Args:
        voices: who supports the comment.
        group_of: the group of each voice in the last landscape; None or missing = in none.

    >>> waves, rocks = range(5), range(5, 10)
    >>> group_of = dict.fromkeys(waves, 1) | dict.fromkeys(rocks, 2)
    >>> supporting_groups([*waves, *rocks], group_of), supporting_groups([*waves, *rocks[1:]], group_of)
    (2, 0)
    """
    by_group = Counter(group_of.get(voice) for voice in voices)
    groups = sum(n >= SMALLEST_CELL for group, n in by_group.items() if group is not None)
    return groups if groups >= ACROSS else 0


def page_of(keys: Sequence[int], number: int, size: int) -> Sequence[int]:
    """The keys of one page, from 1.

    >>> page_of([9, 8, 7, 6, 5], 2, 2)
    [7, 6]
    """
    return keys[(number - 1) * size : number * size]
