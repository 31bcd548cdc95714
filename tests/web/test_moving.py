"""A voice goes on to another phone: once, within ten minutes, and the first phone says so from then on."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from tests import cast

from onnuri.conversation import moving
from onnuri.errors import Conflict, Forbidden
from onnuri.live.token import cookie_name
from onnuri.web import shown
from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    made = cast.conversation()
    cast.open_round(made)
    return made


@pytest.fixture
def jun(room):
    return cast.voice(room)


def offered(room, first):
    """What the QR on the first phone says."""
    address = first.get(f"/c/{room.code}/move").content.decode()
    start = address.index(f"/c/{room.code}/here?v=")
    return parse_qs(urlsplit(address[start : address.index("<", start)]).query)["v"][0]


def taken(room, shown_value, phone):
    return phone.post(f"/c/{room.code}/here", {"v": shown_value})


def test_jun_goes_on_with_his_new_phone(room, jun, client):
    first, second = cast.phone_of(jun, client), Client()

    answer = taken(room, offered(room, first), second)

    assert (answer.status_code, answer["location"]) == (302, f"/c/{room.code}")
    assert SIGNER.held_of(room.pk, second.cookies[cookie_name(room.code)].value) == (jun.pk, 1)
    assert "내 의견" in second.get(f"/c/{room.code}/mine").content.decode()
    assert "다른 휴대폰으로 옮겨졌어요" in first.get(f"/c/{room.code}").content.decode()


def test_opening_the_qr_alone_moves_nothing(room, jun, client):
    first = cast.phone_of(jun, client)

    page = Client().get(f"/c/{room.code}/here", {"v": offered(room, first)})

    assert page.status_code == 200
    assert moving.moves_of(room, jun.pk) == 0


def test_the_qr_is_taken_once(room, jun, client):
    shown_value = offered(room, cast.phone_of(jun, client))
    taken(room, shown_value, Client())

    assert taken(room, shown_value, Client()).status_code == 409
    assert moving.moves_of(room, jun.pk) == 1


def test_and_from_the_second_phone_to_a_third(room, jun, client):
    second, third = Client(), Client()
    taken(room, offered(room, cast.phone_of(jun, client)), second)

    taken(room, offered(room, second), third)

    assert SIGNER.held_of(room.pk, third.cookies[cookie_name(room.code)].value) == (jun.pk, 2)
    assert "다른 휴대폰으로 옮겨졌어요" in second.get(f"/c/{room.code}").content.decode()


def test_after_ten_minutes_the_qr_says_nothing_more(room, jun, monkeypatch):
    until = int(shown.now().timestamp()) - 1
    late = SIGNER.moving(room.pk, jun.pk, 0, until)

    answer = taken(room, late, Client())

    assert answer.status_code == 409
    assert "시간이 지났어요" in answer.content.decode()


@pytest.mark.parametrize("written", ["", "x", "1-0-99999999999.x", "1-0.x", "가", "9" * 400])
def test_a_qr_that_is_none_of_ours(room, written):
    assert taken(room, written, Client()).status_code == 403


def test_who_has_a_voice_here_takes_no_second_one(room, jun, client):
    minas = cast.phone_of(cast.voice(room), Client())

    answer = taken(room, offered(room, cast.phone_of(jun, client)), minas)

    assert answer.status_code == 409
    assert moving.moves_of(room, jun.pk) == 0


def test_a_voice_that_is_not_here_moves_nowhere(room):
    with pytest.raises(Forbidden):
        moving.move_voice(code=room.code, voice=77, moves=0)


def test_two_phones_at_once_and_one_has_it(room, jun):
    moving.move_voice(code=room.code, voice=jun.pk, moves=0)

    with pytest.raises(Conflict):
        moving.move_voice(code=room.code, voice=jun.pk, moves=0)
