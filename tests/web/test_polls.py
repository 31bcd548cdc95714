"""Polls on phone, wall and desk: no figure before it is counted by any door, then the same outcome everywhere."""

import html
import json
import re

import pytest
from django.test import Client
from tests import cast, polling

from onnuri.conversation import interludes
from onnuri.conversation.models import Interlude, Word
from onnuri.errors import Conflict
from onnuri.web import shown
from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
DOORS = ("/c/{}", "/c/{}/polls", "/c/{}/polls.json", "/c/{}/state.json", "/stage/{}", "/stage/{}.json")
DESKS = ("/host/c/{}", "/host/c/{}/polls", "/api/v1/host/conversations/{}")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """It stands still, two minutes after what is on was closed."""
    monkeypatch.setattr(shown, "now", lambda: polling.CLOSED_AT + 2 * interludes.rules.GRACE)


@pytest.fixture
def room():
    return cast.conversation(policy="open")


def host_of(room):
    browser = Client(headers={"Accept-Language": "ko"})
    browser.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    return browser


def phone_of(own):
    return cast.phone_of(own, Client(headers={"Accept-Language": "ko"}))


def text_of(answer):
    assert answer.status_code == 200, answer.content[:500]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())))


def outcome(room):
    """What the last counted poll came to, as anybody's program reads it."""
    return Client(headers={"Accept-Language": "ko"}).get(f"/c/{room.code}/polls.json").json()["polls"][0]["outcome"]


# ---- nothing before it is counted

ONE_WAY = {"single": [0, 0, 0, 0, 0, 1, 2], "multi": [0, 0, 0, 0, 0, 1, 2], "scale": [1, 1, 1, 1, 1, 2, 5]}
OTHER_WAY = {"single": [0, 2, 2, 2, 2, 2, 1], "multi": [0, 2, 2, 2, 2, 2, 1], "scale": [1, 5, 5, 5, 5, 5, 2]}
WORDS_ONE_WAY = ["강변", "강변", "강변", "강변", "강변", "나무", "다리"]
WORDS_OTHER_WAY = ["강변", "다리", "다리", "다리", "다리", "다리", "나무"]


@pytest.mark.parametrize("kind", polling.SETTINGS)
@pytest.mark.parametrize("moment", ["open", "counting"])
def test_however_people_answer_no_door_tells_before_it_is_counted(room, kind, moment):
    people = polling.people(room, 7)
    poll = polling.asked(room, kind)
    if kind == "words":
        Word.objects.create(interlude=poll, text="강변", accepted=True)
    told = []

    for choices, words in ((ONE_WAY, WORDS_ONE_WAY), (OTHER_WAY, WORDS_OTHER_WAY)):
        for place, own in enumerate(people):
            chosen = [choices[kind][place]] if kind in choices else []
            polling.answer(own, poll, *chosen, words=[words[place]])
        if moment == "counting" and not told:
            interludes.take_off(code=room.code, at=polling.CLOSED_AT)
        told.append(everything_said(room, poll, people[0]))

    assert told[0] == told[1]


def everything_said(room, poll, own):
    """All that phones, walls and desks get to read, without what is another on every page."""
    phone, host = phone_of(own), host_of(room)
    paths = [(phone, path) for path in DOORS] + [(host, path) for path in DESKS]
    if poll.kind == "words":
        paths.append((host, f"/host/c/{{}}/polls/{poll.number}/words"))
    found = {}
    for browser, path in paths:
        answer = browser.get(path.format(room.code))
        assert answer.status_code == 200, path
        found[path] = re.sub(TOKEN, "", answer.content.decode())
    return found


def test_while_it_is_open_host_and_wall_see_how_many_answered(room):
    people = polling.people(room, 7)
    poll = polling.asked(room)
    for own in people[:6]:
        polling.answer(own, poll, 0)

    assert "6 / 7" in text_of(host_of(room).get(f"/host/c/{room.code}/polls"))
    assert "6 / 7" in text_of(Client().get(f"/stage/{room.code}"))


def test_the_phone_keeps_what_one_answered(room):
    jun, linh = polling.people(room, 2)
    poll = polling.asked(room, "multi")
    polling.answer(jun, poll, 0, 2)

    checked = re.findall(r'value="(\d)" checked', phone_of(jun).get(f"/c/{room.code}").content.decode())

    assert checked == ["0", "2"]
    assert "답이 저장됐어요" in text_of(phone_of(jun).get(f"/c/{room.code}"))
    assert " checked" not in phone_of(linh).get(f"/c/{room.code}").content.decode()


