"""Ratification: the yes or no of everybody to each line of the slate and to the whole."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from onnuri.conclusion.sections import deciding, sections_of, silent_groups
from onnuri.conclusion.slate import support
from onnuri.vocabulary import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnuri.conclusion.ballots import Ballots
    from onnuri.conclusion.rules import Rules
    from onnuri.landscape.landscape import Landscape


@dataclass(frozen=True, eq=False)
class Verdict:
    """On one line (0 = the whole). `misses`: the tests it failed, as (where, support, needed)."""

    line: int
    overall: Mapping[str, int]
    sections: Mapping[str, Mapping[str, int]]
    ratified: bool
    misses: tuple[tuple[str, Fraction, Fraction], ...]


@dataclass(frozen=True, eq=False)
class Ratification:
    """`conclusion`: ids of the ratified lines, empty when there is no common conclusion; `reasons` says why.

    `silent`: groups that would have been tested, had anybody of them balloted.
    """

    verdicts: tuple[Verdict, ...]
    whole: Verdict
    balloted: int
    entitled: int
    quorum_met: bool
    conclusion: tuple[int, ...]
    reasons: tuple[str, ...]
    silent: tuple[int, ...] = ()


def ratify(landscape: Landscape, ballots: Ballots, lines: Sequence[int], entitled: int, rules: Rules) -> Ratification:
    """Decide by the rules fixed at opening.

    Args:
        landscape: whose groups are tested.
        ballots: ratification ballots on `lines` and the whole (line 0).
        lines: the slate.
        entitled: voices that voted in the rounds and count.
        rules: shares and quorum.
    """
    # Open voices are counted in their own column and decide only if the rules said so.
    counted = deciding(ballots, rules)
    balloted = int(counted.sum())
    quorum_met = balloted > 0 and Fraction(balloted) >= rules.share("quorum") * entitled
    verdicts = tuple(_verdict(landscape, ballots, line, rules) for line in lines)
    whole = _verdict(landscape, ballots, WHOLE, rules)
    reasons = _reasons(lines, verdicts, whole, quorum_met=quorum_met)
    kept = tuple(v.line for v in verdicts if v.ratified) if not reasons else ()
    silent = tuple(silent_groups(landscape, ballots))
    return Ratification(verdicts, whole, balloted, entitled, quorum_met, kept, reasons, silent)


def _verdict(landscape: Landscape, ballots: Ballots, line: int, rules: Rules) -> Verdict:
    at = np.flatnonzero(ballots.lines == line)
    if not len(at):
        # Nobody was asked: a line of another slate.
        return Verdict(line, {"agree": 0, "pass": 0, "disagree": 0}, {}, False, (("all", Fraction(0), Fraction(1)),))
    column = int(at[0])
    counts = {}
    needed = [("all", rules.share("ratify_overall"))]
    counts["all"] = ballots.counts(column, deciding(ballots, rules))
    for section in sections_of(landscape, ballots, rules):
        name = f"{section.kind} {section.name}"
        counts[name] = ballots.counts(column, section.members)
        if section.tested:
            needed.append((name, rules.share("ratify_group")))
    misses = tuple((name, support(counts[name]), least) for name, least in needed if support(counts[name]) < least)
    overall = counts.pop("all")
    return Verdict(line, overall, counts, not misses, misses)


def _reasons(lines: Sequence[int], verdicts: Sequence[Verdict], whole: Verdict, *, quorum_met: bool) -> tuple[str, ...]:
    reasons = []
    if not lines:
        reasons.append("no_candidate")
    elif not any(v.ratified for v in verdicts):
        reasons.append("no_line_ratified")
    if not quorum_met:
        reasons.append("quorum")
    if lines and not whole.ratified:
        reasons.append("whole_not_ratified")
    return tuple(reasons)
