"""Writing a statement: what is alike is shown once, what should be read again is asked once, and nothing is refused."""

import pytest
from tests import cast

from onnuri.live.limits import Limits
from onnuri.web.attend import writing

pytestmark = pytest.mark.django_db
OWN = "밤에는 강변에 불을 켜 주세요."
NEARLY = "물가를 걷게 합시다"
CONTRARY = "물가를 걷게 하지 말자."


@pytest.fixture
def room():
    writing.LIMITS = Limits(lambda: 0.0)
    return cast.conversation()


@pytest.fixture
def phone(room, client):
    return cast.phone_of(cast.voice(room), client)


def send(phone, room, text, **about):
    return phone.post(f"/c/{room.code}/write", {"text": text, **about})


def beside(phone, room, text):
    return phone.get(f"/c/{room.code}/similar.json", {"q": text}).json()


def written(room):
    return list(room.statements.filter(kind="participant").values_list("text", "lang"))


def test_what_nobody_said_yet_is_sent_at_once(room, phone):
    answer = send(phone, room, OWN)

    assert (answer.status_code, answer["Location"]) == (302, f"/c/{room.code}/mine")
    assert written(room) == [(OWN, "ko")]


def test_what_is_alike_is_shown_once_and_may_be_sent_anyway(room, phone):
    asked = send(phone, room, NEARLY)
    page = asked.content.decode()

    assert asked.status_code == 200
    assert "비슷한 의견이 1개 있어요." in page
    assert "그래도 보내기" in page
    assert cast.SEEDS[0] in page
    assert written(room) == []

    send(phone, room, NEARLY, sure=asked.context["mark"])
    assert written(room) == [(NEARLY, "ko")]


def test_a_text_that_was_changed_after_the_hint_is_looked_at_again(room, phone):
    mark = send(phone, room, NEARLY).context["mark"]

    assert send(phone, room, "물가를 걷게 해요!", sure=mark).status_code == 200
    assert written(room) == []


def test_the_contrary_is_said_to_be_one(room, phone):
    (near,) = beside(phone, room, CONTRARY)["similar"]
    (same,) = beside(phone, room, NEARLY)["similar"]

    assert (near["id"], near["maybe_opposite"]) == (1, True)
    assert (same["id"], same["maybe_opposite"]) == (1, False)
    assert "반대되는 뜻일 수 있어요" in send(phone, room, CONTRARY).content.decode()


def test_in_an_open_round_one_may_agree_instead_unless_one_has_answered(room, client):
    jun = cast.voice(room)
    phone = cast.phone_of(jun, client)
    assert beside(phone, room, NEARLY)["similar"][0]["can_vote"] is False

    cast.open_round(room)
    page = send(phone, room, NEARLY).content.decode()
    assert f'action="/c/{room.code}/vote"' in page
    assert "이 의견에 찬성" in page

    cast.answer(jun, {1: -1})
    (near,) = beside(phone, room, NEARLY)["similar"]
    assert (near["can_vote"], near["my_value"], near["my_value_name"]) == (False, -1, "반대")
    assert "이미 답했어요: 반대" in send(phone, room, NEARLY).content.decode()


def test_only_what_everybody_may_read_is_looked_at(room, phone):
    send(phone, room, OWN)

    assert beside(phone, room, OWN)["similar"] == []


def test_a_new_statement_is_found_as_soon_as_it_is_published(room, phone):
    from onnuri.conversation import actions

    assert beside(phone, room, OWN)["similar"] == []
    send(phone, room, OWN)
    actions.decide(code=room.code, number=4, accept=True, reason="", at=cast.MORNING)

    assert [one["id"] for one in beside(phone, room, OWN)["similar"]] == [4]


def test_a_number_of_somebody_is_asked_about_and_a_residents_is_stored_as_dots(room, phone):
    text = "제 번호 900101-1234567로 확인해 주세요. 전화는 010-1234-5678"
    asked = send(phone, room, text)

    assert [(hint["what"], hint["masked"]) for hint in asked.context["hints"]] == [("resident", True), ("phone", False)]
    assert "다시 읽어 볼까요?" in asked.content.decode()

    send(phone, room, text, sure=asked.context["mark"])
    assert written(room) == [("제 번호 ●●●●●●-●●●●●●●로 확인해 주세요. 전화는 010-1234-5678", "ko")]


def test_rude_words_are_asked_about_and_not_refused(room, phone):
    asked = send(phone, room, "이런 시발 같은 정책")

    assert [hint["text"] for hint in asked.context["hints"]] == ["시발"]
    assert send(phone, room, "이런 시발 같은 정책", sure=asked.context["mark"]).status_code == 302


def test_the_author_may_say_which_language_it_is(room, phone):
    send(phone, room, "公園整備", lang="ja")
    send(phone, room, "Trams for all", lang="klingon")

    assert written(room) == [("公園整備", "ja"), ("Trams for all", "en")]


def test_a_draft_goes_in_the_body_where_no_log_keeps_it(room, phone):
    posted = phone.post(f"/c/{room.code}/similar", {"text": NEARLY})

    assert [one["id"] for one in posted.context["similar"]] == [1]
    assert posted["Cache-Control"] == "no-store"


def test_who_has_no_voice_here_is_told_nothing(room, client):
    assert client.get(f"/c/{room.code}/similar.json", {"q": NEARLY}).status_code == 401


def test_a_program_that_asks_on_and_on_is_slowed_down(room, phone):
    answers = [phone.get(f"/c/{room.code}/similar.json", {"q": NEARLY}).status_code for _ in range(32)]

    assert answers == [200] * 30 + [429] * 2


@pytest.mark.parametrize("text", ["", "\x00", "가" * 5000, "<script>alert(1)</script> 물가를 걷게 하자"])
def test_whatever_is_asked_the_page_stands(room, phone, text):
    assert phone.get(f"/c/{room.code}/similar", {"q": text}).status_code == 200
    assert "<script>alert" not in send(phone, room, text).content.decode()