def test_a_form_that_came_too_late_says_so_kindly(room):
    (jun,) = polling.people(room, 1)
    polling.ended(polling.asked(room))

    assert "이 답은 세지 못했어요" in text_of(phone_of(jun).get(f"/c/{room.code}?refused=poll_closed"))


# ---- the outcome


def test_everybody_reads_the_same_outcome(room):
    people = [*polling.people(room, 10), *polling.people(room, 6, "online")]
    poll = polling.asked(room)
    for place, own in enumerate(people):
        polling.answer(own, poll, 0 if place < 8 else 1)
    polling.ended(poll)

    told = outcome(room)

    assert [(row["text"], row["n"], row["pct"]) for row in told["rows"]] == [
        ("분당", 8, 50), ("원도심", 8, 50), ("다른 도시", 0, 0),
    ]  # fmt: skip
    assert told["rows"][0]["apart"] == [{"name": "현장", "pct": 80}, {"name": "온라인", "pct": 0}]
    for browser, path in (
        (phone_of(people[0]), "/c/{}"),
        (Client(headers={"Accept-Language": "ko"}), "/c/{}/polls"),
        (Client(headers={"Accept-Language": "ko"}), "/stage/{}"),
        (host_of(room), "/host/c/{}/polls"),
    ):
        assert "50% 8명" in text_of(browser.get(path.format(room.code))), path
    assert "내 답" in text_of(phone_of(people[0]).get(f"/c/{room.code}"))


def test_of_several_each_counts_and_they_need_not_add_up(room):
    people = polling.people(room, 6)
    poll = polling.asked(room, "multi")
    for own in people:
        polling.answer(own, poll, 0, 1)
    polling.ended(poll)

    assert [row["pct"] for row in outcome(room)["rows"]] == [100, 100, 0]


@pytest.mark.parametrize(
    ("points", "said"),
    [([1, 2, 2, 5, 5], "가운데 값은 2점이에요."), ([1, 2, 2, 4, 5, 5], "가운데 값은 2점과 4점 사이예요.")],
)
def test_a_scale_tells_its_middle_in_words(room, points, said):
    poll = polling.asked(room, "scale")
    for own, point in zip(polling.people(room, len(points)), points, strict=True):
        polling.answer(own, poll, point)
    polling.ended(poll)

    assert outcome(room)["middle"] == said
    assert said in text_of(Client(headers={"Accept-Language": "ko"}).get(f"/stage/{room.code}"))


def test_three_people_online_are_not_told_apart_nor_by_taking_the_hall_from_the_whole(room):
    poll = polling.asked(room)
    for own in polling.people(room, 9):
        polling.answer(own, poll, 0)
    for own in polling.people(room, 3, "online"):
        polling.answer(own, poll, 1)
    polling.ended(poll)

    told = outcome(room)

    assert (told["people"], told["channels"], told["channels_masked"]) == (12, [], True)
    assert all(row["apart"] == [] for row in told["rows"])
    stage = Client().get(f"/stage/{room.code}.json").json()["poll"]["outcome"]
    assert stage == told


def test_what_four_people_answered_is_nobodys_business(room):
    people = polling.people(room, 4)
    poll = polling.asked(room)
    for own in people:
        polling.answer(own, poll, 1)
    polling.ended(poll)

    told = outcome(room)

    assert told["masked"]
    assert told["people"] is None
    assert {(row["n"], row["pct"]) for row in told["rows"]} == {(None, None)}
    for path in (f"/stage/{room.code}", f"/c/{room.code}/polls"):
        assert "소수 보호" in text_of(Client(headers={"Accept-Language": "ko"}).get(path))


def test_a_voice_that_left_before_the_count_is_not_in_it(room):
    people = polling.people(room, 6)
    poll = polling.asked(room)
    for own in people:
        polling.answer(own, poll, 0)
    people[0].delete()

    assert polling.ended(poll).result["people"] == 5


# ---- words are read before anybody sees them


@pytest.fixture
def cloud(room):
    """Six people, nine words, nothing read yet."""
    poll = polling.asked(room, "words")
    said = [("AI", "나무"), ("ai", "함께 걷기"), ("AI", "함께걷기"), ("나무",), ("욕설",), ("나무", "숲길")]
    for own, words in zip(polling.people(room, 6), said, strict=True):
        polling.answer(own, poll, words=words)
    return poll


