"""What holds of every hall: who you are called, where you stand in the file and who reads it is irrelevant."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.landscape.planted import hall

from onnuri.landscape import Votes, fit, parts
from onnuri.landscape.export import OUT, Export, Statement, kept_votes
from onnuri.landscape.model import read, together
from onnuri.landscape.updates import place_again

few = settings(max_examples=8, deadline=None, derandomize=True)
halls = st.builds(
    lambda *about: about,
    st.integers(1, 3),
    st.integers(3, 80),
    st.integers(4, 24),
    st.sampled_from([0.4, 0.7, 1.0]),
    st.sampled_from([0.0, 0.1, 0.3]),
    st.integers(0, 1000),
)
larger = st.builds(
    lambda *about: about,
    st.integers(1, 3),
    st.integers(45, 80),
    st.integers(12, 24),
    st.sampled_from([0.6, 0.9]),
    st.sampled_from([0.1, 0.2]),
    st.integers(0, 1000),
)


@cache
def crowd_of(about):
    groups, people, statements, answered, noise, seed = about
    return hall(groups, people=people, statements=statements, answered=answered, noise=noise, seed=seed)


@cache
def landscape_of(about):
    return fit(crowd_of(about).votes())


def relabelled(crowd, people=None, statements=None):
    """The same hall where person i is called people[i], statement s statements[s]."""
    participant = crowd.participant if people is None else people[crowd.participant]
    statement = crowd.statement if statements is None else statements[crowd.statement]
    return Votes(participant=participant, statement=statement, value=crowd.value)


def sets_of_people(landscape, name=lambda person: person):
    ids, group = landscape.participants.tolist(), landscape.assignment.tolist()
    return {frozenset(name(p) for p, g in zip(ids, group, strict=True) if g == wanted) for wanted in set(group)}


# ---- order and names


@few
@given(halls, st.integers(0, 100))
def test_in_any_order_the_votes_say_the_same(about, seed):
    found = fit(crowd_of(about).shuffled(seed))

    assert found.digest == landscape_of(about).digest
    assert np.array_equal(found.place, landscape_of(about).place)


@few
@given(halls, st.integers(1, 9), st.integers(0, 9))
def test_people_with_other_numbers_in_the_same_order_are_the_same_people(about, step, first):
    found = fit(relabelled(crowd_of(about), people=first + step * np.arange(1000)))

    before = landscape_of(about)
    assert found.k == before.k
    assert np.array_equal(found.assignment, before.assignment)
    assert np.array_equal(found.place, before.place)
    assert np.array_equal(found.floor, before.floor)
    assert found.common_ground == before.common_ground


@few
@given(halls, st.integers(0, 100))
def test_people_under_other_names_are_the_same_people(about, seed):
    names = np.random.Generator(np.random.PCG64(seed)).permutation(1000)
    own = dict(zip(names.tolist(), range(1000), strict=True))

    found = fit(relabelled(crowd_of(about), people=names))

    before = landscape_of(about)
    assert found.k == before.k
    assert sets_of_people(found, own.get) == sets_of_people(before)
    assert np.abs(found.floor - before.floor).max() <= 1e-9
    assert found.common_ground == before.common_ground


@few
@given(larger, st.integers(0, 100))
def test_statements_under_other_names_are_the_same_statements(about, seed):
    names = np.random.Generator(np.random.PCG64(seed)).permutation(1000)

    found = fit(relabelled(crowd_of(about), statements=names))

    before = landscape_of(about)
    back = np.argsort(names[before.statements])
    assert np.abs(found.floor - before.floor[back]).max() <= 1e-9
    assert np.array_equal(found.assignment, before.assignment)
    assert sorted(found.common_ground) == sorted(names[before.common_ground].tolist())
    assert np.array_equal(found.everyone.agree, before.everyone.agree[back])


# ---- parts


@few
@given(halls, st.data())
def test_in_any_parts_the_people_are_the_same(about, data):
    people = crowd_of(about).votes().shape[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART", data.draw(st.integers(1, people)))

        found = fit(crowd_of(about).votes())

    assert found.digest == landscape_of(about).digest
    assert np.array_equal(found.posterior, landscape_of(about).posterior)


@few
@given(larger, st.lists(st.integers(0, 80), max_size=4))
def test_the_counts_of_the_parts_add_up_to_those_of_all(about, cuts):
    before = landscape_of(about)
    rows, people = before.votes.rows, before.votes.shape[0]
    edges = sorted({0, people, *(c for c in cuts if c < people)})
    shapes, weight = np.ones(people, dtype=bool), np.full(people, 64)

    def of(begin, end):
        own = slice(begin, end)
        return read(before.model, rows.part(begin, end), shapes[own], weight[own], np.full(end - begin, -1))

    whole, added = of(0, people), together([of(a, b) for a, b in pairwise(edges)])

    for name in ("people", "cell_weight", "by_cell", "weighted", "place", "posterior"):
        assert np.array_equal(getattr(whole, name), getattr(added, name))
    assert whole.by_cell.sum(axis=0)[:, 2].tolist() == before.everyone.agree.tolist()


@few
@given(halls)
def test_everybody_is_counted_once_in_a_group_or_beside_them(about):
    found = landscape_of(about)

    beside = int((found.assignment < 0).sum())
    assert sum(f.people for f in found.by_group) + beside == found.everyone.people
    assert (sum(f.n for f in found.by_group) <= found.everyone.n).all()
    assert int(found.everyone.n.sum()) == len(found.votes)


# ---- what does not count changes nothing


@few
@given(halls, st.integers(-1, 1))
def test_a_statement_that_was_moderated_out_changes_nothing(about, said):
    crowd = crowd_of(about)
    statements = {s: Statement(s, f"text {s}", moderated_out=s == 99) for s in (*range(1, 25), 99)}
    cast = [*crowd.rows, *((person, 99, said) for person in crowd.people)]

    votes = kept_votes(Export("hall", "", "", statements, cast, has_texts=True))

    assert votes.ignored == {OUT: len(crowd.group)}
    assert fit(votes).digest == landscape_of(about).digest


@few
@given(larger, st.integers(0, 100))
def test_whoever_came_without_a_ticket_changes_nothing_for_those_who_had_one(about, seed):
    crowd, before = crowd_of(about), landscape_of(about)
    draw = np.random.Generator(np.random.PCG64(seed))
    statements = len(crowd.lean[0])
    open_voices = [(1000 + i, s, int(draw.choice([-1, 0, 1]))) for i in range(30) for s in range(1, statements + 1)]

    found = fit(crowd.joined_by(open_voices, trusted=frozenset(crowd.people)))

    real = found.participants < 1000
    assert np.array_equal(found.floor, before.floor)
    assert np.array_equal(found.assignment[real], before.assignment)
    assert np.array_equal(found.place[real], before.place)
    assert np.array_equal(found.weight[real], before.weight)
    assert set(found.assignment[~real].tolist()) == {-1}
    assert found.common_ground == before.common_ground


@few
@given(larger, st.integers(1, 6))
def test_who_answered_too_little_to_be_placed_moves_nobody(about, answers):
    crowd, before = crowd_of(about), landscape_of(about)

    found = fit(crowd.joined_by([(1000 + i, s, -1) for i in range(10) for s in range(1, answers + 1)]))

    real = found.participants < 1000
    assert np.array_equal(found.place[real], before.place)
    assert np.array_equal(found.assignment[real], before.assignment)
    assert np.array_equal(found.floor, before.floor)
    assert int(found.everyone.disagree.sum() - before.everyone.disagree.sum()) == 10 * answers


# ---- what counts changes something


@few
@given(halls, st.data())
def test_one_other_answer_of_one_person_is_another_digest(about, data):
    crowd = crowd_of(about)
    person, statement, value = data.draw(st.sampled_from(crowd.rows))

    found = fit(crowd.joined_by([(person, statement, data.draw(st.sampled_from(sorted({-1, 0, 1} - {value}))))]))

    before, placed = landscape_of(about), landscape_of(about).assignment[person - 1] >= 0
    assert found.everyone.n.tolist() == before.everyone.n.tolist()
    assert found.digest != before.digest or not placed


@few
@given(larger, st.data())
def test_who_is_placed_at_once_stands_where_a_reading_of_all_their_votes_puts_them(about, data):
    crowd, before = crowd_of(about), landscape_of(about)
    person = data.draw(st.sampled_from(crowd.people))
    statements = sorted(data.draw(st.sets(st.integers(1, 12), min_size=1)))
    new = [(person, s, data.draw(st.integers(-1, 1))) for s in statements]
    columns = np.array(new).T

    found = place_again(before, Votes(participant=columns[0], statement=columns[1], value=columns[2]))

    everybody = crowd.joined_by(new)
    people = everybody.shape[0]
    whole = read(before.model, everybody.rows, np.ones(people, dtype=bool), np.full(people, 64), np.full(people, -1))
    row = everybody.participants.tolist().index(person)
    assert np.array_equal(found.place[0], whole.place[row])
