"""The run console between rounds: what is on, the screen, the clock, questions, and one queue for what waits."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from tests import cast

from onnuri.conversation import actions, asking, citing
from onnuri.conversation.models import Challenge, Evidence, Question, Statement
from onnuri.web import shown
from onnuri.web.host import pace
from onnuri.web.host.queue import queue_of
from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db
CARD = {
    "figure": "61.4",
    "unit": "%",
    "about": "걸어서 온 사람",
    "source": "한빛시 조사 (지어낸 것)",
    "dated": "2026년 3월",
}


@pytest.fixture
def room():
    return cast.conversation()


@pytest.fixture
def host(room, client):
    client.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    return client


@pytest.fixture
def desk(room, host):
    """Press a key of the console: `desk("/off")`."""
    return lambda path, **fields: host.post(f"/host/c/{room.code}{path}", fields)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The clock stands still."""
    monkeypatch.setattr(shown, "now", lambda: cast.minutes(60))


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def asked(room, text="언제 문을 여나요?", at=cast.MORNING):
    return asking.ask(code=room.code, voice=cast.voice(room).pk, text=text, lang="ko", at=at)


def written(room, text="저녁에도 불을 켜 두자.", at=cast.MORNING):
    return actions.write_statement(code=room.code, voice=cast.voice(room).pk, text=text, lang="ko", at=at)


# ---- what is on


def test_a_talk_is_made_put_on_ended_and_goes_on(room, desk, host):
    desk("/interludes", kind="talk", title="물가의 가게", speaker="김하나")
    assert "준비됨" in text_of(host.get(f"/host/c/{room.code}"))

    desk("/interludes/1", act="put_on", minutes="10")
    one = room.interludes.get()
    assert (one.title, one.speaker) == ({"ko": "물가의 가게"}, {"ko": "김하나"})
    assert (cast.fresh(room).interlude, one.closes_at) == (one, cast.minutes(70))
    desk("/off")
    assert cast.fresh(room).interlude is None
    assert "다시 켜기" in text_of(host.get(f"/host/c/{room.code}"))
    desk("/interludes/1", act="put_on", minutes="")

    assert (cast.fresh(room).interlude, room.interludes.get().closes_at) == (one, None)


def test_a_talk_comes_from_the_programme_in_all_its_languages():
    conference = cast.conference()
    session = conference.sessions.create(
        order=1, kind="talk", title={"ko": "물가의 가게", "en": "Shops"}, speaker={"ko": "김하나"}
    )
    conference.sessions.create(order=2, kind="break", title={"ko": "쉬는 시간"})
    room = cast.conversation(conference=conference)
    host = Client()
    host.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    page = text_of(host.get(f"/host/c/{room.code}"))
    assert "물가의 가게 · 김하나" in page
    assert "쉬는 시간" not in page

    host.post(f"/host/c/{room.code}/interludes", {"kind": "talk", "session": session.pk, "title": "", "speaker": ""})

    assert room.interludes.get().title == {"ko": "물가의 가게", "en": "Shops"}
    strange = host.post(f"/host/c/{room.code}/interludes", {"kind": "talk", "session": session.pk + 9})
    assert strange.status_code == 404
    assert room.interludes.count() == 1


def test_what_was_never_on_is_taken_out(room, desk):
    desk("/interludes", kind="map")
    desk("/interludes/1", act="discard")

    assert room.interludes.count() == 0


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/interludes", {"kind": "single", "title": "언제가 좋나요?"}, 422),
        ("/interludes", {"kind": "talk", "title": " "}, 422),
        ("/interludes/7", {"act": "put_on"}, 404),
        ("/interludes/7", {"act": "sing"}, 400),
        ("/off", {}, 409),
        ("/timer", {"minutes": "3"}, 409),
        ("/timer", {"minutes": "soon"}, 422),
        ("/timer", {"minutes": "999"}, 409),
        ("/screen", {"screen": "cinema"}, 422),
        ("/screen", {}, 422),
        ("/questions", {"act": "shout"}, 400),
        ("/questions/4", {"act": "show"}, 404),
        ("/queue/questions/4", {"decision": "accept"}, 404),
        ("/queue/poems/4", {"decision": "accept"}, 404),
    ],
)
def test_what_cannot_be_is_refused_on_the_console_itself(room, desk, path, fields, status):
    answer = desk(path, **fields)

    assert answer.status_code == status
    if status != 400:
        assert 'role="alert"' in answer.content.decode()
        assert "기다리는 것" in text_of(answer)
    assert (cast.fresh(room).screen, room.interludes.count()) == ("", 0)


