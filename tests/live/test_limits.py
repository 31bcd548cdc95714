"""Programs are slowed down, people never notice."""

import pytest

from onnuri.errors import TooMany
from onnuri.live.limits import GUESSING, MOST_KEPT, SENDING, Limits, Pace


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_a_burst_is_let_through_and_the_next_one_is_told_when_to_come_back():
    clock = Clock()
    limits = Limits(clock)
    for _ in range(3):
        limits.take(Pace(3, 0.5), "mina")

    with pytest.raises(TooMany) as refused:
        limits.take(Pace(3, 0.5), "mina")

    assert refused.value.about == {"n": 2}
    clock.now += 2
    limits.take(Pace(3, 0.5), "mina")


def test_nobody_pays_for_somebody_else():
    limits = Limits(Clock())
    limits.take(Pace(1, 1), "mina")

    limits.take(Pace(1, 1), "jun")
    limits.take(Pace(1, 2), "mina")


def test_a_phone_that_comes_back_after_ten_minutes_is_not_slowed():
    limits = Limits(Clock())

    for _ in range(100):
        limits.take(SENDING, 7)  # fifty answers in each


def test_looking_costs_nothing():
    limits = Limits(Clock())

    for _ in range(1000):
        limits.require(GUESSING, "a hall's phone")


def test_who_has_guessed_too_often_waits_until_it_has_filled_again():
    clock = Clock()
    limits = Limits(clock)
    for _ in range(int(GUESSING.burst)):
        limits.take(GUESSING, "a program")

    with pytest.raises(TooMany):
        limits.require(GUESSING, "a program")

    clock.now += 1 / GUESSING.per_second
    limits.require(GUESSING, "a program")


def test_full_buckets_are_forgotten(monkeypatch):
    clock = Clock()
    limits = Limits(clock)
    monkeypatch.setattr("onnuri.live.limits.MOST_KEPT", 50)
    for voice in range(50):
        limits.take(Pace(5, 1), voice)
    clock.now += 60

    limits.take(Pace(5, 1), "one more")

    assert len(limits._left) == 1
    assert MOST_KEPT > 100_000
