"""How many groups there are, honestly, and who is in which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.agreement import adjusted_rand
from onnuri.landscape.mixture import Evidence, Mixture, fit_mixture, fit_mixtures
from onnuri.landscape.sums import in_threads
from onnuri.vocabulary import GROUP_COUNT, NOT_PLACED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

SPLITS: Final = 4
REPEATABLE: Final = 0.80
LOOSE: Final = 0.50
NEARLY: Final = 0.15
CERTAIN: Final = 0.75
FEWEST_TO_GROUP: Final = 40
"""Below this many people halves of them cannot tell groups from chance: one group is the honest answer."""
MOST_TO_CHOOSE: Final = 1000
"""People among whom the number of groups is chosen; in larger crowds it is chosen among so many of them."""
MOST_TO_FIT: Final = 2000
"""People to whom the groups are fitted; the others are placed in them."""
SMALLEST_GROUP: Final = 5.0
"""Independent people a group needs: a brigade that shares one vote of weight is no group."""
WORTH_A_THREAD: Final = 1000
RISES: Final = 2
OWN_VOICE: Final = 0.5
"""Only accounts of at least this weight judge whether a grouping repeats."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """What was found: `k`, whether it is `loose` (weakly repeatable), and the mixture; None = one group."""

    k: int
    loose: bool
    mixture: Mixture | None

    def posterior(self, evidence: Evidence) -> NDArray[np.float64]:
        """(n, k): how likely each person belongs to each group."""
        return np.ones((len(evidence), 1)) if self.mixture is None else self.mixture.posterior(evidence)


def find_groups(evidence: Evidence, *, k: int | None = None) -> Grouping:
    """Choose k among 1..5 by BIC and split-half repetition, and fit the mixture of the published groups.

    People are taken in the order of what their votes say, not of their ids: the same votes under other ids are split
    into the same halves and started from the same centres.

    Args:
        evidence: of the people who shape groups.
        k: as many as told, whatever repeats.
    """
    evidence = evidence.of(np.lexsort(np.column_stack([evidence.place, evidence.pull, evidence.weight]).T[::-1]))
    k, loose = _how_many(some_of(evidence, MOST_TO_CHOOSE)) if k is None else (k, False)
    if k == 1 or len(evidence) <= k:
        return Grouping(1, False, None)
    evidence = some_of(evidence, MOST_TO_FIT)
    return Grouping(k, loose, _largest_first(fit_mixture(evidence, k, round_spread=True), evidence))


def place_people(posterior: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,): group of each person, -1 where it is not certain enough."""
    return np.where(posterior.max(axis=1) >= CERTAIN, posterior.argmax(axis=1), NOT_PLACED)


def some_of(evidence: Evidence, most: int) -> Evidence:
    """At most so many of the people, spread evenly over their order, so that they hang on nothing but the people."""
    if len(evidence) <= most:
        return evidence
    return evidence.of(np.linspace(0, len(evidence) - 1, most).astype(np.int64))


def _how_many(evidence: Evidence) -> tuple[int, bool]:
    if len(evidence) < FEWEST_TO_GROUP:
        return 1, False
    most = _by_bic(evidence)
    repeated: dict[int, float] = {}
    # The largest k that repeats: what is below it need not be asked.
    for k in range(most, 1, -1):
        repeated[k] = repeats(evidence, k)
        if repeated[k] >= REPEATABLE:
            return k, False
    if not repeated:
        return 1, False
    best = max(repeated.values())
    # Loose groups are claimed as few as repeat about as well as any.
    fewest = min(k for k, ari in repeated.items() if ari >= best - NEARLY)
    return (fewest, True) if best >= LOOSE else (1, False)


def _by_bic(evidence: Evidence) -> int:
    """The k with the lowest Bayesian information criterion; parameters k d + k - 1 (the spread is shared)."""
    d, total = evidence.place.shape[1], float(evidence.weight.sum())

    def score(k: int) -> float:
        mixture = fit_mixture(evidence, k, round_spread=False)
        real = float(mixture.share.min()) * total >= SMALLEST_GROUP
        return (k * d + k - 1) * np.log(total) - 2 * float(mixture.log_likelihood) if real or k == 1 else np.inf

    if len(evidence) >= WORTH_A_THREAD:
        # What takes longest begins first.
        return _least(reversed(in_threads(score, range(GROUP_COUNT, 0, -1))))
    return _least(score(k) for k in range(1, GROUP_COUNT + 1))


def _least(scores: Iterable[float]) -> int:
    """Which score is the lowest, counted from 1; after two that are each worse than the one before nobody looks on."""
    seen: list[float] = []
    for score in scores:
        seen.append(score)
        if len(seen) > RISES and seen[-1] > seen[-2] > seen[-3]:
            break
    return int(np.argmin(seen)) + 1


def repeats(evidence: Evidence, k: int) -> float:
    """Mean agreement between the groupings that two random halves of the people give to everybody."""
    evidence = some_of(evidence, MOST_TO_CHOOSE)
    half = len(evidence) // 2
    # The seeds belong to the method: the same people are always split the same way.
    orders = [np.random.Generator(np.random.PCG64(split)).permutation(len(evidence)) for split in range(SPLITS)]
    halves = [np.sort(order[begin : begin + half]) for order in orders for begin in (0, half)]
    mixtures = fit_mixtures(evidence, np.array(halves), k, round_spread=True)
    labels = mixtures.posterior(evidence).argmax(axis=2)
    judges = evidence.weight >= OWN_VOICE
    agreed = [adjusted_rand(labels[i][judges], labels[i + 1][judges]) for i in range(0, len(halves), 2)]
    return float(np.mean(agreed))


def _largest_first(mixture: Mixture, evidence: Evidence) -> Mixture:
    sizes = np.bincount(mixture.posterior(evidence).argmax(axis=1), minlength=mixture.k)
    order = np.argsort(-sizes, kind="stable")
    return Mixture(mixture.share[order], mixture.centre[order], mixture.spread, mixture.log_likelihood)
