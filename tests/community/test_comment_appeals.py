"""A comment that was put away: its author asks once, and somebody else looks again."""

import pytest
from tests import cast
from tests.community import neighbours

from onnuri.community import actions, comment_appeals, privacy, rights
from onnuri.community.models import Appeal
from onnuri.errors import Conflict, Forbidden, NotFound, Unprocessable

pytestmark = pytest.mark.django_db
SAYS = "가게 이름이 아니라 골목 이름이에요."
MINA, HARU = "#1 Mina", "#2 Haru"


@pytest.fixture(params=["under a record", "under a talk"])
def put_away(request):
    """Jun's comment, hidden by the moderator Mina."""
    under = cast.conversation() if request.param == "under a record" else neighbours.talk()
    jun = neighbours.account("jun")
    said = neighbours.comment(under, jun)
    actions.hide_comment(pk=said.pk, reason="abuse", until=None, at=cast.MORNING, who=MINA)
    return said, jun


def ask(said, who, text=SAYS):
    return comment_appeals.appeal_comment(pk=said.pk, account=who, text=text, lang="ko", at=cast.minutes(5))


def decide(said, who, *, grant=True):
    return comment_appeals.decide_comment_appeal(pk=said.pk, grant=grant, who=who, at=cast.minutes(9))


def test_somebody_else_looks_again_and_it_is_back(put_away):
    said, jun = put_away
    ask(said, jun)

    with pytest.raises(Forbidden) as refused:
        decide(said, MINA)
    assert refused.value.key == "other_person"
    assert cast.fresh(said).state == "hidden"

    assert decide(said, HARU).state == "granted"
    assert cast.fresh(said).state == "shown"


def test_it_stays_away_and_that_is_the_last_word(put_away):
    said, jun = put_away
    ask(said, jun)

    assert decide(said, HARU, grant=False).state == "refused"

    assert cast.fresh(said).state == "hidden"
    for again in (lambda: ask(said, jun), lambda: decide(said, HARU)):
        with pytest.raises(Conflict):
            again()


def test_only_its_author_asks_and_only_about_what_was_put_away(put_away):
    said, jun = put_away
    mina = neighbours.account("mina")
    there = neighbours.comment(cast.conversation(), jun, "그대로 있는 말")

    for one, who, error, key in (
        (said, mina, Forbidden, "comment_of_another"),
        (there, jun, Conflict, "comment_nothing_to_appeal"),
    ):
        with pytest.raises(error) as refused:
            ask(one, who)
        assert refused.value.key == key
    with pytest.raises(NotFound):
        comment_appeals.appeal_comment(pk=10**9, account=jun, text=SAYS, lang="ko", at=cast.MORNING)


def by_rights(said):
    asked = rights.ask(
        kind="comments", number=said.pk, conversation=None, language="ko", at=cast.MORNING, name="가게 주인",
        email="shop@example.kr", right="reputation", why="우리 가게예요.", evidence="",
    )  # fmt: skip
    return rights.hide(request=asked.pk, who=MINA, at=cast.MORNING)


def test_what_two_took_down_by_a_request_of_rights_is_not_brought_back_by_one(put_away):
    said, jun = put_away
    there = neighbours.comment(said.session or said.conversation, jun, "가게 이름을 적은 말")
    asked = by_rights(there)
    for who in (MINA, HARU):
        rights.decide(request=asked.pk, outcome="remove", text="이름이 있어요.", who=who, at=cast.minutes(2))

    with pytest.raises(Conflict) as refused:
        ask(there, jun)

    assert refused.value.key == "comment_nothing_to_appeal"


def test_while_a_request_of_rights_hides_it_no_appeal_shows_it(put_away):
    said, jun = put_away
    ask(said, jun)
    actions.restore_comment(pk=said.pk, at=cast.minutes(6), who=HARU)
    assert Appeal.objects.get().state == "granted"
    again = neighbours.comment(said.session or said.conversation, jun, "또 다른 말")
    actions.hide_comment(pk=again.pk, reason="abuse", until=None, at=cast.MORNING, who=MINA)
    ask(again, jun)
    actions.restore_comment(pk=again.pk, at=cast.minutes(6), who=HARU)
    by_rights(again)

    with pytest.raises(Conflict):
        decide(again, HARU)
    assert cast.fresh(again).state == "hidden"


def test_nobody_who_ever_put_it_away_and_nobody_without_a_name_decides(put_away):
    said, jun = put_away
    actions.remove_comment(pk=said.pk, reason="abuse", at=cast.minutes(2), who=HARU)
    ask(said, jun)

    for who in (MINA, HARU, ""):
        with pytest.raises((Forbidden, Unprocessable)):
            decide(said, who)
    assert decide(said, "#3 Linh").state == "granted"


@pytest.mark.parametrize(("text", "key"), [(" ", "text_blank"), ("가" * 301, "text_too_long")])
def test_it_says_why_in_a_sentence(put_away, text, key):
    said, jun = put_away

    with pytest.raises(Unprocessable) as refused:
        ask(said, jun, text)

    assert refused.value.key == key
    assert not Appeal.objects.exists()


def test_it_is_the_authors_to_take_along_and_goes_with_the_account(put_away):
    said, jun = put_away
    ask(said, jun)

    assert [one["text"] for one in privacy.export_of(jun)["appeals"]] == [SAYS]
    privacy.erase(jun)
    assert not Appeal.objects.exists()
