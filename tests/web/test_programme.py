"""The conference's page for visitors, and the organiser's desk of the programme."""

import html
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from tests import cast

from onnuri.conference import editing
from onnuri.conference.editing import Written
from onnuri.conference.models import Announcement, Conference, Series, Session
from onnuri.people.models import Mail
from onnuri.web import shown, stream
from onnuri.web.middleware import content_security_policy

pytestmark = pytest.mark.django_db

SEOUL = ZoneInfo("Asia/Seoul")
HLS = "https://live.example.kr:8443/hall/master.m3u8"
YOUTUBE = "https://www.youtube.com/watch?v=abcdefghijk"


def at(hour, minute=0, day=22):
    """By the clock of the hall."""
    return datetime(2026, 5, day, hour, minute, tzinfo=SEOUL)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """It is a week before."""
    monkeypatch.setattr(shown, "now", lambda: at(9, day=15))


@pytest.fixture
def hanbit():
    """(conference, the key of its desk)."""
    return cast.places.create_conference(
        slug="hanbit", title={"ko": "한빛 도시 회의", "en": "Hanbit"}, capacity=5, at=cast.MORNING,
        venue={"ko": "온누리 강당"}, doors_at=at(13, 30), starts_at=at(14), ends_at=at(16), opens_at=cast.MORNING,
    )  # fmt: skip


@pytest.fixture
def desk(client, hanbit):
    """Mina's browser."""
    client.get(f"/host/e/hanbit/programme?key={hanbit[1]}")
    return client


def session(title, starts_at=None, ends_at=None, **more):
    texts = {"title": {"ko": title}, **{n: {"ko": more.pop(n)} for n in ("speaker", "room", "summary") if n in more}}
    return editing.add_session("hanbit", Written(texts, starts_at, ends_at, **more))


def text_of(answer):
    """What can be read on a page."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())))


def form_on(client, address):
    """The fields of the page's main form as a browser would send them."""
    page = client.get(address).content.decode()
    found = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', page))
    found |= {n: v.lstrip("\n") for n, v in re.findall(r'<textarea[^>]*name="([\w-]+)"[^>]*>([^<]*)</textarea>', page)}
    found |= dict(re.findall(r'<select[^>]*name="(\w+)".*?<option value="(\w*)" selected', page, re.DOTALL))
    return {name: html.unescape(value) for name, value in found.items()}


def titles():
    return [s.title["ko"] for s in Session.objects.all()]


# ---- what visitors see


def test_the_page_says_what_when_where_and_who(client, hanbit):
    session("여는 이야기", at(14), at(14, 30), speaker="가온", room="파란 방", slides_url="https://slides.example.kr/1")
    cancelled = session("둘째 이야기", at(15))
    editing.set_cancelled("hanbit", cancelled.pk, cancelled=True)

    told = text_of(client.get("/e/hanbit"))

    for words in ("한빛 도시 회의", "2026년 5월 22일 (금) 14:00 – 16:00", "문 여는 때 13:30", "온누리 강당", "가온"):
        assert words in told, words
    assert "둘째 이야기 취소" in told
    assert "발표 자료 slides.example.kr" in told
    page = client.get("/e/hanbit").content.decode()
    assert "<s>둘째 이야기</s>" in page
    assert 'href="/e/hanbit.ko.ics"' in page
    assert 'href="webcal://testserver/e/hanbit.ko.ics"' in page


def test_several_days_are_named_where_they_change(client, hanbit):
    Conference.objects.update(ends_at=at(16, day=23))
    for day in (22, 22, 23):
        session(f"{day}일", at(15, day=day))

    told = client.get("/e/hanbit.json").json()

    assert [s["day"] for s in told["programme"]] == ["2026년 5월 22일 (금)", "", "2026년 5월 23일 (토)"]
    assert told["conference"]["ends_date_text"] == "2026년 5월 23일 (토)"


def test_one_day_is_not_named_at_every_session(client, hanbit):
    session("첫째", at(14))

    assert [s["day"] for s in client.get("/e/hanbit.json").json()["programme"]] == [""]


def test_what_is_on_now_is_marked(client, hanbit, monkeypatch):
    for hour in (14, 15):
        session(f"{hour}시", at(hour))
    monkeypatch.setattr(shown, "now", lambda: at(15, 10))

    assert [s["state"] for s in client.get("/e/hanbit.json").json()["programme"]] == ["over", "now"]
    # `now` is the name of the phone's large card: an item that bore it would be painted over.
    page = client.get("/e/hanbit").content.decode()
    assert (page.count('aria-current="time"'), page.count('class="now"')) == (1, 0)


