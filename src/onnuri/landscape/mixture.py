"""Groups as a Gaussian mixture in information form: each person enters with their own precision.

Person i's votes say of the place u_i: precision G_i = L_i'L_i / r and h_i = L_i'(x_i - b_i) / r, with L_i the
loadings of the statements they answered and r the residual variance. Missing votes are exact that way: who
answered little has a weak G_i and is pulled to no group.  u ~ sum_g share_g N(centre_g, spread).

Many mixtures are climbed at once (several starts, several halves of the people): a hall's numbers are small, and one
step of all of them costs little more than one step of one.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from onnuri.landscape.cholesky import factor, inverse_factor
from onnuri.landscape.grid import STEP, WEIGHT_STEPS, as_integers, on_grid
from onnuri.landscape.large import compiled, is_large
from onnuri.landscape.sums import add_up, answered, by_person, for_each, in_threads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from onnuri.landscape.space import Space
    from onnuri.landscape.votes import Rows

    Column = NDArray[np.float64]

ITERATIONS: Final = 40
ENOUGH: Final = 1e-3
"""Climbing stops when a step gains less log-likelihood a person than this."""
STARTS: Final = 2
LLOYD_STEPS: Final = 6
LEAST_RESIDUAL: Final = 0.05
LEAST_SPREAD: Final = 1e-4
WORTH_A_THREAD: Final = 5000
"""People in all sets together above which the sets are climbed in two threads."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What each person's votes say of their place.

    `precision` (n, d, d), `pull` (n, d), `place` (n, d), `weight` (n,); `many`: of so many votes that the compiled twin
    may climb.
    """

    precision: NDArray[np.float64]
    pull: NDArray[np.float64]
    place: NDArray[np.float64]
    weight: NDArray[np.float64]
    many: bool = False

    def of(self, people: NDArray[np.int64]) -> Evidence:
        """The same for some of the people; (b, h) people make b such sets at once."""
        return Evidence(self.precision[people], self.pull[people], self.place[people], self.weight[people], self.many)

    def __len__(self) -> int:
        return len(self.place)

    @cached_property
    def columns(self) -> tuple[list[list[Column]], list[Column]]:
        """Precision [a][b] for b <= a and pull [a], each a whole column."""
        d = self.pull.shape[-1]
        precision = [[np.ascontiguousarray(self.precision[..., a, b]) for b in range(a + 1)] for a in range(d)]
        return precision, [np.ascontiguousarray(self.pull[..., a]) for a in range(d)]


@dataclass(frozen=True, eq=False)
class Mixture:
    """`share` (k,), `centre` (k, d), `spread` (d, d), `log_likelihood` of the people it was fitted on.

    Several mixtures of the same k at once carry one more axis in front.
    """

    share: NDArray[np.float64]
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    log_likelihood: NDArray[np.float64] | float

    @property
    def k(self) -> int:
        """Number of groups."""
        return int(self.share.shape[-1])

    def posterior(self, evidence: Evidence) -> NDArray[np.float64]:
        """(n, k), or (b, n, k) for b mixtures at once: probability of each group given a person's votes."""
        one = self.share.ndim == 1
        many = Mixture(self.share[None], self.centre[None], self.spread[None], 0.0) if one else self
        weights = np.moveaxis(_Step(many, evidence).log_weights, 1, 2)
        most = weights.max(axis=2, keepdims=True)
        likely = np.exp(weights - most)
        found = on_grid(likely / likely.sum(axis=2, keepdims=True))
        return found[0] if one else found


def residual_variance(rows: Rows, space: Space, place: NDArray[np.float64]) -> float:
    """How far the opinions of these people lie from what the space says of them, squared and on average."""
    if (fast := compiled(rows.size)) is not None:
        total, votes = add_up(rows, fast.residual, (2,), place, about=(space.loading, space.offset, STEP))
        return max(float(total) * STEP / float(votes) if votes else 1.0, LEAST_RESIDUAL)
    row, column, value = rows.flat
    told = value != 0
    row, column = row[told], column[told]
    modelled = space.offset[column] + np.einsum("ij,ij->i", place[row], space.loading[column])
    left = np.rint((value[told] - modelled) ** 2 / STEP)
    found = float(left.sum()) * STEP / len(left) if len(left) else 1.0
    return max(found, LEAST_RESIDUAL)


