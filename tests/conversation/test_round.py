"""Rounds, the grace after them, and what becomes of late answers."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast

from onnuri.conversation import actions
from onnuri.conversation.models import BallotVote, Round, Vote
from onnuri.conversation.queries import cast as everything_cast
from onnuri.conversation.queries import conversation_by_code, rows_of_round
from onnuri.conversation.round import VOTE_GRACE_S, grace_of, standing
from onnuri.errors import Conflict, NotFound

KINDS = ("vote", "shortlist", "ratification")
A_MOMENT = timedelta(microseconds=1)
FINAL = cast.minutes(5)


# ---- the rule


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_to_an_open_round_counts(kind):
    assert standing(kind, final_at=None, at=FINAL, sealed=False) == "counts"


@pytest.mark.parametrize("kind", KINDS)
def test_within_the_grace_it_counts_in_full(kind):
    assert standing(kind, final_at=FINAL, at=FINAL - A_MOMENT, sealed=False) == "counts"


def test_after_it_a_vote_is_kept_and_flagged():
    assert standing("vote", final_at=FINAL, at=FINAL, sealed=False) == "late"


@pytest.mark.parametrize("kind", ["shortlist", "ratification"])
def test_after_it_a_ballot_comes_too_late(kind):
    assert standing(kind, final_at=FINAL, at=FINAL, sealed=False) == "too_late"


@pytest.mark.parametrize("kind", KINDS)
def test_after_sealing_nothing_is_taken(kind):
    assert standing(kind, final_at=FINAL, at=cast.minutes(600), sealed=True) == "too_late"


@pytest.mark.parametrize(
    ("kind", "rule", "seconds"),
    [("vote", 120, VOTE_GRACE_S), ("vote", 1, 1), ("vote", 0, 0), ("shortlist", 120, 120), ("ratification", 0, 0)],
)
def test_a_vote_round_is_final_soon_since_the_hall_is_waiting(kind, rule, seconds):
    assert grace_of(kind, rule) == timedelta(seconds=seconds)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(kind=st.sampled_from(KINDS), seconds=st.integers(-500, 500), later=st.integers(0, 500), sealed=st.booleans())
def test_waiting_never_makes_an_answer_count_more(kind, seconds, later, sealed):
    rank = {"counts": 2, "late": 1, "too_late": 0}
    first = cast.minutes(5) + timedelta(seconds=seconds)

    soon = standing(kind, final_at=FINAL, at=first, sealed=sealed)
    afterwards = standing(kind, final_at=FINAL, at=first + timedelta(seconds=later), sealed=sealed)

    assert rank[afterwards] <= rank[soon]


# ---- the actions


@pytest.mark.django_db
def test_a_round_is_opened_by_the_host_and_closed_by_the_server():
    room = cast.conversation()

    opened = actions.open_round(room, "vote", at=cast.MORNING, closes_at=cast.minutes(7))
    closed = actions.close_round(cast.fresh(room), at=cast.minutes(5), grace_s=120)

    assert (opened.number, opened.kind, opened.closes_at) == (1, "vote", cast.minutes(7))
    assert closed.pk == opened.pk
    assert (closed.closed_at, closed.final_at) == (cast.minutes(5), cast.minutes(5) + timedelta(seconds=1))
    assert closed.done_at is None


@pytest.mark.django_db
def test_rounds_are_numbered_through_whatever_their_kind():
    room, _ = cast.sitting_until("ratification")

    assert [(r.number, r.kind) for r in room.rounds.all()] == [
        (1, "vote"),
        (2, "shortlist"),
        (3, "ratification"),
    ]


@pytest.mark.django_db
def test_without_a_statement_there_is_nothing_to_ask():
    room = cast.conversation([])

    with pytest.raises(Conflict) as refused:
        actions.open_round(room, "vote", at=cast.MORNING)

    assert refused.value.key == "no_statements"
    assert (room.rounds.count(), cast.fresh(room).segment) == (0, "lobby")


@pytest.mark.django_db
def test_an_unread_statement_is_not_yet_something_to_ask():
    room = cast.conversation([])
    actions.write_statement(
        code=room.code, voice=cast.voice(room).pk, text="아직 아무도 못 읽은 말", lang="ko", at=cast.MORNING
    )

    with pytest.raises(Conflict) as refused:
        actions.open_round(cast.fresh(room), "vote", at=cast.MORNING)

    assert refused.value.key == "no_statements"


@pytest.mark.django_db
def test_a_round_is_closed_once():
    room = cast.conversation()
    cast.open_round(room)
    actions.close_round(cast.fresh(room), at=cast.minutes(5), grace_s=0)

    with pytest.raises(Conflict) as refused:
        actions.close_round(cast.fresh(room), at=cast.minutes(6), grace_s=0)

    assert refused.value.key == "not_now"
    assert Round.objects.get().closed_at == cast.minutes(5)


@pytest.mark.django_db
def test_a_mind_changed_in_the_next_round_leaves_the_first_answer_in_its_round():
    room = cast.conversation()
    jun = cast.voice(room)
    cast.open_round(room)
    cast.answer(jun, {1: -1, 2: 0})
    cast.close(room)
    cast.open_round(room)
    cast.answer(jun, {1: 1})

    found = everything_cast(cast.fresh(room))

    assert sorted(found.votes) == [
        (jun.pk, 1, 1, "hall", 0, -1),
        (jun.pk, 1, 2, "hall", 0, 1),
        (jun.pk, 2, 1, "hall", 0, 0),
    ]
    assert found.channel == {jun.pk: "hall"}
    assert found.origin == {jun.pk: "person"}


@pytest.mark.django_db
def test_late_answers_are_no_rows_of_the_round():
    room = cast.conversation()
    jun, linh = cast.voice(room), cast.voice(room, "online")
    cast.open_round(room)
    cast.answer(jun, {1: 1})
    cast.answer(linh, {1: -1}, late=True)

    rows = list(rows_of_round(everything_cast(room), 1))

    assert rows == [(jun.pk, 1, 1, "hall", 0, 1)]


@pytest.mark.django_db
def test_a_ballot_on_the_whole_is_written_with_a_star():
    room, voices = cast.sitting_until("ratification")
    cast.ballot(voices[0], {0: 1})

    kept = [b for b in everything_cast(room).ballots if b[0] == "ratification"]

    assert kept == [("ratification", voices[0].pk, voices[0].channel, "*", 1)]


@pytest.mark.django_db
def test_one_answer_of_a_voice_to_a_statement_in_a_round():
    room = cast.conversation()
    jun = cast.voice(room)
    cast.open_round(room)
    cast.answer(jun, {1: 1})
    first = Vote.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.bulk_create([Vote(round=first.round, voice=jun, statement=first.statement, value=-1)])
    with pytest.raises(IntegrityError), transaction.atomic():
        BallotVote.objects.bulk_create([BallotVote(round=first.round, voice=jun, line=1, value=v) for v in (1, -1)])

    assert Vote.objects.get().value == 1


@pytest.mark.django_db
def test_a_code_is_read_in_small_letters_too():
    room = cast.conversation()

    assert conversation_by_code(room.code.lower()).pk == room.pk
    with pytest.raises(NotFound) as refused:
        conversation_by_code("ZZZZZZ")
    assert refused.value.key == "code_unknown"


@pytest.mark.django_db
def test_what_is_done_is_done_by_a_code_in_small_letters_too():
    room = cast.conversation()

    assert actions.locked(room.code.lower()).pk == room.pk