def test_a_title_without_translation_is_read_in_korean_and_marked_so(client, hanbit):
    session("여는 이야기", at(14))

    told = client.get("/e/hanbit.json", headers={"accept-language": "en"}).json()

    assert told["conference"]["title"] == "Hanbit"
    assert [(s["title"], s["lang"]) for s in told["programme"]] == [("여는 이야기", "ko")]


def test_what_an_organiser_writes_is_text_and_no_markup(client, hanbit):
    trap = "<script>alert(1)</script>"
    session(trap, at(14), summary=trap, speaker=trap)
    editing.announce("hanbit", {"ko": trap}, at=at(9))

    assert trap not in client.get("/e/hanbit").content.decode()


# ---- the stream


@pytest.mark.parametrize(
    ("address", "source", "policy"),
    [
        (HLS, HLS, "media-src https://live.example.kr:8443"),
        (YOUTUBE, "https://www.youtube-nocookie.com/embed/abcdefghijk", "frame-src https://www.youtube-nocookie.com"),
        (
            "https://vimeo.com/123456789",
            "https://player.vimeo.com/video/123456789",
            "frame-src https://player.vimeo.com",
        ),
        ("https://tv.example.kr/live", "https://tv.example.kr/live", "frame-src https://tv.example.kr"),
    ],
)
def test_the_stream_comes_only_after_the_visitor_has_agreed(client, hanbit, address, source, policy):
    Conference.objects.update(stream_url=address)

    before, after = (client.get(f"/e/hanbit{query}") for query in ("", "?stream=show"))

    waiting = re.sub(r"<template.*?</template>", "", before.content.decode(), flags=re.DOTALL)
    host = source.split("/")[2]
    assert re.findall(r'(?:src|href|action|data-\w+)="([^"]*)"', waiting).count(source) == 0
    assert not re.search(rf'\b(?:src|href)="https?://{re.escape(host)}', waiting)
    assert host in waiting
    assert f'src="{source}"' in after.content.decode()
    for answer in (before, after):
        assert answer["Content-Security-Policy"] == f"{content_security_policy()}; {policy}"


def test_no_other_page_may_load_the_stream(client, hanbit):
    Conference.objects.update(stream_url=YOUTUBE)
    cast.conference(slug="other")

    for address in ("/", "/e/hanbit/register", "/e/other", "/e/hanbit.json.x"):
        assert client.get(address)["Content-Security-Policy"] == content_security_policy(), address


def test_the_twin_tells_programs_where_the_stream_is(client, hanbit):
    Conference.objects.update(stream_url=HLS)

    assert client.get("/e/hanbit.json").json()["stream"] == {
        "url": HLS,
        "embed_url": HLS,
        "host": "live.example.kr:8443",
        "kind": "video",
        "media_type": "application/vnd.apple.mpegurl",
        "open": False,
    }
    assert stream.stream_shown("") is None


# ---- the series


def test_a_series_shows_its_conferences_the_newest_first(client, hanbit):
    series = editing.make_series("hanbit", "convergence", {"title": {"ko": "융합 컨퍼런스"}, "summary": {}})
    editing.choose_series("hanbit", series, 9)
    for number in (8, 10):
        cast.conference(slug=f"no-{number}", series=series, number=number)
    cast.conference(slug="unnumbered", series=series)

    told, page = client.get("/s/convergence.json").json(), client.get("/s/convergence")

    assert [(c["number_text"], c["slug"]) for c in told["conferences"]] == [
        ("제10회", "no-10"),
        ("제9회", "hanbit"),
        ("제8회", "no-8"),
        ("", "unnumbered"),
    ]
    assert "제9회" in text_of(page)
    here = client.get("/e/hanbit.json").json()["series"]
    assert (here["number_text"], here["title"], here["others"], here["url"]) == (
        "제9회", "융합 컨퍼런스", 3, "/s/convergence",
    )  # fmt: skip
    assert "지난 회의 기록 보기" in text_of(client.get("/e/hanbit"))


