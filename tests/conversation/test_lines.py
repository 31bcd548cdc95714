"""Lines: a sentence that joins statements, written anew once, and what others miss in it."""

import pytest
from tests import cast

from onnuri.conversation import actions
from onnuri.conversation.models import Objection
from onnuri.errors import Conflict, Forbidden, NotFound, Unprocessable

pytestmark = pytest.mark.django_db
LINE = "물가를 걷는 길 곁에 장터를 열자."


def propose(own, text=LINE, cites=(1, 2)):
    return actions.propose_line(
        code=own.conversation.code, voice=own.pk, text=text, lang="ko", cites=cites, at=cast.MORNING
    )


def accept(statement):
    return actions.decide(
        code=statement.conversation.code, number=statement.number, accept=True, reason="", at=cast.MORNING
    )


def redraft(own, line, text="물가를 걷는 길에 저녁 장터를 열자."):
    return actions.redraft(
        code=own.conversation.code, voice=own.pk, number=line.number, text=text, lang="ko", at=cast.minutes(1)
    )


def miss(own, line, text="비가 오면 어디로 가나요."):
    return actions.say_what_is_missing(
        code=own.conversation.code, voice=own.pk, number=line.number, text=text, lang="ko"
    )


@pytest.fixture
def hall():
    """(Jun in the hall, Linh online, Jun's line, accepted), in an open round."""
    room = cast.conversation()
    cast.open_round(room)
    jun, linh = cast.voice(room), cast.voice(room, "online")
    return jun, linh, accept(propose(jun))


def over(own, segment):
    type(own.conversation).objects.update(segment=segment)


# ---- proposing


def test_jun_joins_two_statements_into_a_line():
    jun = cast.voice(cast.conversation())

    line = propose(jun, cites=[2, 1, 2])

    assert (line.kind, line.state, line.cites, line.number) == ("line", "waiting", [1, 2], 4)


@pytest.mark.parametrize(
    ("cites", "key"), [([], "cite_two"), ([1], "cite_two"), ([1, 1], "cite_two"), ([1, 9], "statement_unknown")]
)
def test_a_line_that_joins_nothing(cites, key):
    jun = cast.voice(cast.conversation())

    with pytest.raises(Unprocessable) as refused:
        propose(jun, cites=cites)

    assert (refused.value.key, refused.value.field) == (key, "cite")


def test_an_unread_statement_cannot_be_joined_yet():
    room = cast.conversation()
    actions.write_statement(
        code=room.code, voice=cast.voice(room).pk, text="아직 못 읽은 말", lang="ko", at=cast.MORNING
    )

    with pytest.raises(Unprocessable) as refused:
        propose(cast.voice(room), cites=[1, 4])

    assert refused.value.about["statement"] == 4


def test_a_line_in_the_words_of_a_statement_is_that_statement():
    jun = cast.voice(cast.conversation())

    with pytest.raises(Conflict) as refused:
        propose(jun, cast.SEEDS[0])

    assert refused.value.key == "same_text"


def test_lines_are_paced_with_statements():
    room = cast.conversation()
    jun = cast.voice(room)
    for number in range(3):
        propose(jun, f"{LINE} {number}")

    with pytest.raises(Conflict) as refused:
        propose(jun, f"{LINE} 더")

    assert (refused.value.key, refused.value.about["n"]) == ("write_later", 10)


def test_somebody_elses_voice_proposes_nothing_here():
    room, stranger = cast.conversation(), cast.voice(cast.conversation())

    with pytest.raises(Forbidden) as refused:
        actions.propose_line(code=room.code, voice=stranger.pk, text=LINE, lang="ko", cites=[1, 2], at=cast.MORNING)

    assert refused.value.key == "no_voice"


# ---- writing anew, once


def test_jun_listens_and_writes_his_line_anew(hall):
    jun, _, line = hall

    new = redraft(jun, line)

    assert (new.kind, new.state, new.cites, new.redraft_of_id) == ("line", "waiting", [1, 2], line.pk)
    assert new.author_id == jun.pk
    assert cast.fresh(line).state == "withdrawn"
    assert cast.fresh(line).text == LINE


def test_only_once(hall):
    jun, _, line = hall
    new = redraft(jun, line)

    with pytest.raises(Conflict) as refused:
        redraft(jun, new, "세 번째 문안")
    with pytest.raises(NotFound):
        redraft(jun, line, "처음 것을 또 고친 문안")

    assert refused.value.key == "redrafted"


def test_only_ones_own(hall):
    _, linh, line = hall

    with pytest.raises(Forbidden) as refused:
        redraft(linh, line)

    assert refused.value.key == "not_yours"
    assert cast.fresh(line).state == "accepted"


