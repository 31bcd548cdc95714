"""Forms that pages take: nobody's hands are too fast, a program is, and it is told so in its own language."""

import pytest
from tests import cast

from onnuri.errors import TooMany
from onnuri.live.limits import CLAIMING, LOOPBACK, OPEN_JOINS, PAGES, RIGHTS, Limits
from onnuri.web import pacing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock of its own, and nobody counted yet."""
    told = {"now": 1000.0}
    monkeypatch.setattr(pacing, "LIMITS", Limits(lambda: told["now"]))
    return told


def send(client, times, **headers):
    return [client.post("/c/ZZZZZZ/write", {"text": "x"}, headers=headers).status_code for _ in range(times)]


@pytest.mark.parametrize(("language", "word"), [("ko", "초 뒤에"), ("en", "")])
def test_a_program_is_told_when_to_come_back(client, clock, language, word):
    burst = int(PAGES.burst)
    assert 429 not in send(client, burst, **{"Accept-Language": language})

    refused = client.post("/c/ZZZZZZ/write", {"text": "x"}, headers={"Accept-Language": language})

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert word in refused.content.decode()
    clock["now"] += 1
    assert send(client, 1, **{"Accept-Language": language}) == [404]


def test_reading_is_never_counted(client):
    assert {client.get("/join").status_code for _ in range(int(PAGES.burst) + 5)} == {200}


def test_another_device_in_the_same_hall_does_not_pay(client):
    send(client, int(PAGES.burst), **{"User-Agent": "a program"})

    assert send(client, 1, **{"User-Agent": "a program"}) == [429]
    assert send(client, 1, **{"User-Agent": "a phone"}) == [404]


def test_a_hall_of_alike_phones_that_all_write_in_one_minute_is_not_stopped(client, clock):
    told = []
    for _second in range(60):
        told += send(client, 10, **{"User-Agent": "the phone everybody has"})
        clock["now"] += 1

    assert 429 not in told


def test_requests_of_rights_are_few(rf):
    asked = rf.post("/", REMOTE_ADDR="203.0.113.9")
    for _ in range(int(RIGHTS.burst)):
        pacing.require_pace_of_rights(asked)

    with pytest.raises(TooMany, match="too_many"):
        pacing.require_pace_of_rights(asked)
    pacing.require_pace_of_rights(rf.post("/", REMOTE_ADDR="203.0.113.10"))


# ---- addresses


@pytest.mark.parametrize(("pace", "hall"), [(CLAIMING, 2000), (OPEN_JOINS, 3000)], ids=["claims", "open joins"])
def test_a_whole_hall_behind_one_address_comes_in_at_once(pace, hall):
    limits = Limits(lambda: 0.0)

    for _ in range(hall):
        limits.take_of_address(pace, "203.0.113.9")
    with pytest.raises(TooMany):
        limits.take_of_address(pace, "203.0.113.9")
    limits.take_of_address(pace, "203.0.113.10")


@pytest.mark.parametrize("address", sorted(LOOPBACK))
def test_a_proxy_that_was_not_named_is_not_somebody(address):
    limits = Limits(lambda: 0.0)

    for _ in range(int(CLAIMING.burst) + 10):
        limits.take_of_address(CLAIMING, address)


def test_a_statement_too_fast_is_not_lost_in_the_room(client):
    room = cast.conversation()
    phone = cast.phone_of(cast.voice(room), client)

    answer = phone.post(f"/c/{room.code}/write", {"text": "하나"})

    assert answer.status_code == 302
