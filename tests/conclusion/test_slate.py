"""The slate: what every tested group and channel carries, shared out equally, and nobody picks it."""

from fractions import Fraction

import numpy as np
import pytest
from tests.landscape.planted import grouped, hall

from onnuri.conclusion.ballots import MISSING, Ballots
from onnuri.conclusion.rules import Rules
from onnuri.conclusion.sections import groups_of
from onnuri.conclusion.slate import choose, support
from onnuri.landscape import fit

TWO = [0] * 20 + [1] * 20
FOREVER = range(1, 41)


def ballots(opinions, *, channel=None, people=FOREVER, order=None):
    """`opinions[line]` is what persons 1, 2, ... say of it; None = no answer."""
    rows = [
        (person, line, said)
        for line, answers in opinions.items()
        for person, said in zip(people, answers, strict=True)
        if said is not None
    ]
    if order is not None:
        rows = [rows[i] for i in np.random.Generator(np.random.PCG64(order)).permutation(len(rows))]
    return Ballots.of_rows(rows, list(opinions), channel or {})


def yes(first, second=0):
    """So many of each group of twenty agree, the others do not."""
    return [1] * first + [-1] * (20 - first) + [1] * second + [-1] * (20 - second)


def standing(slate, line):
    return next(s for s in slate.standings if s.id == line)


# ---- ballots


def test_the_last_answer_of_a_ballot_counts_and_other_lines_do_not():
    found = Ballots.of_rows([(5, 1, 1), (5, 9, 1), (3, 1, 0), (5, 1, -1)], [1, 2], {3: "hall"})

    assert found.people.tolist() == [3, 5]
    assert found.value.tolist() == [[0, MISSING], [-1, MISSING]]
    assert found.channel.tolist() == ["hall", "online"]
    assert found.counts(0) == {"agree": 0, "pass": 1, "disagree": 1}
    assert found.counts(1) == {"agree": 0, "pass": 0, "disagree": 0}


@pytest.mark.parametrize(
    ("counts", "share"),
    [((2, 1, 0), Fraction(2, 3)), ((0, 0, 5), Fraction(0)), ((0, 0, 0), Fraction(0)), ((1, 1, 1), Fraction(1, 3))],
)
def test_support_is_agreement_among_those_who_were_asked(counts, share):
    assert support(dict(zip(("agree", "pass", "disagree"), counts, strict=True))) == share


# ---- who may be chosen


def test_exactly_half_of_the_weakest_group_is_enough():
    slate = choose(grouped(TWO), ballots({1: yes(20, 10), 2: yes(20, 9)}))

    assert slate.statements == (1,)
    assert standing(slate, 1).weakest == Fraction(1, 2)
    assert (standing(slate, 2).weakest, standing(slate, 2).fails_in) == (Fraction(9, 20), "group 2")


def test_the_threshold_is_the_one_of_the_rules():
    asked = ballots({1: yes(20, 12), 2: yes(20, 11)})

    assert choose(grouped(TWO), asked, rules=Rules(threshold="3/5")).statements == (1,)
    assert sorted(choose(grouped(TWO), asked, rules=Rules(threshold="11/20")).statements) == [1, 2]


def test_one_channel_can_keep_a_line_out():
    channel = {person: "hall" if person % 2 else "online" for person in FOREVER}
    only_hall = [1 if person % 2 else -1 for person in FOREVER]

    slate = choose(grouped(TWO), ballots({1: only_hall, 2: yes(20, 20)}, channel=channel))

    assert slate.statements == (2,)
    assert standing(slate, 1).fails_in == "channel online"


def test_a_group_under_twelve_is_reported_and_not_asked():
    groups = [0] * 29 + [1] * 11
    against = [1] * 29 + [-1] * 11

    slate = choose(grouped(groups), ballots({1: against}))

    assert slate.statements == (1,)
    assert standing(slate, 1).sections["group 2"] == {"agree": 0, "pass": 0, "disagree": 11}


def test_nothing_that_every_group_carries_is_an_empty_slate():
    slate = choose(grouped(TWO), ballots({1: yes(20, 0), 2: yes(0, 20)}))

    assert (slate.statements, slate.admissible, slate.violations) == ((), [], ())
    assert [s.fails_in for s in slate.standings] != [None, None]


def test_no_ballots_at_all_is_an_empty_slate():
    slate = choose(grouped(TWO), ballots({1: [None] * 40}))

    assert slate.statements == ()
    assert standing(slate, 1).overall == {"agree": 0, "pass": 0, "disagree": 0}


# ---- who is chosen


def test_the_best_supported_in_the_weakest_group_stands_first():
    slate = choose(grouped(TWO), ballots({1: yes(20, 11), 2: yes(15, 15), 3: yes(19, 13)}))

    assert [s.id for s in slate.standings] == [2, 3, 1]


def test_seats_are_shared_by_equal_shares_and_not_by_majority():
    # Three in four agree with lines 1 to 4, a quarter with 5 to 8; everybody agrees with half of all.
    loud = {line: [1] * 30 + [-1] * 10 for line in (1, 2, 3, 4)}
    quiet = {line: [-1] * 15 + [1] * 25 for line in (5,)}
    groups = [0] * 40

    slate = choose(grouped(groups), ballots({**loud, **quiet}), size=4, rules=Rules(size=4))

    assert 5 in slate.statements
    assert slate.violations == ()