def test_in_an_open_round_nothing_is_put_on(room, desk, host):
    desk("/interludes", kind="talk", title="물가의 가게")
    cast.open_round(room)

    refused = desk("/interludes/1", act="put_on")

    assert refused.status_code == 409
    assert "라운드가 닫히면 켤 수 있어요." in text_of(host.get(f"/host/c/{room.code}"))


def test_nobody_but_the_host_presses_these_keys(room):
    one = asked(room)
    stranger = Client()
    for path in (
        "/interludes",
        "/interludes/1",
        "/off",
        "/timer",
        "/screen",
        "/questions",
        "/questions/1",
        "/queue/questions/1",
    ):
        assert stranger.post(f"/host/c/{room.code}{path}", {"decision": "accept"}).status_code == 403, path
        assert stranger.get(f"/host/c/{room.code}{path}").status_code == 405, path
    assert cast.fresh(one).state == "waiting"


# ---- the clock and the big screen


def test_the_clock_of_the_round_and_of_what_is_on_is_the_same_key(room, desk):
    desk("/interludes", kind="questions")
    desk("/interludes/1", act="put_on", minutes="5")
    desk("/timer", more="1")
    assert room.interludes.get().closes_at == cast.minutes(66)
    cast.open_round(room)

    desk("/timer", minutes="3")
    assert room.rounds.get().closes_at == cast.minutes(63)
    desk("/timer", more="1")
    assert room.rounds.get().closes_at == cast.minutes(64)
    desk("/timer", minutes="0")

    assert room.rounds.get().closes_at is None


def test_the_host_chooses_the_screen_and_lets_it_follow(room, desk, client):
    desk("/screen", screen="blank")
    assert client.get(f"/stage/{room.code}.json").json()["view"] == "blank"
    desk("/screen", screen="questions")
    assert client.get(f"/stage/{room.code}.json").json()["view"] == "questions"
    desk("/screen", screen="follow")

    assert client.get(f"/stage/{room.code}.json").json()["view"] == "join"


def test_no_map_is_offered_before_there_is_one(room, host):
    page = host.get(f"/host/c/{room.code}").content.decode()

    offered = re.findall(r'name="screen" value="(\w+)"( checked)?( disabled)?', page)
    assert [name for name, _on, off in offered if off] == ["share", "map"]
    assert [name for name, on, _off in offered if on] == ["follow"]


# ---- questions


def test_the_host_shows_the_next_question_and_takes_back_a_slip(room, desk):
    for text in ("언제 문을 여나요?", "비가 오면 어디로 가나요?"):
        one = asked(room, text)
        desk(f"/queue/questions/{one.number}", decision="accept")

    desk("/questions", act="next")
    desk("/questions", act="next")
    assert cast.fresh(room).question_asked.number == 2
    assert Question.objects.get(number=1).answered_at == cast.minutes(60)
    desk("/questions/1", act="not_answered")
    desk("/questions/1", act="show")
    assert cast.fresh(room).question_asked.number == 1
    desk("/questions", act="no_more")
    assert cast.fresh(room).question_asked is None
    desk("/questions/1", act="bring_back")

    assert Question.objects.get(number=1).state == "waiting"


def test_a_refused_question_is_brought_back(room, desk, host):
    asked(room)
    desk("/queue/questions/1", decision="refuse", reason="off_topic")
    assert "물음에서 벗어남" in text_of(host.get(f"/host/c/{room.code}"))

    desk("/questions/1", act="bring_back")

    assert [item["id"] for item in queue_of(room)] == ["questions-1"]


# ---- the queue


