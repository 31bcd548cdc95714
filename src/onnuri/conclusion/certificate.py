"""The certificate: what holds of the slate, line by line, and who is not embraced yet."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from onnuri.conclusion.robustness import robustness
from onnuri.conclusion.sections import groups_of, silent_groups
from onnuri.conclusion.slate import as_given, support
from onnuri.landscape.traits import people_by_trait
from onnuri.landscape.wilson import wilson
from onnuri.vocabulary import NOT_PLACED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from onnuri.conclusion.ballots import Ballots
    from onnuri.conclusion.ratification import Ratification, Verdict
    from onnuri.conclusion.rules import Rules
    from onnuri.conclusion.slate import Slate
    from onnuri.landscape.landscape import Landscape


def certificate(
    landscape: Landscape,
    slate: Slate,
    ratification: Ratification | None,
    *,
    rules: Rules,
    tickets: int | None = None,
    seeds: Collection[int] = (),
    apart: Mapping[int, int] | None = None,
) -> dict[str, Any]:
    """A plain document, recomputed by `verify`. Shares are exact fractions written "a/b".

    Args:
        landscape: the cold one, whose groups were tested.
        slate: what was chosen.
        ratification: what was said of it; None = nobody was asked.
        rules: fixed before.
        tickets: how many tickets and codes were issued.
        seeds: the organiser's first statements.
        apart: near-duplicates that were set apart, statement -> the better ranked one.
    """
    return {
        "basis": slate.ballots.basis,
        "lines": [_line(landscape, slate, candidate, rules) for candidate in slate.statements],
        "candidates": [_standing(slate, s.id) for s in slate.standings],
        "ejr_plus": {
            "holds": not slate.violations,
            "over": "ballots on the admissible candidates",
            "people": len(slate.ballots.people),
            "violations": [vars(v) for v in slate.violations],
        },
        "coverage": _coverage(slate.ballots, slate.statements),
        "not_embraced": _not_embraced(landscape, slate),
        "took_part": _took_part(landscape, slate, tickets),
        "ratification": None if ratification is None else _ratification(ratification),
        "robustness": robustness(landscape, slate, rules, seeds),
        "set_apart": [{"line": line, "like": like} for line, like in sorted((apart or {}).items())],
        "guarantee": "for those who balloted and the groups as published; nothing is said about people absent",
    }


def _line(landscape: Landscape, slate: Slate, candidate: int, rules: Rules) -> dict[str, Any]:
    bought = next(c for c in slate.chosen if c.candidate == candidate)
    return {
        **_standing(slate, candidate),
        "bought_by": bought.by,
        "price": str(bought.price),
        "ticket_holders": _ticket_holders(landscape, slate.ballots, candidate, rules),
    }


def _ticket_holders(landscape: Landscape, ballots: Ballots, candidate: int, rules: Rules) -> dict[str, Any] | None:
    """What ticket-holders said of a line, and whether their own floor objects. A flag, never a veto.

    None where they have no floor of their own.
    """
    if landscape.ticket_floor is None:
        return None
    # As it is printed: whoever reads the record can decide it again.
    floor = round(float(landscape.ticket_floor[landscape.column(candidate)]), 4)
    given = as_given(ballots, int(np.flatnonzero(ballots.lines == candidate)[0]))
    return {
        **_with_bounds(given.counts(0, ballots.channel != "open")),
        "floor": floor,
        "objection": Fraction(str(floor)) < rules.share("threshold"),
    }


def _standing(slate: Slate, candidate: int) -> dict[str, Any]:
    standing = next(s for s in slate.standings if s.id == candidate)
    return {
        "id": candidate,
        "basis": "observed" if slate.ballots.basis == "imputed" else slate.ballots.basis,
        "overall": _with_bounds(standing.overall),
        "sections": {name: _with_bounds(counts) for name, counts in standing.sections.items()},
        "weakest": _written(standing.weakest),
        "passes": standing.passes,
        "fails_in": standing.fails_in,
    }


def _with_bounds(counts: Mapping[str, int]) -> dict[str, Any]:
    n = sum(counts.values())
    low, high = wilson([counts["agree"]], [n])
    return {
        **counts,
        "n": n,
        "support": _written(support(counts)),
        "lower": round(float(low[0]), 4),
        "upper": round(float(high[0]), 4),
    }


def _written(share: Fraction) -> str:
    return f"{share.numerator}/{share.denominator}"


def _coverage(ballots: Ballots, lines: tuple[int, ...]) -> dict[str, int]:
    """How many people agree with at least one, half, all of the lines."""
    agreed = _agreed(ballots, lines)
    half = (len(lines) + 1) // 2
    return {
        "people": len(agreed),
        "lines": len(lines),
        "at_least_one": int((agreed >= 1).sum()),
        "at_least_half": int((agreed >= max(half, 1)).sum()),
        "all": int((agreed >= max(len(lines), 1)).sum()),
        "imputed_cells": 0 if ballots.imputed is None else int(ballots.imputed.sum()),
    }


def _agreed(ballots: Ballots, lines: tuple[int, ...]) -> Any:  # noqa: ANN401 - an array of counts
    mine = np.isin(ballots.lines, lines)
    return ballots.approvals()[:, mine].sum(axis=1)


def _not_embraced(landscape: Landscape, slate: Slate) -> dict[str, Any]:
    """Who agrees with none of the lines, by group, and what those people agree with most."""
    none = _agreed(slate.ballots, slate.statements) == 0
    group = groups_of(landscape, slate.ballots.people)
    ids = [*range(landscape.k), NOT_PLACED]
    return {
        "people": int(none.sum()),
        "of": len(none),
        "by_group": [
            {
                "group": None if g == NOT_PLACED else landscape.group_ids[g],
                "people": int((none & (group == g)).sum()),
                "of": int((group == g).sum()),
                "note": _minority_note(slate, none & (group == g)),
            }
            for g in ids
        ],
    }


def _minority_note(slate: Slate, members: Any) -> int | None:  # noqa: ANN401 - a mask
    """The candidate most of them agree with: their own minority note."""
    if not members.any():
        return None
    agreed = slate.ballots.approvals()[members].sum(axis=0)
    if not len(agreed) or not agreed.max():
        return None
    return int(slate.ballots.lines[int(agreed.argmax())])


def _took_part(landscape: Landscape, slate: Slate, tickets: int | None) -> dict[str, Any]:
    channels = landscape.votes.channels()
    return {
        "voted": len(landscape.participants),
        "balloted": len(slate.ballots.people) if slate.ballots.basis != "imputed" else 0,
        "tickets": tickets,
        "placed": int((landscape.assignment != NOT_PLACED).sum()),
        "not_placed": int((landscape.assignment == NOT_PLACED).sum()),
        "channels": {
            name: {
                "voted": int((channels == name).sum()),
                "balloted": int((slate.ballots.channel == name).sum()) if slate.ballots.basis != "imputed" else 0,
            }
            for name in sorted(set(channels.tolist()) | set(slate.ballots.channel.tolist()))
        },
        "groups": {
            str(group_id): landscape.by_group[index].people for index, group_id in enumerate(landscape.group_ids)
        },
        "silent_groups": silent_groups(landscape, slate.ballots) if slate.ballots.basis != "imputed" else [],
        **({"traits": people_by_trait(landscape)} if landscape.by_trait else {}),
    }


def _ratification(found: Ratification) -> dict[str, Any]:
    return {
        "lines": [_verdict(v) for v in found.verdicts],
        "whole": _verdict(found.whole),
        "balloted": found.balloted,
        "entitled": found.entitled,
        "quorum_met": found.quorum_met,
        "conclusion": list(found.conclusion),
        "reasons": list(found.reasons),
        "silent_groups": list(found.silent),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "line": verdict.line,
        "overall": _with_bounds(verdict.overall),
        "sections": {name: _with_bounds(counts) for name, counts in verdict.sections.items()},
        "ratified": verdict.ratified,
        "misses": [{"where": w, "support": _written(s), "needed": _written(n)} for w, s, n in verdict.misses],
    }
