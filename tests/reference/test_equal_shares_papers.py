"""Equal Shares, Phragmen and EJR+ against the literature and against abcvoting.

`fixtures/abcvoting.json` says with which version it was made and, under "how", carries the script that made it.
abcvoting itself is not among our requirements.
"""

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from onnuri.conclusion.equal_shares import _phragmen, equal_shares, profile_of
from onnuri.conclusion.justified import Violation, ejr_plus_violations

FIXTURES = json.loads((Path(__file__).parent / "fixtures" / "abcvoting.json").read_text("utf-8"))
EXAMPLES = {e["name"]: e for e in FIXTURES["examples"]}
UNIQUE, TIED = FIXTURES["unique"], FIXTURES["tied"]


def profile_of_example(example):
    return Counter({frozenset(letters): people for letters, people in example["ballots"]})


def candidates_of(example):
    return sorted({letter for letters, _ in example["ballots"] for letter in letters})


def bought(example, tie=str):
    """(letter, how, price) in the order of buying."""
    found = equal_shares(profile_of_example(example), candidates_of(example), example["size"], tie)
    return [(c.candidate, c.by, c.price) for c in found]


def by_phragmen(profile, candidates, size, tie):
    """Sequential Phragmen alone: everybody begins with nothing."""
    return _phragmen(profile, dict.fromkeys(profile, Fraction(0)), candidates, size, tie)


# ---- the literature


def test_lackner_and_skowron_2023_example_2_11():
    found = bought(EXAMPLES["running"])

    assert found[0] == ("a", "equal shares", Fraction(1, 8))
    assert {c for c, _, _ in found} == set("abcd")
    assert [by for _, by, _ in found[1:]] == ["phragmen"] * 3
    # b's supporters hold 3 * 5/24 + 1/3 = 23/24 and are four.
    assert found[1] == ("b", "phragmen", Fraction(1, 96))


def test_lackner_and_skowron_2023_example_2_9_is_phragmen_alone():
    example = EXAMPLES["running"]

    found = by_phragmen(profile_of_example(example), candidates_of(example), 4, str)

    assert found[0].price == Fraction(1, 8)
    assert {c.candidate for c in found} == set("abcd")


def test_lackner_and_skowron_2023_example_2_12_tells_shares_from_phragmen():
    example = EXAMPLES["shares differ from Phragmen"]

    alone = by_phragmen(profile_of_example(example), candidates_of(example), 3, str)

    assert {c for c, _, _ in bought(example)} == set("acd")
    assert {c.candidate for c in alone} == set("bcd")


def test_peters_and_skowron_2020_figure_1_is_laminar_proportional():
    found = bought(EXAMPLES["laminar"])

    assert [by for _, by, _ in found] == ["equal shares"] * 12
    assert {c for c, _, _ in found[:3]} == set("abc")
    assert [price for _, _, price in found] == [Fraction(1, 3)] * 3 + [Fraction(1)] * 9
    assert {c for c, _, _ in found} >= set("abcdef")
    assert [len({c for c, _, _ in found} & set(three)) for three in ("ghi", "jkl", "mno")] == [2, 2, 2]


def test_aziz_et_al_2017_where_approval_voting_fails_justified_representation():
    example = EXAMPLES["justified representation"]
    by_approvals = set("bcde")

    failed = ejr_plus_violations(profile_of_example(example), candidates_of(example), by_approvals, 4)

    assert failed == [Violation("a", 1, 1)]
    assert "a" in {c for c, _, _ in bought(example)}


def test_phragmen_1894_as_told_by_janson_2016():
    example = EXAMPLES["Phragmen's own"]

    found = by_phragmen(profile_of_example(example), candidates_of(example), 3, str)

    first = Fraction(1, 1171)
    second = (1 + 137 * first) / 656
    third = (1 + 1034 * first + 90 * second) / 1124
    assert [(c.candidate, c.price) for c in found] == [("A", first), ("Q", second), ("B", third)]


# ---- abcvoting


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_abcvoting_finds_the_same_in_the_literature(example):
    found = bought(example)
    alone = by_phragmen(profile_of_example(example), candidates_of(example), example["size"], str)

    assert "".join(sorted(c for c, by, _ in found if by == "equal shares")) in example["shares"]
    assert "".join(sorted(c for c, _, _ in found)) in example["whole"]
    assert "".join(sorted(c.candidate for c in alone)) in example["phragmen"]


def winners(case, tie=int):
    """(bought by shares, the whole slate, Phragmen alone)."""
    profile, candidates = profile_of(case["ballots"]), list(range(case["candidates"]))
    found = equal_shares(profile, candidates, case["size"], tie)
    alone = by_phragmen(profile, candidates, case["size"], tie)
    return (
        sorted(c.candidate for c in found if c.by == "equal shares"),
        sorted(c.candidate for c in found),
        sorted(c.candidate for c in alone),
    )


def test_abcvoting_finds_the_same_where_there_is_one_outcome():
    assert len(UNIQUE) == 200
    for case in UNIQUE:
        (shares,), (whole,), (phragmen,) = case["shares"], case["whole"], case["phragmen"]

        assert winners(case) == (shares, whole, phragmen)
        assert winners(case, tie=lambda c: -c) == (shares, whole, phragmen)


@pytest.mark.parametrize("tie", [int, lambda c: -c, lambda c: (c * 5) % 7], ids=["low", "high", "mixed"])
def test_where_equals_are_broken_ours_is_among_the_winners_of_abcvoting(tie):
    assert len(TIED) == 60
    for case in TIED:
        shares, whole, phragmen = winners(case, tie)

        assert shares in case["shares"]
        assert whole in case["whole"]
        assert phragmen in case["phragmen"]


def test_abcvoting_judges_slates_alike():
    judged = [
        not ejr_plus_violations(profile_of(c["ballots"]), range(c["candidates"]), set(c["slate"]), c["size"])
        for c in UNIQUE + TIED
    ]

    assert judged == [c["slate_ejr_plus"] for c in UNIQUE + TIED]
    assert judged.count(False) > 10
