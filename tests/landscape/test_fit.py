"""The landscape of a hall: the votes alone decide it, in any order, and nobody who is not asked shapes it."""

import json
import warnings
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from tests.landscape.planted import grouped, hall

from onnuri.conclusion.slate import choose
from onnuri.landscape import Votes, fit
from onnuri.landscape.agreement import adjusted_rand
from onnuri.landscape.assembly import FEWEST_VOTES
from onnuri.landscape.document import landscape_document
from onnuri.landscape.landscape import SEEN_BY
from onnuri.landscape.names import named_after
from onnuri.landscape.wilson import wilson

BRIGADE = 64
"""Three in ten of all accounts, beside a hall of 150."""


@pytest.fixture(scope="module")
def halls():
    return {groups: hall(groups, people=150, seed=2) for groups in (1, 2, 3)}


@pytest.fixture(scope="module")
def landscapes(halls):
    return {groups: fit(crowd.votes()) for groups, crowd in halls.items()}


@pytest.fixture(scope="module")
def small():
    return hall(2, people=60, statements=16, noise=0.1, seed=2)


@pytest.fixture(scope="module")
def small_landscape(small):
    return fit(small.votes())


def brigade(kind):
    """Accounts nobody gave a ticket or a code."""
    draw = np.random.Generator(np.random.PCG64(9))
    says = {
        "veto": lambda s: -1,
        "promote": lambda s: 1 if s == 20 else -1,
        "noise": lambda s: int(draw.choice([-1, 0, 1])),
    }
    return [(1000 + i, s, says[kind](s)) for i in range(BRIGADE) for s in range(1, 31)]


# ---- groups


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_planted_groups_are_found(halls, landscapes, groups):
    crowd, found = halls[groups], landscapes[groups]

    placed = found.assignment >= 0
    assert (found.k, found.loose) == (groups, False)
    assert placed.mean() >= 0.9
    assert adjusted_rand(found.assignment[placed], crowd.group[placed]) >= 0.85


def test_groups_are_divided_only_on_what_they_were_made_to_differ_on(halls, landscapes):
    apart = set((np.flatnonzero(halls[2].lean[0] != halls[2].lean[1]) + 1).tolist())

    assert landscapes[1].divisive == []
    assert set(landscapes[2].divisive[: len(apart)]) == apart


@pytest.mark.parametrize("groups", [2, 3])
def test_common_ground_is_only_what_every_group_was_made_to_lean_to(halls, landscapes, groups):
    found = landscapes[groups]

    assert found.common_ground != []
    assert set(found.common_ground) <= halls[groups].shared


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_common_ground_reaches_the_threshold_in_floor_and_in_every_tested_group(halls, landscapes, groups):
    crowd, found = halls[groups], landscapes[groups]
    group = dict(zip(found.participants.tolist(), found.assignment.tolist(), strict=True))
    said = Counter((group[p], s, v) for p, s, v in crowd.rows)

    reached = []
    for statement, floor in zip(found.statements.tolist(), found.floor.tolist(), strict=True):
        seen = [sum(said[g, statement, v] for v in (1, 0, -1)) for g in found.tested_groups()]
        agree = [said[g, statement, 1] for g in found.tested_groups()]
        if floor >= 0.5 and all(2 * o >= n >= SEEN_BY for o, n in zip(agree, seen, strict=True)):
            reached.append((-floor, statement))

    assert found.common_ground == [statement for _, statement in sorted(reached)]


def test_who_answered_little_is_not_yet_placed(small):
    shy = [(500, s, 1) for s in range(1, FEWEST_VOTES)]
    clear = [(501, s, 1) for s in range(1, 17)]

    found = fit(small.joined_by(shy + clear))

    by_id = dict(zip(found.participants.tolist(), found.assignment.tolist(), strict=True))
    assert by_id[500] == -1
    assert found.everyone.people == 62
    assert sum(f.people for f in found.by_group) == sum(g >= 0 for g in by_id.values())


