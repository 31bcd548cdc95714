"""A picture on show is refreshed: people stay where they were, and what changes is announced. It decides nothing."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from tests.landscape.planted import hall

from onnuri.landscape import Votes, fit
from onnuri.landscape.agreement import adjusted_rand
from onnuri.landscape.landscape import index_of
from onnuri.landscape.warm import CLEARLY, IN_A_ROW, STAYS, sticky

STEPS = (80, 90, 100, 110, 120)
BRIGADE = 12


@pytest.fixture(scope="module")
def crowd():
    return hall(3, people=120, statements=30, noise=0.15, seed=2)


@pytest.fixture(scope="module")
def three():
    return hall(3, people=120, statements=24, seed=2)


@pytest.fixture(scope="module")
def shown(crowd):
    """The pictures shown while the hall fills, ten people and two statements at a time."""
    pictures = []
    for step, people in enumerate(STEPS):
        pictures.append(fit(early(crowd, people, 22 + 2 * step), pictures[-1] if pictures else None))
    return pictures


def votes(rows):
    columns = np.array(rows).T
    return Votes(participant=columns[0], statement=columns[1], value=columns[2])


def early(crowd, people, statements):
    return votes([row for row in crowd.rows if row[0] <= people and row[1] <= statements])


def groups(landscape):
    """Lasting id of everybody's group, 0 = not yet placed."""
    return np.where(landscape.assignment < 0, 0, np.array(landscape.group_ids)[landscape.assignment])


def of_both(one, two):
    """Rows of the people who are in both, in each."""
    both = np.intersect1d(one.participants, two.participants)
    return index_of(one.participants, both), index_of(two.participants, both)


# ---- a hall that fills


def test_a_hall_that_fills_keeps_its_groups(shown):
    assert shown[-1].k == 3
    for before, after in pairwise(shown):
        assert set(before.group_ids) <= set(after.group_ids)
        assert (after.k != before.k) == (after.changed is not None)


def test_while_a_hall_fills_hardly_anybody_changes_group(shown):
    for before, after in pairwise(shown):
        then, now = of_both(before, after)
        had, has = groups(before)[then], groups(after)[now]
        moved = ((had != has) & (had > 0) & (has > 0)).mean()
        assert moved <= 0.02 or after.changed is not None


def test_while_a_hall_fills_its_groups_are_those_that_were_planted(crowd, shown):
    last = shown[-1]
    placed = last.assignment >= 0

    assert placed.mean() > 0.9
    assert adjusted_rand(last.assignment[placed], crowd.group[placed]) > 0.9


def test_the_picture_is_neither_mirrored_nor_turned(shown):
    for before, after in pairwise(shown):
        then, now = of_both(before, after)
        for axis in ("x", "y"):
            assert np.corrcoef(getattr(before, axis)[then], getattr(after, axis)[now])[0, 1] > 0.9


def test_a_mirrored_picture_stays_mirrored(crowd, shown):
    first = shown[0]
    mirrored = replace(first, place=first.place * np.array([-1, 1, 1, 1]), x=-first.x)

    after = fit(early(crowd, 80, 22), mirrored)

    assert np.corrcoef(after.x, first.x)[0, 1] < -0.9
    assert np.corrcoef(after.y, first.y)[0, 1] > 0.9


# ---- nothing new


def test_where_nothing_was_said_nobody_moves(crowd, shown):
    before = fit(crowd.votes(), shown[-1])

    after = fit(crowd.votes(), before)

    assert np.array_equal(after.assignment, before.assignment)
    assert np.array_equal(after.weight, before.weight)
    assert max(np.abs(after.x - before.x).max(), np.abs(after.y - before.y).max()) < 0.05


def test_names_stay_with_their_people(crowd, shown):
    before = replace(shown[-1], group_ids=(4, 2, 5))

    assert fit(crowd.votes(), before).group_ids == (4, 2, 5)


# ---- one person


