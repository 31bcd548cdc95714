"""Every answer is closed to other sites, runs nothing but our own files, and speaks the reader's language."""

import base64
import hashlib
import re

import pytest
from django.test import Client
from tests import cast

from onnuri.conference.models import Registration
from onnuri.web.middleware import READING, content_security_policy

pytestmark = pytest.mark.django_db
PATHS = [
    "/",
    "/index.json",
    "/join",
    "/e/hanbit",
    "/e/nowhere",
    "/nowhere/at/all",
    "/api/v1/nothing",
    "/static/icon.svg",
]


def policy(text):
    return {name: set(values) for name, *values in (part.split() for part in text.split("; "))}


@pytest.fixture(autouse=True)
def _hanbit():
    cast.conference()


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_them(client, path):
    answer = client.get(path)
    answer.close()  # a static file is sent from its open file

    headers = answer.headers
    assert headers["Content-Security-Policy"] == content_security_policy()
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "microphone=()" in headers["Permissions-Policy"]


def test_nothing_unsafe_and_nothing_from_elsewhere():
    told = policy(content_security_policy())

    assert "unsafe" not in content_security_policy()
    assert "http" not in content_security_policy()
    assert told["default-src"] == {"'self'"}
    assert told["object-src"] == told["base-uri"] == told["frame-ancestors"] == {"'none'"}
    assert told["form-action"] == {"'self'"}
    assert "script-src" not in told


def test_the_phones_style_sheet_is_allowed_by_its_hash(client):
    room = cast.conversation(policy="open")
    page = client.get(f"/c/{room.code}").content.decode()

    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy(content_security_policy())["style-src"]


@pytest.mark.parametrize("path", ["/", "/join", "/e/hanbit", "/e/hanbit/register", "/nowhere"])
def test_no_page_needs_an_exception(client, path):
    page = client.get(path).content.decode()

    assert not re.search(r"\sstyle=", page)
    assert not re.search(r"\son\w+=", page)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", page)
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)


def test_a_page_is_not_kept_by_anybody_on_the_way(client):
    assert client.get("/").headers["Cache-Control"] == "no-store"


# ---- the reader's language, size and theme


def test_the_browsers_language(client):
    answer = client.get("/", headers={"Accept-Language": "en-GB,en;q=0.9,ko;q=0.5"})

    assert answer.headers["Content-Language"] == "en"
    assert '<html lang="en"' in answer.content.decode()


def test_korean_for_whoever_asks_for_something_we_do_not_have(client):
    assert client.get("/", headers={"Accept-Language": "tlh"}).headers["Content-Language"] == "ko"


def test_a_choice_is_kept_and_leaves_the_address(client):
    chosen = client.get(
        "/e/hanbit?lang=en&text=3&theme=dark&contrast=more&motion=off&keys=off&from=poster",
        headers={"Accept-Language": "ko"},
    )

    assert (chosen.status_code, chosen.headers["Location"]) == (302, "/e/hanbit?from=poster")
    assert {name: chosen.cookies[name].value for name in READING} == {
        "lang": "en",
        "text": "3",
        "theme": "dark",
        "contrast": "more",
        "motion": "off",
        "keys": "off",
    }
    assert all(chosen.cookies[name]["httponly"] for name in READING)
    page = client.get("/e/hanbit", headers={"Accept-Language": "ko"})
    assert page.headers["Content-Language"] == "en"
    assert 'data-theme="dark" data-contrast="more" data-motion="off" data-keys="off"' in page.content.decode()


@pytest.mark.parametrize(
    "query", ["lang=tlh", "text=9", "theme=neon", "lang=", "text=1;secure", "contrast=less", "motion=on", "keys=1"]
)
def test_a_choice_we_do_not_offer_is_forgotten(client, query):
    answer = client.get(f"/e/hanbit?{query}")

    assert answer.status_code == 302
    assert not answer.cookies


def test_a_forged_cookie_is_the_browsers_language(client):
    client.cookies["lang"] = "<script>"

    assert client.get("/", headers={"Accept-Language": "en"}).headers["Content-Language"] == "en"


@pytest.mark.parametrize(
    "path", ["/nowhere", "/c/ZZZZZZ", "/e/nowhere", "/r/ZZZZZZ", "/stage/ZZZZZZ", "/host/c/ZZZZZZ", "/c/ZZZZZZ/mine"]
)
def test_what_is_not_there_is_said_in_the_persons_language(client, path):
    korean = client.get(path, headers={"Accept-Language": "ko"})
    english = client.get(path, headers={"Accept-Language": "en"})

    assert korean.status_code == english.status_code == 404
    assert re.search("[가-힣]", heading(korean))
    assert heading(english).isascii()
    assert (korean.headers["Content-Language"], english.headers["Content-Language"]) == ("ko", "en")


def heading(answer):
    """What stands large on the page."""
    return re.search(r"<h1[^>]*>(.*?)</h1>", answer.content.decode(), re.DOTALL)[1].strip()


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/r/ZZZZZZ.json", "/stage/ZZZZZZ.json", "/e/nowhere.json"])
def test_a_program_is_told_in_the_one_error_shape(client, path):
    answer = client.get(path, headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert answer.json()["ok"] is False
    assert answer.json()["error"]["key"]
    assert answer.json()["error"]["message"].isascii()


def test_a_form_without_its_token_is_refused_kindly():
    room = cast.conversation()

    answer = Client(enforce_csrf_checks=True).post(
        f"/c/{room.code}/write", {"text": "둘째"}, headers={"Accept-Language": "ko"}
    )

    assert answer.status_code == 403
    assert "새로 고친" in answer.content.decode()


@pytest.mark.parametrize(
    "sign", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}], ids=["origin", "fetch site"]
)
def test_another_sites_form_is_refused(client, sign):
    answer = client.post("/e/hanbit/register", {"wish": "hall", "idempotency_key": "key-of-jun-1"}, headers=sign)

    assert answer.status_code == 403
    assert not Registration.objects.exists()
