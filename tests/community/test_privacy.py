"""An account takes its comments along, or away; nothing of it stays, and nothing of a voice was ever there."""

import json

import pytest
from tests import cast
from tests.community import neighbours

from onnuri.community import actions, privacy, queries
from onnuri.community.models import Block, Comment, Mark, Reaction, Report
from onnuri.conversation.models import Decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def street():
    """Mina and Jun and what they did with each other's comments."""
    room, talk = cast.conversation(), neighbours.talk()
    mina, jun = neighbours.account("mina"), neighbours.account("jun")
    hers, his = neighbours.comment(room, mina, "미나의 말"), neighbours.comment(talk, jun, "준의 말")
    for one, who in ((hers, jun), (his, mina)):
        actions.react(pk=one.pk, account=who, at=cast.MORNING)
        neighbours.report(one, who, f"{who.alias}의 까닭")
        actions.block(account=who, author=one.author_id)
    actions.mark(pk=hers.pk, conversation=room, voice=cast.voice(room), at=cast.MORNING)
    actions.hide_comment(pk=hers.pk, reason="abuse", until=None, at=cast.MORNING, who="sato")
    return room, talk, mina, jun, hers, his


def test_mina_takes_along_what_is_hers(street):
    room, _talk, mina, _jun, hers, his = street

    told = privacy.export_of(mina)

    assert told == {
        "comments": [
            {
                "number": hers.pk,
                "under": f"/r/{room.code}/comments",
                "at": cast.MORNING.isoformat(),
                "text": "미나의 말",
                "lang": "ko",
                "state": "hidden",
            }
        ],
        "reactions": [his.pk],
        "reports": [{"comment": his.pk, "reason": "mina의 까닭", "at": cast.MORNING.isoformat()}],
        "appeals": [],
        "blocks": ["jun"],
    }
    assert "준의 말" not in json.dumps(told, ensure_ascii=False)


def test_below_a_talk_the_place_is_said_too(street):
    talk, jun = street[1], street[3]

    assert privacy.export_of(jun)["comments"][0]["under"] == f"/e/hanbit/sessions/{talk.pk}/comments"


def test_mina_erases_everything_and_jun_keeps_his(street):
    room, _talk, mina, jun, hers, his = street

    privacy.erase(mina)

    left = cast.fresh(hers)
    assert (left.author, left.text, left.state, left.reason) == (None, "", "deleted", "")
    assert cast.fresh(his).text == "준의 말"
    assert [model.objects.count() for model in (Reaction, Report, Block, Mark)] == [0, 0, 0, 0]
    assert [(log.act, log.text) for log in Decision.objects.all()] == [("hide", "")]
    assert privacy.export_of(mina) == {"comments": [], "reactions": [], "reports": [], "appeals": [], "blocks": []}
    assert queries.listed(room, "new", groups={}) == [hers.pk]
    assert Comment.objects.filter(author=jun).count() == 1