# ---- the same votes, the same landscape


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_the_votes_is_irrelevant(small, small_landscape, seed):
    again = fit(small.shuffled(seed))

    assert again.digest == small_landscape.digest
    assert np.array_equal(again.x, small_landscape.x)
    assert np.array_equal(again.posterior, small_landscape.posterior)


def test_twice_is_the_same_to_the_last_digit(small, small_landscape):
    again = landscape_document(fit(small.votes()))

    assert json.dumps(again) == json.dumps(landscape_document(small_landscape))


def test_one_other_answer_is_another_landscape(small, small_landscape):
    person, statement, value = small.rows[0]

    other = fit(small.joined_by([(person, statement, -1 if value == 1 else 1)]))

    assert other.digest != small_landscape.digest


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_every_count_is_the_count_made_by_hand(halls, landscapes, groups):
    crowd, found = halls[groups], landscapes[groups]
    group = dict(zip(found.participants.tolist(), found.assignment.tolist(), strict=True))

    told = landscape_document(found)["by_statement"]

    by_hand = Counter((group[p], s, v) for p, s, v in crowd.rows)
    for statement, cell in told.items():
        for index, group_id in enumerate(found.group_ids):
            shown = cell["by_group"][str(group_id)]
            for name, value in (("agree", 1), ("pass", 0), ("disagree", -1)):
                assert shown[name] == by_hand[index, int(statement), value]
        for name, value in (("agree", 1), ("pass", 0), ("disagree", -1)):
            everybody = sum(by_hand[g, int(statement), value] for g in range(-1, found.k))
            assert cell[name] == everybody


# ---- names from round to round


@pytest.fixture(scope="module")
def rounds():
    """A hall after its first round and after the next, with ten more people and four more statements; names kept."""
    crowd = hall(2, people=70, statements=20, answered=0.9, seed=4)
    early = [row for row in crowd.rows if row[0] <= 60 and row[1] <= 16]
    columns = np.array(early, dtype=np.int64).T
    first = fit(Votes(participant=columns[0], statement=columns[1], value=columns[2]))
    cold = fit(crowd.votes())
    return first, cold, named_after(cold, first)


def turned(landscape, other):
    """How the picture of those in both would have to be turned and mirrored: 1 = not at all."""
    both = np.isin(landscape.participants, other.participants)
    one = np.column_stack([landscape.x, landscape.y])[both]
    two = np.column_stack([other.x, other.y])
    return float((one * two).sum() / np.sqrt((one**2).sum() * (two**2).sum()))


def test_groups_keep_their_names_from_round_to_round(rounds):
    first, _, warm = rounds

    former = dict(zip(first.participants.tolist(), first.assignment.tolist(), strict=True))
    stayed = [
        first.group_ids[former[p]] == warm.group_ids[g]
        for p, g in zip(warm.participants.tolist(), warm.assignment.tolist(), strict=True)
        if g >= 0 and former.get(p, -1) >= 0
    ]
    assert len(stayed) >= 45
    assert np.mean(stayed) >= 0.95


@pytest.mark.parametrize("swap", [(2, 1), (4, 2)])
def test_names_go_with_people_and_not_with_size(small, small_landscape, swap):
    before = replace(small_landscape, group_ids=swap)

    assert named_after(fit(small.votes()), before).group_ids == swap


def test_the_picture_is_not_mirrored(small, small_landscape):
    mirrored = replace(small_landscape, x=-small_landscape.x)

    assert turned(named_after(small_landscape, mirrored), mirrored) > 0.999
    assert turned(named_after(small_landscape, mirrored), small_landscape) < 0.5


def test_the_picture_turns_with_the_one_before(rounds):
    first, _, warm = rounds

    assert turned(warm, first) > 0.9


def test_what_was_shown_before_decides_nothing(rounds):
    _, cold, warm = rounds

    assert warm.digest == cold.digest
    assert np.array_equal(warm.assignment, cold.assignment)
    assert warm.common_ground == cold.common_ground


