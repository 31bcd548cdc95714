"""The page one can put on the home screen, and how one reads on this phone."""

import re
import struct

import pytest
from django.contrib.staticfiles import finders
from tests import cast

from onnuri.live.token import cookie_name

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return cast.conversation(policy="open")


def test_the_manifest_opens_this_conversation_and_its_icons_are_as_large_as_they_say(client, room):
    answer = client.get(f"/c/{room.code}/app.webmanifest", headers={"Accept-Language": "ko"})
    told = answer.json()

    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert (told["start_url"], told["scope"], told["lang"]) == (f"/c/{room.code}", "/c/", "ko")
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        with open(finders.find(icon["src"].removeprefix("/static/")), "rb") as file:  # noqa: PTH123 - as it is found
            head = file.read(24)
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        assert "{}x{}".format(*struct.unpack(">2I", head[16:24])) == icon["sizes"]


def test_the_worker_is_kept_to_the_phones_pages_and_names_files_that_are_there(client):
    answer = client.get("/c/service.js")
    text = answer.content.decode()
    files = re.findall(r'"(/static/[^"]+)"', text.partition("const VERSION")[0])

    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer.headers
    assert any("vote-card" in file for file in files)
    for file in files:
        got = client.get(file)
        got.close()
        assert got.status_code == 200, file


def test_the_settings_say_what_is_chosen_and_nobody_elses_twin_does(client, room):
    client.cookies["text"], client.cookies["contrast"] = "3", "more"

    page = client.get(f"/c/{room.code}/settings").content.decode()
    twin = client.get(f"/c/{room.code}/settings.json").json()

    assert re.findall(r'name="(\w+)" value="([^"]*)" checked', page) == [
        ("text", "3"),
        ("lang", "ko"),
        ("theme", ""),
        ("contrast", "more"),
        ("motion", ""),
        ("keys", ""),
    ]
    assert set(twin) == {"ok", "conversation"}


@pytest.mark.parametrize(("secure", "words"), [(True, "홈 화면에 추가"), (False, "HTTPS가 아니라서")])
def test_where_it_cannot_be_installed_it_says_why(client, room, secure, words):
    page = client.get(f"/c/{room.code}/settings", secure=secure, headers={"Accept-Language": "ko"}).content.decode()

    shown = [p for p in re.findall(r"<p class=\"small[^>]*>[^<]*", page) if "hidden" not in p.partition(">")[0]]
    assert any(words in p for p in shown)


def test_who_leaves_this_phone_leaves_the_voice_and_their_answers_count(client, room):
    own = cast.voice(room, "open")
    phone = cast.phone_of(own, client)

    left = phone.post(f"/c/{room.code}/settings/leave")

    assert left.cookies[cookie_name(room.code)].value == ""
    assert room.voices.filter(pk=own.pk).exists()
    assert phone.get(f"/c/{room.code}/settings/leave").status_code == 405
