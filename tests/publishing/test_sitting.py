"""A sitting, step by step: every opening and every close is a link of the chain shown on the stage."""

from datetime import timedelta

import pytest
from tests import cast

from onnuri.errors import Conflict, Unprocessable
from onnuri.publishing import sitting
from onnuri.publishing.models import Commitment, PublishedLandscape, Shortlist
from onnuri.record.chain import START, next_link

pytestmark = pytest.mark.django_db
TODAY = cast.MORNING.date()
IN_A_MONTH = TODAY + timedelta(days=30)


def links(room):
    return [link.what for link in room.links.all()]


def ask(room, commitments):
    sitting.ask_to_publish(code=room.code, commitments=commitments, today=TODAY)


def promised(room, addressee="한빛시", due=IN_A_MONTH):
    return [(line, addressee, due) for line in sitting.conclusion_of(room)]


# ---- the whole way


def test_from_the_first_round_to_the_record():
    room, _ = cast.sitting_until("published")

    assert links(room) == [
        "open vote 1",
        "close vote 1",
        "open shortlist",
        "close shortlist",
        "open ratification",
        "close ratification",
    ]
    assert [link.number for link in room.links.all()] == [1, 2, 3, 4, 5, 6]
    assert len({link.digest for link in room.links.all()}) == 6


def test_the_chain_can_be_followed_from_its_start():
    room, voices = cast.sitting_until("where")
    rows = [
        (own.pk, s.number, 1, own.channel, 0, cast.mind(index, s.number))
        for index, own in enumerate(voices)
        for s in room.statements.all()
    ]

    opened = next_link(START, "open vote 1", room.rules_digest)
    closed = next_link(opened.digest, "close vote 1", "", rows)

    assert [link.digest for link in room.links.all()] == [opened.digest, closed.digest]


def test_the_order_in_which_people_answered_changes_no_link():
    rows = [(2, 1, 1, "hall", 0, 1), (1, 1, 1, "online", 0, -1)]

    assert next_link(START, "close vote 1", "", rows) == next_link(START, "close vote 1", "", rows[::-1])


def test_one_other_answer_changes_the_link():
    rows = [(1, 1, 1, "hall", 0, 1)]
    other = [(1, 1, 1, "hall", 0, 0)]

    assert next_link(START, "close vote 1", "", rows) != next_link(START, "close vote 1", "", other)


def test_a_late_answer_is_in_no_close():
    room = cast.conversation()
    jun = cast.voice(room)
    cast.open_round(room)
    cast.answer(jun, {1: 1})
    cast.answer(cast.voice(room), {1: -1}, late=True)

    cast.close(room)

    opened = next_link(START, "open vote 1", cast.fresh(room).rules_digest)
    closed = next_link(opened.digest, "close vote 1", "", [(jun.pk, 1, 1, "hall", 0, 1)])
    assert room.links.last().digest == closed.digest


def test_each_close_publishes_the_landscape_it_was_shown_as():
    room, voices = cast.sitting_until("where")

    cast.vote_round(room, voices)

    published = list(PublishedLandscape.objects.order_by("round__number"))
    assert [p.round.number for p in published] == [1, 2]
    assert [p.document["digest"] for p in published] == [p.digest for p in published]
    assert published[0].document["participants"] == cast.CROWD


def test_the_shortlist_is_what_was_computed_and_nobody_chose_it():
    room, _ = cast.sitting_until("shortlist")

    candidates = [c["id"] for c in Shortlist.objects.get().candidates]
    assert set(candidates[:4]) == {1, 2, 3, 4}
    assert room.links.last().about == ",".join(str(c) for c in candidates)


def test_what_all_agree_on_becomes_the_conclusion():
    room, _ = cast.sitting_until("result")

    assert set(sitting.conclusion_of(room)) == {1, 2, 3, 4}


def test_without_a_yes_to_the_whole_there_is_no_conclusion():
    room, _ = cast.sitting_until("result", whole=-1)

    assert sitting.conclusion_of(room) == []
    assert room.slate.certificate["ratification"]["reasons"]


