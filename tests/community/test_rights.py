"""A text may infringe somebody's rights: hidden for thirty days at most, both sides told, then it is decided."""

from datetime import timedelta

import pytest
from tests import cast

from onnuri.community import rights
from onnuri.conversation import actions
from onnuri.errors import Conflict, Forbidden, NotFound, Unprocessable
from onnuri.people.models import Mail
from onnuri.privacy import SETTLED_DAYS, erase_due

pytestmark = pytest.mark.django_db
MINA, HARU = "#1 Mina", "#2 Haru"
LATER = cast.MORNING + timedelta(days=30)


@pytest.fixture
def jun():
    """His statement, number 4, is published and nobody has answered it."""
    own = cast.voice(cast.conversation())
    code = own.conversation.code
    actions.write_statement(code=code, voice=own.pk, text="골목 어귀 그 집은 안 돼요.", lang="ko", at=cast.MORNING)
    actions.decide(code=code, number=4, accept=True, reason="", at=cast.MORNING)
    return own


def ask(jun, **other):
    form = {
        "name": "가게 주인",
        "email": "shop@example.kr",
        "right": "reputation",
        "why": "우리 가게를 알아볼 수 있어요.",
        "evidence": "",
    }
    return rights.ask(
        kind="statements", number=4, conversation=jun.conversation, language="ko", at=cast.MORNING, **(form | other)
    )


@pytest.fixture
def hidden(jun):
    return rights.hide(request=ask(jun).pk, who=MINA, at=cast.MORNING)


def decided(request, outcome, who=MINA, **more):
    return rights.decide(
        request=request.pk, outcome=outcome, text="겪은 일을 적은 글입니다.", who=who, at=cast.minutes(9), **more
    )


def statement(jun):
    return jun.conversation.statements.get(number=4)


def letters():
    return list(Mail.objects.order_by("pk").values_list("kind", "to"))


def test_a_request_hides_nothing_by_itself(jun):
    asked = ask(jun)

    assert (asked.state, statement(jun).state) == ("waiting", "accepted")
    assert letters() == [("rights_received", "shop@example.kr")]
    assert len(asked.key) >= 20


def test_hidden_for_thirty_days_and_not_one_more(jun, hidden):
    assert (statement(jun).state, statement(jun).hidden_until) == ("hidden", LATER)

    assert rights.lapse_due(LATER - timedelta(seconds=1)) == 0
    assert rights.lapse_due(LATER) == 1

    assert (statement(jun).state, cast.fresh(hidden).state) == ("accepted", "lapsed")
    assert letters()[-1] == ("rights_lapsed", "shop@example.kr")


def test_the_author_objects_once(jun, hidden):
    rights.object_to(request=hidden.pk, text="겪은 일이에요.", voice=jun.pk, at=cast.minutes(3))

    assert cast.fresh(hidden).objection == "겪은 일이에요."
    assert letters()[-1][0] == "rights_objected"
    with pytest.raises(Conflict) as refused:
        rights.object_to(request=hidden.pk, text="정말이에요.", voice=jun.pk, at=cast.minutes(4))
    assert refused.value.key == "already_objected"


def test_nobody_objects_for_the_author(jun, hidden):
    with pytest.raises(Forbidden) as refused:
        rights.object_to(request=hidden.pk, text="네?", voice=cast.voice(jun.conversation).pk, at=cast.minutes(3))

    assert refused.value.key == "not_your_statement"


def test_it_is_shown_again(jun, hidden):
    decided(hidden, "restore")

    assert (statement(jun).state, cast.fresh(hidden).state) == ("accepted", "restored")
    assert letters()[-1][0] == "rights_decided"


def test_taking_it_down_needs_two(jun, hidden):
    decided(hidden, "remove")
    assert (statement(jun).state, cast.fresh(hidden).state) == ("hidden", "hidden")
    with pytest.raises(Forbidden) as refused:
        decided(hidden, "remove")
    assert refused.value.key == "other_person"

    decided(hidden, "remove", who=HARU)

    assert (statement(jun).state, statement(jun).reason) == ("removed", "unlawful")
    ended = cast.fresh(hidden)
    assert (ended.state, ended.decided_by, ended.seconded_by) == ("removed", MINA, HARU)
    assert list(jun.conversation.decisions.filter(act="remove").values_list("text", flat=True)) == [""]


