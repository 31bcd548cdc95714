"""A hall's own network: plain http on a name, and phones without JavaScript."""

import pytest
from playwright.sync_api import expect
from tests.browser.hall import own_answers

pytestmark = pytest.mark.browser

# Chromium mentions on the console that it takes this header over TLS alone.
ONLY_OVER_TLS = "Cross-Origin-Opener-Policy header has been ignored"
SEEDS = ("첫째 제안", "둘째 제안", "셋째 제안")


def test_a_phone_votes_over_plain_http_on_a_name_where_browsers_hide_half_their_tools(hall, server):
    hall.forgiven.append(ONLY_OVER_TLS)
    room = server.conversation(seeds=SEEDS, begin=True)
    page = hall.page(base_url=f"http://hall.test:{server.port}")

    enter(page, room)
    page.wait_for_function("() => customElements.get('vote-card') !== undefined")
    for value in (1, 0, -1):
        page.click(f'.vote[value="{value}"]')

    assert page.evaluate("() => !isSecureContext && !('randomUUID' in crypto)")
    expect(page.locator("#all-answered")).to_be_visible()
    expect(page.locator("connection-strip")).to_have_attribute("data-state", "sent")
    assert sorted(value for _text, value in own_answers(page, room.code, 3)) == [-1, 0, 1]


def test_without_javascript_voting_and_balloting_are_plain_forms(hall, server):
    hall.forgiven.append(ONLY_OVER_TLS)
    room = server.conversation(seeds=SEEDS)
    server.host(room).submit(f"/host/c/{room.code}/rules", {"grace_s": "0", "act": "save"})
    server.act(room, "open_round")
    page = hall.page(base_url=f"http://hall.test:{server.port}", java_script_enabled=False)

    enter(page, room)
    for value in (1, 0, -1):
        page.click(f'.vote[value="{value}"]')
    expect(page.locator("#all-answered")).to_be_visible()
    assert sorted(value for _text, value in own_answers(page, room.code, 3)) == [-1, 0, 1]

    go_on(server, room, "close_round", "where")
    go_on(server, room, "open_shortlist", "shortlist")
    ballot(page, room, lambda candidate: "1")
    go_on(server, room, "close_round", "slate")
    go_on(server, room, "open_ratification", "ratification")
    page.goto(f"/c/{room.code}")
    for fieldset in page.locator("fieldset").all():
        fieldset.locator('label:has(input[value="1"])').click()
    send(page)
    go_on(server, room, "close_round", "result")

    slate = server.host(room).get(f"/api/v1/host/conversations/{room.code}").json
    assert sorted(slate["conclusion"]) == [1, 2, 3]


def enter(page, room):
    page.goto(f"/c/{room.code}")
    page.check('input[name="consent_count"]')
    page.check('input[name="consent_rows"]')
    page.locator("main form button.button-main").click()
    expect(page.locator(".dock-votes")).to_be_visible()


def go_on(server, room, action, segment):
    answer = server.act(room, action)
    assert answer.status == 200, answer.text
    server.until(room, segment)


def ballot(page, room, value_of):
    page.goto(f"/c/{room.code}")
    for candidate in page.locator("details.candidate").all():
        if candidate.get_attribute("open") is None:
            candidate.locator("summary").click()
        candidate.locator(f'label:has(input[value="{value_of(candidate)}"])').click()
    send(page)


def send(page):
    page.locator("main form button.button-main").click()
    page.wait_for_load_state()
    asked = page.locator("input[type=radio]").count()
    expect(page.locator("input[type=radio]:checked")).to_have_count(asked // 3)
