"""How many groups there are, honestly, and who is in which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.agreement import adjusted_rand
from onnuri.landscape.mixture import Evidence, Mixture, fit_mixture
from onnuri.vocabulary import GROUP_COUNT, NOT_PLACED

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPLITS: Final = 4
REPEATABLE: Final = 0.80
LOOSE: Final = 0.50
CERTAIN: Final = 0.70
FEWEST_TO_GROUP: Final = 40
"""Below this many people halves of them cannot tell groups from chance: one group is the honest answer."""
LARGEST_SAMPLE: Final = 5000
SMALLEST_GROUP: Final = 5.0
"""Independent people a group needs: a brigade that shares one vote of weight is no group."""
OWN_VOICE: Final = 0.5
"""Only accounts of at least this weight judge whether a grouping repeats."""


@dataclass(frozen=True, eq=False)
class Groups:
    """`assignment` (n,): group index or -1 = not yet placed; `loose`: found, but weakly repeatable."""

    k: int
    loose: bool
    assignment: NDArray[np.int64]
    posterior: NDArray[np.float64]


def find_groups(evidence: Evidence) -> Groups:
    """Choose k among 1..5 by BIC and split-half repetition; place who is certain.

    People are taken in the order of what their votes say, not of their ids: the same votes under other ids are split
    into the same halves and started from the same centres.
    """
    order = np.lexsort(np.column_stack([evidence.place, evidence.pull, evidence.weight]).T[::-1])
    found = _find(evidence.of(order))
    assignment, posterior = np.empty_like(found.assignment), np.empty_like(found.posterior)
    assignment[order], posterior[order] = found.assignment, found.posterior
    return Groups(found.k, found.loose, assignment, posterior)


def _find(evidence: Evidence) -> Groups:
    k, loose = _how_many(_sample(evidence))
    if k == 1:
        everyone = np.zeros(len(evidence), dtype=np.int64)
        return Groups(1, False, everyone, np.ones((len(evidence), 1)))
    mixture = fit_mixture(_sample(evidence), k, round_spread=True)
    posterior = mixture.posterior(evidence)
    order = _largest_first(posterior)
    posterior = posterior[:, order]
    assignment = np.where(posterior.max(axis=1) >= CERTAIN, posterior.argmax(axis=1), NOT_PLACED)
    return Groups(k, loose, assignment, posterior)


def _sample(evidence: Evidence) -> Evidence:
    if len(evidence) <= LARGEST_SAMPLE:
        return evidence
    # Spread evenly over the canonical order, so the sample hangs on nothing but the people.
    return evidence.of(np.linspace(0, len(evidence) - 1, LARGEST_SAMPLE).astype(np.int64))


def _how_many(evidence: Evidence) -> tuple[int, bool]:
    if len(evidence) < FEWEST_TO_GROUP:
        return 1, False
    most = _by_bic(evidence)
    if most == 1:
        return 1, False
    repeated = {k: _split_half(evidence, k) for k in range(2, most + 1)}
    if good := [k for k, ari in repeated.items() if ari >= REPEATABLE]:
        return max(good), False
    best = max(repeated, key=lambda k: (repeated[k], -k))
    return (best, True) if repeated[best] >= LOOSE else (1, False)


def _by_bic(evidence: Evidence) -> int:
    """The k with the lowest Bayesian information criterion; parameters k d + k - 1 (the spread is shared)."""
    d, total = evidence.place.shape[1], float(evidence.weight.sum())
    scores = []
    for k in range(1, GROUP_COUNT + 1):
        mixture = fit_mixture(evidence, k, round_spread=False)
        real = float(mixture.share.min()) * total >= SMALLEST_GROUP
        score = (k * d + k - 1) * np.log(total) - 2 * mixture.log_likelihood
        scores.append(score if real or k == 1 else np.inf)
    return int(np.argmin(scores)) + 1


def _split_half(evidence: Evidence, k: int) -> float:
    """Mean agreement between the groupings that two random halves of the people give to everybody."""
    found = []
    for split in range(SPLITS):
        # The seed belongs to the method: the same people are always split the same way.
        order = np.random.Generator(np.random.PCG64(split)).permutation(len(evidence))
        halves = np.sort(order[::2]), np.sort(order[1::2])
        labels = [_label(fit_mixture(evidence.of(h), k, round_spread=True), evidence) for h in halves]
        judges = evidence.weight >= OWN_VOICE
        found.append(adjusted_rand(labels[0][judges], labels[1][judges]))
    return float(np.mean(found))


def _label(mixture: Mixture, evidence: Evidence) -> NDArray[np.int64]:
    return mixture.posterior(evidence).argmax(axis=1)


def _largest_first(posterior: NDArray[np.float64]) -> NDArray[np.int64]:
    sizes = np.bincount(posterior.argmax(axis=1), minlength=posterior.shape[1])
    return np.argsort(-sizes, kind="stable")
