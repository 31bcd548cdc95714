"""What whoever runs an installation does on the command line beside the running server."""

from urllib.parse import urlsplit

import pytest
from tests.serving import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("organiser")) as running:
        yield running


def test_mina_is_made_an_organiser_sets_a_password_and_sets_up_a_conference(server):
    told = server.run_cli("organiser", "add", "Mina@Example.kr")

    assert told["email"] == "mina@example.kr"
    mina = server.client(accept_language="ko")
    form = mina.get(urlsplit(told["link"]).path).location
    assert mina.submit(form, {"password1": "강변의 버드나무 그늘"}).status == 302
    assert mina.submit("/account/name/", {"alias": "미나", "next": "/account/"}).location == "/account/"
    made = mina.submit_to("/account/", "/account/conferences/", title="한빛", slug="hanbit", seats="150")
    assert made.location == "/host/e/hanbit"
    assert mina.get("/host/e/hanbit").status == 200


def test_asked_again_there_is_a_new_link_for_the_same_account(server):
    first = server.run_cli("organiser", "add", "sora@example.kr")
    again = server.run_cli("organiser", "add", "sora@example.kr")

    assert server.client().get(urlsplit(again["link"]).path).status == 302
    assert first["email"] == again["email"]


def test_a_question_about_a_candidate_is_refused_here_too_unless_it_is_said_to_be_none(server):
    asked = ("conversation", "new", "--question", "다음 시장 후보 가운데 누구를 지지합니까?")

    with pytest.raises(AssertionError, match=": 2"):
        server.run_cli(*asked)

    assert server.run_cli(*asked, "--is-no-poll")["code"]


def test_what_is_no_address_is_refused_in_one_line(server):
    with pytest.raises(AssertionError, match="organiser add mina@@example: 2"):
        server.run_cli("organiser", "add", "mina@@example")


def test_a_suspended_account_does_nothing_more_where_it_is_signed_in_and_comes_back(server):
    told = server.run_cli("organiser", "add", "haru@example.kr")
    haru = server.client(accept_language="ko")
    form = haru.get(urlsplit(told["link"]).path).location
    haru.submit(form, {"password1": "강변의 버드나무 그늘"})
    assert haru.get("/account/").status in {200, 302}

    assert server.run_cli("account", "suspend", "Haru@example.kr") == {"email": "haru@example.kr", "suspended": True}
    assert haru.get("/account/").location.startswith("/account/login/")
    assert server.run_cli("account", "restore", "haru@example.kr")["suspended"] is False
    with pytest.raises(AssertionError, match=r"account suspend nobody@example\.kr: 2"):
        server.run_cli("account", "suspend", "nobody@example.kr")
