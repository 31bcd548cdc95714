"""Groups and channels as they stand in the ballots, and who of them is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from onnuri.landscape.landscape import SEEN_BY, TESTED_SHARE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.conclusion.ballots import Ballots
    from onnuri.conclusion.rules import Rules
    from onnuri.landscape.landscape import Landscape


@dataclass(frozen=True, eq=False)
class Section:
    """A group or a channel as it stands in the ballots: `members` (n,) of them; `tested`: large enough to be asked."""

    kind: str
    name: str
    members: NDArray[np.bool_]
    tested: bool


def sections_of(landscape: Landscape, ballots: Ballots, rules: Rules) -> list[Section]:
    """The groups and channels of those who balloted.

    A group is tested when the landscape tests it; a channel when at least max(12, 8 %) of the ballots came by it.
    Open voices are a channel of their own and are tested only if the rules said beforehand that they count.
    """
    group = groups_of(landscape, ballots.people)
    tested = set(landscape.tested_groups()) if landscape.k > 1 else set()
    found = [
        Section("group", str(landscape.group_ids[g]), group == g, g in tested and bool((group == g).any()))
        for g in range(landscape.k if landscape.k > 1 else 0)
    ]
    least = max(SEEN_BY, TESTED_SHARE * int(deciding(ballots, rules).sum()))
    for name in sorted(set(ballots.channel.tolist())):
        members = ballots.channel == name
        counts = name != "open" or rules.open_counts
        found.append(Section("channel", name, members, counts and int(members.sum()) >= least))
    return found


def silent_groups(landscape: Landscape, ballots: Ballots) -> list[int]:
    """Lasting ids of the groups that would be tested and of which nobody balloted: that is said, not passed over."""
    tested = landscape.tested_groups() if landscape.k > 1 else []
    group = groups_of(landscape, ballots.people)
    return sorted(landscape.group_ids[g] for g in tested if not (group == g).any())


def deciding(ballots: Ballots, rules: Rules) -> NDArray[np.bool_]:
    """(n,): whose ballots decide. Open voices have a column of their own, and decide only if the rules said so."""
    return np.ones(len(ballots.people), dtype=bool) if rules.open_counts else ballots.channel != "open"


def groups_of(landscape: Landscape, people: NDArray[np.int64]) -> NDArray[np.int64]:
    """Group index of each person, -1 for the not yet placed and the unknown."""
    group = {int(p): int(g) for p, g in zip(landscape.participants, landscape.assignment, strict=True)}
    return np.array([group.get(int(p), -1) for p in people], dtype=np.int64)
