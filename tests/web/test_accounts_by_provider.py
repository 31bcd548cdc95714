"""Signing in by a service of the operator's choice: OpenID Connect, against one that really speaks it."""

import re
from html import unescape
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from tests.oidc_provider import providing

from onnuri.errors import BadInput
from onnuri.people.models import Account
from onnuri.settings import provider_of

pytestmark = pytest.mark.django_db


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


BROWSER = build_opener(ProxyHandler({}), Stay)


@pytest.fixture
def city(settings, monkeypatch):
    """The city's own sign-in service."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    cache.clear()
    with providing() as provider:
        settings.SOCIALACCOUNT_PROVIDERS = provider_of(provider.environment)
        yield provider


def browser():
    return Client(headers={"accept-language": "ko"})


def sent_on(here, **about):
    """The address of the service that the button leads to."""
    page = here.post("/account/oidc/oidc/login/", about)
    assert page.status_code == 200
    return unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text)[1])


def sent_back(address):
    """Where the service sends the browser."""
    with pytest.raises(HTTPError) as answer:
        BROWSER.open(address)
    back = urlsplit(answer.value.headers["Location"])
    answer.value.close()
    assert back.netloc == "testserver"
    return f"{back.path}?{back.query}"


def signs_in(here, **about):
    return here.get(sent_back(sent_on(here, **about)))


def test_sora_signs_in_at_the_city_and_is_known_here(city):
    here = browser()
    assert "한빛시 통합로그인 계정으로 로그인" in here.get("/account/login/").text

    answer = signs_in(here, next="/e/hanbit")

    assert answer["Location"] == "/account/name/?next=%2Fe%2Fhanbit"
    found = Account.objects.get()
    assert (found.email, found.confirmed_by, found.has_usable_password()) == ("sora@example.kr", "oidc", False)
    assert here.get("/account/").status_code == 200
    assert {"/.well-known/openid-configuration", "/authorize", "/token", "/userinfo"} <= set(city.asked)


def test_coming_again_is_the_same_account(city):
    signs_in(browser())

    signs_in(browser())

    assert Account.objects.count() == 1


def test_whoever_has_an_account_by_that_address_is_let_into_it(city):
    known = Account.objects.create(email="sora@example.kr", alias="소라")
    EmailAddress.objects.create(user=known, email=known.email, verified=True, primary=True)

    answer = signs_in(browser())

    assert answer["Location"] == "/account/"
    assert Account.objects.get() == known


def test_an_address_the_service_has_not_verified_opens_nobodys_account(city):
    known = Account.objects.create(email="sora@example.kr", alias="소라")
    EmailAddress.objects.create(user=known, email=known.email, verified=True, primary=True)
    city.person |= {"email_verified": False}
    here = browser()

    signs_in(here)

    assert here.get("/account/").status_code == 302


def test_cancelling_there_is_said_here(city):
    city.person = None

    answer = signs_in(browser())

    assert answer.status_code == 302
    assert "로그인을 그만뒀어요" in browser().get(answer["Location"]).text


def test_a_code_of_another_browser_opens_nothing(city):
    address = sent_back(sent_on(browser()))

    answer = browser().get(address)

    assert "로그인하지 못했어요" in answer.text
    assert not Account.objects.exists()


def test_a_code_brought_twice_opens_nothing_the_second_time(city):
    here = browser()
    address = sent_back(sent_on(here))
    here.get(address)
    here.post("/account/logout/")

    assert "로그인하지 못했어요" in here.get(address).text


def test_the_service_being_away_is_said_in_words(city, settings):
    settings.SOCIALACCOUNT_PROVIDERS = provider_of({**city.environment, "ONNURI_OIDC_ISSUER": "http://127.0.0.1:9"})

    answer = browser().post("/account/oidc/oidc/login/")

    assert "로그인하지 못했어요" in answer.text


def test_where_no_service_is_named_none_is_shown():
    cache.clear()

    assert "/account/oidc/" not in browser().get("/account/login/").text
    assert browser().post("/account/oidc/oidc/login/").status_code == 404


def test_what_the_browser_is_sent_with_is_no_secret(city):
    asked = parse_qs(urlsplit(sent_on(browser())).query)

    assert asked["client_id"] == ["onnuri"]
    assert "client_secret" not in asked
    assert asked["code_challenge_method"] == ["S256"]


@pytest.mark.parametrize("issuer", ["http://login.example.kr", "ftp://login.example.kr", "login.example.kr"])
def test_a_service_is_spoken_to_by_https_alone_but_on_this_machine(issuer):
    with pytest.raises(BadInput, match="ONNURI_OIDC_ISSUER"):
        provider_of({"ONNURI_OIDC_ISSUER": issuer})
