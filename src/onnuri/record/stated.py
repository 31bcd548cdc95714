"""A landscape as a record states it, for records of a method that this version no longer computes.

Who is in which group is taken as stated; every count is made again from the votes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from onnuri.errors import BadInput
from onnuri.landscape.figures import Figures, count, count_groups
from onnuri.landscape.landscape import Landscape
from onnuri.vocabulary import NOT_PLACED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from onnuri.landscape.votes import Votes

Told = dict[str, Any]
FILE = "landscape.json"


def stated_landscape(votes: Votes, told: Mapping[str, Any]) -> Landscape:
    """Build what `landscape.json` states upon `votes`.

    There is no space in it, and nobody's weight: nothing after the landscape asks for them.

    Raises:
        BadInput: not the people of the votes, or a group that is not named.
        KeyError, TypeError, ValueError: not the document of a landscape.
    """
    group_ids = tuple(int(g["id"]) for g in told["groups"])
    assignment = _assignment(votes, told, group_ids)
    people, channels = len(votes.participants), votes.channels()
    told_of = [told["by_statement"][str(s)] for s in votes.statements.tolist()]
    return Landscape(
        votes=votes,
        weight=np.ones(people),
        k=len(group_ids),
        loose=bool(told["loose"]),
        assignment=assignment,
        posterior=np.zeros((people, len(group_ids))),
        group_ids=group_ids,
        model=None,
        place=np.zeros((people, 1)),
        x=np.zeros(people),
        y=np.zeros(people),
        shown_variance=float(told["shown_variance"]),
        floor=np.array([float(s["floor"]) for s in told_of]),
        outside={column: s["outside"] for column, s in enumerate(told_of)},
        everyone=count(votes, np.ones(people, dtype=bool)),
        by_group=tuple(count_groups(votes, assignment, len(group_ids))),
        by_channel={c: count(votes, channels == c) for c in sorted(set(channels.tolist()))},
        by_trait={},
        threshold=float(told["threshold"]),
        ticket_floor=np.array([float(s["ticket_floor"]) for s in told_of])
        if told_of and all("ticket_floor" in s for s in told_of)
        else None,
    )


def _assignment(votes: Votes, told: Mapping[str, Any], group_ids: tuple[int, ...]) -> NDArray[np.int64]:
    people = told["people"]
    if told["k"] != len(group_ids) or len(set(group_ids)) != len(group_ids) or not group_ids:
        raise BadInput(FILE, "its groups are not as many as it says")
    if people["id"] != votes.participants.tolist() or len(people["group"]) != len(people["id"]):
        raise BadInput(FILE, "its people are not those of votes.csv")
    index: dict[int | None, int] = {None: NOT_PLACED, **{group: place for place, group in enumerate(group_ids)}}
    if strange := next((g for g in people["group"] if g not in index), None):
        raise BadInput(FILE, f"there is no group {strange}")
    return np.array([index[g] for g in people["group"]], dtype=np.int64)


def figures_of(landscape: Landscape) -> Told:
    """Sizes that follow from the votes and the groups, by the names they have in `landscape.json`."""
    tested = landscape.tested_groups()
    return {
        "participants": len(landscape.participants),
        "statements": len(landscape.statements),
        "votes": len(landscape.votes),
        "k": landscape.k,
        "placed": int((landscape.assignment != NOT_PLACED).sum()),
        "groups": [
            {"id": group, "size": landscape.by_group[index].people, "tested": index in tested}
            for index, group in enumerate(landscape.group_ids)
        ],
    }


def counts_of(landscape: Landscape) -> Told:
    """Counts of every statement overall, per group and per channel, by the names they have in `landscape.json`."""
    groups = {str(g): _cells(figures) for g, figures in zip(landscape.group_ids, landscape.by_group, strict=True)}
    everyone = _cells(landscape.everyone)
    return {
        str(statement): {
            **everyone[column],
            "by_group": {group: cells[column] for group, cells in groups.items()},
            "by_channel": {name: figures.of(column) for name, figures in landscape.by_channel.items()},
        }
        for column, statement in enumerate(landscape.statements.tolist())
    }


def _cells(figures: Figures) -> list[Told]:
    """Counts and bounds, one a statement."""
    return [
        {**figures.of(column), "lower": round(float(low), 4), "upper": round(float(high), 4)}
        for column, (low, high) in enumerate(zip(*figures.bounds(), strict=True))
    ]
