"""Whoever was refused may ask once that somebody else looks again."""

import pytest
from tests import cast

from onnuri.community.appealing import appeal, decide_appeal
from onnuri.conversation import actions
from onnuri.errors import Conflict, Forbidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def jun():
    """His statement, number 4, was refused by Mina."""
    own = cast.voice(cast.conversation())
    code = own.conversation.code
    actions.write_statement(code=code, voice=own.pk, text="불을 켜자.", lang="ko", at=cast.MORNING)
    actions.decide(code=code, number=4, accept=False, reason="advert", at=cast.MORNING, who="Mina")
    return own


def asked(jun, number=4, text="광고가 아니에요."):
    return appeal(code=jun.conversation.code, voice=jun.pk, number=number, text=text, lang="ko", at=cast.minutes(1))


def looked(jun, who, *, grant):
    return decide_appeal(code=jun.conversation.code, number=4, grant=grant, who=who, at=cast.minutes(2))


def state(jun):
    return jun.conversation.statements.get(number=4).state


def test_haru_looks_again_and_publishes_it(jun):
    asked(jun)

    looked(jun, "Haru", grant=True)

    assert state(jun) == "accepted"
    assert list(jun.conversation.appeals.values_list("state", "decided_by")) == [("granted", "Haru")]


def test_or_it_stays_away(jun):
    asked(jun)

    looked(jun, "Haru", grant=False)

    assert state(jun) == "refused"
    assert jun.conversation.appeals.get().state == "refused"


@pytest.mark.parametrize("who", ["Mina", " mina "])
def test_mina_does_not_look_at_her_own_decision_again(jun, who):
    asked(jun)

    with pytest.raises(Forbidden) as refused:
        looked(jun, who, grant=True)

    assert refused.value.key == "other_person"
    assert state(jun) == "refused"


def test_once(jun):
    asked(jun)
    looked(jun, "Haru", grant=False)

    with pytest.raises(Conflict) as refused:
        asked(jun)

    assert refused.value.key == "already_appealed"


def test_nobody_appeals_for_another(jun):
    other = cast.voice(jun.conversation)

    with pytest.raises(Forbidden) as refused:
        appeal(code=jun.conversation.code, voice=other.pk, number=4, text="네?", lang="ko", at=cast.MORNING)

    assert refused.value.key == "not_your_statement"


def test_what_waits_has_nothing_to_appeal(jun):
    actions.write_statement(code=jun.conversation.code, voice=jun.pk, text="길을 쓸자.", lang="ko", at=cast.MORNING)

    with pytest.raises(Conflict) as refused:
        asked(jun, number=5)

    assert refused.value.key == "nothing_to_appeal"
