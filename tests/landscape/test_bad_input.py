"""The worst evenings: nobody comes, nobody differs, somebody says everything. Nothing breaks, nothing is invented."""

import json

import numpy as np
import pytest

from onnuri.conclusion.rules import Rules
from onnuri.conclusion.slate import choose
from onnuri.landscape import Votes, fit
from onnuri.landscape.document import landscape_document
from onnuri.landscape.updates import place_again
from onnuri.pipeline import conclude

# pytest turns every warning into an error: a division by nothing would not pass.

RANDOM = np.random.Generator(np.random.PCG64(1)).choice([-1, 1], size=(200, 400))


def table(people, statements, says):
    return [(p, s, says(p, s)) for p in people for s in statements]


def coin(person, statement):
    return int(RANDOM[person % 200, statement % 400])


def agree(person, statement):
    return 1


EVENINGS = {
    "nobody voted": [],
    "one statement only": table(range(150), [1], coin),
    "two statements": table(range(150), [1, 2], coin),
    "one person only": table([7], range(30), coin),
    "two people": table([1, 2], range(20), coin),
    "two people, two statements": [(1, 1, 1), (1, 2, -1), (2, 1, -1), (2, 2, 1)],
    "three people who say one thing each": [(1, 1, 1), (2, 2, -1), (3, 3, 0)],
    "twelve identical people": table(range(12), range(20), lambda p, s: coin(0, s)),
    "thirteen identical people": table(range(13), range(20), lambda p, s: coin(0, s)),
    "twenty-six people": table(range(26), range(20), coin),
    "thirty-nine people in two camps": table(range(39), range(20), lambda p, s: coin(p % 2, s)),
    "everybody agrees": table(range(150), range(20), agree),
    "everybody disagrees": table(range(150), range(20), lambda p, s: -1),
    "only passes": table(range(150), range(20), lambda p, s: 0),
    "everybody agrees but one": table(range(150), range(20), lambda p, s: -1 if p == 3 else 1),
    "one statement for all and one for each": table(range(90), [1], agree) + [(p, 100 + p, 1) for p in range(90)],
    "three hundred statements with one vote each": [(s, s, coin(s, s)) for s in range(300)],
    "three hundred statements with one vote each, of ten people": [(s % 10, s, coin(s, s)) for s in range(300)],
    "one person votes on everything and the others on nothing more than one": [
        *table([0], range(300), coin),
        *((p, p % 300, coin(p, 7)) for p in range(1, 60)),
    ],
    "people who share no statement with each other": [(p, 10 * p + s, coin(p, s)) for p in range(60) for s in range(8)],
    "everybody is of their own mind": table(range(120), range(20), coin),
}


def votes(rows, **about):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Votes(participant=columns[0], statement=columns[1], value=columns[2], **about)


def told(landscape):
    """The document as JSON; what is not a number is refused there."""
    return json.loads(json.dumps(landscape_document(landscape), allow_nan=False))


def by_hand(rows, value):
    return sum(v == value for *_, v in rows)


def counts_are_right(document, rows):
    cells = document["by_statement"].values()
    return (
        document["participants"] == len({p for p, _, _ in rows})
        and document["statements"] == len({s for _, s, _ in rows})
        and document["votes"] == len({(p, s) for p, s, _ in rows})
        and [sum(c[name] for c in cells) for name in ("agree", "pass", "disagree")]
        == [by_hand(rows, value) for value in (1, 0, -1)]
    )


def concludes(rows, found, **about):
    """The whole way, without a ballot: it ends in a slate or in an honest none, and always in JSON."""
    conclusion = conclude(votes(rows, **about), Rules(), landscape=found)
    json.dumps(conclusion.certificate, allow_nan=False)
    return conclusion


@pytest.mark.parametrize("rows", EVENINGS.values(), ids=EVENINGS)
def test_nothing_breaks_and_no_group_is_invented(rows):
    found = fit(votes(rows))

    document = told(found)
    assert (document["k"], document["loose"]) == (1, False)
    assert counts_are_right(document, rows)
    assert np.isfinite(found.probability([0, 1, 2**40], [0, 1, 2**40])).all()
    assert choose(found).violations == ()


@pytest.mark.parametrize("rows", EVENINGS.values(), ids=EVENINGS)
def test_every_evening_ends_in_a_conclusion_or_an_honest_none(rows):
    found = fit(votes(rows))

    conclusion = concludes(rows, found)

    assert set(conclusion.slate.statements) <= set(found.common_ground)
    assert len(conclusion.slate.statements) <= 5
    assert conclusion.ratification is None


@pytest.mark.parametrize("rows", EVENINGS.values(), ids=EVENINGS)
def test_after_the_worst_evening_a_refresh_and_one_more_vote_are_no_harm(rows):
    found = fit(votes(rows))

    again = fit(votes([*rows, (3, 4, 1)]), found)

    assert told(again)["k"] == 1
    if found.model is not None:
        assert np.isfinite(place_again(found, votes([(3, 4, 1), (999, 4, -1)])).place).all()