def test_a_picture_of_strangers_changes_nothing(small, small_landscape):
    strangers = Votes(participant=small.participant + 10_000, statement=small.statement, value=small.value)

    found = named_after(small_landscape, fit(strangers))

    assert found.group_ids == (1, 2)
    assert np.array_equal(found.x, small_landscape.x)


# ---- probabilities


def test_whom_and_what_nobody_knows_has_the_base_rate(small, small_landscape):
    rate = (small.value == 1).sum() / (small.value != 0).sum()

    found = small_landscape.probability([1, 9999, 9999], [9999, 9999, 8888])

    assert np.isfinite(found).all()
    assert len(set(found.tolist())) == 1
    assert found[0] == pytest.approx(rate, abs=0.06)


def test_a_stranger_is_expected_to_answer_a_statement_as_people_do(small, small_landscape):
    found = small_landscape.probability([9999] * 16, range(1, 17))

    for statement, chance in enumerate(found.tolist(), start=1):
        said = small.value[(small.statement == statement) & (small.value != 0)]
        assert chance == pytest.approx((said == 1).mean(), abs=0.12)


def test_a_probability_knows_the_planted_lean(halls, landscapes):
    crowd, found = halls[2], landscapes[2]
    people = np.repeat(np.arange(1, 151), 24)
    statements = np.tile(np.arange(7, 31), 150)
    side = np.zeros((2, 31))
    np.add.at(side, (crowd.group[crowd.participant - 1], crowd.statement), crowd.value)

    chance = found.probability(people, statements)

    expected = side[crowd.group[people - 1], statements] > 0
    assert chance.min() > 0
    assert chance.max() < 1
    assert ((chance > 0.5) == expected).mean() > 0.94


# ---- too little to say much


def everybody(people, statements, says):
    return [(p, s, says(p, s)) for p in range(people) for s in range(statements)]


DEGENERATE = {
    "no votes": ([], 1),
    "one vote": ([(3, 3, 1)], 1),
    "one pass": ([(3, 3, 0)], 1),
    "one person": (everybody(1, 10, lambda p, s: 1), 1),
    "two people who disagree": (everybody(2, 10, lambda p, s: 1 if p else -1), 1),
    "one statement": (everybody(150, 1, lambda p, s: 1 if p % 2 else -1), 1),
    "everybody agrees": (everybody(150, 20, lambda p, s: 1), 1),
    "everybody disagrees": (everybody(150, 20, lambda p, s: -1), 1),
    "only passes": (everybody(150, 20, lambda p, s: 0), 1),
    "three answers each": ([(p, (p * 7 + i) % 20, 1 if (p + i) % 3 else -1) for p in range(90) for i in range(3)], 1),
    "twenty-six people of two minds": (everybody(26, 20, lambda p, s: 1 if p % 2 == s % 2 else -1), 1),
    "one mind and a statement with one vote": ([*hall(1, people=90, seed=7).rows, (5, 99, -1)], 1),
    "two minds and a statement with one vote": (
        [*everybody(100, 20, lambda p, s: 1 if p % 2 == s % 2 else -1), (5, 99, 1)],
        2,
    ),
}


@pytest.mark.parametrize(("rows", "groups"), DEGENERATE.values(), ids=DEGENERATE)
def test_too_little_is_no_crash_no_gap_and_no_invented_group(rows, groups):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T

    found = fit(Votes(participant=columns[0], statement=columns[1], value=columns[2]))

    told = json.loads(json.dumps(landscape_document(found), allow_nan=False))
    assert (told["k"], told["loose"]) == (groups, False)
    assert (told["participants"], told["votes"]) == (len({r[0] for r in rows}), len(rows))
    assert np.isfinite(found.probability([0, 4, 77777], [0, 99, 77777])).all()
    assert choose(found, size=5).violations == ()


