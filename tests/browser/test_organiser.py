import pytest
from playwright.sync_api import expect
from tests.browser.hall import DESK

pytestmark = pytest.mark.browser


def test_a_conversation_made_on_the_web_is_run_from_the_conferences_link(hall, server):
    made = server.run_cli("conference", "new", "--slug", "web", "--seats", "3")
    desk, tomorrow = hall.page(size=DESK), hall.page(size=DESK)

    desk.goto(made["host"])
    desk.fill("#question", "무엇부터 할까요?")
    desk.locator('form[action$="/conversations"] button').click()
    desk.wait_for_url("**/rules")
    tomorrow.goto(made["host"])
    tomorrow.locator('.doors a[href^="/host/c/"]').click()

    expect(tomorrow.locator("[data-primary]")).to_be_visible()
