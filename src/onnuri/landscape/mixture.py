"""Groups as a Gaussian mixture in information form: each person enters with their own precision.

Person i's votes say of the place u_i: precision G_i = L_i'L_i / r and h_i = L_i'(x_i - b_i) / r, with L_i the
loadings of the statements they answered and r the residual variance. Missing votes are exact that way: who
answered little has a weak G_i and is pulled to no group.  u ~ sum_g share_g N(centre_g, spread).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.cluster.vq import kmeans2

from onnuri.landscape.grid import on_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from onnuri.landscape.space import Space

ITERATIONS: Final = 40
ENOUGH: Final = 1e-4
"""Climbing stops when a step gains less log-likelihood a person than this."""
STARTS: Final = 2
LEAST_RESIDUAL: Final = 0.05


@dataclass(frozen=True, eq=False)
class Evidence:
    """What each person's votes say of their place.

    `precision` (n, d, d), `pull` (n, d), `place` (n, d), `weight` (n,).
    """

    precision: NDArray[np.float64]
    pull: NDArray[np.float64]
    place: NDArray[np.float64]
    weight: NDArray[np.float64]

    def of(self, people: NDArray[np.int64]) -> Evidence:
        """The same for some of the people."""
        return Evidence(self.precision[people], self.pull[people], self.place[people], self.weight[people])

    def __len__(self) -> int:
        return len(self.place)


@dataclass(frozen=True, eq=False)
class Mixture:
    """`share` (k,), `centre` (k, d), `spread` (d, d), `log_likelihood` of the people it was fitted on."""

    share: NDArray[np.float64]
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    log_likelihood: float

    @property
    def k(self) -> int:
        """Number of groups."""
        return len(self.share)

    def posterior(self, evidence: Evidence) -> NDArray[np.float64]:
        """(n, k): probability of each group given a person's votes."""
        weights = _log_weights(self, evidence)[0]
        return np.exp(weights - _log_sum_exp(weights))


def evidence_of(opinions: sparse.csr_array, space: Space, weight: NDArray[np.float64]) -> Evidence:
    """Collect every person's evidence from their votes."""
    d = space.loading.shape[1]
    row = np.repeat(np.arange(opinions.shape[0]), np.diff(opinions.indptr))
    told = space.offset[opinions.indices] + np.einsum("ij,ij->i", space.place[row], space.loading[opinions.indices])
    own = weight[row] > 0
    residual = max(float(np.mean((opinions.data[own] - told[own]) ** 2)) if own.any() else 1.0, LEAST_RESIDUAL)
    seen = opinions.copy()
    seen.data = np.ones_like(seen.data)
    products = (space.loading[:, :, None] * space.loading[:, None, :]).reshape(-1, d * d)
    precision = (seen @ products).reshape(-1, d, d) / residual
    pull = (opinions @ space.loading - seen @ (space.loading * space.offset[:, None])) / residual
    return Evidence(on_grid(precision), on_grid(pull), space.place, weight)


def fit_mixture(evidence: Evidence, k: int, *, round_spread: bool) -> Mixture:
    """Expectation-maximisation, the best of a few k-means starts.

    Args:
        evidence: of the people to group.
        k: number of groups, >= 1.
        round_spread: the same spread in all directions (published groups), or a full matrix (for BIC).
    """
    best: Mixture | None = None
    for start in range(STARTS if k > 1 else 1):
        found = _climb(evidence, _begin(evidence, k, start), round_spread=round_spread)
        if best is None or found.log_likelihood > best.log_likelihood:
            best = found
    assert best is not None  # noqa: S101 - there is at least one start
    return best


def _begin(evidence: Evidence, k: int, start: int) -> Mixture:
    place = evidence.place
    d = place.shape[1]
    if k == 1:
        labels = np.zeros(len(place), dtype=np.int64)
    else:
        # People who all answer alike share fewer places than k: an empty cluster is nothing to warn anybody of.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # A fixed seed: the start belongs to the method, like a constant.
            labels = np.asarray(kmeans2(place, k, iter=20, minit="++", seed=start)[1], dtype=np.int64)
    share = np.array([(labels == g).mean() for g in range(k)]) + 1e-3
    centre = np.array(
        [place[labels == g].mean(axis=0) if (labels == g).any() else place.mean(axis=0) for g in range(k)]
    )
    spread = np.cov(place - centre[labels], rowvar=False).reshape(d, d) + np.eye(d) * 1e-3
    return Mixture(share / share.sum(), centre, spread, -np.inf)


def _climb(evidence: Evidence, mixture: Mixture, *, round_spread: bool) -> Mixture:
    d = evidence.place.shape[1]
    weight = evidence.weight
    total = float(weight.sum())
    for _ in range(ITERATIONS):
        weights, means, covariance = _log_weights(mixture, evidence)
        norm = _log_sum_exp(weights)
        if float(weight @ norm[:, 0]) - mixture.log_likelihood < ENOUGH * total:
            break
        responsible = np.exp(weights - norm) * weight[:, None]
        mass = responsible.sum(axis=0) + 1e-9
        centre = np.einsum("ng,ngd->gd", responsible, means) / mass[:, None]
        apart = means - centre
        scatter = np.einsum("ng,ngd,nge->de", responsible, apart, apart)
        spread = (scatter + np.einsum("n,nde->de", weight, covariance)) / total
        if round_spread:
            spread = np.eye(d) * (np.trace(spread) / d)
        spread += np.eye(d) * 1e-4
        mixture = Mixture(
            on_grid(mass / mass.sum()) + 1e-9, on_grid(centre), on_grid(spread), float(weight @ norm[:, 0])
        )
    return mixture


def _log_sum_exp(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log of the sum of exponentials of each row, (n, 1). SciPy's is right too, and ten times slower at this size."""
    most = weights.max(axis=1, keepdims=True)
    found: NDArray[np.float64] = most + np.log(np.exp(weights - most).sum(axis=1, keepdims=True))
    return found


def _log_weights(
    mixture: Mixture, evidence: Evidence
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Per person and group: log weight (n, k) and mean place (n, k, d); per person: covariance (n, d, d).

    log weight = m'A m / 2 - log|A| / 2 - log|S| / 2 - c'S^-1 c / 2 + log share, with A = S^-1 + G_i the posterior
    precision and m = A^-1 (S^-1 c + h_i).
    """
    inverse = np.linalg.inv(mixture.spread)
    _, log_spread = np.linalg.slogdet(mixture.spread)
    precision = inverse + evidence.precision
    covariance = np.asarray(np.linalg.inv(precision), dtype=np.float64)
    log_precision = np.log(np.linalg.det(precision))
    from_centre = mixture.centre @ inverse
    wanted = from_centre[None] + evidence.pull[:, None]
    means = np.einsum("nde,nge->ngd", covariance, wanted)
    weights = (
        0.5 * np.einsum("ngd,ngd->ng", means, wanted)
        - 0.5 * log_precision[:, None]
        - 0.5 * log_spread
        - 0.5 * np.einsum("gd,gd->g", from_centre, mixture.centre)
        + np.log(mixture.share)
    )
    return weights, means, covariance
