"""What the slate would be otherwise: with other groups, without the seeds, without any one bloc. It decides nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from onnuri.conclusion.optimum import best_slate, worth
from onnuri.conclusion.sections import deciding, sections_of
from onnuri.conclusion.slate import Slate, choose, standings_of
from onnuri.landscape.assembly import who_shapes
from onnuri.landscape.blocs import BLOCS, blocs_of
from onnuri.landscape.regroup import with_groups
from onnuri.vocabulary import GROUP_COUNT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from onnuri.conclusion.ballots import Ballots
    from onnuri.conclusion.rules import Rules
    from onnuri.landscape.landscape import Landscape

FLAGGED_BELOW: Final = 0.5


def robustness(landscape: Landscape, slate: Slate, rules: Rules, seeds: Collection[int]) -> dict[str, Any]:
    """A plain document: the slate held against the best there could be, its variants, and every bloc taken away."""
    return {
        "optimum": _optimum(landscape, slate, rules),
        "variants": [_told(name, slate, other) for name, other in _variants(landscape, slate, rules, seeds)],
        "blocs": _without_blocs(landscape, slate, rules),
    }


def _optimum(landscape: Landscape, slate: Slate, rules: Rules) -> dict[str, Any] | None:
    """The chosen slate beside the leximin-best of the same size; the gap in the section where it is lowest."""
    ballots = slate.ballots.of(deciding(slate.ballots, rules))
    sections = sections_of(landscape, ballots, rules)
    best = best_slate(ballots, sections, slate.admissible, len(slate.statements))
    if best is None:
        return None
    own, most = (worth(ballots, sections, s) for s in (slate.statements, best))
    gap = most.lowest - own.lowest
    return {"chosen": own.document(), "best": most.document(), "gap": f"{gap.numerator}/{gap.denominator}"}


def _variants(landscape: Landscape, slate: Slate, rules: Rules, seeds: Collection[int]) -> Iterator[tuple[str, Slate]]:
    for k in range(1, GROUP_COUNT + 1):
        if k != landscape.k and (other := with_groups(landscape, k)) is not None and other.k == k:
            yield f"groups {k}", choose(other, slate.ballots, slate.size, rules=rules)
    if own := set(seeds) & set(slate.ballots.lines.tolist()):
        left = slate.ballots.on([line for line in slate.ballots.lines.tolist() if line not in own])
        yield "without seeds", choose(landscape, left, slate.size, rules=rules)
    flagged = _flagged(landscape, slate.ballots)
    if flagged.any():
        yield "without flagged accounts", choose(landscape, slate.ballots.of(~flagged), slate.size, rules=rules)
    if (slate.ballots.channel == "open").any():
        name = "without open voices" if rules.open_counts else "with open voices"
        other_rules = replace(rules, open_counts=not rules.open_counts)
        yield name, choose(landscape, slate.ballots, slate.size, rules=other_rules, tie=rules.digest)


def _flagged(landscape: Landscape, ballots: Ballots) -> NDArray[np.bool_]:
    light = landscape.participants[who_shapes(landscape.votes) & (landscape.weight < FLAGGED_BELOW)]
    return np.isin(ballots.people, light)


def _told(name: str, slate: Slate, other: Slate) -> dict[str, Any]:
    before, after = set(slate.statements), set(other.statements)
    return {
        "name": name,
        "statements": list(other.statements),
        "same": before == after,
        "lost": sorted(before - after),
        "new": sorted(after - before),
    }


def _without_blocs(landscape: Landscape, slate: Slate, rules: Rules) -> dict[str, Any]:
    """Which lines would fall below the threshold, or reach it, if one bloc of a twentieth had not balloted."""
    bloc = dict(zip(landscape.participants.tolist(), blocs_of(landscape).tolist(), strict=True))
    own = np.array([bloc.get(p, -1) for p in slate.ballots.people.tolist()], dtype=np.int64)
    passing = {s.id for s in slate.standings if s.passes}
    changes = []
    for number in range(BLOCS):
        out = own == number
        if not out.any():
            continue
        left = slate.ballots.of(~out)
        standings = standings_of(landscape, left, sections_of(landscape, left, rules), rules)
        now = {s.id for s in standings if s.passes}
        if now != passing:
            falls = sorted((passing - now) & set(slate.statements))
            changes.append({"people": int(out.sum()), "falls": falls, "rises": sorted(now - passing)})
    return {"of": BLOCS, "changes": [c for c in changes if c["falls"] or c["rises"]]}
