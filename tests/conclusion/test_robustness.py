"""What the slate would be otherwise: without seeds, without any one bloc, under other groups. Nothing is decided."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.landscape.planted import grouped, hall

from onnuri.conclusion.ballots import Ballots
from onnuri.conclusion.certificate import certificate
from onnuri.conclusion.robustness import robustness
from onnuri.conclusion.rules import Rules
from onnuri.conclusion.slate import choose
from onnuri.landscape import Votes, fit
from onnuri.landscape.blocs import BLOCS, blocs_of

RULES = Rules(size=2)
FORTY = range(1, 41)


def ballots(opinions, channel=None, people=FORTY):
    """`opinions[line]` is what each person says of it."""
    rows = [(p, line, said) for line, answers in opinions.items() for p, said in zip(people, answers, strict=True)]
    return Ballots.of_rows(rows, list(opinions), channel or {})


def yes(agree, people=40):
    return [1] * agree + [-1] * (people - agree)


def held(landscape, asked, *, rules=RULES, seeds=()):
    """The slate and what it is held against."""
    slate = choose(landscape, asked, rules.size, rules=rules)
    return slate, robustness(landscape, slate, rules, seeds)


def variant(document, name):
    return next((v for v in document["variants"] if v["name"] == name), None)


@pytest.fixture(scope="module")
def one_mind():
    """A hall of 100 of one group, with a place each."""
    found = fit(hall(1, people=100, statements=20, seed=1).votes())
    assert found.k == 1
    return found


@pytest.fixture(scope="module")
def two_minds():
    return fit(hall(2, people=100, statements=24, noise=0.1, seed=2).votes())


def on_what_all_agree(landscape, lines=4):
    people = landscape.participants.tolist()
    return ballots({line: yes(95 - line, 100) for line in range(1, lines + 1)}, people=people)


# ---- seeds


def test_a_slate_of_seeds_alone_is_lost_without_them():
    slate, found = held(grouped([0] * 40), ballots({1: yes(40), 2: yes(35)}), seeds={1, 2, 77})

    assert variant(found, "without seeds") == {
        "name": "without seeds",
        "statements": [],
        "same": False,
        "lost": sorted(slate.statements),
        "new": [],
    }


def test_where_a_seed_is_left_out_the_next_line_takes_its_place():
    slate, found = held(grouped([0] * 40), ballots({1: yes(40), 2: yes(35), 3: yes(30)}), seeds={1})

    without = variant(found, "without seeds")
    assert set(slate.statements) == {1, 2}
    assert (without["lost"], without["new"], without["same"]) == ([1], [3], False)


def test_a_seed_that_was_not_chosen_changes_nothing():
    _, found = held(grouped([0] * 40), ballots({1: yes(40), 2: yes(35), 3: yes(3)}), seeds={3})

    assert variant(found, "without seeds")["same"] is True


def test_without_seeds_among_the_candidates_nothing_is_said_of_them():
    _, found = held(grouped([0] * 40), ballots({1: yes(40)}), seeds={9})

    assert variant(found, "without seeds") is None


# ---- blocs


def in_pairs_but(landscape, bloc, says, other=None):
    """Each bloc of two is of two minds; but one bloc says all the same, and maybe another the opposite."""
    own = blocs_of(landscape)
    said = np.zeros(len(own), dtype=int)
    for number in range(BLOCS):
        members = np.flatnonzero(own == number)
        said[members] = [1, -1] * (len(members) // 2) + [1] * (len(members) % 2)
    said[own == bloc] = says
    if other is not None:
        said[own == other] = -says
    return said.tolist()


@pytest.fixture(scope="module")
def hall_of_forty():
    return fit(hall(1, people=40, statements=20, seed=1).votes())


def test_a_bloc_that_vetoes_a_line_is_found(hall_of_forty):
    vetoed = in_pairs_but(hall_of_forty, 7, -1)

    slate, found = held(hall_of_forty, ballots({1: yes(40), 2: vetoed}))

    assert slate.statements == (1,)
    assert found["blocs"] == {"of": 20, "changes": [{"people": 2, "falls": [], "rises": [2]}]}


def test_a_bloc_that_carries_a_line_is_found(hall_of_forty):
    carried = in_pairs_but(hall_of_forty, 7, 1, other=3)

    slate, found = held(hall_of_forty, ballots({1: yes(40), 2: carried}))

    assert set(slate.statements) == {1, 2}
    assert found["blocs"]["changes"] == [{"people": 2, "falls": [2], "rises": []}]


def test_a_line_that_was_not_chosen_falls_unseen(hall_of_forty):
    carried = in_pairs_but(hall_of_forty, 7, 1, other=3)

    slate, found = held(hall_of_forty, ballots({1: yes(40), 2: carried, 3: yes(39)}), rules=Rules(size=2))

    assert 2 in slate.admissible
    assert 2 not in slate.statements
    assert found["blocs"]["changes"] == []


def test_lines_that_nearly_all_agree_with_hang_on_no_bloc(one_mind):
    _, found = held(one_mind, on_what_all_agree(one_mind))

    assert found["blocs"] == {"of": 20, "changes": []}


def test_where_nobody_has_a_place_there_is_no_bloc_to_take_away():
    votes = hall(1, people=40, statements=20, seed=1).votes(trusted=frozenset())

    _, found = held(fit(votes), ballots({1: yes(21)}))

    assert found["blocs"]["changes"] == []


# ---- other groups


def test_the_slate_is_told_for_every_other_number_of_groups(two_minds):
    _, found = held(two_minds, on_what_all_agree(two_minds))

    assert two_minds.k == 2
    assert [v["name"] for v in found["variants"]] == ["groups 1", "groups 3", "groups 4", "groups 5"]


def test_a_line_that_one_group_keeps_out_would_stand_without_groups(two_minds):
    people = two_minds.participants.tolist()
    first = np.where(two_minds.assignment == 0, 1, -1)
    two_thirds = np.where(np.arange(100) % 3 == 0, 1, first).tolist()
    asked = ballots({1: yes(100, 100), 2: two_thirds}, people=people)

    slate, found = held(two_minds, asked)

    assert slate.statements == (1,)
    assert variant(found, "groups 1")["new"] == [2]
    assert variant(found, "groups 1")["lost"] == []


def test_where_nobody_can_be_told_apart_no_other_groups_are_tried():
    _, found = held(grouped([0] * 20 + [1] * 20), ballots({1: yes(40)}))

    assert found["variants"] == []


# ---- accounts that were flagged


def test_a_line_that_flagged_accounts_carry_is_lost_without_them():
    weight = np.where(np.arange(40) < 8, 0.2, 1.0)
    carried = [1] * 8 + [1] * 14 + [-1] * 18

    slate, found = held(grouped([0] * 40, weight=weight), ballots({1: yes(40), 2: carried}))

    assert set(slate.statements) == {1, 2}
    assert variant(found, "without flagged accounts")["lost"] == [2]


def test_flagged_accounts_that_weigh_nothing_at_all_are_left_out_too():
    weight = np.where(np.arange(40) < 8, 0.0, 1.0)
    carried = [1] * 8 + [1] * 14 + [-1] * 18

    _, found = held(grouped([0] * 40, weight=weight), ballots({1: yes(40), 2: carried}))

    assert variant(found, "without flagged accounts")["lost"] == [2]


def test_where_nobody_is_flagged_nothing_is_said_of_it():
    _, found = held(grouped([0] * 40, weight=np.full(40, 0.5)), ballots({1: yes(40)}))

    assert variant(found, "without flagged accounts") is None


def test_who_came_without_a_ticket_has_no_weight_and_is_not_flagged_for_it():
    people = [(person, 1, 1) for person in FORTY]
    landscape = grouped([0] * 30 + [-1] * 10, people, trusted=frozenset(range(1, 31)))

    _, found = held(landscape, ballots({1: yes(40)}, dict.fromkeys(range(31, 41), "open")))

    assert landscape.weight[30:].tolist() == [0] * 10
    assert [v["name"] for v in found["variants"]] == ["with open voices"]


# ---- open voices


@pytest.mark.parametrize(
    ("counts", "name", "changed"),
    [(False, "with open voices", "lost"), (True, "without open voices", "new")],
)
def test_the_slate_is_told_with_and_without_open_voices(counts, name, changed):
    channel = dict.fromkeys(range(21, 41), "open")
    asked = ballots({1: yes(40), 2: yes(20)[:20] + [-1] * 20}, channel)

    _, found = held(grouped([0] * 40), asked, rules=Rules(size=2, open_counts=counts))

    assert variant(found, name)[changed] == [2]


def test_without_open_voices_nothing_is_said_of_them():
    _, found = held(grouped([0] * 40), ballots({1: yes(40)}, dict.fromkeys(FORTY, "hall")))

    assert found["variants"] == []


# ---- the best there could be


def test_the_slate_is_held_against_the_best_there_could_be():
    left, right = [1] * 20 + [-1] * 20, [-1] * 20 + [1] * 20
    slate, found = held(grouped([0] * 40), ballots({1: left, 2: left, 3: right}))

    optimum = found["optimum"]
    assert len(slate.statements) == 2
    assert optimum["best"]["lowest"] == "1/1"
    assert sorted(optimum["best"]["statements"]) in ([1, 3], [2, 3])
    assert optimum["gap"] == "0/1"


def test_of_no_slate_there_is_no_best():
    slate, found = held(grouped([0] * 40), ballots({1: yes(3)}))

    assert slate.statements == ()
    assert found["optimum"] is None


# ---- the document


@pytest.fixture(params=["fitted", "stated", "flat"])
def landscape(request, two_minds):
    return {
        "fitted": two_minds,
        "stated": grouped([0] * 60 + [1] * 40),
        "flat": fit(Votes(participant=list(range(1, 101)), statement=[1] * 100, value=[1] * 100)),
    }[request.param]


def test_the_certificate_is_plain_and_twice_the_same(landscape):
    channel = dict.fromkeys(range(90, 101), "open")
    asked = replace(
        on_what_all_agree(landscape),
        channel=np.array([channel.get(p, "hall") for p in landscape.participants.tolist()], dtype="<U8"),
    )

    def written():
        slate = choose(landscape, asked, 2, rules=RULES)
        return json.dumps(certificate(landscape, slate, None, rules=RULES, seeds={1, 2}), allow_nan=False)

    assert written() == written()
    assert set(json.loads(written())["robustness"]) == {"optimum", "variants", "blocs"}


def test_the_slate_stays_as_it_was_chosen(two_minds):
    asked = on_what_all_agree(two_minds)
    before = choose(two_minds, asked, 2, rules=RULES)

    robustness(two_minds, before, RULES, {1})

    after = choose(two_minds, asked, 2, rules=RULES)
    assert after.statements == before.statements
    assert np.array_equal(asked.value, before.ballots.value)


def test_what_was_imputed_is_held_against_the_same():
    landscape = fit(hall(2, people=100, statements=24, noise=0.1, seed=2).votes())

    slate, found = held(landscape, None)

    assert slate.ballots.basis == "imputed"
    assert slate.statements != ()
    assert [v["name"] for v in found["variants"]] == ["groups 1", "groups 3", "groups 4", "groups 5"]
    assert json.loads(json.dumps(found, allow_nan=False)) == found
