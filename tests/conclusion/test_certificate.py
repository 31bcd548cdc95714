"""The certificate: every number in it can be counted again from the ballots."""

import json
from fractions import Fraction

import pytest
from tests.landscape.planted import grouped, hall
from tests.record.sittings import RULES, TICKETS, counted, sitting, sitting_without_conclusion

from onnuri.conclusion.ballots import Ballots
from onnuri.conclusion.certificate import certificate
from onnuri.conclusion.rules import Rules
from onnuri.conclusion.slate import choose
from onnuri.landscape import fit
from onnuri.landscape.wilson import wilson
from onnuri.pipeline import conclude


@pytest.fixture(scope="module")
def proof():
    return sitting().found.certificate


@pytest.fixture(scope="module")
def said():
    """(kind, line) -> person -> answer."""
    found = {}
    for kind, person, _, line, vote in sitting().ballots:
        found.setdefault((kind, line), {})[person] = vote
    return found


def members():
    """Section name -> the people in it, counted from the ballots and the landscape."""
    found = sitting().found
    people = {f"channel {c}": set() for c in ("hall", "online", "open")}
    for _, person, channel, _, _ in sitting().ballots:
        people[f"channel {channel}"].add(person)
    for group, lasting in enumerate(found.landscape.group_ids):
        people[f"group {lasting}"] = set(found.landscape.participants[found.landscape.assignment == group].tolist())
    return people


def by_hand(answers, people=None):
    own = [v for p, v in answers.items() if people is None or p in people]
    agree, n = own.count(1), len(own)
    share, (low, high) = Fraction(agree, n), wilson([agree], [n])
    return {
        "agree": agree,
        "pass": own.count(0),
        "disagree": own.count(-1),
        "n": n,
        "support": f"{share.numerator}/{share.denominator}",
        "lower": round(float(low[0]), 4),
        "upper": round(float(high[0]), 4),
    }


def test_every_candidate_is_counted_as_by_hand(proof, said):
    for candidate in proof["candidates"]:
        answers = said["shortlist", str(candidate["id"])]

        assert candidate["overall"] == by_hand(answers)
        assert candidate["sections"] == {name: by_hand(answers, people) for name, people in members().items()}
        tested = [Fraction(cell["support"]) for name, cell in candidate["sections"].items() if name != "channel open"]
        assert Fraction(candidate["weakest"]) == min(tested)
        assert candidate["passes"] is (min(tested) >= Fraction(1, 2))


def test_every_line_says_how_it_was_bought_and_on_what_it_rests(proof):
    assert [line["id"] for line in proof["lines"]] == list(sitting().found.slate.statements)
    assert {line["basis"] for line in proof["lines"]} == {"balloted"}
    assert all(line["passes"] and line["fails_in"] is None for line in proof["lines"])
    assert all(Fraction(line["price"]) > 0 for line in proof["lines"])


def test_who_agrees_with_how_much_is_counted_as_by_hand(proof, said):
    lines = [said["shortlist", str(line["id"])] for line in proof["lines"]]
    agreed = [sum(line[person] == 1 for line in lines) for person in lines[0]]

    assert proof["coverage"] == {
        "people": 70,
        "lines": 3,
        "at_least_one": sum(n >= 1 for n in agreed),
        "at_least_half": sum(n >= 2 for n in agreed),
        "all": sum(n == 3 for n in agreed),
        "imputed_cells": 0,
    }


