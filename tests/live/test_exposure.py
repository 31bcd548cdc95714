"""Which statement comes next: the least shown against its share, and a different one for everybody among equals."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare
from tests.landscape.planted import grouped

from onnuri.landscape.routing import INCOMPLETE, OPEN, wanted_exposure
from onnuri.live.exposure import DECK_SIZE, Exposure

ALL = range(1, 101)


def hall(people, statements=ALL, size=5, begun=None):
    """Everybody takes one deck; how often each statement was shown."""
    exposure, shown = Exposure(), Counter(begun or {})
    exposure.begin(1, {"hall": begun or {}})
    for voice in range(people):
        shown.update(exposure.deck(1, "hall", voice, statements, size=size))
    return shown


def test_a_deck_is_twenty_at_most_and_never_twice_the_same():
    deck = Exposure().deck(1, "hall", 7, ALL)

    assert len(deck) == len(set(deck)) == DECK_SIZE
    assert set(deck) <= set(ALL)


def test_who_has_answered_all_gets_nothing():
    assert Exposure().deck(1, "hall", 7, []) == []


def test_less_is_left_than_fits():
    assert sorted(Exposure().deck(1, "hall", 7, [3, 1, 2])) == [1, 2, 3]


def test_a_hundred_and_fifty_people_show_every_statement_as_often_as_any_other():
    shown = hall(150)

    assert set(shown) == set(ALL)
    assert max(shown.values()) - min(shown.values()) <= 1


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    people=st.integers(1, 60),
    statements=st.sets(st.integers(1, 10_000), min_size=1, max_size=40),
    size=st.integers(1, 25),
)
def test_whatever_the_hall_nothing_is_shown_more_than_once_oftener(people, statements, size):
    shown = hall(people, statements, size)

    times = [shown[s] for s in statements]
    assert max(times) - min(times) <= 1
    assert sum(times) == people * min(size, len(statements))


def test_a_late_statement_is_shown_at_once():
    exposure = Exposure()
    for voice in range(20):
        exposure.deck(1, "hall", voice, range(1, 11), size=5)

    assert exposure.deck(1, "hall", 99, range(1, 12), size=5)[0] == 11


def test_after_a_restart_what_was_answered_is_remembered():
    exposure = Exposure()
    exposure.begin(1, {"hall": {1: 40, 2: 40, 3: 2}})

    assert exposure.deck(1, "hall", 7, [1, 2, 3], size=1) == [3]


def test_a_second_beginning_forgets_nothing():
    exposure = Exposure()
    exposure.begin(1, {})
    exposure.deck(1, "hall", 7, [1], size=1)

    exposure.begin(1, {"hall": {1: 0, 2: 0}})

    assert exposure.deck(1, "hall", 8, [1, 2], size=1) == [2]


def test_each_conversation_counts_by_itself():
    exposure = Exposure()
    for voice in range(10):
        exposure.deck(1, "hall", voice, [1], size=1)

    exposure.begin(2, {"hall": {1: 0, 2: 3}})

    assert exposure.deck(2, "hall", 7, [1, 2], size=1) == [1]


def test_the_first_card_is_not_the_same_for_everybody():
    first = {Exposure().deck(1, "hall", voice, ALL, size=1)[0] for voice in range(60)}

    assert len(first) > 30


def test_the_same_voice_finds_the_same_order_again():
    orders = [Exposure.shuffled(7, ALL) for _ in range(3)]

    assert orders[0] == orders[1] == orders[2]
    assert sorted(orders[0]) == list(ALL)
    assert Exposure.shuffled(8, ALL) != orders[0]


def test_in_a_ballot_no_candidate_is_always_first():
    first = Counter(Exposure.shuffled(voice, range(1, 6))[0] for voice in range(500))

    assert set(first) == set(range(1, 6))
    assert max(first.values()) < 2 * min(first.values())


# ---- shares


def served(wanted, people=400, statements=range(1, 41)):
    """How often each statement was the one card that somebody took."""
    exposure, shown = Exposure(), Counter()
    for voice in range(people):
        shown.update(exposure.deck(1, "hall", voice, statements, wanted, size=5))
    return [shown[s] for s in statements]


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(wanted=st.dictionaries(st.integers(1, 40), st.sampled_from([OPEN, INCOMPLETE]), max_size=12))
def test_what_is_served_is_what_was_intended(wanted):
    share = [wanted.get(s, 1.0) for s in range(1, 41)]

    times = served(wanted)

    intended = [sum(times) * x / sum(share) for x in share]
    assert chisquare(times, intended).pvalue > 0.999
    assert max(abs(t - i) for t, i in zip(times, intended, strict=True)) <= 2


def test_a_share_that_is_ignored_would_be_noticed():
    times, share = served({}), [2.0] * 5 + [1.0] * 35

    assert chisquare(times, [sum(times) * x / sum(share) for x in share]).pvalue < 0.001


def test_hall_and_online_are_each_shown_everything_equally_often():
    exposure, shown = Exposure(), Counter()
    for voice in range(120):
        channel = "hall" if voice % 4 else "online"
        shown.update((channel, s) for s in exposure.deck(1, channel, voice, ALL, size=10))

    for channel, people in (("hall", 90), ("online", 30)):
        times = [shown[channel, s] for s in ALL]
        assert (min(times), max(times)) == (people // 10, people // 10)


def test_what_a_group_has_hardly_seen_but_might_be_shortlisted_is_shown_twice_as_often():
    rows = [(p, 1, 1) for p in range(1, 41)] + [(p, 2, 1) for p in range(1, 25)]
    landscape = grouped([0] * 20 + [1] * 20, rows, weight=np.ones(40))

    assert wanted_exposure(landscape) == {2: INCOMPLETE}


def test_a_statement_whose_verdict_is_open_is_shown_half_as_often_again():
    rows = [(p, s, 1 if s == 1 or p % 2 else -1) for p in range(1, 41) for s in (1, 2)]
    landscape = grouped([0] * 20 + [1] * 20, rows)

    assert wanted_exposure(landscape) == {2: OPEN}
