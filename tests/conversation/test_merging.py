"""Two say the same: before anybody has answered, one goes into the other, and no vote is ever moved."""

import pytest
from tests import cast

from onnuri.conversation import actions
from onnuri.conversation.merging import merge
from onnuri.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return cast.conversation()


@pytest.fixture
def written(room):
    """What Jun wrote, unread; number 4."""
    return actions.write_statement(
        code=room.code, voice=cast.voice(room).pk, text="장터를 되살리자.", lang="ko", at=cast.MORNING
    )


def merged(room, number, into):
    return merge(code=room.code, number=number, into=into, who="Mina", at=cast.minutes(1))


def test_an_unread_statement_goes_into_the_one_that_says_the_same(room, written):
    merged(room, 4, 2)

    own = cast.fresh(written)
    assert (own.state, own.merged_into.number, own.waiting_since) == ("merged", 2, None)
    decided = room.decisions.get(act="merge")
    assert (decided.number, decided.figures, decided.text) == (4, {"into": 2}, "장터를 되살리자.")


def test_a_published_one_too_while_nobody_has_answered_it(room, written):
    actions.decide(code=room.code, number=4, accept=True, reason="", at=cast.MORNING)

    assert merged(room, 4, 2).state == "merged"


def test_from_the_first_vote_on_it_stays_what_it_is(room, written):
    actions.decide(code=room.code, number=4, accept=True, reason="", at=cast.MORNING)
    cast.open_round(room)
    cast.answer(cast.voice(room), {4: -1})

    with pytest.raises(Conflict) as refused:
        merged(room, 4, 2)

    assert refused.value.key == "voted_on"
    assert cast.fresh(written).state == "accepted"


def test_nothing_goes_into_itself(room, written):
    with pytest.raises(Conflict) as refused:
        merged(room, 4, 4)

    assert refused.value.key == "merge_itself"


def test_nothing_goes_into_what_went_elsewhere(room, written):
    other = actions.write_statement(
        code=room.code, voice=cast.voice(room).pk, text="장터가 그립다.", lang="ko", at=cast.MORNING
    )
    merged(room, 4, 2)

    with pytest.raises(Conflict) as refused:
        merged(room, other.number, 4)

    assert refused.value.key == "merge_into_gone"


def test_twice_is_once_too_often(room, written):
    merged(room, 4, 2)

    with pytest.raises(Conflict) as refused:
        merged(room, 4, 1)

    assert refused.value.key == "already_decided"


def test_another_conversation_has_other_statements(room, written):
    elsewhere = cast.conversation(seeds=(*cast.SEEDS, "넷째.", "다섯째."))

    with pytest.raises(NotFound) as refused:
        merged(room, 4, elsewhere.statements.last().number)

    assert refused.value.key == "statement_unknown"


def test_a_line_is_no_statement(room):
    line = actions.propose_line(
        code=room.code, voice=cast.voice(room).pk, text="물가와 장터를 잇자.", lang="ko", cites=[1, 2], at=cast.MORNING
    )

    with pytest.raises(Conflict) as refused:
        merged(room, line.number, 2)

    assert refused.value.key == "merge_kinds"


def test_the_organisers_seeds_are_merged_by_nobody(room):
    with pytest.raises(Conflict) as refused:
        merged(room, 1, 2)

    assert refused.value.key == "already_decided"