def test_the_same_words_are_nothing_new(hall):
    jun, _, line = hall

    with pytest.raises(Conflict) as refused:
        redraft(jun, line, f" {LINE} ")

    assert refused.value.key == "same_text"
    assert cast.fresh(line).state == "accepted"


def test_a_statement_is_no_line(hall):
    jun, *_ = hall

    with pytest.raises(NotFound) as refused:
        actions.redraft(code=jun.conversation.code, voice=jun.pk, number=1, text="고친 말", lang="ko", at=cast.MORNING)

    assert refused.value.key == "statement_unknown"


@pytest.mark.parametrize("segment", ["shortlist", "slate", "ratification", "result", "published"])
def test_not_once_the_candidates_are_there(hall, segment):
    jun, _, line = hall
    over(jun, segment)

    with pytest.raises(Conflict) as refused:
        redraft(jun, line)

    assert refused.value.key == "writing_over"


def test_not_while_a_ballot_is_being_counted():
    room, voices = cast.sitting_until("where")
    line = accept(propose(voices[0]))
    cast.vote_round(room, voices)
    cast.to_shortlist(room)
    cast.sitting.close(code=room.code, at=cast.MORNING)
    assert cast.fresh(room).segment == "computing"

    with pytest.raises(Conflict) as refused:
        redraft(voices[0], line)

    assert refused.value.key == "writing_over"
    assert cast.fresh(line).state == "accepted"


# ---- what is missing


def test_linh_does_not_agree_and_says_what_is_missing(hall):
    _, linh, line = hall
    cast.answer(linh, {line.number: -1})

    said = miss(linh, line, "  비가 오면\u202e 어디로 가나요.  ")

    assert (said.text, said.lang, said.voice_id) == ("비가 오면 어디로 가나요.", "ko", linh.pk)


def test_who_is_not_sure_may_say_it_too(hall):
    _, linh, line = hall
    cast.answer(linh, {line.number: 0})

    assert miss(linh, line).line_id == line.pk


def test_who_agrees_misses_nothing(hall):
    _, linh, line = hall
    cast.answer(linh, {line.number: 1})

    with pytest.raises(Conflict) as refused:
        miss(linh, line)

    assert refused.value.key == "vote_first"
    assert not Objection.objects.exists()


def test_who_has_not_answered_answers_first(hall):
    _, linh, line = hall

    with pytest.raises(Conflict) as refused:
        miss(linh, line)

    assert refused.value.key == "vote_first"


def test_the_last_answer_is_the_one_that_speaks(hall):
    _, linh, line = hall
    cast.answer(linh, {line.number: -1})
    cast.close(linh.conversation)
    cast.open_round(linh.conversation)
    cast.answer(linh, {line.number: 1})

    with pytest.raises(Conflict) as refused:
        miss(linh, line)

    assert refused.value.key == "vote_first"


def test_the_author_rewrites_instead(hall):
    jun, _, line = hall
    cast.answer(jun, {line.number: -1})

    with pytest.raises(Forbidden) as refused:
        miss(jun, line)

    assert refused.value.key == "your_own_line"


def test_said_again_it_is_said_once(hall):
    _, linh, line = hall
    cast.answer(linh, {line.number: -1})
    miss(linh, line)

    miss(linh, line, "아이와 갈 길이 없어요.")

    assert Objection.objects.get().text == "아이와 갈 길이 없어요."


@pytest.mark.parametrize(("text", "key"), [("", "text_blank"), ("가" * 301, "text_too_long")])
def test_it_is_one_sentence_like_any_other(hall, text, key):
    _, linh, line = hall
    cast.answer(linh, {line.number: -1})

    with pytest.raises(Unprocessable) as refused:
        miss(linh, line, text)

    assert refused.value.key == key


def test_nothing_is_missing_in_a_line_that_was_withdrawn(hall):
    jun, linh, line = hall
    cast.answer(linh, {line.number: -1})
    redraft(jun, line)

    with pytest.raises(NotFound) as refused:
        miss(linh, line)

    assert refused.value.key == "statement_unknown"


def test_when_the_new_wording_is_refused_the_line_stands_as_it_stood(hall):
    jun, _, line = hall
    new = redraft(jun, line)

    actions.decide(code=new.conversation.code, number=new.number, accept=False, reason="several", at=cast.minutes(2))

    assert (cast.fresh(line).state, cast.fresh(new).state) == ("accepted", "refused")


def test_nothing_is_missing_any_more_once_the_candidates_are_there(hall):
    jun, linh, line = hall
    over(jun, "shortlist")

    with pytest.raises(Conflict) as refused:
        miss(linh, line)

    assert refused.value.key == "writing_over"