def test_everything_that_waits_stands_in_one_queue_the_oldest_first(room, desk):
    asked(room, at=cast.minutes(3))
    line = written(room, at=cast.minutes(1))
    jun = line.author
    citing.attach(code=room.code, card=CARD, lang="ko", at=cast.minutes(4), statement=line.number, voice=jun.pk)
    seed = citing.attach(code=room.code, card=CARD, lang="ko", at=cast.MORNING, statement=1)
    citing.challenge(
        code=room.code,
        voice=jun.pk,
        number=seed.number,
        text="표본이 작아요.",
        source="",
        lang="ko",
        at=cast.minutes(2),
    )

    assert [item["id"] for item in queue_of(room)] == ["4", "challenges-1", "questions-1", "evidence-1"]
    desk("/queue/statements/4", decision="accept")
    desk("/queue/challenges/1", decision="refuse", reason="repeat")
    desk("/queue/questions/1", decision="accept")
    desk("/queue/evidence/1", decision="accept", source_checked="1")

    assert queue_of(room) == []
    assert (Statement.objects.get(number=4).state, Question.objects.get().state) == ("accepted", "accepted")
    assert (Challenge.objects.get().state, Challenge.objects.get().reason) == ("refused", "repeat")
    assert Evidence.objects.get(number=1).source_checked is True


def test_a_card_s_source_is_checked_only_when_somebody_says_so(room, desk, host):
    line = written(room)
    citing.attach(code=room.code, card=CARD, lang="ko", at=cast.MORNING, statement=line.number, voice=line.author_id)
    page = text_of(host.get(f"/host/c/{room.code}"))
    assert "걸어서 온 사람: 61.4 %" in page
    assert "한빛시 조사 (지어낸 것)" in page

    desk("/queue/evidence/1", decision="accept")

    assert Evidence.objects.get().source_checked is False


def test_what_waits_too_long_is_said(room, host):
    asked(room, at=cast.minutes(30))

    page = host.get(f"/host/c/{room.code}").content.decode()

    assert "data-late>30분" in page
    assert 'class="unwell"' in page


def test_once_the_shortlist_is_there_no_statement_is_let_in_and_the_console_says_so():
    room, _voices = cast.sitting_until("where")
    late = written(room)
    cast.to_shortlist(room)
    host = Client()
    host.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)

    page = host.get(f"/host/c/{room.code}")
    let_in = host.post(f"/host/c/{room.code}/queue/statements/{late.number}", {"decision": "accept"})

    assert "의견은 더 올릴 수 없어요" in text_of(page)
    assert "data-accept" not in page.content.decode()
    assert let_in.status_code == 409
    assert cast.fresh(late).state == "waiting"
    host.post(f"/host/c/{room.code}/queue/statements/{late.number}", {"decision": "refuse", "reason": "repeat"})
    assert cast.fresh(late).state == "refused"


# ---- how a round goes


@pytest.fixture
def round_of_twelve(room):
    """Six in the hall have met all three statements, six online only the first two."""
    cache.clear()
    cast.open_round(room, at=cast.minutes(58))
    for _ in range(6):
        cast.answer(cast.voice(room, "hall"), {1: 1, 2: -1, 3: 0})
        cast.answer(cast.voice(room, "online"), {1: 1, 2: -1})
    return room


def test_the_console_says_how_fast_and_how_evenly_but_never_how_it_stands(round_of_twelve, host):
    page = text_of(host.get(f"/host/c/{round_of_twelve.code}"))

    assert "분마다 15개" in page
    assert "노출 차이 1.00" in page
    assert pace.exposure_ratio(round_of_twelve) == 1.0
    assert "%" not in page


def test_where_the_hall_has_met_more_the_ratio_says_so():
    met = [{"hall": 30, "online": 20}, {"hall": 30, "online": 10}, {"hall": 12, "online": 10}, {"hall": 4}]

    assert pace.ratio_of(met, {"hall": 30, "online": 20}) == pytest.approx(1.0)
    assert pace.ratio_of(met[:2], {"hall": 30, "online": 20}) == pytest.approx(1.5)


@pytest.mark.parametrize("people", [{"hall": 4, "online": 40}, {"hall": 40}, {}])
def test_of_fewer_than_five_nothing_is_told(people):
    assert pace.ratio_of([{"hall": 4, "online": 4}], people) is None


def test_without_an_open_round_there_is_no_pace(room):
    assert (pace.per_minute(room), pace.exposure_ratio(room)) == (None, None)
    cast.open_round(room, at=cast.minutes(60) - timedelta(seconds=1))
    assert (pace.per_minute(room), pace.exposure_ratio(room)) == (0, None)
