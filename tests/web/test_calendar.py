"""The programme in people's calendars: what Google, Apple and Outlook need, in the reader's language."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from tests import cast

from onnuri.conference import editing
from onnuri.conference.editing import Written
from onnuri.conference.models import Conference, Session

pytestmark = pytest.mark.django_db

SEOUL = ZoneInfo("Asia/Seoul")


def at(hour, minute=0):
    """By the clock of the hall."""
    return datetime(2026, 5, 22, hour, minute, tzinfo=SEOUL)


@pytest.fixture
def hanbit():
    return cast.conference(
        venue={"ko": "온누리 강당", "en": "Onnuri auditorium"},
        theme={"ko": "함께 쓰는 도시"},
        doors_at=at(13, 30),
        starts_at=at(14),
        ends_at=at(16),
    )


def session(title, starts_at=None, ends_at=None, **texts):
    told = {name: {"ko": text} for name, text in {"title": title, **texts}.items()}
    return editing.add_session("hanbit", Written(told, starts_at, ends_at))


def feed(client, address="/e/hanbit.ko.ics", **headers):
    answer = client.get(address, **headers)
    assert answer.status_code == 200, address
    return Calendar.from_ical(answer.content)


def entries(client, address="/e/hanbit.ko.ics"):
    """Summary -> entry."""
    return {str(event["summary"]): event for event in feed(client, address).events}


def save(own, **other):
    own = cast.fresh(own)
    told = {name: getattr(own, name) or {} for name in editing.SESSION_TEXTS}
    written = {"texts": told, "starts_at": own.starts_at, "ends_at": own.ends_at, **other}
    editing.change_session("hanbit", own.pk, Written(**written), stamp=editing.stamp_of(own))


def test_there_is_one_entry_for_the_day_and_one_for_each_session(client, hanbit):
    session("여는 이야기", at(14), at(14, 30), speaker="가온", room="파란 방")
    session("언젠가")
    session("결론", at(15, 30))

    found = entries(client)

    assert {name: (e.start, e.end, str(e["location"])) for name, e in found.items()} == {
        "한빛 도시 회의": (at(14), at(16), "온누리 강당"),
        "여는 이야기": (at(14), at(14, 30), "파란 방, 온누리 강당"),
        "결론": (at(15, 30), at(16), "온누리 강당"),
    }
    assert {str(e["status"]) for e in found.values()} == {"CONFIRMED"}
    assert "가온" in str(found["여는 이야기"]["description"])


def test_it_is_a_feed_that_calendar_programs_take(client, hanbit):
    session("여는 이야기", at(14))
    answer = client.get("/e/hanbit.ko.ics")
    calendar = Calendar.from_ical(answer.content)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    told = {name: str(calendar[name]) for name in ("version", "method", "calscale", "x-wr-timezone", "x-wr-calname")}
    assert told == {
        "version": "2.0",
        "method": "PUBLISH",
        "calscale": "GREGORIAN",
        "x-wr-timezone": "Asia/Seoul",
        "x-wr-calname": "한빛 도시 회의",
    }
    assert calendar.decoded("refresh-interval") == timedelta(hours=1)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in answer.content
    assert "prodid" in calendar


def test_every_line_is_as_long_as_the_rule_allows(client, hanbit):
    session("가" * 150, at(14), summary="긴 소개, 세미콜론; 줄\n바꿈 \\ 역사선 " * 20)

    body = client.get("/e/hanbit.ko.ics").content

    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert str(entries(client)["가" * 150]["description"]).startswith("긴 소개, 세미콜론; 줄\n바꿈 \\ 역사선")


def test_every_entry_has_what_it_must_have_and_its_zone_is_there(client, hanbit):
    session("여는 이야기", at(14))
    calendar = feed(client)

    zones = {str(zone["tzid"]): zone.to_tz().utcoffset(at(12).replace(tzinfo=None)) for zone in calendar.timezones}
    assert zones == {"Asia/Seoul": timedelta(hours=9)}
    for event in calendar.events:
        assert {"uid", "dtstamp", "dtstart", "summary", "sequence"} <= {name.lower() for name in event}
        assert event["dtstart"].params["TZID"] == "Asia/Seoul"
        assert event["dtstamp"].to_ical() == b"20260502T000000Z"
    assert calendar.get_missing_tzids() == set()


def test_an_entry_keeps_its_name_and_counts_its_changes(client, hanbit):
    own = session("여는 이야기", at(14))
    before = entries(client)["여는 이야기"]

    save(own, starts_at=at(14, 30))
    save(own, texts={"title": {"ko": "여는 이야기"}, "summary": {"ko": "새 소개"}})
    after = entries(client)["여는 이야기"]

    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert (str(after["uid"]), after.start) == (str(before["uid"]), at(14, 30))


def test_no_two_entries_share_a_name_not_even_of_two_conferences(client, hanbit):
    session("여는 이야기", at(14))
    other = cast.conference(slug="other", starts_at=at(14))
    Session.objects.create(conference=other, order=0, kind="talk", title={"ko": "남의 것"}, starts_at=at(14))

    names = [str(e["uid"]) for slug in ("hanbit", "other") for e in feed(client, f"/e/{slug}.ko.ics").events]

    assert len(set(names)) == len(names) == 4


def test_what_is_cancelled_says_so_twice(client, hanbit):
    own = session("여는 이야기", at(14))
    editing.set_cancelled("hanbit", own.pk, cancelled=True)

    found = entries(client)["[취소] 여는 이야기"]

    assert (str(found["status"]), found["sequence"]) == ("CANCELLED", 1)


def test_what_came_back_after_its_removal_is_the_same_entry(client, hanbit):
    own = session("여는 이야기", at(14))
    before = entries(client)["여는 이야기"]

    kept, _changes = editing.remove_session("hanbit", own.pk)
    without = set(entries(client))
    editing.bring_back("hanbit", kept)
    after = entries(client)["여는 이야기"]

    assert without == {"한빛 도시 회의"}
    assert (str(after["uid"]), after["sequence"]) == (str(before["uid"]), 1)


def test_an_announcement_is_in_the_days_entry(client, hanbit):
    before = entries(client)["한빛 도시 회의"]
    editing.announce("hanbit", {"ko": "문을 30분 일찍 엽니다.", "en": "Doors open early."}, at=at(9))

    after = entries(client)["한빛 도시 회의"]

    assert "문을 30분 일찍 엽니다." in str(after["description"])
    assert "Doors open early." in str(entries(client, "/e/hanbit.en.ics")["Hanbit"]["description"])
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after.decoded("dtstamp") == at(9)


# ---- the reader's language


def test_the_address_names_the_language_for_programs_without_cookies(client, hanbit):
    client.cookies["lang"] = "ko"

    found = entries(client, "/e/hanbit.en.ics")

    assert {name: str(e["location"]) for name, e in found.items()} == {"Hanbit": "Onnuri auditorium"}


@pytest.mark.parametrize(
    ("address", "headers", "name"),
    [
        ("/e/hanbit.ics", {"accept_language": "en"}, "Hanbit"),
        ("/e/hanbit.ics", {"accept_language": "ko"}, "한빛 도시 회의"),
        ("/e/hanbit.ics?lang=en", {"accept_language": "ko"}, "Hanbit"),
        ("/e/hanbit.ja.ics", {"accept_language": "en"}, "한빛 도시 회의"),
    ],
)
def test_a_language_is_found_where_it_was_asked_for(client, hanbit, address, headers, name):
    assert str(feed(client, address, headers=headers)["name"]) == name


def test_only_an_address_without_a_language_differs_from_reader_to_reader(client, hanbit):
    assert client.get("/e/hanbit.ics")["Vary"] == "Accept-Language, Cookie, Accept-Encoding"
    assert client.get("/e/hanbit.ja.ics")["Content-Language"] == "ja"
    assert client.get("/e/hanbit.en.ics")["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("address", ["/e/hanbit.tlh.ics", "/e/hanbit.ics?lang=tlh", "/e/nowhere.ics", "/e/a.b.c.ics"])
def test_what_is_not_there_is_not_found(client, hanbit, address):
    assert client.get(address).status_code == 404


# ---- asked again and again


def test_an_unchanged_programme_is_not_sent_again(client, hanbit):
    own = session("여는 이야기", at(14))
    first = client.get("/e/hanbit.ko.ics")

    again = client.get("/e/hanbit.ko.ics", headers={"if-none-match": first["ETag"]})
    save(own, texts={"title": {"ko": "다른 이야기"}})
    changed = client.get("/e/hanbit.ko.ics", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_a_conference_without_a_day_is_an_empty_calendar(client):
    cast.conference()
    session("언젠가")

    calendar = feed(client)

    assert (calendar.events, len(calendar.timezones)) == ([], 1)


def test_nobodys_name_is_in_a_calendar(client, hanbit):
    jun = cast.confirmed(cast.register("Jun", email="jun.of.the.river@example.kr"))
    body = client.get("/e/hanbit.ko.ics").content.decode()

    for secret in (jun.name, jun.email, jun.claim, Conference.objects.get().host_key_digest):
        assert secret not in body
    assert re.search(r"^UID:[0-9a-f]{32}@onnuri\r?$", body, re.MULTILINE)