def desk(room, poll):
    return f"/host/c/{room.code}/polls/{poll.number}/words"


def read_of(answer):
    return html.unescape(re.search(r'name="read" value="([^"]*)"', answer.content.decode())[1])


def test_the_desk_shows_words_by_the_alphabet_similar_ones_together_and_no_counts(room, cloud):
    page = text_of(host_of(room).get(desk(room, cloud)))

    assert "AI 나무 숲길 욕설 함께 걷기 함께걷기" in page
    assert "3명" not in page


def test_unread_words_reach_neither_wall_nor_phones(room, cloud):
    interludes.decide_words(code=room.code, number=cloud.number, on=["나무"])
    polling.ended(cloud)
    silent = cast.voice(room)

    for path in DOORS:
        page = phone_of(silent).get(path.format(room.code)).content.decode()
        assert not [word for word in ("욕설", "숲길", "AI", "함께") if word in page], path
    assert outcome(room)["words"] == [{"text": "나무", "n": 3}]


def test_one_press_takes_some_off_and_lets_the_rest_on(room, cloud):
    host = host_of(room)
    read = read_of(host.get(desk(room, cloud)))

    host.post(desk(room, cloud), {"act": "rest", "read": read, "off": ["욕설"]})
    polling.ended(cloud)

    assert [(w["text"], w["n"]) for w in outcome(room)["words"]] == [
        ("AI", 3), ("나무", 3), ("숲길", 1), ("함께 걷기", 1), ("함께걷기", 1),
    ]  # fmt: skip
    stage = Client(headers={"Accept-Language": "ko"}).get(f"/stage/{room.code}").content.decode()
    assert re.findall(r"<text[^>]*>([^<]*)</text>", stage) == ["AI", "나무", "숲길", "함께 걷기", "함께걷기"]
    assert "욕설" not in stage


def test_what_came_in_while_the_moderator_was_reading_is_not_let_on(room, cloud):
    host = host_of(room)
    read = read_of(host.get(desk(room, cloud)))
    polling.answer(cast.voice(room), cloud, words=["방금 온 말"])

    host.post(desk(room, cloud), {"act": "rest", "read": read})

    assert interludes.unread_words(cloud) == ["방금 온 말"]


def test_what_another_moderator_took_off_stays_off(room, cloud):
    read = read_of(host_of(room).get(desk(room, cloud)))
    host_of(room).post(desk(room, cloud), {"act": "off", "off": ["욕설"]})

    host_of(room).post(desk(room, cloud), {"act": "rest", "read": read})

    assert Word.objects.get(text="욕설").accepted is False


def test_a_word_may_be_taken_off_and_brought_back_after_the_close(room, cloud):
    host = host_of(room)
    interludes.decide_words(code=room.code, number=cloud.number, on=["나무", "AI"])
    polling.ended(cloud)

    host.post(desk(room, cloud), {"off": ["나무"]})
    assert [w["text"] for w in outcome(room)["words"]] == ["AI"]
    host.post(desk(room, cloud), {"back": "나무"})

    assert [w["text"] for w in outcome(room)["words"]] == ["AI"]
    assert "나무" in interludes.unread_words(cloud)


def test_a_word_nobody_said_cannot_be_put_there(room, cloud):
    assert interludes.decide_words(code=room.code, number=cloud.number, on=["광고"], off=["상표"]) == (0, 0)
    assert not Word.objects.exists()


# ---- the host's desk


def form(kind="single", **texts):
    return {"kind": kind, "title_ko": "어디에서 오셨나요?", "options_ko": "분당\n원도심\n", **texts}


def test_a_poll_is_made_edited_put_on_ended_and_asked_again(room):
    host = host_of(room)
    base = f"/host/c/{room.code}/polls"

    host.post(f"{base}/new", form(title_en="Where from?", options_en="Bundang\r\n\r\nOld town"))
    host.post(f"{base}/1", form(title_ko="어디서 오셨나요?", options_ko="분당\n원도심\n다른 도시"))
    host.post(f"{base}/1/act", {"act": "put_on", "minutes": "2"})
    poll = Interlude.objects.get(number=1)
    assert (poll.title, len(poll.settings["options"])) == ({"ko": "어디서 오셨나요?"}, 3)
    assert (poll.closes_at - poll.opened_at).total_seconds() == 120
    host.post(f"{base}/1/act", {"act": "end"})
    assert cast.fresh(poll).closed_at == shown.now()
    host.post(f"{base}/1/act", {"act": "again"})

    again = Interlude.objects.get(number=2)
    assert (again.title, again.settings, again.opened_at) == (poll.title, poll.settings, None)
    host.post(f"{base}/2/act", {"act": "discard"})
    assert not Interlude.objects.filter(number=2).exists()


