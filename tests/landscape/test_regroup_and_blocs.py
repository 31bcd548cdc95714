"""The same people in another number of groups, and in blocs of a twentieth: what a claim is held against."""

from collections import Counter

import numpy as np
import pytest
from tests.landscape.planted import grouped, hall

from onnuri.landscape import Votes, fit
from onnuri.landscape.agreement import adjusted_rand
from onnuri.landscape.blocs import BLOCS, blocs_of
from onnuri.landscape.document import landscape_document
from onnuri.landscape.regroup import with_groups

BOTS = 150


@pytest.fixture(scope="module")
def crowd():
    return hall(3, people=120, statements=24, seed=2)


@pytest.fixture(scope="module")
def landscape(crowd):
    """Three groups, three people who answered too little, and four without a ticket."""
    shy = [(200 + i, s, 1) for i in range(3) for s in range(1, 4)]
    strangers = [(300 + i, s, -1) for i in range(4) for s in range(1, 25)]
    return fit(crowd.joined_by(shy + strangers, trusted=frozenset(range(1, 300))))


# ---- another number of groups


@pytest.mark.parametrize("k", range(1, 6))
def test_as_many_groups_as_asked_for_are_counted_from_the_votes(landscape, k):
    found = with_groups(landscape, k)

    group = dict(zip(found.participants.tolist(), found.assignment.tolist(), strict=True))
    votes = landscape.votes
    said = Counter(
        (group[p], s, v)
        for p, s, v in zip(votes.participant.tolist(), votes.statement.tolist(), votes.value.tolist(), strict=True)
    )
    assert (found.k, found.group_ids, len(found.by_group)) == (k, tuple(range(1, k + 1)), k)
    assert set(found.assignment.tolist()) <= {-1, *range(k)}
    for g, figures in enumerate(found.by_group):
        assert figures.people == list(group.values()).count(g)
        for column, statement in enumerate(found.statements.tolist()):
            counts = figures.of(column)
            assert counts == {name: said[g, statement, v] for name, v in (("agree", 1), ("pass", 0), ("disagree", -1))}


@pytest.mark.parametrize("k", range(1, 6))
def test_space_floor_and_counts_of_all_stay_as_they_are(landscape, k):
    found = with_groups(landscape, k)

    assert np.array_equal(found.floor, landscape.floor)
    assert np.array_equal(found.place, landscape.place)
    assert found.everyone is landscape.everyone
    assert (landscape.k, landscape.posterior.shape[1]) == (3, 3)


def test_as_many_groups_as_there_are_are_those_there_are(landscape):
    found = with_groups(landscape, landscape.k)

    assert adjusted_rand(found.assignment, landscape.assignment) == 1
    assert found.common_ground == landscape.common_ground


def test_common_ground_is_asked_of_the_new_groups(landscape):
    one, three = with_groups(landscape, 1), with_groups(landscape, 3)

    # Computed before, and not carried over.
    assert landscape.divisive != []
    assert one.divisive == []
    assert one.weakest.tolist() != three.weakest.tolist()


@pytest.mark.parametrize("k", range(1, 6))
def test_nobody_without_a_place_is_in_a_group(landscape, k):
    found = with_groups(landscape, k)

    outside = found.participants >= 200
    assert set(found.assignment[outside].tolist()) == {-1}
    assert found.posterior[outside].sum() == 0


def test_where_nobody_can_be_told_apart_there_is_nothing_to_regroup():
    assert with_groups(fit(Votes(participant=[1], statement=[1], value=[1])), 2) is None


@pytest.mark.parametrize("people", [3, 4, 6])
def test_fewer_people_than_groups_stay_one_group(people):
    few = fit(hall(1, people=people, statements=12, seed=1).votes())

    found = with_groups(few, 5)

    assert found.k == (5 if people > 5 else 1)
    assert np.isfinite(found.posterior).all()


# ---- blocs


def test_there_are_twenty_blocs_of_equal_size(landscape):
    blocs = blocs_of(landscape)

    sizes = np.bincount(blocs[blocs >= 0], minlength=BLOCS)
    assert (BLOCS, len(sizes), sizes.sum()) == (20, 20, 120)
    assert sizes.tolist() == [6] * 20


@pytest.mark.parametrize("people", [19, 20, 21, 39, 57, 81, 119])
def test_sizes_of_blocs_differ_by_one_at_most(people):
    blocs = blocs_of(fit(hall(2, people=people, statements=12, answered=1, seed=people).votes()))

    sizes = np.bincount(blocs, minlength=BLOCS)
    assert sizes.sum() == people
    assert np.ptp(sizes) <= 1


def test_who_has_no_place_is_in_no_bloc(landscape):
    blocs = blocs_of(landscape)

    assert (landscape.participants[blocs < 0]).tolist() == [200, 201, 202, 300, 301, 302, 303]


def test_a_bloc_stands_together(landscape):
    blocs, place = blocs_of(landscape), landscape.place[:, :2]

    def spread(members):
        return float(np.var(place[members], axis=0).sum())

    assert np.mean([spread(blocs == b) for b in range(BLOCS)]) < 0.3 * spread(blocs >= 0)


@pytest.mark.parametrize("seed", range(3))
def test_blocs_do_not_hang_on_what_people_are_called(crowd, seed):
    names = np.random.Generator(np.random.PCG64(seed)).permutation(1000)
    renamed = Votes(participant=names[crowd.participant], statement=crowd.statement, value=crowd.value)

    def members(votes, name):
        found = fit(votes)
        own = zip(found.participants.tolist(), blocs_of(found).tolist(), strict=True)
        blocs = [[] for _ in range(BLOCS)]
        for person, bloc in own:
            blocs[bloc].append(name(person))
        return [sorted(bloc) for bloc in blocs]

    own = dict(zip(names.tolist(), range(1000), strict=True))
    assert members(renamed, own.get) == members(crowd.votes(), int)


def test_where_nobody_can_be_told_apart_there_are_blocs_all_the_same():
    blocs = blocs_of(grouped([0] * 40))

    assert np.bincount(blocs, minlength=BLOCS).tolist() == [2] * 20


def test_nobody_trusted_makes_no_bloc(crowd):
    found = fit(crowd.votes(trusted=frozenset()))

    assert set(blocs_of(found).tolist()) == {-1}


# ---- a brigade so large that each of its accounts weighs nothing


@pytest.fixture(scope="module")
def brigaded():
    draw = np.random.Generator(np.random.PCG64(9))
    lean = draw.choice([0.15, 0.85], size=(2, 30))
    people = [(p, s, 1 if draw.random() < lean[p % 2, s] else -1) for p in range(600) for s in range(30)]
    bots = [(5000 + b, s, -1 if lean[:, s].sum() >= 1 else 1) for b in range(BOTS) for s in range(30)]
    columns = np.array(people + bots).T
    return fit(Votes(participant=columns[0], statement=columns[1], value=columns[2]))


def test_accounts_that_weigh_nothing_are_told_as_capped(brigaded):
    independent = landscape_document(brigaded, people=False)["independent"]

    assert brigaded.weight[brigaded.participants >= 5000].max() == 0
    assert independent == {"accounts": 600 + BOTS, "weight": 600.0, "capped": BOTS}


def test_accounts_that_weigh_nothing_are_counted_in_their_group_and_bloc(brigaded):
    bots = brigaded.participants >= 5000

    again = with_groups(brigaded, brigaded.k)

    assert np.array_equal(again.assignment, brigaded.assignment)
    assert sum(f.people for f in again.by_group) == sum(f.people for f in brigaded.by_group)
    assert blocs_of(brigaded)[bots].min() >= 0