def test_the_record_of_the_eighth_is_found_from_the_ninth(client, hanbit):
    series = editing.make_series("hanbit", "convergence", {"title": {"ko": "융합 컨퍼런스"}, "summary": {}})
    eighth = cast.conference(slug="eighth", series=series, number=8)
    room, _voices = cast.sitting_until("published", conference=eighth)

    told = {
        c["slug"]: [r["record_url"] for r in c["records"]]
        for c in client.get("/s/convergence.json").json()["conferences"]
    }

    assert told == {"hanbit": [], "eighth": [f"/r/{room.code}"]}
    assert f'href="/r/{room.code}"' in client.get("/s/convergence").content.decode()


def test_there_is_no_series_without_a_name(client):
    assert client.get("/s/nothing").status_code == 404
    assert client.get("/s/nothing.json").json()["error"]["key"] == "series_unknown"


# ---- the desk

PAGES = ["", "/about", "/sessions/new", "/series", "/next"]


def test_only_the_organiser_gets_in(hanbit):
    own = session("여는 이야기", at(14))
    stranger = Client()
    other, key = cast.places.create_conference(slug="other", title={"ko": "다른 회의"}, capacity=2, at=cast.MORNING)
    stranger.get(f"/host/e/{other.slug}?key={key}")

    for page in [*PAGES, f"/sessions/{own.pk}"]:
        assert stranger.get(f"/host/e/hanbit/programme{page}").status_code == 403, page
    for act in [f"/sessions/{own.pk}/act", "/undo", "/announce", "/about", "/sessions/new", "/series", "/next"]:
        assert stranger.post(f"/host/e/hanbit/programme{act}", {"act": "remove"}).status_code == 403, act
    assert titles() == ["여는 이야기"]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_page_of_the_desk_opens(desk, lang):
    own = session("여는 이야기", at(14))

    for page in [*PAGES, f"/sessions/{own.pk}"]:
        assert desk.get(f"/host/e/hanbit/programme{page}", headers={"accept-language": lang}).status_code == 200


def test_a_session_is_written_in_five_languages_and_stands_at_its_time(desk):
    session("둘째", at(15))
    fields = {"title_ko": "여는 이야기", "title_vi": "Lời mở đầu", "speaker_ko": "가온", "kind": "panel"}

    answer = desk.post(
        "/host/e/hanbit/programme/sessions/new",
        {
            **fields,
            "starts_at": "2026-05-22T14:00",
            "ends_at": "2026-05-22T14:30",
            "slides_url": "https://a.example.kr",
        },
    )

    own = Session.objects.first()
    assert answer["Location"] == f"/host/e/hanbit/programme#session-{own.pk}"
    assert (own.title, own.speaker) == ({"ko": "여는 이야기", "vi": "Lời mở đầu"}, {"ko": "가온"})
    assert (own.starts_at, own.ends_at, own.kind, own.slides_url) == (
        at(14), at(14, 30), "panel", "https://a.example.kr",
    )  # fmt: skip
    assert titles() == ["여는 이야기", "둘째"]


BAD = [
    ({"title_ko": ""}, "title_ko", "제목을 한 언어로라도 적어 주세요."),
    ({"starts_at": "내일"}, "starts_at", "날짜와 시각을 다시 확인해 주세요. 예: 2026-05-22 14:00"),
    ({"starts_at": "0001-01-01T00:00"}, "starts_at", "날짜와 시각을 다시 확인해 주세요. 예: 2026-05-22 14:00"),
    ({"starts_at": "9999-12-31T23:59"}, "starts_at", "날짜와 시각을 다시 확인해 주세요. 예: 2026-05-22 14:00"),
    ({"ends_at": "2026-05-22T14:00"}, "ends_at", "끝나는 때는 시작하는 때보다 뒤여야 해요."),
    ({"starts_at": "2026-05-21T14:00"}, "starts_at", "컨퍼런스 시간 밖이에요."),
    ({"kind": "concert"}, "kind", "세션의 종류를 목록에서 골라 주세요."),
    ({"recording_url": "javascript:alert(1)"}, "recording_url", "https://로 시작하는 주소를 그대로 붙여 주세요."),
    ({"room_ja": "あ" * 81}, "room_ja", "1자 넘었어요."),
]


