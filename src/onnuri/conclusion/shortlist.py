"""The shortlist: up to twenty candidates put to everybody, so that nothing has to be imputed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.conclusion.duplicates import set_apart
from onnuri.landscape.landscape import tie_break

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from onnuri.landscape.landscape import Landscape

OF_EACH_GROUP: Final = 2
OF_TICKETS: Final = 2


@dataclass(frozen=True)
class Candidate:
    """`why`: floor, tickets = the neighbourhood floor, or that of ticket-holders alone, ranks it high; group = a group
    does; few = seen by too few yet.
    """

    id: int
    why: str


def shortlist(
    landscape: Landscape,
    size: int,
    among: Collection[int] | None = None,
    *,
    texts: Mapping[int, str] | None = None,
    only_common: bool = False,
) -> list[Candidate]:
    """Choose the candidates.

    Two places are kept for what each group supports most, so that no neighbourhood is absent, and two for what the
    ticket-holders' own floor ranks highest, where they have one; the rest goes by the floor. Where fewer than `size`
    candidates have been answered by enough people in every tested group, the others fill up in the same order: the
    ballot is complete anyway, and the ballot decides. Of statements that say nearly the same the best ranked one stands
    for all.

    Args:
        landscape: the cold one, of the last close.
        size: at most this many.
        among: statement ids that may be candidates; None = all.
        texts: the statements' words; None = as they came with the votes.
        only_common: only common ground (for exports, which have no ballot).
    """
    texts = landscape.votes.texts if texts is None else texts
    allowed = [c for c, s in enumerate(landscape.statements.tolist()) if among is None or s in among]
    if only_common:
        common = [s for s in landscape.common_ground if among is None or s in among]
        return [Candidate(s, "floor") for s in _distinct(landscape, texts, common, size)]
    enough = [c for c in allowed if landscape.seen_enough[c]]
    ranked = landscape.by_floor(np.array(enough, dtype=np.int64))
    first = _distinct(landscape, texts, ranked, size)
    favourites = _favourites(landscape, enough)[:size]
    kept = list(dict.fromkeys([*favourites, *_of_tickets(landscape, enough)]))[:size]
    chosen = set(_distinct(landscape, texts, list(dict.fromkeys([*kept, *first])), size))
    whys = {**dict.fromkeys(kept, "tickets"), **dict.fromkeys(favourites, "group"), **dict.fromkeys(first, "floor")}
    found = [Candidate(s, whys[s]) for s in ranked if s in chosen]
    few = landscape.by_floor(np.array(sorted(set(allowed) - set(enough)), dtype=np.int64))
    left = _distinct(landscape, texts, [*(c.id for c in found), *few], size)[len(found) :]
    return found + [Candidate(s, "few") for s in left]


def _distinct(landscape: Landscape, texts: Mapping[int, str], ranked: Sequence[int], size: int) -> list[int]:
    """The first `size` that say different things."""
    apart = set_apart(landscape.votes, texts, ranked, size)
    return [s for s in ranked if s not in apart][:size]


def _favourites(landscape: Landscape, columns: list[int]) -> list[int]:
    """The statements each tested group supports most, by the cautious bound; two a group."""
    kept: list[int] = []
    for group in landscape.tested_groups():
        low = landscape.by_group[group].bounds()[0]
        order = sorted(columns, key=lambda c: (-low[c], tie_break(int(landscape.statements[c]))))
        kept.extend(int(landscape.statements[c]) for c in order[:OF_EACH_GROUP])
    return list(dict.fromkeys(kept))


def _of_tickets(landscape: Landscape, columns: list[int]) -> list[int]:
    """What the ticket-holders' own floor ranks highest; nothing where they have none."""
    own = landscape.ticket_floor
    if own is None:
        return []
    order = sorted(columns, key=lambda c: (-own[c], tie_break(int(landscape.statements[c]))))
    return [int(landscape.statements[c]) for c in order[:OF_TICKETS]]
