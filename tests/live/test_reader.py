"""Which language somebody reads: what they chose, else what their phone likes best of what there is."""

import pytest

from onnuri.live.reader import language_for
from onnuri.web.middleware import reader as middleware

FIVE = [(code, code) for code in ("ko", "en", "zh-hans", "ja", "vi")]


@pytest.fixture(autouse=True)
def an_installation_of_five_languages(settings):
    settings.LANGUAGES = FIVE


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans"),
        ("zh-Hans", "zh-hans"),
        ("fr-FR, ja;q=0.5, vi;q=0.7", "vi"),
        ("en-GB", "en"),
        ("en;q=0, ja", "ja"),
        ("fr", "ko"),
        ("", "ko"),
        ("zh;q=much, en;q=0.1", "zh-hans"),
        (";;;,,q=,=", "ko"),
        ("x" * 100_000, "ko"),
    ],
)
def test_a_phone_is_answered_in_what_it_likes_best(accepted, language):
    assert language_for(chosen=None, accepted=accepted) == language


def test_what_somebody_chose_goes_before_what_the_phone_says():
    assert language_for(chosen="vi", accepted="ko") == "vi"


def test_a_language_that_is_not_installed_was_not_chosen(settings):
    settings.LANGUAGES = [("ko", "한국어"), ("en", "English")]

    assert language_for(chosen="vi", accepted="zh-CN, en;q=0.5") == "en"


@pytest.mark.parametrize("accepted", ["zh-CN,zh;q=0.9,en;q=0.8", "vi", "fr", "en-GB;q=0.5, ja"])
def test_the_room_and_every_other_page_answer_in_the_same_language(rf, accepted):
    from django.http import HttpResponse

    from onnuri.live.http import Request

    page = middleware(lambda request: HttpResponse(request.LANGUAGE_CODE))
    hot = Request({"headers": [(b"accept-language", accepted.encode())]}, b"")

    assert page(rf.get("/", headers={"accept-language": accepted})).content.decode() == hot.language


@pytest.mark.django_db
def test_who_signed_in_reads_the_language_of_the_account_on_any_phone(client, settings):
    from onnuri.people.models import Account

    settings.LANGUAGES = [("ko", "한국어"), ("en", "English")]
    client.force_login(Account.objects.create(email="minseo@example.org", language="en"))
    client.cookies.pop("lang", None)

    assert client.get("/join", headers={"accept-language": "ko"})["Content-Language"] == "en"
    client.cookies["lang"] = "ko"
    assert client.get("/join", headers={"accept-language": "en"})["Content-Language"] == "ko"