@pytest.mark.parametrize(("wrong", "field", "sentence"), BAD)
def test_what_is_wrong_is_said_once_beside_its_field_and_nothing_is_lost(desk, wrong, field, sentence):
    good = {
        "title_ko": "여는 이야기",
        "kind": "talk",
        "starts_at": "2026-05-22T14:00",
        "summary_ko": "이 소개는 남아요.",
    }

    answer = desk.post("/host/e/hanbit/programme/sessions/new", {**good, **wrong})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.findall(r'class="(?:field-error|refused)" (?:id="([\w-]+)-error")?', page) == [field]
    assert sentence in text_of(answer)
    assert "이 소개는 남아요." in page
    assert Session.objects.count() == 0


def test_a_mistake_in_a_folded_language_is_unfolded(desk):
    answer = desk.post(
        "/host/e/hanbit/programme/sessions/new", {"title_ko": "가", "title_vi": "x" * 161, "kind": "talk"}
    )

    unfolded = re.findall(r'<details class="language" open>\s*<summary><span lang="([\w-]+)"', answer.content.decode())
    assert unfolded == ["ko", "vi"]


def test_the_next_session_begins_where_the_last_one_ends(desk):
    new = "/host/e/hanbit/programme/sessions/new"

    seen = [form_on(desk, new)["starts_at"]]
    session("첫째", at(14), at(14, 40))
    seen.append(form_on(desk, new)["starts_at"])
    session("마지막", at(15), at(16))
    seen.append(form_on(desk, new)["starts_at"])

    assert seen == ["2026-05-22T14:00", "2026-05-22T14:40", ""]


def test_a_moment_the_clocks_skip_is_none(desk, settings):
    settings.TIME_ZONE = "Europe/London"

    answer = desk.post("/host/e/hanbit/programme/next", {"slug": "new", "opens_at": "2027-03-28T01:30"})

    assert 'id="opens_at-error"' in answer.content.decode()
    assert (answer.status_code, Conference.objects.count()) == (422, 1)


def test_the_second_of_two_organisers_sees_what_the_first_stored_and_keeps_what_she_wrote(desk, hanbit):
    own = session("여는 이야기", at(14), speaker="가온")
    address = f"/host/e/hanbit/programme/sessions/{own.pk}"
    mina, jun = form_on(desk, address), form_on(desk, address)
    desk.post(address, {**mina, "speaker_ko": "나래", "starts_at": "2026-05-22T14:10"})

    told = desk.post(address, {**jun, "title_ko": "준의 제목"})
    stored = cast.fresh(own)
    again = desk.post(address, {**form_in(told), "speaker_ko": "나래"})

    assert (told.status_code, again.status_code) == (409, 302)
    assert "지금 저장된 것 나래" in text_of(told)
    assert "지금 저장된 것 2026-05-22 14:10" in text_of(told)
    assert 'value="준의 제목"' in told.content.decode()
    assert (stored.title, stored.speaker) == ({"ko": "여는 이야기"}, {"ko": "나래"})
    assert (cast.fresh(own).title, cast.fresh(own).speaker) == ({"ko": "준의 제목"}, {"ko": "나래"})


def form_in(answer):
    page = answer.content.decode()
    found = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', page))
    return {**found, "kind": "talk"}


def test_who_edits_what_another_removed_may_save_it_as_new(desk):
    own = session("여는 이야기", at(14))
    address = f"/host/e/hanbit/programme/sessions/{own.pk}"
    form = {**form_on(desk, address), "summary_ko": "오래 쓴 소개"}
    editing.remove_session("hanbit", own.pk)

    answer = desk.post(address, form)

    assert answer.status_code == 404
    assert "다른 주최자가 이 세션을 뺐어요." in text_of(answer)
    assert 'action="/host/e/hanbit/programme/sessions/new"' in answer.content.decode()
    assert "오래 쓴 소개" in answer.content.decode()
    assert desk.get(address).status_code == 404


def test_buttons_move_cancel_remove_and_undo(desk):
    first, second = session("가"), session("나")

    def press(act, own):
        return desk.post(f"/host/e/hanbit/programme/sessions/{own.pk}/act", {"act": act})

    press("down", first)
    moved = titles()
    press("cancel", first)
    removed = press("remove", second)
    without = titles()
    token = re.search(r'name="token" value="([^"]+)"', removed.content.decode())[1]
    undone = desk.post("/host/e/hanbit/programme/undo", {"token": token})
    desk.post("/host/e/hanbit/programme/undo", {"token": token})

    assert (moved, without, titles()) == (["나", "가"], ["가"], ["나", "가"])
    assert cast.fresh(first).cancelled
    assert undone["Location"] == f"/host/e/hanbit/programme#session-{second.pk}"
    assert press("dance", first).status_code == 400
    assert desk.post("/host/e/hanbit/programme/undo", {"token": "made up"}).status_code == 409