def test_the_order_in_which_ballots_arrive_is_irrelevant():
    opinions = {line: yes(20 - line, 10 + line) for line in range(1, 9)}

    found = {choose(grouped(TWO), ballots(opinions, order=seed), size=3).statements for seed in range(5)}

    assert len(found) == 1


def test_equals_are_drawn_by_the_digest_of_the_rules_and_not_by_number():
    opinions = {line: yes(20, 20) for line in range(1, 9)}

    drawn = {
        choose(grouped(TWO), ballots(opinions), size=1, rules=Rules(size=1, seeds=seeds)).statements
        for seeds in "abcdefgh"
    }

    assert len(drawn) > 1


def test_no_more_lines_than_seats():
    opinions = {line: yes(20, 20) for line in range(1, 9)}

    assert [len(choose(grouped(TWO), ballots(opinions), size=k).statements) for k in (1, 3, 8)] == [1, 3, 8]


# ---- open voices

ROOM = [0] * 30
TICKETED = range(1, 31)
CROWD = range(1001, 1091)


def room_and_crowd(own, theirs, crowd=CROWD):
    """`own[line]` of thirty people with a code, and a crowd of open voices who say `theirs[line]`."""
    rows = [(p, line, v) for line, answers in own.items() for p, v in zip(TICKETED, answers, strict=True)]
    rows += [(p, line, theirs[line]) for line in own for p in crowd]
    return Ballots.of_rows(rows, list(own), dict.fromkeys(TICKETED, "hall") | dict.fromkeys(crowd, "open"))


def test_open_voices_keep_no_line_out_and_bring_none_in():
    own = {1: [1] * 20 + [-1] * 10, 2: [-1] * 20 + [1] * 10}

    slate = choose(grouped(ROOM), room_and_crowd(own, {1: -1, 2: 1}))

    assert slate.admissible == [1]
    assert standing(slate, 1).sections["channel open"] == {"agree": 0, "pass": 0, "disagree": 90}


def test_open_voices_do_not_choose_among_the_lines_either():
    own = {1: [1] * 28 + [-1] * 2, 2: [1] * 27 + [-1] * 3, 3: [1] * 16 + [-1] * 14}

    slate = choose(grouped(ROOM), room_and_crowd(own, {1: -1, 2: -1, 3: 1}), size=1, rules=Rules(size=1))

    assert slate.statements == (1,)


def test_open_voices_do_not_decide_for_a_small_room():
    small = grouped([0] * 8)
    rows = [(p, 1, 1) for p in range(1, 9)] + [(p, 1, -1) for p in CROWD]
    asked = Ballots.of_rows(rows, [1], dict.fromkeys(range(1, 9), "hall") | dict.fromkeys(CROWD, "open"))

    slate = choose(small, asked)

    assert slate.statements == (1,)


def test_however_many_open_voices_come_the_hall_is_still_asked():
    crowd = range(1001, 1501)

    slate = choose(grouped(ROOM), room_and_crowd({1: [-1] * 30, 2: [1] * 30}, {1: 1, 2: -1}, crowd))

    assert {s.name for s in slate.sections if s.tested} == {"hall"}
    assert slate.admissible == [2]


def test_open_voices_choose_where_the_rules_said_so_beforehand():
    own = {1: [1] * 28 + [-1] * 2, 3: [1] * 16 + [-1] * 14}

    slate = choose(grouped(ROOM), room_and_crowd(own, {1: -1, 3: 1}), size=1, rules=Rules(size=1, open_counts=True))

    assert slate.statements == (3,)
    assert standing(slate, 1).fails_in == "channel open"


# ---- an export has no ballots


@pytest.fixture(scope="module")
def landscape():
    return fit(hall(2, people=60, statements=16, answered=0.7, noise=0.1, seed=2).votes())


def test_without_ballots_they_are_completed_from_the_votes_and_marked(landscape):
    slate = choose(landscape, size=3)

    asked = slate.ballots
    observed = asked.value[~asked.imputed]
    assert slate.statements != ()
    assert asked.basis == "imputed"
    assert asked.imputed.any()
    assert set(slate.statements) <= set(landscape.common_ground)
    assert set(asked.people.tolist()) == set(landscape.participants[landscape.assignment >= 0].tolist())
    assert MISSING not in asked.value
    assert len(observed) + asked.imputed.sum() == asked.value.size


def test_what_was_imputed_is_never_counted(landscape):
    slate = choose(landscape, size=3)

    for one in slate.standings:
        column = landscape.column(one.id)
        for index, group_id in enumerate(landscape.group_ids):
            assert one.sections[f"group {group_id}"] == landscape.by_group[index].of(column)
        assert one.overall == landscape.everyone.of(column)


def test_a_stranger_is_in_no_group(landscape):
    assert groups_of(landscape, np.array([10**6])).tolist() == [-1]
