"""Accounts that answer alike beyond what their surroundings explain share one vote of weight.

Two accounts are twins when, per common answer, their agreement is more surprising than `ALIKE` nats under the rates of
their own neighbourhood. Under *global* rates a real minority would look like twins of itself; under local ones the
rest of its neighbourhood explains it. Nothing is deleted, no count, ballot or ratification is touched: the weight
shapes the space, the groups and the floor, and everything is printed with and without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.factorise import factorise
from onnuri.landscape.grid import as_integers
from onnuri.landscape.space import Space, canonical

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    Answers = NDArray[np.float32]

ALIKE_AT_FIRST: Final = 0.70
ALIKE: Final = 0.50
WIDTH: Final = 0.04
SLIP: Final = 0.10
FEWEST_COMMON: Final = 12
ALLOWED: Final = 2
GLOBAL_ROUNDS: Final = 2
LOCAL_ROUNDS: Final = 3
NEIGHBOURHOOD: Final = 0.30
PSEUDO: Final = 4.0
CLIP: Final = 0.02
FINE: Final = 1024.0
"""Nats are counted in 1/1024: sums of whole numbers are exact in any order, also in single precision."""
WEIGHT_STEPS: Final = 64
LARGEST: Final = 3000


def weigh(opinions: sparse.csr_array, shapes: NDArray[np.bool_], rank: int) -> tuple[NDArray[np.float64], Space]:
    """Weights in 1/64 of everybody who shapes the picture, and the space they span.

    Args:
        opinions: people x statements, +1 and -1.
        shapes: (people,) who may shape it at all.
        rank: of the space.
    """
    weight = shapes.astype(np.float64)
    people = np.flatnonzero(shapes)
    space = _space(opinions, weight, rank)
    if len(people) < FEWEST_COMMON or len(people) > LARGEST:
        return weight, space
    dense = opinions[people].toarray()
    agree, disagree = (dense > 0).astype(np.float32), (dense < 0).astype(np.float32)
    own = np.ones(len(people))
    for _ in range(GLOBAL_ROUNDS):
        own = _weights(agree, disagree, _global_rates(agree, disagree, own), ALIKE_AT_FIRST)
    for _ in range(LOCAL_ROUNDS):
        weight[people] = own
        space = _space(opinions, weight, rank)
        rates = _local_rates(agree, disagree, own, space.place[people])
        own = _weights(agree, disagree, rates, ALIKE)
    weight[people] = own
    return weight, _space(opinions, weight, rank)


def _space(opinions: sparse.csr_array, weight: NDArray[np.float64], rank: int) -> Space:
    return canonical(factorise(opinions, rank=rank, weight=weight), weight)


def _global_rates(agree: Answers, disagree: Answers, own: NDArray[np.float64]) -> NDArray[np.float64]:
    """(1, statements): how likely anybody who tells agrees."""
    o, x = own @ agree, own @ disagree
    return np.clip((o + 1) / (o + x + 2), CLIP, 1 - CLIP)[None, :]


def _local_rates(
    agree: Answers, disagree: Answers, own: NDArray[np.float64], place: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(people, statements): the same among the nearest people who make up 30 % of the weight."""
    where = as_integers(place)
    steps = np.rint(own * WEIGHT_STEPS).astype(np.int64)
    wanted = NEIGHBOURHOOD * steps.sum()
    near = np.zeros((len(where), len(where)), dtype=np.float32)
    for begin in range(0, len(where), 256):
        chunk = where[begin : begin + 256]
        apart = np.zeros((len(chunk), len(where)), dtype=np.int64)
        for axis in range(where.shape[1]):
            apart += (chunk[:, axis, None] - where[None, :, axis]) ** 2
        order = np.argsort(apart, axis=1, kind="stable")
        reached = np.cumsum(steps[order], axis=1) - steps[order]
        inside = np.where(reached < wanted, steps[order], 0).astype(np.float32)
        np.put_along_axis(near[begin : begin + 256], order, inside, axis=1)
    o, x = near @ agree / WEIGHT_STEPS, near @ disagree / WEIGHT_STEPS
    base = _global_rates(agree, disagree, own)
    return np.clip((o + PSEUDO * base) / (o + x + PSEUDO), CLIP, 1 - CLIP)


def _weights(agree: Answers, disagree: Answers, rates: NDArray[np.float64], alike: float) -> NDArray[np.float64]:
    """1 / (1 + twins beyond two), in 1/64.

    A match on O is worth log((1 - slip) / p + slip) nats, averaged over both, on X the same with 1 - p; a clash costs
    log(slip).
    """
    gain_o = np.rint(FINE * np.log((1 - SLIP) / rates + SLIP)).astype(np.float32)
    gain_x = np.rint(FINE * np.log((1 - SLIP) / (1 - rates) + SLIP)).astype(np.float32)
    slip = np.rint(FINE * np.log(SLIP))
    own_o, own_x = agree * gain_o, disagree * gain_x
    half = own_o @ agree.T + own_x @ disagree.T
    clash = agree @ disagree.T
    told = agree + disagree
    common = told @ told.T
    total = (half + half.T).astype(np.float64) / 2 + slip * (clash + clash.T)
    rate = np.where(common >= FEWEST_COMMON, total / np.maximum(common, 1) / FINE, -np.inf)
    np.fill_diagonal(rate, -np.inf)
    twins = (1 / (1 + np.exp(-np.clip((rate - alike) / WIDTH, -60, 60)))).sum(axis=1)
    return np.rint(WEIGHT_STEPS / (1 + np.maximum(twins - ALLOWED, 0))) / WEIGHT_STEPS