def test_an_undo_of_another_conference_brings_nothing(desk):
    _other, key = cast.places.create_conference(slug="other", title={"ko": "다른 회의"}, capacity=2, at=cast.MORNING)
    own = session("가")
    removed = desk.post(f"/host/e/hanbit/programme/sessions/{own.pk}/act", {"act": "remove"})
    token = re.search(r'name="token" value="([^"]+)"', removed.content.decode())[1]
    thief = Client()
    thief.get(f"/host/e/other?key={key}")

    assert thief.post("/host/e/other/programme/undo", {"token": token}).status_code == 404
    assert Session.objects.count() == 0


def test_what_overlaps_or_stands_wrong_is_pointed_out_and_not_refused(desk):
    session("가", at(14), at(15))
    session("나", at(14, 30))
    late = session("다", at(15, 30))
    editing.move_session("hanbit", late.pk, -2)

    told = text_of(desk.get("/host/e/hanbit/programme"))

    assert "같은 곳에서 시간이 겹쳐요: “가”, “나”" in told
    assert "시각 순서와 다르게 놓여 있어요: “가”" in told


# ---- announcing


def change(desk, own, **fields):
    address = f"/host/e/hanbit/programme/sessions/{own.pk}"
    return desk.post(address, {**form_on(desk, address), **fields})


def test_a_change_is_offered_to_be_told_in_words_and_told_to_everybody(desk):
    cast.register("Jun")
    cast.register("Linh", "online")
    own = session("여는 이야기", at(14), speaker="가온")
    Mail.objects.all().delete()

    change(desk, own, starts_at="2026-05-22T14:30")
    change(desk, own, starts_at="2026-05-22T14:40", speaker_ko="나래")
    offered = form_on(desk, "/host/e/hanbit/programme")
    told = desk.post("/host/e/hanbit/programme/announce", {**offered, "act": "tell"})

    assert offered["text_ko"] == (
        "“여는 이야기”: 시간이 바뀌었습니다. 14:00 → 14:40\n“여는 이야기”: 발표자가 바뀌었습니다. 나래"
    )
    assert told.status_code == 302
    assert sorted(m.to for m in Mail.objects.all()) == ["jun@example.kr", "linh@example.kr"]
    assert {m.kind for m in Mail.objects.all()} == {"changed"}
    assert "바뀐 것을 알릴까요?" not in text_of(desk.get("/host/e/hanbit/programme"))
    assert "발표자가 바뀌었습니다. 나래" in text_of(Client().get("/e/hanbit"))


def test_a_change_need_not_be_told(desk):
    own = session("여는 이야기", at(14))
    change(desk, own, starts_at="2026-05-22T14:30")

    desk.post("/host/e/hanbit/programme/announce", {"act": "leave", "text_ko": "알리지 말 것"})

    assert Announcement.objects.count() == 0
    assert "바뀐 것을 알릴까요?" not in text_of(desk.get("/host/e/hanbit/programme"))


def test_what_was_changed_back_is_not_offered(desk):
    own = session("여는 이야기", at(14))
    act = f"/host/e/hanbit/programme/sessions/{own.pk}/act"

    desk.post(act, {"act": "cancel"})
    offered = text_of(desk.get("/host/e/hanbit/programme"))
    desk.post(act, {"act": "restore"})

    assert "바뀐 것을 알릴까요?" in offered
    assert "바뀐 것을 알릴까요?" not in text_of(desk.get("/host/e/hanbit/programme"))


def test_before_anybody_could_make_plans_nothing_is_offered(desk):
    Conference.objects.update(opens_at=at(9, day=20))
    own = session("여는 이야기", at(14))

    change(desk, own, starts_at="2026-05-22T14:30")

    assert "바뀐 것을 알릴까요?" not in text_of(desk.get("/host/e/hanbit/programme"))
    assert cast.fresh(own).revision == 1