def test_a_statement_that_few_have_seen_is_no_common_ground_however_liked():
    rows = everybody(150, 20, lambda p, s: 1) + [(p, 99, 1) for p in range(SEEN_BY - 1)]
    columns = np.array(rows, dtype=np.int64).T

    found = fit(Votes(participant=columns[0], statement=columns[1], value=columns[2]))

    assert sorted(found.common_ground) == list(range(20))
    assert found.needs_votes == [99]


@pytest.mark.parametrize("people", [0, 1, 30])
def test_no_warning_reaches_anybody(people):
    rows = np.array(everybody(people, 8, lambda p, s: 1), dtype=np.int64).reshape(-1, 3).T

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(Votes(participant=rows[0], statement=rows[1], value=rows[2])).probability([0], [0])


# ---- open voices


@pytest.fixture(scope="module")
def ticketed(halls):
    return fit(halls[2].votes(trusted=frozenset(range(1, 151))))


@pytest.fixture(scope="module", params=["veto", "promote", "noise"])
def brigaded(request, halls):
    return fit(halls[2].joined_by(brigade(request.param), trusted=frozenset(range(1, 151))))


def real(landscape):
    return landscape.participants <= 150


def test_open_voices_do_not_move_anybody(ticketed, brigaded):
    assert np.array_equal(brigaded.place[real(brigaded)], ticketed.place)
    assert np.array_equal(brigaded.floor, ticketed.floor)
    assert brigaded.common_ground == ticketed.common_ground


def test_open_voices_are_in_no_group(brigaded):
    assert set(brigaded.assignment[~real(brigaded)].tolist()) == {-1}
    assert brigaded.everyone.people == 150 + BRIGADE


def test_open_voices_do_not_change_anybodys_group(ticketed, brigaded):
    assert np.array_equal(brigaded.posterior[real(brigaded)], ticketed.posterior)
    assert np.array_equal(brigaded.assignment[real(brigaded)], ticketed.assignment)


def test_open_voices_do_not_change_what_is_expected_of_anybody(ticketed, brigaded):
    people, statements = np.repeat(np.arange(1, 151), 30), np.tile(np.arange(1, 31), 150)

    expected = ticketed.probability(people, statements)

    assert np.array_equal(brigaded.probability(people, statements), expected)


def test_where_nobody_is_trusted_nobody_is_placed(small):
    found = fit(small.votes(trusted=frozenset()))

    assert set(found.assignment.tolist()) == {-1}


def test_however_many_open_voices_come_a_group_of_thirteen_is_still_asked():
    people = [(p, 1, 1) for p in range(1, 151)]
    crowd = [(p, 1, 1) for p in range(151, 351)]

    groups = [0] * 137 + [1] * 13
    alone = grouped(groups, people)
    joined = grouped([*groups, *[-1] * 200], people + crowd, trusted=frozenset(range(1, 151)))

    assert alone.tested_groups() == [0, 1]
    assert joined.tested_groups() == [0, 1]


def test_open_voices_are_no_stand_in_for_a_small_hall():
    people = [(p, 1, -1) for p in range(1, 11)]
    crowd = [(p, 1, 1) for p in range(11, 211)]

    joined = grouped([0] * 10 + [-1] * 200, people + crowd, trusted=frozenset(range(1, 11)))

    assert joined.weakest.tolist() == [0]
    assert joined.common_ground == []
    assert joined.seen_enough.tolist() == [False]


def test_people_on_one_spot_weigh_in_the_floor_as_people_and_not_as_one():
    camps = everybody(60, 20, lambda p, s: 1 if s < 10 or p % 2 else -1)
    columns = np.array(camps, dtype=np.int64).T

    found = fit(Votes(participant=columns[0], statement=columns[1], value=columns[2]))

    # Nine people, 15 % of sixty, are the neighbourhood of everybody; each camp stands on one spot.
    assert set(np.round(found.floor[:10], 6).tolist()) == {round(float(wilson([9], [9])[0][0]), 6)}
    assert set(np.round(found.floor[10:], 6).tolist()) == {0.0}
