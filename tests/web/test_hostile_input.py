"""Somebody means harm: what they write is text and nothing else, and what they took opens nothing more."""

import re

import pytest
from tests import cast

from onnuri.conference.models import Registration
from onnuri.conversation.models import Question, Statement
from onnuri.live.token import cookie_name
from onnuri.text import graphemes
from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db

SCRIPTS = {
    "a script": "<script>document.title='taken'</script>",
    "a picture that runs": '<img src=x onerror="alert(1)">',
    "out of an attribute": '"><svg onload=alert(1)>',
    "a template's word": "{{ conversation.host_key_digest }} {% debug %}",
    "out of a data block": "</script><script>alert(1)</script>",
    "a link that runs": "javascript:alert(1)",
}
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
UNSEEN = {
    "direction turned round": ("\N{RIGHT-TO-LEFT OVERRIDE}찬성\N{POP DIRECTIONAL FORMATTING}합니다", "찬성합니다"),
    "isolates": ("\N{FIRST STRONG ISOLATE}물가\N{POP DIRECTIONAL ISOLATE}를", "물가를"),
    "nothing between letters": ("물\N{ZERO WIDTH SPACE}가\N{WORD JOINER}를", "물가를"),
    "a mark of bytes": ("\N{ZERO WIDTH NO-BREAK SPACE}물가를", "물가를"),
    "a soft hyphen": ("물\N{SOFT HYPHEN}가를", "물가를"),
}
WAYS = ("write", "ask")


@pytest.fixture
def jun(client):
    room = cast.conversation()
    own = cast.voice(room)
    cast.open_round(room)
    return cast.phone_of(own, client), room


def says(phone, room, way, text):
    return phone.post(f"/c/{room.code}/{way}", {"text": text})


def stored(way):
    """The text that came last, as it is kept."""
    last = Statement.objects.filter(kind="participant").last() if way == "write" else Question.objects.last()
    return None if last is None else last.text


def as_host(client, room):
    client.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    return client


def runs(page):
    """Whatever of a page could run that we did not write."""
    return [
        *re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page),
        *re.findall(r"<(?:img|svg)[^>]*\son\w+=[^>]*>", page),
        *re.findall(r'href="javascript:[^"]*"', page),
    ]


# ---- scripts


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_is_a_text_wherever_it_is_shown(jun, way, text):
    phone, room = jun
    says(phone, room, way, text)
    last = Statement.objects.filter(kind="participant").last() or Question.objects.last()
    type(last).objects.filter(pk=last.pk).update(state="accepted")
    host = as_host(phone, room)

    assert last.text == text
    for path in (f"/c/{room.code}/mine", f"/c/{room.code}/questions", f"/host/c/{room.code}", f"/stage/{room.code}"):
        page = host.get(path).content.decode()
        assert runs(page) == [], path
        assert text not in page or not re.search(r"[<>\"]", text), path
        assert room.host_key_digest not in page
    twin = host.get(f"/stage/{room.code}.json")
    assert twin.headers["Content-Type"] == "application/json"
    assert twin.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_instead_of_a_name_is_a_name(client, text):
    cast.conference()
    body = {"wish": "hall", "seats": "1", "idempotency_key": "key-of-jun-1", "name": text, "email": "jun@example.kr",
            "consent_email": "yes"}  # fmt: skip

    answer = client.post("/e/hanbit/register", body, follow=True)

    own = Registration.objects.get()
    assert own.name == text
    assert runs(answer.content.decode()) == []
    made = cast.confirmed(own)
    assert runs(client.get(f"/e/hanbit/ticket/{made.claim}").content.decode()) == []
    held = client.get(f"/e/hanbit/ticket/{made.claim}/data")
    assert held.json()["registration"]["name"] == text
    assert held.headers["Content-Disposition"].startswith("attachment")


# ---- what nobody sees


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("text", "kept"), UNSEEN.values(), ids=UNSEEN)
def test_marks_that_nobody_sees_are_taken_out(jun, way, text, kept):
    phone, room = jun

    says(phone, room, way, text)

    assert stored(way) == kept