@pytest.mark.parametrize(("lines", "half"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_half_of_the_lines_is_never_less_than_half(lines, half):
    # Fifty people agree with every line, ten with the first only, ten with the first two and so on.
    reach = [lines] * 50 + [n for n in range(1, lines) for _ in range(10)]
    rows = [(p, line, 1 if line <= n else -1) for p, n in enumerate(reach, 1) for line in range(1, lines + 1)]
    landscape = grouped([0] * len(reach))

    slate = choose(landscape, Ballots.of_rows(rows, list(range(1, lines + 1)), {}), size=lines)
    told = certificate(landscape, slate, None, rules=Rules())["coverage"]

    assert told["lines"] == lines
    assert told["at_least_one"] == len(reach)
    assert told["at_least_half"] == sum(n >= half for n in reach)
    assert told["all"] == 50


def test_who_is_not_embraced_is_named_by_group_with_a_note_of_their_own(proof, said):
    lines = [said["shortlist", str(line["id"])] for line in proof["lines"]]
    none = {person for person in lines[0] if all(line[person] != 1 for line in lines)}

    told = proof["not_embraced"]

    assert (told["people"], told["of"]) == (len(none), 70)
    for row in told["by_group"]:
        if row["group"] is None:
            continue
        own = none & members()[f"group {row['group']}"]
        assert row["people"] == len(own)
        if own:
            liked = {c["id"]: sum(said["shortlist", str(c["id"])][p] == 1 for p in own) for c in proof["candidates"]}
            assert row["note"] is None or liked[row["note"]] == max(liked.values())
    assert sum(row["of"] for row in told["by_group"]) == 70
    assert told["by_group"][-1]["group"] is None


def test_who_took_part(proof):
    told = proof["took_part"]

    assert (told["voted"], told["balloted"], told["tickets"]) == (70, 70, TICKETS)
    assert told["channels"] == {
        "hall": {"voted": 32, "balloted": 32},
        "online": {"voted": 32, "balloted": 32},
        "open": {"voted": 6, "balloted": 6},
    }
    assert told["placed"] + told["not_placed"] == 70
    assert sum(told["groups"].values()) == told["placed"]


def test_the_ratification_is_counted_as_by_hand_without_open_voices(proof, said):
    told = proof["ratification"]
    entitled = members()["channel hall"] | members()["channel online"]

    for verdict in told["lines"]:
        assert verdict["overall"] == by_hand(said["ratification", str(verdict["line"])], entitled)
    assert told["whole"]["overall"] == by_hand(said["ratification", "*"], entitled)
    assert (told["balloted"], told["entitled"], told["quorum_met"]) == (64, 64, True)
    assert told["conclusion"] == [line["id"] for line in proof["lines"]]


def test_a_refused_whole_leaves_the_figures_and_takes_the_conclusion():
    told = sitting_without_conclusion().found.certificate["ratification"]

    assert (told["conclusion"], told["reasons"]) == ([], ["whole_not_ratified"])
    assert all(verdict["ratified"] for verdict in told["lines"])
    assert told["whole"]["misses"][0] == {"where": "all", "support": "0/1", "needed": "2/3"}


def test_no_group_deserves_more_than_it_has(proof):
    assert proof["ejr_plus"] == {
        "holds": True,
        "over": "ballots on the admissible candidates",
        "people": 70,
        "violations": [],
    }


def test_it_is_strict_json(proof):
    assert json.loads(json.dumps(proof, allow_nan=False)) == proof


def test_without_ballots_nothing_is_called_balloted_or_ratified():
    landscape = fit(hall(2, people=60, statements=16, answered=0.7, noise=0.1, seed=2).votes())
    slate = choose(landscape, size=3)

    proof = certificate(landscape, slate, None, rules=Rules())

    assert (proof["basis"], proof["ratification"]) == ("imputed", None)
    assert {line["basis"] for line in proof["lines"]} == {"observed"}
    assert proof["coverage"]["imputed_cells"] == int(slate.ballots.imputed.sum()) > 0
    assert proof["took_part"]["balloted"] == 0


def test_a_hall_that_agrees_on_nothing_is_told_so():
    camps = [(p, s, 1 if p % 2 == s % 2 else -1) for p in range(60) for s in range(12)]

    proof = conclude(counted([(p, s, 1, "hall", 0, v) for p, s, v in camps]), RULES).certificate

    assert (proof["lines"], proof["coverage"]["lines"]) == ([], 0)
    assert (proof["coverage"]["at_least_one"], proof["not_embraced"]["people"]) == (0, 60)
