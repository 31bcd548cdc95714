"""A phone follows the sitting by itself, also when a moment is over before its page has come."""

import time

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LATE = "Math.random = () => 0.9"
"""Everybody comes as late as they may."""
HEARD_S = 0.4


def test_a_page_of_the_moment_before_is_not_the_last_word(hall, server):
    room = server.conversation(seeds=["첫째", "둘째"])
    host, desk = server.host(room), f"/host/c/{room.code}"
    for title in ("여는 말", "첫 발표"):
        assert host.submit_to(desk, f"{desk}/interludes", kind="talk", title=title).status == 302

    def put_on(number):
        assert host.submit_to(desk, f"{desk}/interludes/{number}", act="put_on").status == 302

    page, came = hall.page(), []
    page.goto(f"/c/{room.code}")
    page.check('input[name="consent_count"]')
    page.check('input[name="consent_rows"]')
    page.locator("main form button.button-main").click()
    expect(page.locator('live-room[data-segment="lobby"]')).to_be_attached()
    page.add_init_script(LATE)
    page.reload()

    def too_late(route):
        answer = route.fetch()
        came.append(answer.text())
        if len(came) == 1:
            # The talk is over while its page is on the way; the phone hears of the next before that page is there.
            put_on(2)
            time.sleep(HEARD_S)
        route.fulfill(response=answer)

    page.route(f"**/c/{room.code}", too_late)
    put_on(1)

    expect(page.locator("h1")).to_contain_text("첫 발표")
    assert "여는 말" in came[0]
    assert len(came) == 2
