"""Small cells are withheld, and so is whatever would give them away.

A table that parts a published total (hall and online; the groups and those in none; the values of a trait) tells its
one masked cell to whoever takes the others from the whole. So the next smallest is withheld too, until the withheld
ones are at least two and together as many people as may be shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    Counts = Mapping[str, Any]

SMALLEST_CELL: Final = 5
"""Counts of fewer people are masked on pages and their JSON; never in open rows."""
SMALLEST_TRAIT: Final = 12
"""The same of what people say of themselves: a trait is known to others too."""
ROUNDED: Final = 1e-4
"""Shares have four digits."""
ANSWERS: Final = ("agree", "pass", "disagree")


def withheld(people: Mapping[str, int], *, unsaid: int = 0, least: int = SMALLEST_CELL) -> frozenset[str]:
    """Names of the cells that are not said.

    Args:
        people: how many are in each cell; with `unsaid` they make up a total that is published.
        unsaid: how many of the total are in no cell, as the not yet placed are in no group: never said itself.
        least: a cell of fewer, and of somebody, is masked.

    >>> sorted(withheld({"hall": 50, "online": 3})), sorted(withheld({"a": 40, "b": 9, "c": 3}))
    (['hall', 'online'], ['b', 'c'])
    >>> sorted(withheld({"a": 40, "b": 9}, unsaid=3)), sorted(withheld({"a": 40, "b": 3}, unsaid=30))
    (['b'], ['b'])
    """
    hidden = {name for name, n in people.items() if 0 < n < least}
    if not hidden and not 0 < unsaid < least:
        return frozenset()
    # Empty cells last: they hide nobody, except where there is nobody else.
    left = sorted(people.keys() - hidden, key=lambda name: (not people[name], people[name], name), reverse=True)
    while left and (len(hidden) + bool(unsaid) < 2 or sum(people[n] for n in hidden) + unsaid < least):  # noqa: PLR2004 - of two, neither can be told
        hidden.add(left.pop())
    return frozenset(hidden)


def masked_cells(
    cells: Mapping[str, Counts], total: Counts, *, least: int = SMALLEST_CELL, before: Collection[str] = ()
) -> dict[str, dict[str, Any]]:
    """The cells of one statement, those withheld as null with `"masked": true`.

    >>> masked_cells({"hall": {"agree": 9}, "online": {"agree": 2}}, {"agree": 11})["hall"]
    {'agree': None, 'masked': True}
    """
    hidden = hidden_among(cells, total, least=least, before=before)
    return {name: masked(cell) if name in hidden else dict(cell) for name, cell in cells.items()}


def hidden_among(
    cells: Mapping[str, Counts], total: Counts, *, least: int = SMALLEST_CELL, before: Collection[str] = ()
) -> frozenset[str]:
    """Names of the cells of one statement that are withheld.

    What was masked before stays so, and so do the cells of those `before`, whose very number is withheld: who answered
    would tell how many they are.
    """
    kept = frozenset(name for name, cell in cells.items() if name in before or cell.get("masked"))
    known = {name: answers(cell) for name, cell in cells.items() if name not in kept}
    return kept | withheld(known, unsaid=max(answers(total) - sum(known.values()), 0), least=least)


def hidden_channels(channels: Mapping[str, Counts], total: Counts) -> frozenset[str]:
    """The same of channels, of which `open` may stand beside the total: voices that are counted and do not decide.

    >>> sorted(hidden_channels({"hall": {"agree": 50}, "online": {"agree": 3}, "open": {"agree": 9}}, {"agree": 53}))
    ['hall', 'online']
    """
    beside = sum(map(answers, channels.values())) > answers(total)
    parts = {name: cell for name, cell in channels.items() if not (beside and name == "open")}
    alone = {name: answers(cell) for name, cell in channels.items() if name not in parts}
    return hidden_among(parts, total) | {name for name, n in alone.items() if 0 < n < SMALLEST_CELL}


def masked(cell: Counts) -> dict[str, Any]:
    """A cell that is withheld."""
    return {**dict.fromkeys(cell), "masked": True}


def answers(cell: Counts) -> int:
    """How many answered."""
    return sum(cell.get(name) or 0 for name in ANSWERS)


def masked_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a landscape as it is published: without anybody's place, small cells withheld."""
    sizes = {str(group["id"]): group["size"] for group in document["groups"]}
    hidden = withheld(sizes)
    tested = [str(group["id"]) for group in document["groups"] if group.get("tested", True)]
    return {
        **{name: content for name, content in document.items() if name != "people"},
        "groups": [
            {**group, "size": None, "masked": True} if str(group["id"]) in hidden else group
            for group in document["groups"]
        ],
        "by_statement": {number: _masked(told, tested, hidden) for number, told in document["by_statement"].items()},
    }


def _masked(told: Counts, tested: Collection[str], hidden: Collection[str]) -> dict[str, Any]:
    # A statement's own total is shown from the first vote; a small group or channel in it is not.
    groups = masked_cells(told["by_group"], told, before=hidden)
    channels = masked_cells(told["by_channel"], told)
    few = 0 < answers(told["outside"]) < SMALLEST_CELL
    found = {
        **told,
        "by_group": groups,
        "by_channel": channels,
        "outside": masked(told["outside"]) if few else told["outside"],
    }
    if tells_hidden(told["weakest"], [groups[name] for name in tested if name in groups]):
        found["weakest"] = None
    return found


def tells_hidden(weakest: float, cells: Collection[Counts]) -> bool:
    """Whether the lowest support is the share of a cell that is withheld, and would tell what the cell does not.

    Args:
        weakest: the lowest support among the cells, to four digits.
        cells: those it was taken from, the withheld ones masked.

    >>> few = {"agree": None, "masked": True}
    >>> tells_hidden(0.5, [few, {"agree": 5, "disagree": 5}]), tells_hidden(0.25, [few, {"agree": 5, "disagree": 5}])
    (False, True)
    """
    shown = [cell for cell in cells if not cell.get("masked") and answers(cell)]
    hidden = any(cell.get("masked") for cell in cells)
    return hidden and all(abs(cell["agree"] / answers(cell) - weakest) > ROUNDED for cell in shown)
