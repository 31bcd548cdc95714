"""A voice that nobody can trace is made on the phone, and goes on to another one; on the hall's plain http too."""

import pytest
from playwright.sync_api import expect
from tests.browser.test_plain_http import ONLY_OVER_TLS

pytestmark = pytest.mark.browser


def code_of(server, room):
    told = server.host(room).post(f"/api/v1/host/conversations/{room.code}/codes", {"channel": "hall", "count": 1})
    return told.json["codes"][0]


def consents(page, code):
    page.fill('input[name="seat_code"]', code)
    page.check('input[name="consent_count"]')
    page.check('input[name="consent_rows"]')
    page.locator("main form button.button-main").click()


@pytest.mark.parametrize("name", ["127.0.0.1", "hall.test"])
def test_a_voice_is_signed_unseen_and_goes_on_to_the_next_phone(hall, server, name):
    hall.forgiven += [ONLY_OVER_TLS, "403"]
    room = server.conversation(seeds=("첫째 제안", "둘째 제안", "셋째 제안"), begin=True, policy="code")
    base = f"http://{name}:{server.port}"
    first, second = hall.page(base_url=base), hall.page(base_url=base)
    sent = []
    first.on("request", lambda request: sent.append((request.url.rpartition("/")[2], request.post_data or "")))
    code = code_of(server, room)

    first.goto(f"/c/{room.code}")
    consents(first, code)
    expect(first.locator(".dock-votes")).to_be_visible()
    asked = dict(sent)
    assert code in asked["mint"]
    assert code not in asked["join"]
    assert "voice" in asked["join"]
    first.click('.vote[value="1"]')
    expect(first.locator("connection-strip")).to_have_attribute("data-state", "sent")

    first.goto(f"/c/{room.code}/settings")
    first.get_by_role("link", name="다른 휴대폰으로 옮기기").click()
    expect(first.locator(".move-qr svg")).to_be_visible()
    address = first.locator(".digest").text_content().strip()
    second.goto(address)
    second.get_by_role("button", name="이 휴대폰에서 이어서 하기").click()
    expect(second.locator(".dock-votes")).to_be_visible()
    second.click('.vote[value="-1"]')
    expect(second.locator("connection-strip")).to_have_attribute("data-state", "sent")

    first.goto(f"/c/{room.code}")
    expect(first.get_by_text("다른 휴대폰으로 옮겨졌어요")).to_be_visible()
    turnout = server.client().get(f"/c/{room.code}/state.json").json["turnout"]
    assert (turnout["joined"], turnout["answered"]) == (1, 1)


def test_a_code_that_was_used_is_said_on_the_page(hall, server):
    room = server.conversation(seeds=("첫째 제안",), begin=True, policy="code")
    hall.forgiven.append("409")
    code = code_of(server, room)
    server.client().post(f"/api/v1/conversations/{room.code}/join", {"seat_code": code})
    page = hall.page()

    page.goto(f"/c/{room.code}")
    consents(page, code)

    expect(page.get_by_role("alert").filter(has_text="이미 쓴 코드예요")).to_be_visible()
    expect(page.locator('input[name="seat_code"]')).to_be_focused()
