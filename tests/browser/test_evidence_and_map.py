"""A figure is put, doubted, voted on and answered; and the map of a second round moves on from the first."""

import pytest
from playwright.sync_api import expect
from tests.browser import school
from tests.browser.hall import DESK, PHONE, WALL, Crowd, Desk, press
from tests.browser.looks import ON_THE_WALL, faults_of

pytestmark = pytest.mark.browser

CARD = {
    "figure": "61.4",
    "unit": "%",
    "about": "평일 저녁에 비어 있는 교실",
    "source": "빈 교실 조사 (지어낸 예)",
    "dated": "2026년 3월, 4주",
}
DOUBT = "저녁만 세고 주말은 세지 않았어요."
SIZES = (PHONE, (820, 1180), DESK)


def comes_in(page, code):
    """Somebody joins an open conversation."""
    page.goto(f"/c/{code}")
    page.check('input[name="consent_count"]')
    page.check('input[name="consent_rows"]')
    page.locator("main form button.button-main").click()
    page.wait_for_load_state()
    return page


def test_a_figure_is_put_doubted_voted_on_and_closed(hall, server):
    room = server.conversation(school.QUESTION["ko"], seeds=school.SEEDS["ko"][:1], begin=True)
    desk = Desk(hall.page(size=DESK), room)
    desk.open()
    evidence = f"/host/c/{room.code}/evidence"

    # Mina puts a figure on the only statement.
    desk.page.goto(evidence)
    for name, value in CARD.items():
        desk.page.fill(f"#{name}", value)
    desk.page.locator("form", has=desk.page.locator("#figure")).locator("button").click()
    expect(desk.page.locator(".evidence")).to_contain_text("61.4")

    # Jun opens it on the vote card without leaving it, and doubts it.
    jun, linh = (comes_in(hall.page(), room.code) for _ in range(2))
    jun.locator("[data-evidence] > summary").click()
    expect(jun.locator(".vote-card .evidence")).to_contain_text(CARD["source"])
    jun.locator(".vote-card .evidence a").click()
    jun.locator("summary", has_text="내 이의 쓰기").click()
    jun.fill('textarea[name="text"]', DOUBT)
    jun.locator("details[open] form button").click()
    expect(jun.locator(".fate")).to_contain_text(DOUBT)

    # Mina reads it; Linh answers it, and is told that it arrived; nobody sees a figure.
    desk.page.goto(evidence)
    desk.page.locator('button[name="decision"][value="accept"]').click()
    linh.goto(f"/c/{room.code}/evidence")
    linh.wait_for_function("() => customElements.get('challenge-list') !== undefined")
    with linh.expect_response("**/challenges") as sent:
        linh.locator('.challenge button[value="1"]').click()
    assert sent.value.ok
    expect(linh.locator("[data-said]")).to_contain_text("답을 받았어요")
    linh.reload()
    expect(linh.locator('.challenge button[aria-pressed="true"]')).to_have_attribute("value", "1")
    expect(linh.locator(".challenge .support")).to_have_count(0)
    for page in (desk.page, linh):
        assert faults_of(hall, page) == []

    # It is answered and closed: of one answer only that it is withheld.
    desk.page.goto(evidence)
    desk.page.fill('textarea[name="reply"]', "맞습니다. 주말은 빠졌습니다.")
    desk.page.locator("form", has=desk.page.locator('textarea[name="reply"]')).locator("button").click()
    press(desk.page, desk.page.locator('form:has(input[value="close"]) button'))
    expect(desk.page.locator(".chip", has_text="닫힘")).to_be_visible()
    jun.goto(f"/c/{room.code}/evidence")
    expect(jun.locator(".challenge")).to_contain_text("주말은 빠졌습니다")
    expect(jun.locator(".challenge")).to_contain_text("5명 미만")
    expect(jun.locator(".challenge button")).to_have_count(0)


def test_without_script_the_card_opens_and_a_challenge_is_answered(hall, server):
    room = server.conversation(school.QUESTION["ko"], seeds=school.SEEDS["ko"][:1], begin=True)
    desk = Desk(hall.page(size=DESK), room)
    desk.open()
    desk.page.goto(f"/host/c/{room.code}/evidence")
    for name, value in CARD.items():
        desk.page.fill(f"#{name}", value)
    desk.page.locator("form", has=desk.page.locator("#figure")).locator("button").click()

    linh = comes_in(hall.page(java_script_enabled=False), room.code)
    linh.locator("[data-evidence] > summary").click()
    expect(linh.locator(".vote-card .evidence")).to_be_visible()
    linh.goto(f"/c/{room.code}/evidence")
    linh.locator("summary", has_text="내 이의 쓰기").click()
    linh.fill('textarea[name="text"]', DOUBT)
    linh.locator("details[open] form button").click()
    desk.page.goto(f"/host/c/{room.code}/evidence")
    desk.page.locator('button[name="decision"][value="accept"]').click()
    linh.goto(f"/c/{room.code}/evidence")
    linh.locator('.challenge button[value="-1"]').click()

    expect(linh).to_have_url(f"{server.url}/c/{room.code}/evidence#challenge1")
    expect(linh.locator('.challenge button[aria-pressed="true"]')).to_have_attribute("value", "-1")


def test_the_map_of_a_second_round_goes_on_from_the_first_at_every_size(hall, server):
    room = server.conversation(school.QUESTION["ko"], seeds=school.SEEDS["ko"], begin=True)
    server.host(room).submit(f"/host/c/{room.code}/rules", {"grace_s": "0", "act": "save"})
    crowd = Crowd(server, room, 60, school.opinion)
    page, wall = hall.page(), hall.page(size=WALL)
    named = []

    for number in (1, 2):
        if number > 1:
            server.act(room, "open_round")
        crowd.vote(school.SEED_NUMBERS[: None if number > 1 else -2])
        server.act(room, "close_round")
        server.until(room, "where")
        page.goto(f"/c/{room.code}/where/map")
        looks = [(*size, theme) for size in SIZES for theme in ("light", "dark")]
        assert faults_of(hall, page, looks=tuple(looks)) == []
        assert page.locator("[data-former]:not([data-former=''])").count() == (0 if number == 1 else named[0][1])
        named.append((page.locator(".map-name").all_inner_texts(), page.locator("[data-former]").count()))
        wall.goto(f"/stage/{room.code}?view=map")
        assert faults_of(hall, wall, looks=ON_THE_WALL) == []
    assert named[0][0] == named[1][0], "groups keep their names"

    # Where motion is welcome every dot that has somewhere to come from is under way for six tenths of a second, once.
    page.emulate_media(reduced_motion="no-preference")
    page.evaluate("() => sessionStorage.clear()")
    assert under_way(page) > 0
    assert under_way(page) == 0, "not again"
    page.evaluate("() => sessionStorage.clear()")
    page.emulate_media(reduced_motion="reduce")
    assert under_way(page) == 0

    # On the wall the arrows go from sentence to sentence, and round.
    seen = wall.locator(".stage-sentences > li:visible")
    count = wall.locator(".stage-sentences > li").count()
    first = seen.inner_text()
    told = [first]
    for _ in range(count):
        wall.keyboard.press("ArrowRight")
        expect(seen).to_have_count(1)
        told.append(seen.inner_text())
    assert len(set(told)) == count
    assert told[-1] == first


def under_way(page):
    """How many dots move on a page that has just been opened."""
    page.reload()
    page.wait_for_function("() => customElements.get('opinion-map') !== undefined")
    return page.evaluate(
        "() => document.getAnimations().filter((one) => one.effect.target?.closest('[data-former]')).length"
    )