def test_who_has_a_group_keeps_it_until_another_is_clearly_likelier():
    posterior = np.array(
        [
            [0.45, 0.55],  # the other is likelier, not certain
            [0.20, 0.80],  # clearly the other
            [0.30, 0.70],  # certain, but not by so much
            [0.40, 0.60],  # as likely in their own as it takes to stay
            [0.34, 0.66],  # no longer, and not yet in the other
        ]
    )
    fresh = np.array([-1, 1, 1, -1, -1])

    assert np.log(0.7 / 0.3) < CLEARLY < np.log(0.8 / 0.2)
    assert 0.34 < STAYS < 0.40
    assert sticky(posterior, fresh, np.zeros(5, dtype=np.int64)).tolist() == [0, 1, -1, 0, -1]
    assert sticky(posterior, fresh, np.full(5, -1)).tolist() == fresh.tolist()


def test_who_changes_their_mind_in_all_changes_group_and_nobody_else_does(crowd, shown):
    before = fit(crowd.votes(), shown[-1])
    one = 1
    other = crowd.lean[(crowd.group[0] + 1) % 3]
    converted = [(one, statement, int(other[statement - 1])) for statement in range(1, 31)]

    after = fit(crowd.joined_by(converted), before)

    friend = int(np.flatnonzero(crowd.group == (crowd.group[0] + 1) % 3)[0])
    assert after.assignment[0] == after.assignment[friend] != before.assignment[0]
    moved = (after.assignment != before.assignment) & (after.assignment >= 0) & (before.assignment >= 0)
    assert moved.sum() == 1


# ---- another number of groups


@pytest.fixture(scope="module")
def split(three):
    """Two groups are on show; then a third comes in, and the hall goes on filling."""
    pictures = [fit(joined_by_a_third(three, 0))]
    for people in (90, 100, 110, 120):
        pictures.append(fit(joined_by_a_third(three, people), pictures[-1]))
    return pictures


def joined_by_a_third(three, people):
    return votes([row for row in three.rows if three.group[row[0] - 1] < 2 or row[0] <= people])


def test_another_group_is_shown_only_after_it_was_found_three_times(split):
    assert [picture.k for picture in split] == [2, 2, 2, 3, 3]
    assert [picture.proposals for picture in split[:3]] == [(), ((3, False),), ((3, False),) * 2]


def test_three_looks_at_the_same_votes_are_one(three, split):
    picture = split[1]
    for _ in range(IN_A_ROW):
        picture = fit(joined_by_a_third(three, 90), picture)

    assert (picture.k, picture.changed) == (2, None)
    assert picture.proposals == ((3, False),)


def test_another_group_is_announced_once(split):
    assert [picture.changed for picture in split] == [None, None, None, "2 -> 3", None]


def test_when_a_group_is_added_the_others_keep_their_names(split):
    before, after = split[2], split[3]
    then, now = of_both(split[0], after)

    kept = groups(split[0])[then], groups(after)[now]

    both = (kept[0] > 0) & (kept[1] > 0)
    assert set(after.group_ids) == {1, 2, 3}
    assert (kept[0] == kept[1])[both].mean() > 0.95
    assert before.group_ids == (1, 2)


# ---- a hall that begins small


@pytest.mark.parametrize("first", [2, 3, 12])
def test_a_picture_that_began_with_a_few_people_grows_all_its_dimensions(three, first):
    picture = fit(votes([row for row in three.rows if row[0] <= first]))

    for people in (80, 90, 100, 110, 120):
        picture = fit(early(three, people, 24), picture)

    assert picture.place.shape == (120, 4)
    assert picture.k == 3


def test_a_picture_that_began_when_all_were_of_one_mind_sees_them_part(three):
    easy = [(person, statement, 1) for person in three.people for statement in (101, 102, 103)]
    picture = fit(votes(easy))

    for people in (80, 90, 100, 110, 120):
        picture = fit(votes(easy + [row for row in three.rows if row[0] <= people]), picture)

    assert np.ptp(picture.place, axis=0).min() > 0
    assert picture.k == 3


