"""Few people are never a figure, and no figure beside them tells on them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.masking import (
    ANSWERS,
    SMALLEST_CELL,
    SMALLEST_TRAIT,
    answers,
    hidden_among,
    hidden_channels,
    masked_cells,
    masked_document,
    withheld,
)

tables = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 15), min_size=1)
often = settings(max_examples=400, deadline=None, derandomize=True, database=None)


def of(agree, passed=0, disagree=0):
    return {"agree": agree, "pass": passed, "disagree": disagree}


def could_be(published, total, unsaid):
    """What each cell that is not said may hold, for who knows the others and the whole; None = who is in no cell."""
    unknown = [name for name, n in published.items() if n is None] + ([None] if unsaid else [])
    left = total - sum(n for n in published.values() if n is not None)
    # What one of several holds, the others can make up for.
    return {name: {left} if len(unknown) == 1 else set(range(left + 1)) for name in unknown}


# ---- what is said


@often
@given(people=tables, unsaid=st.integers(0, 9), least=st.sampled_from([SMALLEST_CELL, SMALLEST_TRAIT]))
def test_who_is_few_cannot_be_found_by_taking_the_others_from_the_whole(people, unsaid, least):
    hidden = withheld(people, unsaid=unsaid, least=least)

    assert {name for name, n in people.items() if 0 < n < least} <= hidden
    published = {name: None if name in hidden else n for name, n in people.items()}
    total = sum(people.values()) + unsaid
    everything = hidden == set(people)
    found = could_be(published, total, unsaid)
    for name in [*hidden, *([None] if 0 < unsaid < least else [])]:
        # One cell that is the whole cannot be kept from who knows the whole.
        assert len(found[name]) > 1 or len(people) + bool(unsaid) == 1
    together = sum(people[name] for name in hidden) + unsaid
    assert not hidden or together >= least or everything


@often
@given(people=tables, unsaid=st.integers(0, 9))
def test_nothing_is_withheld_where_nobody_is_few(people, unsaid):
    few = [n for n in (*people.values(), unsaid) if 0 < n < SMALLEST_CELL]

    assert few or withheld(people, unsaid=unsaid) == frozenset()


@often
@given(people=tables, unsaid=st.integers(0, 9))
def test_no_more_is_withheld_than_it_takes(people, unsaid):
    hidden = withheld(people, unsaid=unsaid)

    if hidden and people[largest := max(hidden, key=lambda name: people[name])] >= SMALLEST_CELL:
        without = hidden - {largest}
        together = sum(people[name] for name in without) + unsaid
        assert len(without) + bool(unsaid) < 2 or together < SMALLEST_CELL


@pytest.mark.parametrize(
    ("people", "unsaid", "told"),
    [
        ({"hall": 50, "online": 3}, 0, {}),
        ({"hall": 50, "online": 5}, 0, {"hall": 50, "online": 5}),
        ({"hall": 50, "online": 0}, 0, {"hall": 50, "online": 0}),
        ({"1": 40, "2": 20, "3": 2}, 0, {"1": 40}),
        ({"1": 40, "2": 20, "3": 2}, 30, {"1": 40, "2": 20}),
        ({"1": 40, "2": 20}, 3, {"1": 40}),
        ({"1": 40, "2": 1, "3": 1}, 0, {}),
        ({"1": 40, "2": 3, "3": 4}, 0, {"1": 40}),
        ({"1": 3, "2": 0}, 0, {}),
    ],
)
def test_by_hand(people, unsaid, told):
    hidden = withheld(people, unsaid=unsaid)

    assert {name: n for name, n in people.items() if name not in hidden} == told


# ---- answers to a statement


@often
@given(
    cells=st.dictionaries(st.sampled_from("abc"), st.tuples(*[st.integers(0, 6)] * 3), min_size=2),
    rest=st.tuples(*[st.integers(0, 6)] * 3),
)
def test_the_same_holds_of_each_answer(cells, rest):
    cells = {name: of(*cell) for name, cell in cells.items()}
    total = of(*(sum(c[a] for c in cells.values()) + r for a, r in zip(ANSWERS, rest, strict=True)))

    found = masked_cells(cells, total)

    for answer in ANSWERS:
        published = {name: cell[answer] for name, cell in found.items()}
        left = total[answer] - sum(n for n in published.values() if n is not None)
        possible = could_be(published, total[answer], sum(rest))
        # Where nobody of the withheld said so, that cannot be withheld.
        assert all(len(possible[name]) > 1 or left == 0 for name, n in published.items() if n is None)


def test_what_was_masked_before_stays_masked():
    before = {"agree": None, "pass": None, "disagree": None, "masked": True}

    assert hidden_among({"1": before, "2": of(9)}, of(12)) == {"1", "2"}


def test_open_voices_that_do_not_decide_stand_beside_the_whole():
    channels = {"hall": of(40), "online": of(2), "open": of(30)}

    assert hidden_channels(channels, of(42)) == {"hall", "online"}
    assert hidden_channels(channels, of(72)) == {"online", "open"}
    assert hidden_channels({**channels, "online": of(20), "open": of(3)}, of(60)) == {"open"}


# ---- a whole document


def document():
    cells = {"1": {**of(20), "lower": 0.9, "upper": 1.0}, "2": {**of(0, 0, 3), "lower": 0.0, "upper": 0.4}}
    hall = {"hall": of(20, 0, 3)}
    told = {**of(20, 0, 3), "weakest": 0.0, "by_group": cells, "by_channel": hall, "outside": of(0, 0, 3)}
    groups = [{"id": 1, "size": 20, "tested": True}, {"id": 2, "size": 3, "tested": False}]
    return {"k": 2, "groups": groups, "people": {"id": [7]}, "by_statement": {"5": told}}


def test_a_published_document_has_nobodys_place_and_no_small_cell():
    found = masked_document(document())

    assert "people" not in found
    assert [(g["size"], g["masked"]) for g in found["groups"]] == [(None, True), (None, True)]
    told = found["by_statement"]["5"]
    assert answers(told) == 23
    assert [cell["masked"] for cell in (*told["by_group"].values(), told["outside"])] == [True] * 3
    assert told["by_channel"] == {"hall": of(20, 0, 3)}


def test_the_lowest_support_does_not_tell_what_its_cell_does_not():
    hidden, said = document(), document()
    said["by_statement"]["5"]["by_group"]["2"] = {**of(0, 0, 30), "lower": 0.0, "upper": 0.1}
    said["by_statement"]["5"]["disagree"] = said["groups"][1]["size"] = 30

    assert masked_document(hidden)["by_statement"]["5"]["weakest"] is None
    assert masked_document(said)["by_statement"]["5"]["weakest"] == 0.0
