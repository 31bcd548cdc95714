"""Question time over HTTP: the phone's list, one's own questions, the big screen and what the speaker reads."""

import re

import pytest
from django.test import Client
from tests import cast

from onnuri.conversation import asking, interludes
from onnuri.conversation.models import Lift, Question
from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db
TEXTS = ("언제 문을 여나요?", "비가 오면 어디로 가나요?", "자전거를 세울 곳이 있나요?")
SECRET = "아무도 읽지 않은 질문이에요."


@pytest.fixture
def room():
    return cast.conversation()


@pytest.fixture
def jun(room):
    return cast.voice(room)


@pytest.fixture
def phone(jun, client):
    return cast.phone_of(jun, client)


def host_of(room):
    host = Client()
    host.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    return host


def published(room, *texts, lifts=()):
    """Questions by somebody else, read and published; `lifts`: how many want to hear each."""
    for text, people in zip(texts, [*lifts, *[0] * len(texts)], strict=False):
        one = asking.ask(code=room.code, voice=cast.voice(room).pk, text=text, lang="ko", at=cast.MORNING)
        asking.decide(code=room.code, number=one.number, accept=True, reason="")
        Lift.objects.bulk_create(Lift(question=one, voice=cast.voice(room), value=1) for _ in range(people))


def question_time(room, **about):
    one = interludes.prepare(code=room.code, kind="questions", title={}, **about)
    interludes.put_on(code=room.code, number=one.number, at=cast.MORNING)


def listed(answer):
    """Numbers of the questions in the order of the page."""
    return [int(n) for n in re.findall(r'<li id="q(\d+)"', answer.content.decode())]


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


# ---- the phone


def test_the_room_is_the_list_while_question_time_is_on(room, phone):
    published(room, *TEXTS, lifts=[0, 3, 1])
    question_time(room)

    page = phone.get(f"/c/{room.code}")

    assert listed(page) == [2, 3, 1]
    assert "발표자에게 묻기" in text_of(page)
    assert f'action="/c/{room.code}/lift"' in page.content.decode()


def test_a_reader_chooses_the_order_by_plain_links(room, phone):
    published(room, *TEXTS, lifts=[0, 3, 1])
    asking.mark_answered(code=room.code, number=2, answered=True, at=cast.MORNING)

    orders = {
        order: listed(phone.get(f"/c/{room.code}/questions?order={order}")) for order in ("wanted", "new", "answered")
    }

    assert orders == {"wanted": [3, 1], "new": [3, 1], "answered": [2]}
    assert listed(phone.get(f"/c/{room.code}/questions?order=loudest")) == [3, 1]


def test_a_press_shows_as_pressed_and_offers_to_take_it_back(room, jun, phone):
    published(room, *TEXTS[:2])
    Lift.objects.create(question=Question.objects.get(number=1), voice=jun, value=1)

    page = phone.get(f"/c/{room.code}/questions").content.decode()

    pressed = re.findall(
        r'name="question" value="(\d)"><button class="lift" name="value" value="(\d)" aria-pressed="(\w+)"', page
    )
    assert pressed == [("1", "0", "true"), ("2", "1", "false")]


def test_jun_asks_and_sees_that_it_is_being_read(room, phone):
    sent = phone.post(f"/c/{room.code}/ask", {"text": TEXTS[0]})

    assert (sent.status_code, sent.headers["Location"]) == (302, f"/c/{room.code}/questions?asked=1#mine")
    page = phone.get(f"/c/{room.code}/questions?asked=1")
    assert listed(page) == []
    assert TEXTS[0] in text_of(page)
    assert "검토 중" in text_of(page)


def test_what_is_refused_stays_in_the_box(room, phone):
    published(room, TEXTS[0])

    again = phone.post(f"/c/{room.code}/ask", {"text": TEXTS[0]})

    assert again.status_code == 409
    assert f"required>{TEXTS[0]}</textarea>" in again.content.decode()
    assert "똑같은 질문이 이미 있어요" in text_of(again)
    assert Question.objects.count() == 1


def test_jun_reads_why_and_takes_another_one_back(room, phone):
    for text in TEXTS[:2]:
        phone.post(f"/c/{room.code}/ask", {"text": text})
    asking.decide(code=room.code, number=1, accept=False, reason="off_topic")

    back = phone.post(f"/c/{room.code}/questions/2/withdraw")

    assert back.status_code == 302
    page = text_of(phone.get(f"/c/{room.code}/questions"))
    assert "물음에서 벗어남" in page
    assert "글쓴이가 거둠" in page
    assert phone.post(f"/c/{room.code}/questions/2/withdraw").status_code == 404
    assert phone.get(f"/c/{room.code}/questions/2/withdraw").status_code == 405


def test_nobody_takes_back_somebody_else_s(room, phone):
    published(room, TEXTS[0])

    assert phone.post(f"/c/{room.code}/questions/1/withdraw").status_code == 403
    assert Question.objects.get().state == "accepted"


def test_a_stranger_reads_along_and_cannot_lift_or_ask(room, client):
    published(room, TEXTS[0])

    page = client.get(f"/c/{room.code}/questions")

    assert listed(page) == [1]
    assert "/lift" not in page.content.decode()
    assert client.post(f"/c/{room.code}/ask", {"text": "나도요"}).status_code == 401