def test_a_day_that_moves_is_told_with_both_dates(desk):
    form = form_on(desk, "/host/e/hanbit/programme/about")
    moved = {"doors_at": "", "starts_at": "2026-05-23T15:00", "ends_at": "2026-05-23T17:00", "venue_ko": "시민회관"}

    desk.post("/host/e/hanbit/programme/about", {**form, **moved})

    assert form_on(desk, "/host/e/hanbit/programme")["text_ko"] == (
        "일시가 바뀌었습니다: 2026년 5월 22일 (금) 14:00 → 2026년 5월 23일 (토) 15:00–17:00\n"
        "장소가 바뀌었습니다: 시민회관"
    )


def test_many_changes_fit_into_the_browser(desk):
    for number in range(60):
        own = session(f"{number}번째 " + "긴 제목 " * 20, at(14))
        desk.post(f"/host/e/hanbit/programme/sessions/{own.pk}/act", {"act": "remove"})

    assert len(desk.cookies[f"changes_{Conference.objects.get().pk}"].value) <= 3500
    assert "59번째" in form_on(desk, "/host/e/hanbit/programme")["text_ko"]


def test_a_forged_cookie_says_nothing(desk):
    desk.cookies[f"changes_{Conference.objects.get().pk}"] = "W3t9XQ:forged:forged"

    assert desk.get("/host/e/hanbit/programme").status_code == 200


def test_an_announcement_too_long_comes_back_as_it_was_written(desk):
    answer = desk.post("/host/e/hanbit/programme/announce", {"act": "tell", "text_ko": "가" * 1001})

    assert answer.status_code == 422
    assert "가" * 1001 in answer.content.decode()
    assert (Announcement.objects.count(), Mail.objects.count()) == (0, 0)


# ---- the series, and the next conference


def test_a_series_is_made_chosen_and_written_on_one_page(desk):
    address = "/host/e/hanbit/programme/series"

    desk.post(address, {"act": "make", "series_slug": "convergence", "title_ko": "융합 컨퍼런스"})
    desk.post(address, {"act": "choose", "series": "convergence", "number": "9"})
    desk.post(address, {"act": "texts", **form_on(desk, address), "title_en": "Convergence"})
    wrong = desk.post(address, {"act": "choose", "series": "convergence", "number": "아홉"})

    found = Conference.objects.get()
    assert (found.number, found.series.title) == (9, {"ko": "융합 컨퍼런스", "en": "Convergence"})
    assert (wrong.status_code, "회차는 1에서 9999 사이의" in text_of(wrong)) == (422, True)
    assert desk.post(address, {"act": "dance"}).status_code == 400


def test_nobody_joins_the_series_of_somebody_else(desk):
    other, key = cast.places.create_conference(slug="other", title={"ko": "다른 회의"}, capacity=2, at=cast.MORNING)
    editing.make_series("other", "theirs", {"title": {"ko": "남의 시리즈"}, "summary": {}})
    address = "/host/e/hanbit/programme/series"

    refused = desk.post(address, {"act": "choose", "series": "theirs", "number": "9"})
    desk.get(f"/host/e/other?key={key}")
    allowed = desk.post(address, {"act": "choose", "series": "theirs", "number": "9"})

    assert (refused.status_code, allowed.status_code) == (404, 302)
    assert list(Series.objects.get().conferences.order_by("pk")) == [Conference.objects.get(slug="hanbit"), other]


def test_the_next_conference_shows_its_key_once_and_opens_its_desk(desk):
    session("여는 이야기", at(14))
    address = "/host/e/hanbit/programme/next"

    made = desk.post(address, {"slug": "tenth", "opens_at": "2027-01-01T09:00"})
    link = re.search(r"http://testserver(/host/e/tenth\?key=[\w-]+)", made.content.decode())[1]
    again = desk.post(address, {"slug": "tenth", "opens_at": "2027-01-01T09:00"})

    assert Client().get(link).status_code == 302
    assert desk.get("/host/e/tenth/programme").status_code == 200
    assert (again.status_code, Conference.objects.count()) == (409, 2)
    assert client_state("/e/tenth.json") == "not_open"
    assert titles().count("여는 이야기") == 2


def client_state(address):
    return Client().get(address).json()["places"]["state"]


def test_the_first_page_names_the_series_of_a_conference(client, hanbit):
    editing.make_series("hanbit", "convergence", {"title": {"ko": "융합 컨퍼런스"}, "summary": {}})

    told = client.get("/index.json").json()["conferences"]

    assert [(c["title"], c["series"], c["date_text"]) for c in told] == [
        ("한빛 도시 회의", "융합 컨퍼런스", "2026년 5월 22일 (금)")
    ]
