"""Ratification: exactly two thirds, exactly half, and a channel that says no."""

from fractions import Fraction

import pytest
from tests.landscape.planted import grouped

from onnuri.conclusion.ballots import Ballots
from onnuri.conclusion.ratification import ratify
from onnuri.conclusion.rules import Rules
from onnuri.vocabulary import WHOLE

LINE = 7
HALF = Fraction(1, 2)


def said(agree, passed=0, disagree=0):
    return [1] * agree + [0] * passed + [-1] * disagree


def decide(answers, *, whole=None, groups=None, channel=None, entitled=None, rules=None, lines=(LINE,)):
    """Persons 1, 2, ... give these answers to one line; to the whole everybody says yes, unless told."""
    people = range(1, len(answers) + 1)
    rows = [(p, line, v) for p, v in zip(people, answers, strict=True) for line in lines]
    rows += [(p, WHOLE, v) for p, v in zip(people, whole or said(len(answers)), strict=True)]
    channels = dict(zip(people, channel or ["online"] * len(answers), strict=True))
    return ratify(
        grouped(groups or [0] * len(answers)),
        Ballots.of_rows(rows, [*lines, WHOLE], channels),
        lines,
        len(answers) if entitled is None else entitled,
        rules or Rules(),
    )


# ---- exact thresholds


def test_exactly_two_thirds_is_enough():
    found = decide(said(20, disagree=10))

    assert found.conclusion == (LINE,)
    assert found.reasons == ()
    assert found.verdicts[0].misses == ()


@pytest.mark.parametrize("answers", [said(19, disagree=11), said(19, passed=11), said(19, 1, 10)])
def test_one_voice_under_two_thirds_is_not_and_a_pass_is_no_yes(answers):
    found = decide(answers)

    assert found.conclusion == ()
    assert found.verdicts[0].misses == (("all", Fraction(19, 30), Fraction(2, 3)),)
    assert found.reasons == ("no_line_ratified",)


def test_two_thirds_is_no_rounded_number():
    rules = Rules(ratify_overall="667/1000")

    assert decide(said(20, disagree=10)).conclusion == (LINE,)
    assert decide(said(20, disagree=10), rules=rules).conclusion == ()


def test_exactly_half_of_a_group_is_enough():
    found = decide(said(20) + said(10, disagree=10), groups=[0] * 20 + [1] * 20)

    assert found.conclusion == (LINE,)
    assert found.verdicts[0].sections["group 2"] == {"agree": 10, "pass": 0, "disagree": 10}


def test_one_voice_under_half_of_a_group_is_not():
    found = decide(said(20) + said(9, 1, 10), groups=[0] * 20 + [1] * 20)

    assert found.conclusion == ()
    assert found.verdicts[0].misses == (("group 2", Fraction(9, 20), HALF),)


def test_a_channel_under_half_blocks_whatever_the_whole_hall_says():
    found = decide(said(60) + said(6, disagree=7), channel=["hall"] * 60 + ["online"] * 13)

    assert Fraction(66, 73) > Fraction(9, 10)
    assert found.conclusion == ()
    assert found.verdicts[0].misses == (("channel online", Fraction(6, 13), HALF),)


@pytest.mark.parametrize(("hall", "online", "blocks"), [(138, 12, True), (139, 12, False), (60, 11, False)])
def test_a_channel_is_asked_from_twelve_and_eight_in_a_hundred(hall, online, blocks):
    found = decide(said(hall) + said(0, disagree=online), channel=["hall"] * hall + ["online"] * online)

    assert (found.conclusion == ()) is blocks
    assert found.verdicts[0].sections["channel online"] == {"agree": 0, "pass": 0, "disagree": online}


def test_who_is_in_no_group_counts_in_the_whole():
    found = decide(said(20) + said(0, disagree=11), groups=[0] * 20 + [-1] * 11)

    assert found.verdicts[0].misses == (("all", Fraction(20, 31), Fraction(2, 3)),)


# ---- quorum and the whole


def test_exactly_half_of_the_voices_is_a_quorum():
    found = decide(said(20), entitled=40)

    assert (found.balloted, found.entitled, found.quorum_met) == (20, 40, True)
    assert found.conclusion == (LINE,)


def test_one_voice_under_the_quorum_is_no_conclusion():
    found = decide(said(20), entitled=41)

    assert found.verdicts[0].ratified
    assert (found.conclusion, found.reasons) == ((), ("quorum",))


def test_a_slate_whose_whole_is_refused_is_no_conclusion():
    found = decide(said(30), whole=said(19, disagree=11))

    assert found.verdicts[0].ratified
    assert (found.conclusion, found.reasons) == ((), ("whole_not_ratified",))


def test_every_reason_is_given_and_in_one_order():
    found = decide(said(0, disagree=5), whole=said(0, disagree=5), entitled=30)

    assert found.reasons == ("no_line_ratified", "quorum", "whole_not_ratified")


def test_without_any_candidate_there_is_honestly_no_common_conclusion():
    found = decide(said(30), lines=())

    assert found.verdicts == ()
    assert (found.conclusion, found.reasons) == ((), ("no_candidate",))


def test_nobody_came_to_the_ratification():
    empty = Ballots.of_rows([], [LINE, WHOLE], {})

    found = ratify(grouped([0] * 20), empty, [LINE], 0, Rules(quorum="0"))

    assert not found.quorum_met
    assert (found.conclusion, found.reasons) == ((), ("no_line_ratified", "quorum", "whole_not_ratified"))


def test_only_the_lines_that_hold_become_the_conclusion():
    rows = [(p, line, -1 if line == 8 and p > 10 else 1) for p in range(1, 31) for line in (7, 8, WHOLE)]
    ballots = Ballots.of_rows(rows, [7, 8, WHOLE], {})

    found = ratify(grouped([0] * 30), ballots, [7, 8], 30, Rules())

    assert [v.ratified for v in found.verdicts] == [True, False]
    assert (found.conclusion, found.reasons) == ((7,), ())


# ---- open voices

MIXED = ["hall"] * 15 + ["online"] * 15 + ["open"] * 30


def test_open_voices_are_counted_apart():
    found = decide(said(30) + said(0, disagree=30), whole=said(30) + said(0, disagree=30), channel=MIXED, entitled=30)

    verdict = found.verdicts[0]
    assert found.conclusion == (LINE,)
    assert verdict.overall == {"agree": 30, "pass": 0, "disagree": 0}
    assert verdict.sections["channel open"] == {"agree": 0, "pass": 0, "disagree": 30}
    assert found.balloted == 30


def test_open_voices_make_no_quorum():
    found = decide(said(60), channel=MIXED, entitled=61)

    assert (found.balloted, found.quorum_met) == (30, False)


def test_however_many_open_voices_come_a_channel_can_still_say_no():
    channel = ["hall"] * 60 + ["online"] * 20 + ["open"] * 400

    found = decide(said(60) + said(0, disagree=20) + said(400), channel=channel, entitled=80)

    assert found.conclusion == ()
    assert [where for where, _, _ in found.verdicts[0].misses] == ["channel online"]


def test_open_voices_decide_where_the_rules_said_so_beforehand():
    answers = said(30) + said(0, disagree=30)

    found = decide(answers, channel=MIXED, rules=Rules(open_counts=True))

    assert found.balloted == 60
    assert found.verdicts[0].misses == (
        ("all", HALF, Fraction(2, 3)),
        ("channel open", Fraction(0), HALF),
    )