def test_without_a_slate_there_is_nothing_to_ratify():
    room, voices = cast.sitting_until("shortlist")
    for own in voices:
        cast.ballot(own, {c["id"]: -1 for c in room.shortlist.candidates})

    cast.close(room)

    assert cast.fresh(room).segment == "result"
    assert sitting.conclusion_of(room) == []


# ---- the wrong moment

STEPS = {
    "open_round": cast.open_round,
    "close": lambda room: sitting.close(code=room.code, at=cast.MORNING),
    "open_shortlist": lambda room: sitting.ask_for_shortlist(code=room.code),
    "open_ratification": lambda room: sitting.open_ratification(code=room.code, at=cast.MORNING),
    "publish": lambda room: ask(room, []),
}
WRONG = [
    ("lobby", "close"),
    ("lobby", "open_shortlist"),
    ("lobby", "open_ratification"),
    ("lobby", "publish"),
    ("round", "open_round"),
    ("round", "open_shortlist"),
    ("computing", "close"),
    ("computing", "open_round"),
    ("where", "publish"),
    ("slate", "open_round"),
    ("published", "publish"),
    ("published", "open_round"),
]


@pytest.mark.parametrize(("segment", "step"), WRONG, ids=[f"{step} in {segment}" for segment, step in WRONG])
def test_a_key_at_the_wrong_moment_changes_nothing(segment, step):
    room = cast.conversation()
    type(room).objects.update(segment=segment)
    before = type(room).objects.values().get()

    with pytest.raises(Conflict) as refused:
        STEPS[step](room)

    assert refused.value.key == "not_now"
    assert type(room).objects.values().get() == before
    assert links(room) == []


# ---- publishing


def test_each_line_has_somebody_who_answers():
    room, _ = cast.sitting_until("result")

    ask(room, promised(room, "  한빛시 도시공간과  "))

    kept = [(c.line, c.addressee, c.due) for c in Commitment.objects.all()]
    assert sorted(kept) == sorted(promised(room, "한빛시 도시공간과"))
    assert cast.fresh(room).segment == "computing"


def test_what_is_not_yet_promised_is_not_published():
    room, _ = cast.sitting_until("result")
    whole = promised(room)
    first, *others = whole
    line = first[0]
    not_promised = {
        "a line without": (others, "addressee"),
        "nobody": ([(line, "  ", IN_A_MONTH), *others], "addressee"),
        "nobody one can see": ([(line, "\u200b\u3164", IN_A_MONTH), *others], "addressee"),
        "no text": ([(line, "한빛시\x00", IN_A_MONTH), *others], "addressee"),
        "half a character": ([(line, "\ud800", IN_A_MONTH), *others], "addressee"),
        "too long": ([(line, "가" * 121, IN_A_MONTH), *others], "addressee"),
        "a line of others": ([*whole, (99, "한빛시", IN_A_MONTH)], "addressee"),
        "a line twice": ([*whole, first], "addressee"),
        "today": ([(line, "한빛시", TODAY), *others], "due"),
        "yesterday": ([(line, "한빛시", TODAY - timedelta(days=1)), *others], "due"),
    }

    for what, (commitments, key) in not_promised.items():
        with pytest.raises(Unprocessable) as refused:
            ask(room, commitments)
        assert (refused.value.key, refused.value.field) == (key, key), what
        assert not Commitment.objects.exists(), what
        assert cast.fresh(room).segment == "result", what


def test_an_addressee_is_counted_as_people_count():
    room, _ = cast.sitting_until("result")
    name = "\N{WOMAN}\u200d\N{ROCKET}" * 120

    ask(room, promised(room, name))

    assert {c.addressee for c in Commitment.objects.all()} == {name}


def test_no_common_conclusion_asks_nobody():
    room, _ = cast.sitting_until("result", whole=-1)

    ask(room, [])

    assert not Commitment.objects.exists()
    assert cast.fresh(room).segment == "computing"
