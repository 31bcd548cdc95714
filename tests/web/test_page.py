"""A page and its JSON twin from the same content; a refusal as a page, as JSON and in a form."""

import json

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from tests import cast

from onnuri.errors import Busy, Conflict, NotFound, Refusal, Unprocessable
from onnuri.messages import MESSAGES, error_body, message
from onnuri.web import page as pages
from onnuri.web.errors import Fault, refusals, refused, wants_json

CONTENT = {
    "line": {"text": "강변", "n": 3, "none": None, "drawn": mark_safe("<svg/>")},
    "list": [1, ("a", gettext_lazy("찬성"))],
    "me": {"group": 2},
    "qr": mark_safe("<svg/>"),
    "form": {"email": "jun@example.kr"},
    "deck": "[]",
    "round_ticket": "1.abc",
    "error": {"key": "email"},
}


def asked(path, **about):
    return RequestFactory().get(path, **about)


def twin(path="/e/hanbit.json", **about):
    return json.loads(pages.page(asked(path), "unused.html", CONTENT, **about).content)


# ---- the twin


def test_the_twin_says_what_the_page_says():
    with translation.override("ko"):
        told = twin()

    assert told["ok"] is True
    assert told["line"] == {"text": "강변", "n": 3, "none": None}
    assert told["list"] == [1, ["a", "찬성"]]


def test_what_only_a_page_needs_is_not_in_the_twin():
    assert set(twin()) == {"ok", "line", "list", "me"}


def test_what_is_ones_own_is_not_in_the_twin():
    assert set(twin(private=("me",))) == {"ok", "line", "list"}


def test_the_twin_is_written_as_people_write():
    answer = pages.page(asked("/e/hanbit.json"), "unused.html", CONTENT, status=409)

    assert "강변" in answer.content.decode()
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/json")


def test_the_page_itself_gets_everything(monkeypatch):
    seen = {}
    monkeypatch.setattr(
        pages, "render", lambda _request, template, content, status: seen.update(content) or HttpResponse(template)
    )

    answer = pages.page(asked("/e/hanbit"), "public/conference.html", CONTENT, private=("me",))

    assert seen == CONTENT
    assert answer.content == b"public/conference.html"


# ---- refusals


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("key", MESSAGES)
def test_a_form_that_comes_back_says_why_whatever_the_reason(key, language):
    with translation.override(language):
        found = pages.error_of(asked(f"/c/ABC234?refused={key}"))

    assert found["key"] == key
    assert found["message"].strip()
    assert "{" not in found["message"]


@pytest.mark.parametrize("query", ["", "?refused=", "?refused=nothing-of-ours", "?refused=<script>"])
def test_a_made_up_reason_is_no_reason(query):
    assert pages.error_of(asked(f"/c/ABC234{query}")) is None


@pytest.mark.parametrize(
    ("key", "field"),
    [("code_used", "seat_code"), ("ticket_needed", "seat_code"), ("consent_needed", "consent_count"), ("busy", None)],
)
def test_the_reason_stands_at_its_field(key, field):
    assert pages.error_of(asked(f"/c/ABC234?refused={key}"))["field"] == field


def test_one_shape_for_every_refusal():
    with translation.override("ko"):
        body = error_body(Unprocessable("text_too_long", field="text", n=17, limit=300, id="vote-1"))

    assert body == {
        "ok": False,
        "error": {
            "key": "text_too_long",
            "message": "17자 넘었어요. 조금만 줄여 주세요.",
            "field": "text",
            "id": "vote-1",
        },
    }
    assert error_body(NotFound("not_found"))["error"].keys() == {"key", "message"}


def test_a_time_is_told_in_the_halls_own():
    with translation.override("ko"):
        said = message(Conflict("not_open", time=cast.MORNING))

    assert "2026년 5월 2일 (토) 09:00" in said


def test_somebody_elses_language_for_one_sentence():
    with translation.override("ko"):
        english, korean = message(NotFound("not_found"), "en"), message(NotFound("not_found"))

    assert english.isascii()
    assert korean == MESSAGES["not_found"]


def test_what_a_person_wrote_is_never_a_placeholder():
    assert "{0.__class__}" in message(Unprocessable("language", lang="{0.__class__}"), "ko")


def test_a_key_without_a_sentence_is_shown_as_it_is():
    assert message(Refusal("unheard_of")) == "unheard_of"


@pytest.mark.parametrize(
    ("path", "json_wanted"), [("/c/ABC234", False), ("/r/ABC234.json", True), ("/api/v1/conferences", True)]
)
def test_programs_get_json_and_people_a_page(path, json_wanted):
    request = asked(path)
    request.COOKIES = {}

    answer = refused(request, NotFound("code_unknown"))

    assert wants_json(request) is json_wanted
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/json" if json_wanted else "text/html")


def test_who_is_too_early_is_told_when_to_come_back():
    assert refused(asked("/api/v1/conferences"), Busy("busy"))["Retry-After"] == "2"
    assert not refused(asked("/api/v1/conferences"), NotFound("not_found")).has_header("Retry-After")


def test_a_fault_of_ours_is_logged_and_tells_nothing(caplog):
    middleware = refusals(lambda _request: HttpResponse())

    answer = middleware.process_exception(asked("/api/v1/conferences"), ZeroDivisionError("secret of the house"))

    assert answer.status_code == Fault.status == 500
    assert json.loads(answer.content)["error"]["key"] == "server_error"
    assert "secret" not in answer.content.decode()
    assert "secret of the house" in caplog.text
