"""What people said of themselves is counted by value, and never so finely that somebody could be found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.conclusion.certificate import certificate
from onnuri.conclusion.rules import Rules
from onnuri.conclusion.slate import choose
from onnuri.landscape import Votes, fit
from onnuri.landscape.document import landscape_document
from onnuri.landscape.traits import people_by_trait
from onnuri.masking import SMALLEST_TRAIT
from onnuri.record.traits import fault_of

NAMES = ("agree", "pass", "disagree")


def crowd(sizes, undeclared=0, statements=4, seed=0):
    """So many people of each district, who answer most statements at random."""
    draw = np.random.Generator(np.random.PCG64(seed))
    people = sum(sizes.values()) + undeclared
    homes = [district for district, size in sizes.items() for _ in range(size)]
    rows = [
        (p, s, int(draw.integers(-1, 2)))
        for p in range(people)
        for s in range(statements)
        if not s or draw.random() < 0.8
    ]
    columns = np.array(rows).T
    return Votes(*columns, traits={"district": dict(enumerate(homes))})


def document_of(sizes, **about):
    return landscape_document(fit(crowd(sizes, **about)))


# ---- who took part


@pytest.mark.parametrize(
    ("sizes", "undeclared", "told"),
    [
        ({"north": 40, "south": 20}, 0, {"north": 40, "south": 20}),
        ({"north": 40, "south": 11}, 0, {"north": None, "south": None}),
        ({"north": 40, "south": 11}, 30, {"north": 40, "south": None}),
        ({"north": 40, "south": 20}, 3, {"north": 40, "south": None}),
        ({"north": 40, "south": 20, "west": 2}, 0, {"north": 40, "south": None, "west": None}),
    ],
)
def test_fewer_than_twelve_are_not_told_nor_what_would_tell_them(sizes, undeclared, told):
    landscape = fit(crowd(sizes, undeclared))

    assert people_by_trait(landscape) == {"district": told}


def test_the_certificate_says_who_took_part():
    landscape = fit(crowd({"north": 40, "south": 20, "west": 2}))

    proof = certificate(landscape, choose(landscape), None, rules=Rules())

    assert proof["took_part"]["traits"] == {"district": {"north": 40, "south": None, "west": None}}


# ---- what they said


def test_counts_are_those_made_by_hand():
    votes = crowd({"north": 30, "south": 30})

    told = landscape_document(fit(votes))["by_trait"]["district"]["south"]

    assert told["people"] == 30
    mine = votes.participant >= 30
    for statement, cell in told["by_statement"].items():
        said = votes.value[mine & (votes.statement == int(statement))]
        assert [cell[name] for name in NAMES] == [int((said == value).sum()) for value in (1, 0, -1)]


def test_a_statement_few_of_a_district_answered_is_withheld_there():
    votes = crowd({"north": 40, "south": 20})
    kept = ~((votes.statement == 1) & (votes.participant >= 45))
    fewer = Votes(votes.participant[kept], votes.statement[kept], votes.value[kept], traits=votes.traits)

    told = landscape_document(fit(fewer))["by_trait"]["district"]

    assert [told[d]["people"] for d in ("north", "south")] == [40, 20]
    assert [told[d]["by_statement"]["1"].get("masked") for d in ("north", "south")] == [True, True]
    assert told["south"]["by_statement"]["0"]["agree"] is not None


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    sizes=st.dictionaries(st.sampled_from(["north", "south", "west"]), st.integers(1, 40), min_size=1),
    undeclared=st.integers(0, 20),
    seed=st.integers(0, 9),
)
def test_whatever_the_numbers_nobody_of_a_few_can_be_found(sizes, undeclared, seed):
    landscape = fit(crowd(sizes, undeclared, seed=seed))
    document = landscape_document(landscape)

    assert fault_of(document, {"took_part": {"traits": people_by_trait(landscape)}}) is None
    for told in document["by_trait"]["district"].values():
        cells = told["by_statement"].values()
        assert told["people"] is None or told["people"] >= SMALLEST_TRAIT
        assert told["people"] is not None or all(cell["masked"] for cell in cells), "the answers would tell how many"
        assert all(cell.get("masked") or sum(cell[n] for n in NAMES) in {0, *range(12, 99)} for cell in cells)


# ---- where nobody said anything of themselves


def test_without_traits_no_document_speaks_of_any():
    votes = crowd({"north": 40})
    landscape = fit(Votes(votes.participant, votes.statement, votes.value))

    assert "by_trait" not in landscape_document(landscape)
    assert "traits" not in certificate(landscape, choose(landscape), None, rules=Rules())["took_part"]


def test_a_full_document_with_everybodys_place_masks_traits_too():
    told = document_of({"north": 40, "south": 3})

    assert "people" in told
    assert [own["people"] for own in told["by_trait"]["district"].values()] == [None, None]