def test_what_nobody_has_read_is_on_no_page_but_its_own(room, phone):
    published(room, TEXTS[0])
    phone.post(f"/c/{room.code}/ask", {"text": SECRET})
    question_time(room)
    stranger = Client()

    for path in (
        f"/c/{room.code}/questions",
        f"/c/{room.code}/questions.json",
        f"/stage/{room.code}",
        f"/stage/{room.code}.json",
    ):
        seen = stranger.get(path).content.decode()
        assert TEXTS[0] in seen, path
        assert SECRET not in seen, path
    assert SECRET not in host_of(room).get(f"/stage/{room.code}/speaker").content.decode()
    assert SECRET in phone.get(f"/c/{room.code}").content.decode()
    assert SECRET not in phone.get(f"/c/{room.code}/questions.json").content.decode()


def test_a_channel_is_told_only_where_it_is_no_name(room, client):
    for text in TEXTS:
        one = asking.ask(code=room.code, voice=cast.voice(room, "online").pk, text=text, lang="ko", at=cast.MORNING)
        asking.decide(code=room.code, number=one.number, accept=True, reason="")
    for _ in range(6):
        cast.voice(room, "hall")

    def channels():
        return {q["channel"] for q in client.get(f"/c/{room.code}/questions.json").json()["questions"]}

    assert channels() == {None}
    cast.voice(room, "online")
    cast.voice(room, "online")
    assert channels() == {"online"}


def test_after_the_record_is_sealed_the_list_is_only_read(room, phone):
    published(room, TEXTS[0])
    type(room).objects.filter(pk=room.pk).update(segment="published")

    page = phone.get(f"/c/{room.code}/questions")

    assert listed(page) == [1]
    assert "<textarea" not in page.content.decode()


def test_waiting_the_phone_leads_to_the_questions(room, phone):
    assert f'href="/c/{room.code}/questions"' in phone.get(f"/c/{room.code}").content.decode()


# ---- a talk


def test_a_talk_tells_what_the_programme_says_and_has_a_box_to_ask():
    conference = cast.conference()
    conference.sessions.create(
        order=1,
        kind="talk",
        title={"ko": "물가의 가게", "en": "Shops"},
        summary={"ko": "열 해의 기록"},
        slides_url="https://example.org/s",
    )
    conference.sessions.create(
        order=2, kind="talk", title={"ko": "물가의 가게"}, summary={"ko": "없어진 세션"}, cancelled=True
    )
    room = cast.conversation(conference=conference)
    talk = interludes.prepare(code=room.code, kind="talk", title={"ko": "물가의 가게"}, speaker={"ko": "김하나"})
    interludes.put_on(code=room.code, number=talk.number, at=cast.MORNING)

    page = cast.phone_of(cast.voice(room), Client()).get(f"/c/{room.code}")

    for told in (
        "물가의 가게",
        "김하나",
        "열 해의 기록",
        'href="https://example.org/s"',
        f'action="/c/{room.code}/ask"',
    ):
        assert told in page.content.decode(), told
    assert "없어진 세션" not in page.content.decode()
    assert "물가의 가게" in text_of(Client().get(f"/stage/{room.code}"))


# ---- the big screen and the speaker


def test_the_screen_shows_the_one_being_answered_and_two_more(room, client):
    published(room, *TEXTS, "네 번째 질문이에요.", lifts=[1, 5, 3, 2])
    question_time(room)
    asking.show(code=room.code, number=1, at=cast.MORNING)

    told = client.get(f"/stage/{room.code}.json").json()

    assert (told["view"], told["asked"]["number"], told["asked"]["lifts"]) == ("questions", 1, 1)
    assert [q["number"] for q in told["coming"]] == [2, 3]


def test_before_the_first_answer_the_screen_shows_what_people_want(room, client):
    question_time(room)
    assert "휴대폰에서 묻고" in text_of(client.get(f"/stage/{room.code}"))

    published(room, *TEXTS, lifts=[1, 5, 3])

    assert [q["number"] for q in client.get(f"/stage/{room.code}.json").json()["coming"]] == [2, 3, 1]


def test_the_speaker_reads_one_question_and_five_more(room):
    published(room, *TEXTS, *[f"{n}번째 질문이에요." for n in range(4, 9)], lifts=[8, 7, 6, 5, 4, 3, 2, 1])
    asking.show(code=room.code, number=1, at=cast.MORNING)
    asking.show(code=room.code, number=2, at=cast.MORNING)

    page = text_of(host_of(room).get(f"/stage/{room.code}/speaker"))

    assert all(text in page for text in TEXTS)
    assert [f"{n}번째" in page for n in range(4, 9)] == [True, True, True, True, False]
    assert "다음 질문 +1" in page


def test_only_the_host_opens_the_speaker_s_page(room, client, phone):
    assert Client().get(f"/stage/{room.code}/speaker").status_code == 403
    assert phone.get(f"/stage/{room.code}/speaker").status_code == 403
    assert host_of(room).get(f"/stage/{room.code}/speaker").status_code == 200


def test_a_hidden_screen_shows_the_mark_and_nothing_else(room, client):
    published(room, TEXTS[0])
    question_time(room)

    interludes.choose_screen(code=room.code, screen="blank")

    page = client.get(f"/stage/{room.code}")
    assert 'data-view="blank"' in page.content.decode()
    assert TEXTS[0] not in page.content.decode()


@pytest.mark.parametrize("segment", ["shortlist", "ratification"])
def test_no_figure_stands_on_the_screen_beside_an_open_ballot(client, segment):
    room, _voices = cast.sitting_until(segment)
    for screen in ("share", "map"):
        interludes.choose_screen(code=room.code, screen=screen)
        assert client.get(f"/stage/{room.code}.json").json()["view"] == "ballot"