def test_the_author_rewords_it_and_it_is_there_again(jun, hidden):
    decided(hidden, "edit", wording="어떤 집은 안 돼요.")
    assert statement(jun).state == "hidden"

    rights.take_edit(request=hidden.pk, voice=jun.pk, at=cast.minutes(10))

    assert (statement(jun).text, statement(jun).state) == ("어떤 집은 안 돼요.", "accepted")
    assert cast.fresh(hidden).state == "edited"


def test_what_was_answered_is_not_reworded(jun, hidden):
    rights.decide(request=hidden.pk, outcome="restore", text="다시 보입니다.", who=MINA, at=cast.minutes(1))
    cast.open_round(jun.conversation)
    cast.answer(cast.voice(jun.conversation), {4: 1})
    again = rights.hide(request=ask(jun).pk, who=MINA, at=cast.minutes(2))

    with pytest.raises(Conflict) as refused:
        decided(again, "edit", wording="어떤 집은 안 돼요.")

    assert refused.value.key == "voted_on"


def test_a_request_without_a_ground_is_refused_and_hides_nothing(jun):
    asked = ask(jun)

    decided(asked, "refuse")

    assert (cast.fresh(asked).state, statement(jun).state) == ("refused", "accepted")


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("right", "", "right_needed"),
        ("right", "annoyance", "right_needed"),
        ("email", "shop", "email"),
        ("why", " ", "text_blank"),
        ("name", "\u200b", "text_blank"),
    ],
)
def test_a_request_that_says_too_little(jun, field, value, key):
    with pytest.raises(Unprocessable) as refused:
        ask(jun, **{field: value})

    assert refused.value.key == key
    assert letters() == []


@pytest.mark.parametrize("gone", [5, 99])
def test_nothing_is_hidden_that_nobody_reads(jun, gone):
    actions.write_statement(
        code=jun.conversation.code, voice=jun.pk, text="아직 안 읽은 말.", lang="ko", at=cast.MORNING
    )

    with pytest.raises(NotFound) as refused:
        rights.ask(
            kind="statements",
            number=gone,
            conversation=jun.conversation,
            name="주인",
            email="shop@example.kr",
            language="ko",
            right="privacy",
            why="왜냐하면",
            evidence="",
            at=cast.MORNING,
        )

    assert refused.value.key == "rights_gone"


def test_the_same_request_is_sent_once(jun):
    ask(jun)

    with pytest.raises(Conflict) as refused:
        ask(jun, email="Shop@example.kr")

    assert refused.value.key == "rights_again"


def test_two_requests_hide_it_until_both_are_decided(jun, hidden):
    other = rights.hide(request=ask(jun, email="other@example.kr").pk, who=MINA, at=cast.minutes(1))

    decided(hidden, "restore")
    assert statement(jun).state == "hidden"

    decided(other, "restore")
    assert statement(jun).state == "accepted"


def test_a_link_to_what_was_erased_is_over(jun, hidden):
    decided(hidden, "restore")
    assert rights.request_by_key(hidden.key, LATER) == hidden

    erase_due(cast.minutes(9) + timedelta(days=SETTLED_DAYS))

    with pytest.raises(NotFound) as refused:
        rights.request_by_key(hidden.key, LATER)
    assert refused.value.key == "link_expired"


def test_a_link_opens_for_a_year(jun):
    asked = ask(jun)

    assert rights.request_by_key(asked.key, LATER) == asked
    with pytest.raises(NotFound) as refused:
        rights.request_by_key(asked.key, LATER + rights.KEPT_FOR)
    assert refused.value.key == "link_expired"
    with pytest.raises(NotFound) as refused:
        rights.request_by_key("no-such-key", LATER)
    assert refused.value.key == "rights_unknown"
