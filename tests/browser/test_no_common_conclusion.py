"""A hall that stays divided ends honestly: without a common conclusion, published as readily as any other."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.hall import DESK, WALL, Crowd, Desk, codes, press
from tests.browser.looks import ON_THE_WALL, faults_of

pytestmark = pytest.mark.browser

QUESTION = "장터를 옮길까요, 그대로 둘까요?"
SEEDS = (
    "장터를 역 앞으로 옮깁시다.",
    "장터는 지금 자리에 있어야 합니다.",
    "옮기면 젊은 손님이 늘어납니다.",
    "옮기면 단골이 갈 곳을 잃습니다.",
    "새 건물을 지어 비를 피합시다.",
    "천막과 골목이 장터의 얼굴입니다.",
    "주차장부터 넓힙시다.",
    "차 없는 길로 둡시다.",
)
ALL = range(1, len(SEEDS) + 1)


def divided(person, statement):
    """One half of the hall and of those online wants the odd ones, the other half the even ones."""
    return 1 if person // 2 % 2 == statement % 2 else -1


def test_a_divided_hall_ends_without_a_common_conclusion_and_says_why(hall, server, tmp_path):
    room, crowd = sitting_of(server)
    phone, stage, desk = hall.page(), hall.page(size=WALL), Desk(hall.page(size=DESK), room)
    join(phone, room, codes(server, room, 1, "hall")[0])
    stage.goto(f"/stage/{room.code}")
    desk.open()

    crowd.vote(ALL)
    desk.press("close_round")
    expect(phone.locator('live-room[data-segment="where"]')).to_be_attached()
    expect(phone.locator("#divisive")).to_be_visible()
    desk.press("open_shortlist")
    expect(phone.locator('live-room[data-segment="shortlist"]')).to_be_attached()
    crowd.ballot(ALL)
    desk.press("close_round")
    expect(phone.locator('live-room[data-segment="result"]')).to_be_attached()
    expect(stage.locator('main[data-view="none"]')).to_be_visible()
    desk.press("publish")
    assert faults_of(hall, desk.page) == []
    press(desk.page, desk.page.locator("form.publish button.button-main"))

    expect(phone).to_have_url(re.compile(rf"/r/{room.code}$"))
    twin = server.client(accept_language="ko").get(f"/r/{room.code}.json").json
    assert twin["outcome"] == "none"
    assert twin["reasons"]
    for reason in twin["reasons"]:
        expect(phone.locator(".reasons-list")).to_contain_text(reason)
    expect(phone.locator(".record-open").first).to_be_visible()
    expect(phone.locator(".record-line")).to_have_count(0)
    assert verified(server, room, tmp_path)
    assert faults_of(hall, phone) == []
    assert faults_of(hall, stage, looks=ON_THE_WALL) == []


def sitting_of(server):
    """A conversation with its first round open, half of the crowd in the hall."""
    room = server.conversation(QUESTION, seeds=SEEDS, policy="code")
    server.host(room).submit(f"/host/c/{room.code}/rules", {"grace_s": "0", "act": "save"})
    assert server.act(room, "open_round").status == 200
    return room, Crowd(server, room, 48, divided)


def join(page, room, code):
    page.goto(f"/c/{room.code}?seat_code={code}")
    page.check('input[name="consent_count"]')
    page.check('input[name="consent_rows"]')
    page.locator("main form button.button-main").click()


def verified(server, room, tmp_path):
    file = tmp_path / "record.zip"
    file.write_bytes(server.client().get(f"/r/{room.code}/record.zip").body)
    return server.run_cli("verify", str(file), "--json")["ok"]
