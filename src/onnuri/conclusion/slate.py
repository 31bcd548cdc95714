"""The slate: chosen by rule among the candidates that every tested group and channel supports. Nobody picks it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from onnuri.conclusion.ballots import MISSING, Ballots, complete_from_votes
from onnuri.conclusion.equal_shares import Chosen, equal_shares, profile_of
from onnuri.conclusion.justified import Violation, ejr_plus_violations
from onnuri.conclusion.optimum import more_embracing
from onnuri.conclusion.rules import Rules
from onnuri.conclusion.sections import Section, deciding, sections_of
from onnuri.conclusion.shortlist import shortlist
from onnuri.landscape.landscape import tie_break
from onnuri.vocabulary import AGREE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnuri.conclusion.shortlist import Candidate
    from onnuri.landscape.landscape import Landscape


BY_SHARES_ALONE: Final = frozenset({"1"})
"""Methods in which nothing is asked after equal shares."""


@dataclass(frozen=True, eq=False)
class Standing:
    """How one candidate did: counts overall and per section, and the first section that kept it out."""

    id: int
    overall: Mapping[str, int]
    sections: Mapping[str, Mapping[str, int]]
    weakest: Fraction
    passes: bool
    fails_in: str | None


@dataclass(frozen=True, eq=False)
class Slate:
    """`statements`: the chosen ids in the order they were bought. `standings`: every candidate, best weakest first."""

    statements: tuple[int, ...]
    chosen: tuple[Chosen, ...]
    standings: tuple[Standing, ...]
    violations: tuple[Violation, ...]
    ballots: Ballots
    sections: tuple[Section, ...]
    size: int

    @property
    def admissible(self) -> list[int]:
        """Candidates that reached the threshold everywhere."""
        return [s.id for s in self.standings if s.passes]


def choose(
    landscape: Landscape,
    ballots: Ballots | None = None,
    size: int = 5,
    *,
    rules: Rules | None = None,
    candidates: Sequence[int] | None = None,
    tie: str | None = None,
) -> Slate:
    """Choose the slate.

    Args:
        landscape: the cold landscape of the last close; its groups are the ones tested.
        ballots: the complete shortlist ballots; None = completed from the votes, marked imputed.
        size: seats.
        rules: thresholds; the defaults when absent.
        candidates: the shortlist; None = the landscape's common ground.
        tie: salt of the hash that decides between equals; None = the rules' digest.
    """
    rules = rules or Rules(size=size, shortlist=max(size, 20))
    if ballots is None:
        if candidates is None:
            candidates = [c.id for c in shortlist(landscape, rules.shortlist, only_common=True)]
        ballots = complete_from_votes(landscape, candidates)
    sections = sections_of(landscape, ballots, rules)
    standings = standings_of(landscape, ballots, sections, rules)
    admissible = [s.id for s in standings if s.passes]
    profile = profile_of(_approved(ballots.of(deciding(ballots, rules))))
    bought = equal_shares(profile, admissible, size, lambda c: tie_break(c, rules.digest if tie is None else tie))
    chosen = _embracing(bought, profile, ballots, sections, admissible, size, rules)
    slate = {c.candidate for c in chosen}
    return Slate(
        statements=tuple(c.candidate for c in chosen),
        chosen=tuple(chosen),
        standings=tuple(standings),
        violations=tuple(ejr_plus_violations(profile, admissible, slate, size)),
        ballots=ballots,
        sections=tuple(sections),
        size=size,
    )


def _embracing(
    bought: list[Chosen],
    profile: Mapping[frozenset[int], int],
    ballots: Ballots,
    sections: Sequence[Section],
    admissible: Sequence[int],
    size: int,
    rules: Rules,
) -> list[Chosen]:
    """What equal shares bought; where another slate that is as fair (EJR+) embraces more, that one."""
    if rules.method in BY_SHARES_ALONE:
        return bought
    counted = deciding(ballots, rules)
    asked = [Section(s.kind, s.name, s.members[counted], s.tested) for s in sections]
    better = more_embracing(
        ballots.of(counted),
        asked,
        admissible,
        [c.candidate for c in bought],
        lambda slate: not ejr_plus_violations(profile, admissible, set(slate), size),
    )
    if better is None:
        return bought
    kept = [c for c in bought if c.candidate in better]
    return kept + [Chosen(c, "leximin", Fraction(0)) for c in better if c not in {k.candidate for k in kept}]


def support(counts: Mapping[str, int]) -> Fraction:
    """O / (O + pass + X); nobody asked is no support."""
    n = counts["agree"] + counts["pass"] + counts["disagree"]
    return Fraction(counts["agree"], n) if n else Fraction(0)


def _approved(ballots: Ballots) -> list[list[int]]:
    return [ballots.lines[row == AGREE].tolist() for row in ballots.value]


def standings_of(landscape: Landscape, ballots: Ballots, sections: Sequence[Section], rules: Rules) -> list[Standing]:
    """How every candidate did, best weakest section first."""
    threshold = rules.share("threshold")
    counted = deciding(ballots, rules)
    found = []
    for column, line in enumerate(ballots.lines.tolist()):
        given = as_given(ballots, column)
        by_section = {f"{s.kind} {s.name}": given.counts(0, s.members) for s in sections}
        tested = {f"{s.kind} {s.name}": by_section[f"{s.kind} {s.name}"] for s in sections if s.tested}
        asked = tested or {"all": given.counts(0, counted)}
        worst = min(asked, key=lambda name: (support(asked[name]), name))
        weakest = support(asked[worst])
        passes = weakest >= threshold
        overall = landscape.everyone.of(landscape.column(line)) if ballots.basis == "imputed" else given.counts(0)
        found.append(Standing(line, overall, by_section, weakest, passes, None if passes else worst))
    found.sort(key=lambda s: (-s.weakest, tie_break(s.id, rules.digest)))
    return found


def as_given(ballots: Ballots, column: int) -> Ballots:
    """One candidate's ballots as they were given: what was imputed is never counted."""
    said = ballots.value[:, column].copy()
    if ballots.imputed is not None:
        said[ballots.imputed[:, column]] = MISSING
    return Ballots(ballots.people, ballots.lines[column : column + 1], said[:, None], ballots.channel)


def slate_document(slate: Slate, candidates: Sequence[Candidate]) -> dict[str, Any]:
    """slate.json: what was chosen, how, and who could have been."""
    return {
        "size": slate.size,
        "basis": slate.ballots.basis,
        "statements": list(slate.statements),
        "chosen": [{"line": c.candidate, "by": c.by, "price": str(c.price)} for c in slate.chosen],
        "admissible": slate.admissible,
        "shortlist": [vars(c) for c in candidates],
    }