def test_a_name_reads_in_one_direction(client):
    cast.conference()
    body = {"wish": "hall", "seats": "1", "idempotency_key": "key-of-jun-1", "email": "jun@example.kr",
            "consent_email": "yes", "name": "\N{RIGHT-TO-LEFT OVERRIDE}준\N{ZERO WIDTH SPACE}호"}  # fmt: skip

    client.post("/e/hanbit/register", body)

    assert Registration.objects.get().name == "준호"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", ["\N{ZERO WIDTH JOINER}" * 5, "\N{HANGUL FILLER}", "\N{RIGHT-TO-LEFT OVERRIDE}"])
def test_nothing_to_see_is_nothing_written(jun, way, text):
    phone, room = jun

    answer = says(phone, room, way, text)

    assert answer.status_code == 422
    assert stored(way) is None


@pytest.mark.parametrize("way", WAYS)
def test_three_hundred_families_are_three_hundred_characters(jun, way):
    phone, room = jun

    enough, more = says(phone, room, way, FAMILY * 300), says(phone, room, way, FAMILY * 301)

    assert (enough.status_code, more.status_code) == (302, 422)
    assert stored(way) == FAMILY * 300
    assert graphemes(stored(way)) == 300


def test_a_tower_of_marks_is_no_character(jun):
    phone, room = jun

    answer = says(phone, room, "write", "a" + "\N{COMBINING GRAVE ACCENT}" * 5000)

    assert answer.status_code == 422
    assert stored("write") is None


# ---- what looks alike


def test_a_look_alike_is_told_to_the_moderator(jun):
    phone, room = jun
    says(phone, room, "write", "The m\N{CYRILLIC SMALL LETTER A}yor says no.")

    page = as_host(phone, room).get(f"/host/c/{room.code}", headers={"Accept-Language": "ko"}).content.decode()

    assert "닮은 글자가 섞임" in page
    assert "m\N{CYRILLIC SMALL LETTER A}yor" in page


def test_the_same_statement_in_other_letters_is_refused(jun):
    phone, room = jun
    says(phone, room, "write", "Keep the park.")

    answer = says(phone, room, "write", "Keep the p\N{CYRILLIC SMALL LETTER A}rk.")

    assert answer.status_code == 409
    assert stored("write") == "Keep the park."


# ---- a cookie that was taken


def test_a_stolen_cookie_opens_this_voice_and_nothing_beside_it(client):
    room, other = cast.conversation(), cast.conversation()
    stolen = SIGNER.voice(room.pk, cast.voice(room).pk)
    client.cookies[cookie_name(room.code)] = client.cookies[cookie_name(other.code)] = stolen

    assert client.get(f"/c/{room.code}/mine").status_code == 200
    assert client.get(f"/c/{other.code}/mine").status_code == 401
    client.cookies[f"host_c_{room.pk}"] = stolen
    assert client.get(f"/host/c/{room.code}").status_code == 403


@pytest.mark.parametrize("change", [lambda v: v[:-1] + ("A" if v[-1] != "A" else "B"), lambda v: "1" + v, lambda _: ""])
def test_a_cookie_somebody_made_is_nobody(client, change):
    room = cast.conversation()
    client.cookies[cookie_name(room.code)] = change(SIGNER.voice(room.pk, cast.voice(room).pk))

    assert client.get(f"/c/{room.code}/mine").status_code == 401


def test_the_cookie_of_a_voice_that_was_erased_opens_nothing(jun):
    phone, room = jun
    kept = dict(phone.cookies)[cookie_name(room.code)].value
    phone.post(f"/c/{room.code}/leave")

    phone.cookies[cookie_name(room.code)] = kept

    assert phone.get(f"/c/{room.code}/mine").status_code == 401
    assert phone.get(f"/c/{room.code}/data/file").status_code == 401
