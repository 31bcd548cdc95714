"""The shortlist: by the floor, with two places for what each group supports most."""

from dataclasses import replace
from itertools import product

import numpy as np
from tests.landscape.planted import grouped

from onnuri.conclusion.shortlist import Candidate, shortlist
from onnuri.landscape.landscape import SEEN_BY, tie_break

STATEMENTS = 12
EACH = 16


def two_groups(floor, *, likes=None, unseen=()):
    """Two groups of sixteen; group 1 agrees with `likes[1]` alone, group 2 with `likes[2]`, on the rest all pass."""
    likes = likes or {}
    rows = [
        (person, statement, int(statement in likes.get(1 if person <= EACH else 2, ())))
        for person in range(1, 2 * EACH + 1)
        for statement in range(1, STATEMENTS + 1)
        if statement not in unseen or person < SEEN_BY
    ]
    return grouped([0] * EACH + [1] * EACH, rows, floor=np.array(floor, dtype=float))


def falling():
    """Statement 1 has the highest floor, 12 the lowest."""
    return [0.9 - 0.05 * column for column in range(STATEMENTS)]


def ids(candidates):
    return [c.id for c in candidates]


def test_the_best_floors_come_first():
    found = shortlist(two_groups(falling(), likes={1: [1, 2], 2: [3, 4]}), 6)

    assert found == [Candidate(s, "floor") for s in range(1, 7)]


def test_two_places_are_kept_for_what_each_group_supports_most():
    found = shortlist(two_groups(falling(), likes={1: [9, 10], 2: [11, 12]}), 6)

    assert found[:2] == [Candidate(1, "floor"), Candidate(2, "floor")]
    assert sorted(ids(found)[2:]) == [9, 10, 11, 12]
    assert {c.why for c in found[2:]} == {"group"}


def test_two_places_are_kept_for_what_the_ticket_holders_own_floor_ranks_highest():
    landscape = replace(two_groups(falling(), likes={1: [1, 2], 2: [3, 4]}), ticket_floor=np.arange(STATEMENTS) / 20)

    found = shortlist(landscape, 6)

    assert found == [*(Candidate(s, "floor") for s in range(1, 5)), Candidate(11, "tickets"), Candidate(12, "tickets")]


def test_what_a_group_and_the_tickets_keep_is_kept_once():
    landscape = replace(two_groups(falling(), likes={1: [1, 12], 2: [11, 12]}), ticket_floor=np.arange(STATEMENTS) / 20)

    found = shortlist(landscape, 6)

    assert [c.why for c in found if c.id in {11, 12}] == ["group", "group"]
    assert len(set(ids(found))) == 6


def test_no_groups_favourite_is_ever_crowded_out():
    for size, second in product(range(4, 9), range(1, 11)):
        likes = {1: {11, 12}, 2: {second, second % 10 + 1}}

        found = ids(shortlist(two_groups(falling(), likes=likes), size))

        assert len(found) == size
        assert likes[1] | likes[2] <= set(found)


def test_what_too_few_have_seen_fills_up_at_the_end():
    found = shortlist(two_groups(falling(), likes={1: [2, 3], 2: [4, 5]}, unseen=(1,)), STATEMENTS)

    assert ids(found)[:-1] == list(range(2, STATEMENTS + 1))
    assert found[-1] == Candidate(1, "few")


def test_what_too_few_have_seen_takes_nobodys_place():
    found = shortlist(two_groups(falling(), likes={1: [2, 3], 2: [4, 5]}, unseen=(1,)), 5)

    assert ids(found) == [2, 3, 4, 5, 6]


def test_a_line_that_was_withdrawn_is_no_candidate():
    found = shortlist(two_groups(falling(), likes={1: [1, 2], 2: [3, 4]}), 4, among={2, 3, 5, 6, 7})

    assert sorted(ids(found)) == [2, 3, 5, 6]


def test_equal_floors_fall_by_hash_and_not_by_age():
    found = shortlist(two_groups([0.5] * STATEMENTS), STATEMENTS)

    assert ids(found) == sorted(range(1, STATEMENTS + 1), key=tie_break)
    assert ids(found) != sorted(ids(found))


def test_nobody_is_twice_on_it_and_it_is_never_longer_than_asked():
    landscape = two_groups(falling(), likes={1: [1, 9], 2: [1, 12]})

    for size in range(1, STATEMENTS + 3):
        found = ids(shortlist(landscape, size))
        assert len(found) == len(set(found)) == min(size, STATEMENTS)


def test_an_export_has_no_ballot_so_only_common_ground_may_stand():
    everybody = list(range(1, 5))
    landscape = two_groups(falling(), likes={1: [*everybody, 11], 2: [*everybody, 12]})

    found = shortlist(landscape, 20, only_common=True)

    assert ids(found) == landscape.common_ground == everybody


def test_without_votes_there_is_nobody_to_put_on_it():
    landscape = two_groups(falling())

    assert shortlist(landscape, 5, among=set()) == []
