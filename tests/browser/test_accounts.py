"""Mina's account, all the way: by letter, with a name, a second step, and a stop for whoever guesses."""

import re
import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import expect
from tests.browser.hall import Hall
from tests.browser.looks import LOOKS, OTHER_LOOKS, faults_of
from tests.catcher import catching
from tests.serving import Server

pytestmark = pytest.mark.browser

MINA, WORDS = "mina@example.kr", "강변의 버드나무 그늘"
ALL_LOOKS = LOOKS + OTHER_LOOKS
LETTER_WITHIN_S = 20
STOPPED = "여러 번 맞지 않아 잠시 멈췄어요"


@pytest.fixture
def here(chromium, tmp_path):
    """A server whose letters arrive."""
    with catching() as (catcher, port):
        environment = {"ONNURI_SMTP": f"smtp://127.0.0.1:{port}", "ONNURI_MAIL_FROM": "mail@hall.test"}
        with Server(tmp_path, environment=environment) as running:
            hall = Hall(chromium, running)
            # A form that is refused answers 4xx, which the browser's console notes.
            hall.forgiven += ["status of 422", "status of 429"]
            yield hall, catcher
            hall.leave()
            assert not hall.complaints, "\n".join(hall.complaints)


def link_of(catcher):
    """The link of the first letter, once it has come."""
    until = time.monotonic() + LETTER_WITHIN_S
    while not catcher.letters:
        assert time.monotonic() < until, "no letter came"
        time.sleep(0.05)
    return re.search(r"https?://\S+/account/\S+", catcher.letters[0].get_body(("plain",)).get_content())[0]


def code_of(secret):
    """What the app on her phone shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def send(page, **fields):
    """Fill in the page's form and send it."""
    for name, text in fields.items():
        page.fill(f"#{name}", text)
    page.locator("main form button.button-main").first.click()


def signs_up(page, catcher, look):
    page.goto("/account/signup/")
    look(page)
    send(page, id_email=MINA, id_password1="짧다")
    expect(page.locator(".field-error")).to_contain_text("10자 이상")
    look(page)
    send(page, id_password1=WORDS)
    expect(page.locator("h1")).to_have_text("메일을 확인해 주세요")
    look(page)
    page.goto(link_of(catcher))
    look(page)
    send(page)


def chooses_a_name(page, look):
    send(page, id_login=MINA, id_password=WORDS)
    expect(page.locator("#alias")).to_have_value(re.compile(r"\S+ \d{3}"))
    look(page)
    send(page, alias="미나")
    expect(page.locator("h1")).to_have_text("내 계정")
    look(page, looks=ALL_LOOKS)


def sets_up_the_app(page, look):
    """The secret in her phone."""
    page.get_by_role("link", name="2단계 인증").click()
    look(page)
    page.get_by_role("link", name="인증 앱 켜기").click()
    look(page)
    send(page, id_password=WORDS)
    look(page)
    secret = page.locator(".account-secret").inner_text()
    send(page, id_code=code_of(secret))
    expect(page.locator(".codes li")).to_have_count(10)
    look(page)
    return secret


def signs_in_with_the_code(page, secret, look):
    page.goto("/account/logout/")
    look(page)
    send(page)
    page.goto("/account/login/")
    look(page, looks=ALL_LOOKS)
    send(page, id_login=MINA, id_password=WORDS)
    expect(page.locator("h1")).to_have_text("인증 앱의 코드를 적어 주세요")
    look(page)
    page.fill("#id_code", code_of(secret))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("내 계정")


def guesses(page):
    for _time in range(6):
        page.goto("/account/login/")
        send(page, id_login=MINA, id_password="밤하늘의 별 백 개")
    expect(page.get_by_role("alert")).to_contain_text(STOPPED)
    send(page, id_password=WORDS)
    expect(page.get_by_role("alert")).to_contain_text(STOPPED)


def test_mina_signs_up_and_nobody_else_gets_in(here):
    hall, catcher = here
    page, thief = hall.page(), hall.page()
    faults = []

    def look(at, looks=LOOKS):
        faults.extend(faults_of(hall, at, looks=looks))

    signs_up(page, catcher, look)
    chooses_a_name(page, look)
    secret = sets_up_the_app(page, look)
    signs_in_with_the_code(page, secret, look)
    guesses(thief)

    assert faults == []


def test_an_account_is_made_without_scripts_and_by_keyboard_alone_at_320(here):
    hall, catcher = here
    page = hall.page("en", (320, 640), java_script_enabled=False)

    page.goto("/account/signup/")
    page.focus("#id_email")
    page.keyboard.type("linh@example.kr")
    page.keyboard.press("Tab")
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/confirm-email/")
    page.goto(link_of(catcher))
    send(page)

    page.wait_for_url("**/account/login/")


def test_a_passkey_opens_the_account_without_a_password_and_nothing_else_does(here):
    """A device of the browser's own: it asks for a finger, which is always the right one."""
    hall, catcher = here
    page = hall.page(base_url=hall.server.url.replace("127.0.0.1", "localhost"))
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    features = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    key = device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**features, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )["authenticatorId"]

    page.goto("/account/signup/")
    send(page, id_email=MINA, id_password1=WORDS)
    page.goto(link_of(catcher).replace("127.0.0.1", "localhost"))
    send(page)
    send(page, id_login=MINA, id_password=WORDS)
    send(page, alias="미나")
    page.goto("/account/2fa/webauthn/add/")
    send(page, id_password=WORDS)
    send(page)
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto("/account/2fa/")
    assert faults_of(hall, page) == []
    page.goto("/account/logout/")
    send(page)

    page.goto("/account/login/")
    page.get_by_role("button", name="패스키로 로그인").click()
    expect(page.locator("h1")).to_have_text("내 계정")

    page.goto("/account/logout/")
    send(page)
    device.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**features, "isUserVerified": True}})
    page.goto("/account/login/")
    send(page, id_login=MINA, id_password=WORDS)
    expect(page.get_by_role("button", name="패스키로 확인")).to_be_visible()
    page.goto("/account/")
    expect(page.locator("h1")).not_to_have_text("내 계정")