def evidence_of(rows: Rows, space: Space, place: NDArray[np.float64], weight: Column, residual: float) -> Evidence:
    """Collect every person's evidence from their votes.

    Args:
        rows: the votes of these people.
        space: what their votes are read in.
        place: (people, d).
        weight: (people,).
        residual: variance around the space.
    """
    d = space.loading.shape[1]
    loading, offset = as_integers(space.loading), as_integers(space.offset)
    pairs = [(a, b) for a in range(d) for b in range(a + 1)]
    told = np.column_stack([*(loading[:, a] * loading[:, b] for a, b in pairs), offset[:, None] * loading])
    signed = loading * round(1 / STEP)
    precision, pull = np.empty((rows.people, d, d)), np.empty((rows.people, d))
    many = is_large(rows.size)
    if (fast := compiled(rows.size)) is not None:
        for_each(rows, fast.evidence, (answered(told, signed), residual, STEP), precision, pull)
        return Evidence(precision, pull, place, weight, many)
    sums = by_person(rows, told, signed) * STEP**2
    for at, (a, b) in enumerate(pairs):
        precision[:, a, b] = precision[:, b, a] = sums[:, at]
    pull = sums[:, len(pairs) + d :] - sums[:, len(pairs) : len(pairs) + d]
    return Evidence(on_grid(precision / residual), on_grid(pull / residual), place, weight, many)


def fit_mixture(evidence: Evidence, k: int, *, round_spread: bool) -> Mixture:
    """The best of a few starts by expectation-maximisation.

    Args:
        evidence: of the people to group.
        k: number of groups, >= 1.
        round_spread: the same spread in all directions and shares half way to equal (published groups), or a full
            matrix and free shares (for BIC).
    """
    everybody = np.arange(len(evidence))[None]
    many = fit_mixtures(evidence, everybody, k, round_spread=round_spread)
    return Mixture(many.share[0], many.centre[0], many.spread[0], float(np.asarray(many.log_likelihood)[0]))


