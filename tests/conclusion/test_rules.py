"""The rules: every number that decides, as an exact fraction, with a digest that changes with any of them."""

import dataclasses
from fractions import Fraction

import pytest

from onnuri.conclusion.rules import Rules


def test_shares_are_exact():
    rules = Rules(ratify_overall="2/3", threshold="0.55")

    assert rules.share("ratify_overall") == Fraction(2, 3)
    assert rules.share("threshold") == Fraction(11, 20)


def test_a_document_gives_the_same_rules_and_the_same_digest():
    rules = Rules(size=7, threshold="3/5", vote="ticket", open_counts=True, seeds="a" * 64)

    assert Rules.of(rules.document()) == rules
    assert Rules.of(rules.document()).digest == rules.digest


CHANGED = {
    "size": 4,
    "shortlist": 12,
    "threshold": "3/5",
    "ratify_overall": "3/4",
    "ratify_group": "3/5",
    "quorum": "1/3",
    "grace_s": 60,
    "vote": "ticket",
    "open_counts": True,
    "post": "ticket",
    "ballot": "code",
    "seeds": "a" * 64,
    "method": "0",
}


def test_every_rule_can_be_changed():
    assert {f.name for f in dataclasses.fields(Rules)} - set(CHANGED) == {"rows", "auditors"}


def test_sealed_rows_and_each_auditor_are_another_digest():
    sealed = [Rules(rows="sealed", auditors=names) for names in (("가람",), ("가람", "나래"), ("나래", "가람"))]

    assert len({Rules().digest, *(rules.digest for rules in sealed)}) == 4
    assert [Rules.of(rules.document()).digest for rules in sealed] == [rules.digest for rules in sealed]


@pytest.mark.parametrize(("name", "value"), CHANGED.items(), ids=CHANGED)
def test_any_other_rule_is_another_digest(name, value):
    assert Rules(**{name: value}).digest != Rules().digest


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", 0),
        ("size", 21),
        ("shortlist", 4),
        ("shortlist", 21),
        ("threshold", "49/100"),
        ("threshold", "101/100"),
        ("threshold", "half"),
        ("threshold", "1/0"),
        ("threshold", "1e999999999"),
        ("ratify_overall", "1/3"),
        ("ratify_group", "1/3"),
        ("quorum", "-1/2"),
        ("quorum", "3/2"),
        ("threshold", float("inf")),
        ("threshold", float("nan")),
        ("grace_s", -1),
        ("grace_s", 86_401),
        ("vote", "everybody"),
        ("post", "verified"),
        ("ballot", "everybody"),
        ("rows", "secret"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"^{name}$"):
        Rules(**{name: value})


def test_rules_that_say_nothing_of_an_act_have_the_digest_they_always_had():
    assert not {"post", "ballot"} & set(Rules().document())
    assert Rules.of({**Rules().document(), "post": ""}).digest == Rules().digest


def test_whoever_is_counted_may_also_ballot():
    with pytest.raises(ValueError, match=r"^ballot$"):
        Rules(vote="open", open_counts=True, ballot="ticket")


def test_a_rule_nobody_knows_is_refused_by_name():
    with pytest.raises(ValueError, match=r"^host_picks$"):
        Rules.of({**Rules().document(), "host_picks": 1})


@pytest.mark.parametrize("threshold", ["1/2", "1"])
def test_the_ends_of_what_is_allowed_are_allowed(threshold):
    assert Rules(threshold=threshold, size=20, shortlist=20, quorum="0").share("threshold") >= Fraction(1, 2)