@pytest.mark.parametrize("name", ["everybody agrees", "only passes", "twenty-six people", "everybody disagrees"])
def test_an_evening_of_strangers_shapes_nothing_and_is_counted(name):
    rows = EVENINGS[name]

    found = fit(votes(rows, trusted=frozenset()))

    assert counts_are_right(told(found), rows)
    assert told(found)["placed"] == 0
    assert set(found.assignment.tolist()) == {-1}
    assert concludes(rows, found, trusted=frozenset()).slate.statements == ()


def test_where_all_agree_all_of_it_is_common_ground():
    found = fit(votes(EVENINGS["everybody agrees"]))

    assert sorted(found.common_ground) == list(range(20))
    assert found.weight.tolist() == [1] * 150
    assert len(choose(found).statements) == 5


@pytest.mark.parametrize("says", [lambda p, s: 0, lambda p, s: -1], ids=["passes", "disagreement"])
def test_where_nobody_agrees_nothing_is_common_ground(says):
    rows = table(range(150), range(20), says)

    found = fit(votes(rows))

    assert found.common_ground == []
    assert concludes(rows, found).slate.statements == ()


def test_two_thousand_five_hundred_identical_people_are_one_group_on_one_spot():
    rows = table(range(2500), range(16), lambda p, s: coin(0, s))

    found = fit(votes(rows))

    document = told(found)
    assert (document["k"], document["placed"]) == (1, 2500)
    assert counts_are_right(document, rows)
    assert np.ptp(found.x) == np.ptp(found.y) == 0
    assert sorted(found.common_ground) == [s for s in range(16) if coin(0, s) == 1]
    assert concludes(rows, found).slate.violations == ()


def test_one_person_with_very_many_votes_shapes_nobody_elses_place():
    crowd = table(range(100), range(10), coin)
    eager = table([100], range(5000), coin)

    found = fit(votes(crowd + eager))

    assert counts_are_right(told(found), crowd + eager)
    assert found.k == 1
    assert np.isfinite(found.place).all()
    assert np.isfinite(found.probability([100, 3], [4999, 4999])).all()
    assert choose(found).violations == ()


def test_fifty_thousand_votes_of_one_person_are_read():
    crowd = table(range(20), range(10), coin)
    eager = table([100], range(50_000), coin)

    found = fit(votes(crowd + eager))

    assert (found.k, len(found.votes)) == (1, 50_200)
    assert int(found.everyone.agree.sum()) == by_hand(crowd + eager, 1)
    assert np.isfinite(found.place).all()


@pytest.mark.parametrize("top", [2**31, 2**40, 2**61])
def test_ids_may_be_far_apart_and_very_large(top):
    rows = table(range(60), range(12), coin)
    far = [(top - 3 * p * p, top // 7 * (s % 7) + s, v) for p, s, v in rows]

    found = fit(votes(far))

    assert counts_are_right(told(found), far)
    assert found.participants.tolist() == sorted({p for p, _, _ in far})
    assert found.digest == fit(votes(far[::-1])).digest
    assert concludes(far, found).slate.violations == ()


def test_ids_that_are_far_apart_make_no_other_groups():
    two = table(range(80), range(20), lambda p, s: coin(p % 2, s))
    far = [(2**40 + 977 * p, 2**31 + 1013 * s, v) for p, s, v in two]

    near, apart = fit(votes(two)), fit(votes(far))

    assert near.k == apart.k == 2
    assert np.array_equal(near.assignment, apart.assignment)
    assert np.array_equal(near.floor, apart.floor)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        (([1], [1, 2], [1]), "same length"),
        (([1], [1], [2]), "a vote is"),
        (([-1], [1], [1]), "ids are integers"),
        (([1], [-1], [1]), "ids are integers"),
        (([1.5], [1], [1]), "are integers"),
        (([float("nan")], [1], [1]), "are integers"),
        (([2**64 - 1], [1], [1]), "are integers"),
        ((["1"], [1], [1]), "are integers"),
    ],
    ids=["lengths", "a vote of two", "a person below zero", "a statement below zero", "half", "nan", "huge", "text"],
)
def test_what_is_no_vote_is_refused(columns, why):
    with pytest.raises(ValueError, match=why):
        Votes(participant=columns[0], statement=columns[1], value=columns[2])


def test_who_votes_again_and_again_is_one_person_with_their_last_answer():
    rows = [(1, 1, (-1) ** i) for i in range(1000)] + [(2, 1, 1)]

    found = fit(votes(rows))

    assert told(found)["votes"] == 2
    assert found.everyone.of(0) == {"agree": 1, "pass": 0, "disagree": 1}
