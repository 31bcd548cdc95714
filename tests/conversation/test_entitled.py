"""Who may write and who may ballot is asked of the way a voice came, and of nothing else."""

import pytest
from tests import cast

from onnuri.conversation.actions import propose_line, write_statement
from onnuri.conversation.asking import ask
from onnuri.conversation.citing import attach
from onnuri.conversation.entitled import policy_of
from onnuri.conversation.models import Statement
from onnuri.errors import Forbidden
from onnuri.publishing import sitting

pytestmark = pytest.mark.django_db


def room_where_writing_needs_a_ticket():
    room = cast.conversation(policy="open")
    sitting.draft_rules(code=room.code, changes={"post": "ticket"})
    return cast.fresh(room)


def writes(room, voice):
    return write_statement(code=room.code, voice=voice.pk, text="강변에 의자를 놓자.", lang="ko", at=cast.MORNING)


def test_with_a_ticket_jun_writes_where_a_ticket_is_needed():
    room = room_where_writing_needs_a_ticket()

    assert writes(room, cast.voice(room, "hall")).state == "waiting"


@pytest.mark.parametrize(
    "act",
    [
        writes,
        lambda room, voice: ask(code=room.code, voice=voice.pk, text="왜요?", lang="ko", at=cast.MORNING),
        lambda room, voice: propose_line(
            code=room.code, voice=voice.pk, text="함께 쓰자.", lang="ko", cites=[1, 2], at=cast.MORNING
        ),
        lambda room, voice: attach(
            code=room.code,
            voice=voice.pk,
            card={"figure": "61", "unit": "%", "about": "찬성", "source": "한빛시", "dated": "2026"},
            lang="ko",
            statement=1,
            at=cast.MORNING,
        ),
    ],
    ids=["statement", "question", "line", "evidence"],
)
def test_whoever_came_by_the_open_link_writes_nothing_there(act):
    room = room_where_writing_needs_a_ticket()
    passer_by = cast.voice(room, "open")

    with pytest.raises(Forbidden) as refused:
        act(room, passer_by)

    assert refused.value.key == "post_by_ticket"
    assert Statement.objects.filter(conversation=room).exclude(kind="seed").count() == 0


def test_where_nothing_is_said_of_writing_everybody_who_may_answer_writes():
    room = cast.conversation(policy="open")

    assert writes(room, cast.voice(room, "open")).state == "waiting"


@pytest.mark.parametrize(
    ("vote", "post", "asked"),
    [
        ("open", "", "open"),
        ("open", "code", "code"),
        ("code", "", "code"),
        ("code", "open", "code"),
        ("ticket", "code", "ticket"),
    ],
)
def test_no_act_is_open_to_more_than_may_answer(vote, post, asked):
    assert policy_of({"vote": vote, "post": post}, "post") == asked