# ---- twins


@pytest.fixture(scope="module")
def independent():
    """Two camps of 60 people who each answer 20 of 30 statements, with a mind of their own; and a brigade outside."""
    draw = np.random.Generator(np.random.PCG64(3))
    lean = draw.choice([0.15, 0.85], size=(2, 30))
    people = [
        (person, statement, 1 if draw.random() < lean[person % 2, statement] else -1)
        for person in range(120)
        for statement in draw.choice(30, 20, replace=False)
    ]
    liked = np.zeros(30)
    np.add.at(liked, [row[1] for row in people], [row[2] for row in people])
    brigade = [(1000 + b, s, -1 if liked[s] >= 0 else 1) for b in range(BRIGADE) for s in range(24)]
    return people, brigade


def test_a_brigade_that_comes_between_two_refreshes_is_light_at_once(independent):
    people, brigade = independent
    before = fit(votes(people))

    after = fit(votes(people + brigade), before)

    bots = after.participants >= 1000
    assert after.weight[bots].sum() < 2
    assert after.weight[~bots].tolist() == [1] * 120


def test_a_brigade_weighs_as_much_refreshed_as_from_nothing(independent):
    people, brigade = independent

    cold = fit(votes(people + brigade))
    warm = fit(votes(people + brigade), fit(votes(people)))

    assert np.abs(warm.weight - cold.weight).max() < 0.1


def test_a_brigade_that_answers_at_the_pace_of_the_hall_becomes_light(independent):
    people, brigade = independent
    picture = fit(votes(people))

    for answered in range(2, 25, 2):
        picture = fit(votes(people + [row for row in brigade if row[1] < answered]), picture)

    bots = picture.participants >= 1000
    assert picture.weight[bots].sum() < 2
    assert picture.weight[~bots].tolist() == [1] * 120


def test_a_brigade_stays_light_while_it_goes_on(independent):
    people, brigade = independent
    picture = fit(votes(people + brigade))

    more = [(1000 + b, s, 1) for b in range(BRIGADE) for s in range(24, 30)]
    after = fit(votes(people + brigade + more), picture)

    bots = after.participants >= 1000
    assert after.weight[bots].sum() < 2
    assert after.weight[~bots].min() == 1


# ---- it decides nothing


def test_a_refresh_leaves_no_trace_in_what_decides(crowd, shown):
    before = fit(crowd.votes())

    warm = fit(crowd.votes(), shown[0])
    after = fit(crowd.votes())

    assert after.digest == before.digest
    assert np.array_equal(after.place, before.place)
    assert np.array_equal(after.posterior, before.posterior)
    assert (after.proposals, after.changed) == ((), None)
    assert not np.array_equal(warm.place, before.place)


def test_a_refresh_leaves_the_picture_before_as_it_was(crowd):
    before = fit(early(crowd, 80, 22))
    stood = [before.place.copy(), before.weight.copy(), before.assignment.copy(), before.model.space.loading.copy()]

    fit(crowd.votes(), before)

    for now, then in zip(
        [before.place, before.weight, before.assignment, before.model.space.loading], stood, strict=True
    ):
        assert np.array_equal(now, then)


def test_the_same_refresh_twice_is_the_same(crowd, shown):
    one, two = fit(crowd.votes(), shown[0]), fit(crowd.shuffled(4), shown[0])

    assert one.digest == two.digest
    assert np.array_equal(one.place, two.place)


def test_after_a_picture_without_a_space_the_next_is_the_cold_one(crowd):
    nothing = fit(votes([(1, 1, 1)]))

    assert nothing.model is None
    assert fit(crowd.votes(), nothing).digest == fit(crowd.votes()).digest


def test_a_statement_that_was_taken_out_leaves_the_picture(crowd, shown):
    left = [row for row in crowd.rows if row[1] != 9]

    after = fit(votes(left), fit(crowd.votes(), shown[-1]))

    assert 9 not in after.statements
    assert after.k == 3