def fit_mixtures(evidence: Evidence, sets: NDArray[np.int64], k: int, *, round_spread: bool) -> Mixture:
    """One mixture for each of several sets of people, all climbed at once.

    Args:
        evidence: of everybody.
        sets: (b, h) who is in each set.
        k: number of groups.
        round_spread: see `fit_mixture`.
    """
    starts = STARTS if k > 1 else 1

    def climb(part: NDArray[np.int64]) -> Mixture:
        own = evidence.of(np.repeat(part, starts, axis=0))
        return _climb(own, _begin(own, k, starts, equal=round_spread), round_spread=round_spread)

    at_once = len(sets) if sets.size < WORTH_A_THREAD else max(1, len(sets) // 2)
    parts = in_threads(climb, [sets[i : i + at_once] for i in range(0, len(sets), at_once)])
    found = Mixture(*(np.concatenate([np.atleast_1d(getattr(p, f.name)) for p in parts]) for f in fields(Mixture)))
    likely = np.asarray(found.log_likelihood).reshape(-1, starts)
    best = np.arange(len(sets)) * starts + np.rint(likely * 1e6).argmax(axis=1)
    return Mixture(found.share[best], found.centre[best], found.spread[best], np.asarray(found.log_likelihood)[best])


def refine(mixture: Mixture, evidence: Evidence) -> Mixture:
    """Climb on from a mixture that stood; its groups keep their order."""
    everybody = evidence.of(np.arange(len(evidence))[None])
    start = Mixture(mixture.share[None], mixture.centre[None], mixture.spread[None], np.full(1, -np.inf))
    found = _climb(everybody, start, round_spread=True)
    return Mixture(found.share[0], found.centre[0], found.spread[0], float(np.asarray(found.log_likelihood)[0]))


def _begin(evidence: Evidence, k: int, starts: int, *, equal: bool) -> Mixture:
    """Centres by k-means: the first at the middle or at the edge, each next where most weight lies far away."""
    place, weight = evidence.place, evidence.weight
    b, _, d = place.shape
    centre = np.zeros((b, k, d))
    middle = (weight[:, :, None] * place).sum(axis=1) / weight.sum(axis=1)[:, None]
    far = _squared(place, middle[:, None])
    each = np.arange(b)
    first = np.where(each % starts == 0, far.argmin(axis=1), _quantile(far * weight, 0.75))
    centre[:, 0] = place[each, first]
    far = _squared(place, centre[:, 0, None])
    for g in range(1, k):
        # Where nine tenths of the far-away weight are reached: far, but no outlier.
        centre[:, g] = place[each, _quantile(far * weight, 0.9 if g % 2 else 0.5)]
        far = np.minimum(far, _squared(place, centre[:, g, None]))
    for _ in range(LLOYD_STEPS if k > 1 else 1):
        apart = _squared(place[:, None], centre[:, :, None])
        inside = (apart.argmin(axis=1)[:, None] == np.arange(k)[None, :, None]) * weight[:, None]
        size = inside.sum(axis=2)
        mean = np.einsum("bkn,bnd->bkd", inside, place) / np.maximum(size, 1e-9)[:, :, None]
        centre = np.where(size[:, :, None] > 0, mean, centre)
    total = weight.sum(axis=1)
    share = np.ones_like(size) if equal else size / np.maximum(total, 1e-9)[:, None] + 1e-3
    scatter = np.einsum("bn,bnd,bne->bde", weight, place, place) - np.einsum("bk,bkd,bke->bde", size, mean, mean)
    spread = scatter / np.maximum(total, 1e-9)[:, None, None] + np.eye(d) * 1e-2
    return Mixture(
        on_grid(share / share.sum(axis=1, keepdims=True)) + STEP, on_grid(centre), on_grid(spread), np.full(b, -np.inf)
    )


def _squared(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared distances, an axis at a time: many times faster than a sum over four entries."""
    first, *others = ((one[..., a] - two[..., a]) ** 2 for a in range(one.shape[-1]))
    return first + sum(others)


def _quantile(mass: NDArray[np.float64], share: float) -> NDArray[np.int64]:
    """(b,): who stands where `share` of the mass is reached, counted from the least."""
    order = np.argsort(mass, axis=1, kind="stable")
    risen = np.cumsum(np.take_along_axis(mass, order, axis=1), axis=1)
    at = (risen < share * risen[:, -1:]).sum(axis=1)
    found: NDArray[np.int64] = order[np.arange(len(mass)), np.minimum(at, mass.shape[1] - 1)]
    return found


def _climb(evidence: Evidence, mixture: Mixture, *, round_spread: bool) -> Mixture:
    if evidence.many and (fast := compiled(sys.maxsize)) is not None:
        return _climb_compiled(fast, evidence, mixture, round_spread=round_spread)
    d = evidence.place.shape[-1]
    weight = evidence.weight
    total = np.maximum(weight.sum(axis=1), 1.0)
    climbing = np.ones(len(weight), dtype=bool)
    for _ in range(ITERATIONS):
        step = _Step(mixture, evidence)
        most = step.log_weights.max(axis=1)
        likely = np.exp(step.log_weights - most[:, None])
        together = likely.sum(axis=1)
        gained = (weight * (most + np.log(together))).sum(axis=1)
        # Who has arrived stays where they are, so that no climb hangs on the others.
        climbing &= gained - mixture.log_likelihood >= ENOUGH * total
        if not climbing.any():
            break
        responsible = on_grid(likely / together[:, None]) * weight[:, None]
        mass = responsible.sum(axis=2) + 1e-9
        mean = step.means
        centre = np.stack([(responsible * m).sum(axis=2) for m in mean], axis=2) / mass[:, :, None]
        scatter = _scatter(responsible, mean, centre, mass, round_spread=round_spread)
        spread = (scatter + step.doubt(weight)) / total[:, None, None]
        if round_spread:
            spread = np.eye(d) * (np.trace(spread, axis1=1, axis2=2) / d)[:, None, None]
        share = mass / mass.sum(axis=1, keepdims=True)
        if round_spread:
            # Published groups are drawn half way to equal size; else a few odd people soon make a group of their own.
            share = (share + 1 / share.shape[1]) / 2
        mixture = Mixture(
            np.where(climbing[:, None], on_grid(share) + STEP / WEIGHT_STEPS, mixture.share),
            np.where(climbing[:, None, None], on_grid(centre), mixture.centre),
            np.where(climbing[:, None, None], on_grid(spread + np.eye(d) * LEAST_SPREAD), mixture.spread),
            np.where(climbing, gained, mixture.log_likelihood),
        )
    return mixture


def _climb_compiled(fast: Any, evidence: Evidence, mixture: Mixture, *, round_spread: bool) -> Mixture:  # noqa: ANN401
    share, centre, spread = mixture.share.copy(), mixture.centre.copy(), mixture.spread.copy()
    likely = np.empty(len(share))
    axes = (0,) * centre.shape[2]

    def one(b: int) -> None:
        own = evidence.precision[b], evidence.pull[b], evidence.weight[b], share[b], centre[b], spread[b]
        likely[b] = fast.climb(*own, ENOUGH, ITERATIONS, STEP, LEAST_SPREAD, round_spread, axes)

    in_threads(one, range(len(share)))
    return Mixture(share, centre, spread, likely)


def _scatter(
    responsible: NDArray[np.float64],
    mean: Sequence[Column],
    centre: NDArray[np.float64],
    mass: NDArray[np.float64],
    *,
    round_spread: bool,
) -> NDArray[np.float64]:
    """(b, d, d): how far people lie from their groups' centres, only the diagonal where the spread is round."""
    d = len(mean)
    found = np.zeros((len(mass), d, d))
    for a in range(d):
        part = responsible * mean[a]
        for c in range(a, a + 1) if round_spread else range(a + 1):
            moment = (part * mean[c]).sum(axis=(1, 2)) - (mass * centre[:, :, a] * centre[:, :, c]).sum(axis=1)
            found[:, a, c] = found[:, c, a] = moment
    return found


class _Step:
    """One expectation step of b mixtures: `log_weights` (b, k, n) and `means` [d] of (b, k, n).

    log weight = m'A m / 2 - log|A| / 2 - log|S| / 2 - c'S^-1 c / 2 + log share, with A = S^-1 + G_i the posterior
    precision, m = A^-1 (S^-1 c + h_i), and A = L L' so that m'A m = |L^-1 (S^-1 c + h_i)|^2.
    """

    def __init__(self, mixture: Mixture, evidence: Evidence) -> None:
        precision, pull = evidence.columns
        self.d = d = len(pull)
        inverse = np.linalg.inv(mixture.spread)
        sign_log = np.linalg.slogdet(mixture.spread)[1]
        lower = factor([[precision[a][b] + inverse[:, a, b, None] for b in range(a + 1)] for a in range(d)])
        self.inverse_lower = inverse_factor(lower)
        log_det = np.log(np.prod(np.stack([lower[a][a] for a in range(d)]), axis=0))
        from_centre = mixture.centre @ inverse
        wanted = [pull[a][..., None, :] + from_centre[:, :, a, None] for a in range(d)]
        self.whitened = [self._sum(self.inverse_lower[a], wanted[: a + 1]) for a in range(d)]
        fixed = np.log(mixture.share) - 0.5 * (from_centre * mixture.centre).sum(axis=2) - 0.5 * sign_log[:, None]
        squares = sum(z * z for z in self.whitened)
        self.log_weights = 0.5 * squares - log_det[:, None] + fixed[:, :, None]

    @staticmethod
    def _sum(row: Sequence[Column], columns: Sequence[Column]) -> Column:
        total = row[0][:, None] * columns[0]
        for factor_, column in zip(row[1:], columns[1:], strict=True):
            total += factor_[:, None] * column
        return total

    @property
    def means(self) -> list[Column]:
        """[d] of (b, k, n): where each person would stand as a member of each group."""
        lower = self.inverse_lower
        return [self._sum([lower[c][a] for c in range(a, self.d)], self.whitened[a:]) for a in range(self.d)]

    def doubt(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """(b, d, d): the sum of the posterior covariances A^-1 = L'^-1 L^-1."""
        lower = self.inverse_lower
        found = np.zeros((len(weight), self.d, self.d))
        for a in range(self.d):
            for b in range(a + 1):
                cells = sum(lower[c][a] * lower[c][b] for c in range(a, self.d))
                found[:, a, b] = found[:, b, a] = (weight * cells).sum(axis=1)
        return found
