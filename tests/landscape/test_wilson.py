"""Wilson's interval: the published table, its definition, and the edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onnuri.landscape.wilson as module
from onnuri.landscape.wilson import Z, wilson

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_table_of_newcombe_1998(count, n, low, high, monkeypatch):
    # Statistics in Medicine 17, 857-872, table I, method 3: two-sided 95 %.
    monkeypatch.setattr(module, "Z", 1.959964)

    found = wilson([count], [n])

    assert [round(float(bound[0]), 4) for bound in found] == [low, high]


@STEADY
@given(counted=COUNTS)
def test_the_bounds_are_the_shares_that_stand_z_deviations_away(counted):
    count, n = counted
    for bound in wilson([count], [n]):
        share = float(bound[0])

        assert (count / n - share) ** 2 == pytest.approx(Z**2 * share * (1 - share) / n, abs=1e-12)


@STEADY
@given(counted=COUNTS)
def test_agreement_and_disagreement_are_judged_alike(counted):
    count, n = counted
    low, high = wilson([count], [n])
    other_low, other_high = wilson([n - count], [n])

    assert low[0] == pytest.approx(1 - other_high[0], abs=1e-12)
    assert high[0] == pytest.approx(1 - other_low[0], abs=1e-12)


def test_nobody_asked_is_nothing_known():
    low, high = wilson([0], [0])

    assert (low.tolist(), high.tolist()) == ([0.0], [1.0])


def test_bounds_never_leave_the_scale_and_tighten_with_every_answer():
    n = np.arange(1, 200)
    low, high = wilson(n, n)
    none = wilson(np.zeros(199), n)

    assert (high <= 1).all()
    assert (np.diff(low) > 0).all()
    assert np.round(none[0], 12).tolist() == [0] * 199