def test_both_languages_of_an_option_stand_side_by_side(room):
    host_of(room).post(f"/host/c/{room.code}/polls/new", form(title_en="Where from?", options_en="Bundang\nOld town"))

    assert Interlude.objects.get().settings["options"] == [
        {"ko": "분당", "en": "Bundang"}, {"ko": "원도심", "en": "Old town"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "field"),
    [
        (form(title_ko=" "), "title_ko"),
        (form(title_ko="", title_en="W" * 161), "title_en"),
        (form(options_ko="하나"), "options_ko"),
        (form(options_en="One"), "options_en"),
        (form(options_ko="하나\n하나"), "options_ko"),
        (form(options_ko=f"하나\n{'둘' * 81}"), "options_ko"),
        (form("scale", points="2"), "points"),
        (form("scale", points="many"), "points"),
        (form("scale", points="5", low_vi="n" * 81), "low_vi"),
        (form("words", words="4"), "words"),
    ],
)
def test_a_form_that_will_not_do_comes_back_as_it_was_written(room, written, field):
    answer = host_of(room).post(f"/host/c/{room.code}/polls/new", written)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert html.escape(written["title_ko"]) in page
    assert not Interlude.objects.exists()


def test_nobody_edits_a_question_under_those_who_answer_it(room):
    poll = polling.asked(room)

    assert host_of(room).get(f"/host/c/{room.code}/polls/{poll.number}").status_code == 409
    assert host_of(room).post(f"/host/c/{room.code}/polls/{poll.number}", form()).status_code == 409


def test_a_poll_is_asked_once_and_not_into_an_open_round(room):
    first, second = polling.asked(room), polling.prepared(room)
    polling.ended(first)
    base = f"/host/c/{room.code}/polls"

    again = host_of(room).post(f"{base}/{first.number}/act", {"act": "put_on"})
    cast.open_round(room)
    into_a_round = host_of(room).post(f"{base}/{second.number}/act", {"act": "put_on"})

    assert (again.status_code, into_a_round.status_code) == (409, 409)
    assert "라운드가 열려 있어요" in text_of_refused(into_a_round)


def text_of_refused(answer):
    return re.sub(r"<[^>]*>", " ", answer.content.decode())


def test_a_desk_that_is_behind_ends_nothing_else(room):
    first = polling.asked(room)
    second = polling.asked(room, at=polling.CLOSED_AT)

    answer = host_of(room).post(f"/host/c/{room.code}/polls/{first.number}/act", {"act": "end"})

    assert answer.status_code == 409
    assert cast.fresh(second).closed_at is None


def test_the_outcome_stays_until_the_host_goes_on(room):
    poll = polling.asked(room)
    polling.ended(poll)
    assert cast.fresh(room).interlude == poll

    interludes.take_off(code=room.code, at=polling.CLOSED_AT)

    assert cast.fresh(room).interlude is None
    assert Client().get(f"/c/{room.code}/polls.json").json()["polls"][0]["number"] == poll.number


@pytest.mark.parametrize("path", ["polls", "polls/new?kind=single", "polls/1", "polls/1/words"])
def test_only_the_host_comes_to_the_desk(room, path):
    polling.asked(room, "words")

    assert Client().get(f"/host/c/{room.code}/{path}").status_code == 403
    assert phone_of(cast.voice(room)).get(f"/host/c/{room.code}/{path}").status_code == 403


def test_a_poll_is_counted_once(room):
    poll = polling.ended(polling.asked(room))
    polling.answer(cast.voice(room), poll, 0)

    assert interludes.count(code=room.code, number=poll.number, at=cast.minutes(60)).result == poll.result
    with pytest.raises(Conflict):
        interludes.count(code=room.code, number=polling.asked(room).number, at=cast.minutes(60))


def test_polls_are_in_the_language_of_the_reader(room):
    polling.ended(polling.asked(room))

    told = json.loads(Client(headers={"Accept-Language": "en"}).get(f"/c/{room.code}/polls.json").content)

    assert [row["text"] for row in told["polls"][0]["outcome"]["rows"]] == ["Bundang", "Old town", "Elsewhere"]
