"""How numbers are shown: they add up, they say their n, and few people are never a figure."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast

from onnuri.conversation.actions import add_statement
from onnuri.conversation.models import Statement
from onnuri.web import shown

counts = st.integers(0, 400)


def of(agree, passed, disagree):
    return {"agree": agree, "pass": passed, "disagree": disagree}


NOTHING = {"agree_pct": None, "pass_pct": None, "disagree_pct": None}


# ---- figures


def test_three_percentages_and_their_n():
    assert shown.figures(of(12, 3, 5)) == {
        "agree_pct": 60,
        "pass_pct": 15,
        "disagree_pct": 25,
        "n": 20,
        "masked": False,
    }


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(agree=counts, passed=counts, disagree=counts)
def test_percentages_add_up_and_few_people_are_no_figure(agree, passed, disagree):
    told, n = shown.figures(of(agree, passed, disagree)), agree + passed + disagree

    if 0 < n < 5:
        assert told == {**NOTHING, "n": None, "masked": True}
    elif n == 0:
        assert told == {**NOTHING, "n": 0, "masked": False}
    else:
        shares = [told["agree_pct"], told["pass_pct"], told["disagree_pct"]]
        assert sum(shares) == 100
        assert min(shares) >= 0
        assert all(abs(p - 100 * c / n) < 1.01 for p, c in zip(shares, (agree, passed, disagree), strict=True))


@pytest.mark.parametrize("told", [None, {}, {"agree": None, "pass": None, "disagree": None}])
def test_where_nobody_was_asked(told):
    assert shown.figures(told) == {**NOTHING, "n": 0, "masked": False}


def test_what_was_masked_before_stays_masked():
    assert shown.figures({**of(None, None, None), "masked": True}) == {**NOTHING, "n": None, "masked": True}


@pytest.mark.parametrize(
    ("count", "n", "told"), [(1, 3, 33), (2, 3, 67), (1, 200, 1), (1, 201, 0), (0, 0, 0), (5, 5, 100)]
)
def test_a_half_is_rounded_up(count, n, told):
    assert shown.percent(count, n) == told


@pytest.mark.parametrize(("share", "told"), [("2/3", 66), ("1/2", 50), ("199/200", 99), ("1/1", 100), ("0/1", 0)])
def test_no_page_says_more_than_holds(share, told):
    assert shown.percent_of(share) == told


# ---- groups and channels


def group(size, tested=True):
    return {"id": 2, "name": "Rock", "size": size, "tested": tested}


def test_a_group_has_a_name_and_a_shape_in_every_language():
    told = {"groups": [group(9)]}

    with translation.override("ko"):
        assert [(g["name"], g["shape"]) for g in shown.groups_by_id(told).values()] == [("바위", 2)]
    with translation.override("en"):
        assert shown.groups_by_id(told)[2]["name"] == "Rock"


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        ((4, 90), [None, None]),
        ((5, 90), [5, 90]),
        ((1, 90, 30), [None, 90, None]),
        ((1, 4, 90), [None, None, 90]),
    ],
)
def test_a_group_of_few_says_no_size_nor_does_the_one_that_would_tell_it(sizes, told):
    groups = [{**group(size), "id": number} for number, size in enumerate(sizes, start=1)]

    found = shown.groups_by_id({"groups": groups}).values()

    assert [g["size"] for g in found] == told
    assert [g["masked"] for g in found] == [size is None for size in told]


def test_channels_are_shown_with_the_hall_first_and_what_would_tell_on_few_is_withheld():
    channels = {"open": of(9, 0, 1), "online": of(2, 0, 1), "hall": of(10, 5, 5)}

    found = shown.channels_shown(channels, of(21, 5, 7))

    assert [c["key"] for c in found] == ["hall", "online", "open"]
    assert found[0]["figures"]["agree_pct"] == 50
    assert [c["figures"]["masked"] for c in found] == [False, True, True]


def document(size=3):
    """Two groups, one of them of few people who all say X."""
    few, others = of(0, 0, size), of(20, 0, 0)
    return {
        "k": 2,
        "groups": [{**group(size, tested=False), "id": 1}, {**group(20), "id": 2}],
        "by_statement": {
            "7": {
                **of(20, 0, size),
                "floor": 0.4,
                "weakest": 0.0,
                "by_group": {"1": few, "2": others},
                "by_channel": {"hall": others, "online": few},
                "outside": of(0, 0, 0),
            }
        },
    }


def statement(number=7, **about):
    return Statement(number=number, text="강변", lang="ko", kind="participant", cites=[], **about)


def test_a_finding_tells_nothing_of_three_people():
    found = shown.finding(document(), statement())

    hidden = {**NOTHING, "n": None, "masked": True}
    assert [(g["figures"], g["group"]["size"]) for g in found["groups"]] == [(hidden, None)] * 2
    assert [c["figures"] for c in found["channels"]] == [hidden, hidden]
    assert found["overall"]["n"] == 23
    assert found["weakest_pct"] is None


def test_a_finding_of_many_tells_all():
    found = shown.finding(document(9), statement())

    assert [(g["figures"]["n"], g["group"]["size"]) for g in found["groups"]] == [(9, 9), (20, 20)]
    assert [c["figures"]["n"] for c in found["channels"]] == [20, 9]
    assert found["weakest_pct"] == 0


def test_three_in_no_group_are_not_found_by_taking_the_groups_from_all():
    told = document(9)
    told["by_statement"]["7"].update(of(20, 3, 9))

    found = shown.finding(told, statement())

    assert [g["figures"]["masked"] for g in found["groups"]] == [True, False]


def test_of_one_group_there_are_no_groups_to_show():
    told = {**document(), "k": 1}

    assert shown.finding(told, statement())["groups"] == []
    assert shown.groups_shown(told) == []


def test_a_statement_nobody_answered_is_shown_without_figures():
    assert shown.finding(document(), statement(99))["overall"]["n"] == 0


def test_a_line_stands_with_its_ballots():
    standing = {
        "basis": "balloted",
        "overall": of(20, 0, 9),
        "weakest": "2/3",
        "sections": {"group 1": of(0, 0, 9), "group 2": of(20, 0, 0), "channel hall": of(20, 0, 9)},
    }

    found = shown.line_shown(statement(), standing, document(9))

    assert (found["basis"], found["weakest_pct"]) == ("balloted", 66)
    assert [g["figures"]["agree_pct"] for g in found["groups"]] == [0, 100]
    assert [(c["key"], c["figures"]["agree_pct"]) for c in found["channels"]] == [("hall", 69)]


def test_a_line_tells_nothing_of_three_who_balloted():
    standing = {
        "overall": of(20, 0, 3),
        "weakest": "0/1",
        "sections": {"group 1": of(0, 0, 3), "group 2": of(20, 0, 0), "channel hall": of(20, 0, 3)},
    }

    found = shown.line_shown(statement(), standing, document())

    assert [g["figures"]["masked"] for g in found["groups"]] == [True, True]
    assert found["weakest_pct"] is None


def test_in_an_open_ballot_a_line_has_no_figures():
    found = shown.line_shown(statement(), None, None)

    assert (found["figures"]["n"], found["groups"], found["channels"], found["weakest_pct"]) == (0, [], [], None)


# ---- of a conversation


@pytest.mark.django_db
def test_who_joined_and_who_answered():
    room = cast.conversation()
    jun, linh, _ = cast.voice(room), cast.voice(room, "online"), cast.voice(room, "open")
    cast.open_round(room)
    cast.answer(jun, {1: 1, 2: 0})
    cast.answer(linh, {1: -1})

    told = shown.turnout(room)

    assert told == {
        "hall": {"joined": 1, "answered": 1},
        "online": {"joined": 1, "answered": 1},
        "open": {"joined": 1, "answered": 0},
        "joined": 3,
        "answered": 2,
    }


@pytest.mark.django_db
def test_an_open_round_has_no_landscape_yet():
    room = cast.conversation()
    jun = cast.voice(room)
    cast.open_round(room)
    cast.answer(jun, {1: 1})

    assert shown.latest_landscape(room) is None
    assert shown.landscape_shown(None) is None


@pytest.mark.django_db
def test_until_it_closes_by_the_clock(monkeypatch):
    room = cast.conversation()
    cast.open_round(room)
    assert shown.closes_in(room) is None

    room.rounds.update(closes_at=cast.minutes(7))
    monkeypatch.setattr(shown, "now", lambda: cast.minutes(5))
    assert shown.closes_in(room) == 120

    monkeypatch.setattr(shown, "now", lambda: cast.minutes(9))
    assert shown.closes_in(room) == 0


@pytest.mark.django_db
def test_only_what_a_moderator_let_through_is_ever_shown():
    room = cast.conversation(["하나"])
    for state in ("waiting", "refused", "withdrawn"):
        add_statement(room, state, "ko", "participant", state=state)

    assert {s.text for s in shown.statements_by_number(room).values()} == {"하나", "withdrawn"}


# ---- days


def test_a_day_as_people_write_it():
    evening = datetime(2026, 5, 2, 16, 30, tzinfo=UTC)  # in Seoul it is already Sunday

    with translation.override("ko"):
        assert shown.date_text(evening) == "2026년 5월 3일 (일)"
    with translation.override("en"):
        assert shown.date_text(evening) == "Sun 3 May 2026"
    assert shown.time_text(evening) == "01:30"
    assert (shown.date_text(None), shown.time_text(None)) == ("", "")


def test_the_clock_is_the_servers():
    assert abs(shown.now() - datetime.now(tz=UTC)) < timedelta(seconds=5)
