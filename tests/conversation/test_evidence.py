"""A figure needs its source and its date; whoever doubts it is heard, and nobody sees a figure of an open doubt."""

import pytest
from tests import cast

from onnuri.conversation import actions, citing
from onnuri.conversation.evidence import MOST_A_STATEMENT, checked_card
from onnuri.conversation.models import ChallengeVote, Evidence
from onnuri.errors import Conflict, Forbidden, NotFound, Unprocessable

ROOMS = {
    "figure": "61.4",
    "unit": "%",
    "about": "평일 저녁에 비어 있는 회의실",
    "source": "공유 회의실 이용 조사 (지어낸 예)",
    "dated": "2026년 3월, 4주",
}


def put(room, **about):
    return citing.attach(code=room.code, card=ROOMS, lang="ko", at=cast.MORNING, **about)


def doubt(room, own, card, text="공사 중인 방도 세었습니다."):
    return citing.challenge(
        code=room.code, voice=own.pk, number=card.number, text=text, source="", lang="ko", at=cast.MORNING
    )


def published_doubt(room, own, card):
    made = doubt(room, own, card)
    return citing.decide_challenge(code=room.code, number=made.number, accept=True, reason="")


def vote(made, voices, value):
    ChallengeVote.objects.bulk_create(ChallengeVote(challenge=made, voice=own, value=value) for own in voices)


# ---- the card


@pytest.mark.parametrize("missing", ["figure", "about", "source", "dated"])
def test_without_figure_meaning_source_and_date_it_is_no_evidence(missing):
    with pytest.raises(Unprocessable) as refused:
        checked_card({**ROOMS, missing: " "})

    assert refused.value.field == missing


def test_a_figure_has_a_digit():
    with pytest.raises(Unprocessable) as refused:
        checked_card({**ROOMS, "figure": "아주 많이"})

    assert refused.value.key == "evidence_figure"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//a.kr", "https://", "https://a.kr/ b"])
def test_a_source_is_an_address_of_the_web_or_none(url):
    with pytest.raises(Unprocessable):
        checked_card({**ROOMS, "url": url})

    assert checked_card({**ROOMS, "url": " https://example.kr/a "}).url == "https://example.kr/a"
    assert checked_card(ROOMS).url == ""


# ---- who puts it where


@pytest.mark.django_db
def test_the_organiser_puts_a_card_and_it_is_up_at_once():
    room = cast.conversation()

    card = put(room, statement=1)

    assert (card.state, card.author, card.statement.number) == ("accepted", None, 1)


@pytest.mark.django_db
def test_ones_own_statement_carries_ones_own_card_and_a_moderator_reads_it_first():
    room = cast.conversation()
    jun = cast.voice(room)
    said = actions.write_statement(code=room.code, voice=jun.pk, text="방을 열자.", lang="ko", at=cast.MORNING)

    card = put(room, statement=said.number, voice=jun.pk)

    assert (card.state, card.waiting_since) == ("waiting", cast.MORNING)
    with pytest.raises(Forbidden):
        put(room, statement=1, voice=jun.pk)


@pytest.mark.django_db
def test_three_cards_are_enough_and_a_refused_one_takes_no_room():
    room = cast.conversation()
    jun = cast.voice(room)
    said = actions.write_statement(code=room.code, voice=jun.pk, text="방을 열자.", lang="ko", at=cast.MORNING)
    first = put(room, statement=said.number, voice=jun.pk)
    citing.decide_card(code=room.code, number=first.number, accept=False, reason="advert")

    for _ in range(MOST_A_STATEMENT):
        put(room, statement=said.number, voice=jun.pk)

    with pytest.raises(Conflict) as refused:
        put(room, statement=said.number, voice=jun.pk)
    assert refused.value.key == "evidence_enough"


@pytest.mark.django_db
def test_who_leaves_takes_the_cards_along_and_none_becomes_the_organisers():
    room = cast.conversation()
    jun, mina = cast.voice(room), cast.voice(room)
    said = actions.write_statement(code=room.code, voice=jun.pk, text="방을 열자.", lang="ko", at=cast.MORNING)
    actions.decide(code=room.code, number=said.number, accept=True, reason="", at=cast.MORNING)
    card = put(room, statement=said.number, voice=jun.pk)
    citing.decide_card(code=room.code, number=card.number, accept=True, reason="", source_checked=True)
    theirs = put(room, statement=1)
    doubt(room, jun, theirs)
    doubt(room, mina, theirs, text="다른 까닭입니다.")

    actions.forget_voice(code=room.code, voice=jun.pk)

    assert list(Evidence.objects.filter(conversation=room)) == [theirs]
    assert [one.text for one in room.challenges.all()] == ["다른 까닭입니다."]


# ---- the challenge


@pytest.mark.django_db
def test_only_a_published_figure_is_challenged_and_by_each_once():
    room = cast.conversation()
    jun = cast.voice(room)
    card = put(room, statement=1)

    doubt(room, jun, card)

    with pytest.raises(Conflict):
        doubt(room, jun, card, text="또 다른 까닭입니다.")
    with pytest.raises(NotFound):
        citing.challenge(
            code=room.code, voice=jun.pk, number=99, text="없는 카드", source="", lang="ko", at=cast.MORNING
        )


@pytest.mark.django_db
def test_votes_are_counted_when_it_closes_and_not_before():
    room = cast.conversation()
    voices = [cast.voice(room, "hall" if n % 2 else "online") for n in range(7)]
    made = published_doubt(room, voices[0], put(room, statement=1))
    vote(made, voices[:5], 1)
    vote(made, voices[5:6], 0)
    vote(made, voices[6:], -1)
    assert cast.fresh(made).result is None

    citing.close_challenge(code=room.code, number=made.number, at=cast.minutes(5))

    closed = cast.fresh(made)
    assert closed.result == {"agree": 5, "pass": 1, "disagree": 1, "channels": {"hall": 3, "online": 4}}
    assert closed.closed_at == cast.minutes(5)
    with pytest.raises(NotFound):
        citing.close_challenge(code=room.code, number=made.number, at=cast.minutes(6))


@pytest.mark.django_db
def test_the_close_of_a_round_closes_what_was_read_and_leaves_what_waits():
    room = cast.conversation()
    jun, mina = cast.voice(room), cast.voice(room)
    card = put(room, statement=1)
    read, unread = published_doubt(room, jun, card), doubt(room, mina, card)
    cast.open_round(room)

    cast.close(room)

    assert cast.fresh(read).closed_at is not None
    assert cast.fresh(unread).closed_at is None
