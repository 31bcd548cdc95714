"""Without a mouse, without our colours, without seeing: the same sitting. Each page alone: test_every_page."""

import pytest
from playwright.sync_api import expect
from tests.browser.hall import DESK, WALL, Crowd, own_answers
from tests.browser.looks import tab_to

pytestmark = pytest.mark.browser

QUESTION = "저녁 산책길을 어떻게 밝힐까요?"
SEEDS = ["등을 더 답니다.", "등을 낮게 답니다.", "등을 끕니다."]
SAME_NAMES = {
    "ko": ["찬성", "모르겠어요", "반대"],
    "en": ["Agree", "Not sure", "Disagree"],
}
MARKED = """(selector) => {
  const [marked, plain] = [...document.querySelectorAll(selector)].slice(0, 2).map((one) => getComputedStyle(one));
  const told = (one) => ["borderTopWidth", "borderTopStyle", "outlineStyle", "outlineWidth", "textDecorationLine",
    "fontWeight", "borderTopColor", "color", "backgroundColor", "forcedColorAdjust"].map((name) => one[name]).join();
  return told(marked) !== told(plain);
}"""


def pressed(page, selector, key="Enter"):
    tab_to(page, selector)
    page.keyboard.press(key)


class Evening:
    """A room with three starters, and its host."""

    def __init__(self, server, **options):
        self.server = server
        self.room = server.conversation(QUESTION, seeds=SEEDS, **options)
        self.code = self.room.code

    def begin(self, action, until, **content):
        answer = self.server.act(self.room, action, **content)
        assert answer.status == 200, answer.text
        self.server.until(self.room, until)

    def joined(self, page):
        """Into the room by the keys alone."""
        page.goto(f"/c/{self.code}")
        for consent in ("consent_count", "consent_rows"):
            pressed(page, f'input[name="{consent}"]', "Space")
        pressed(page, "main form button")
        expect(page.locator("live-room")).to_be_attached()
        return page


@pytest.fixture
def evening(server):
    return Evening(server)


# ---- keys alone


def test_a_participant_goes_through_the_whole_sitting_by_keyboard(hall, server, evening):
    crowd = Crowd(server, evening.room, 12, lambda person, statement: 1 if (person + statement) % 3 else -1)
    page = evening.joined(hall.page())

    evening.begin("open_round", "round")
    expect(page.locator("vote-card")).to_be_attached()
    page.wait_for_function("() => customElements.get('vote-card') !== undefined")
    crowd.vote((1, 2, 3))
    pressed(page, '.vote[value="1"]')
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#all-answered")).to_be_focused()
    expect(page.locator("connection-strip")).to_have_attribute("data-state", "sent")
    assert sorted(value for _text, value in own_answers(page, evening.code, 3)) == [-1, 0, 1]

    page.goto(f"/c/{evening.code}/write")
    tab_to(page, "#text")
    page.keyboard.type("등의 빛깔을 함께 고릅니다.")
    pressed(page, "main button[form=write]")
    expect(page.locator(".fate-text", has_text="등의 빛깔을 함께 고릅니다.")).to_be_visible()

    page.goto(f"/c/{evening.code}/questions")
    tab_to(page, "#text")
    page.keyboard.type("언제부터 켜나요?")
    pressed(page, "[data-ask] button")
    expect(page.get_by_text("언제부터 켜나요?").first).to_be_visible()

    evening.begin("close_round", "where")
    evening.begin("open_shortlist", "shortlist")
    page.goto(f"/c/{evening.code}")
    for number in range(page.locator("details.candidate").count()):
        candidate = page.locator("details.candidate").nth(number)
        if candidate.get_attribute("open") is None:
            candidate.locator("summary").focus()
            page.keyboard.press("Enter")
        tab_to(page, f"details.candidate:nth-child({number + 1}) input")
        page.keyboard.press("Space")
    expect(page.locator("details.candidate:not(:has(:checked))")).to_have_count(0)
    expect(page.locator("[data-said]")).not_to_be_empty()


def test_the_host_opens_and_closes_a_round_by_keyboard(hall, evening):
    desk = hall.page(size=DESK)
    desk.goto(f"/host/c/{evening.code}?key={evening.room.key}")
    desk.wait_for_function("() => customElements.get('host-console') !== undefined")

    pressed(desk, 'button[name="action"][value="open_round"]')
    if desk.locator("dialog[open]").count():
        pressed(desk, "[data-ask-yes]")
    close = 'button[name="action"][value="close_round"]'
    expect(desk.locator(close)).to_be_visible()
    pressed(desk, close)
    if desk.locator("dialog[open]").count():
        expect(desk.locator("dialog[open] :focus")).to_have_count(1)
        pressed(desk, "[data-ask-yes]")

    expect(desk.locator(close)).to_have_count(0)


# ---- single keys


def test_a_single_key_answers_only_in_the_card_and_not_at_all_when_switched_off(hall, server):
    evening = Evening(server, begin=True)
    page = evening.joined(hall.page())
    page.wait_for_function("() => customElements.get('vote-card') !== undefined")
    first = page.locator("#statement").inner_text()

    page.locator(".top-name").focus()
    page.keyboard.press("1")
    assert page.locator("#statement").inner_text() == first

    page.locator('.vote[value="1"]').focus()
    page.keyboard.press("1")
    expect(page.locator("#statement")).not_to_have_text(first)

    page.goto(f"/c/{evening.code}/settings")
    page.check('input[name="keys"][value="off"]')
    page.locator("[data-reading] button").click()
    page.wait_for_function("() => customElements.get('vote-card') !== undefined")
    second = page.locator("#statement").inner_text()
    page.locator('.vote[value="1"]').focus()
    for key in ("1", "2", "3", "ArrowLeft"):
        page.keyboard.press(key)
    assert page.locator("#statement").inner_text() == second
    page.keyboard.press("Enter")
    expect(page.locator("#statement")).not_to_have_text(second)


def test_the_big_screen_and_the_desk_have_the_same_switch(hall, evening):
    wall, desk = hall.page(size=WALL), hall.page(size=DESK)
    wall.goto(f"/stage/{evening.code}?keys=off")
    desk.goto(f"/host/c/{evening.code}?key={evening.room.key}&keys=off")

    wall.keyboard.press("f")

    assert wall.locator("stage-screen[data-frozen]").count() == 0
    assert not desk.locator("input[data-keys]").is_checked()


# ---- colours of the reader's own, and none that move


def test_what_is_chosen_can_be_told_without_our_colours(hall, evening):
    page = evening.joined(hall.page(forced_colors="active"))
    page.goto(f"/c/{evening.code}/settings")
    assert page.evaluate("() => matchMedia('(forced-colors: active)').matches")

    assert page.evaluate(MARKED, "label.choice:has([name=theme])")
    page.goto(f"/c/{evening.code}")
    assert page.evaluate(MARKED, ".tabs a[aria-current], .tabs a:not([aria-current])")


def test_an_answer_once_given_can_be_told_without_our_colours(hall, server):
    evening = Evening(server, begin=True)
    page = evening.joined(hall.page(forced_colors="active"))
    page.wait_for_function("() => customElements.get('vote-card') !== undefined")

    page.click('.vote[value="1"]')
    page.click("[data-undo]")

    expect(page.locator('.vote[aria-pressed="true"]')).to_have_count(1)
    assert page.evaluate(MARKED, ".vote")


# ---- names, and what is said by itself


@pytest.mark.parametrize("lang", list(SAME_NAMES))
def test_a_card_is_named_by_its_text_and_the_keys_by_their_words_alone(hall, server, lang):
    evening = Evening(server, begin=True)
    page = evening.joined(hall.page(lang))

    card = page.locator("article.vote-card")
    names = [page.locator(".vote").nth(place).aria_snapshot() for place in range(3)]

    assert page.get_by_role("article", name=card.inner_text().strip().splitlines()[0]).count() == 1
    assert names == [f'- button "{word}"' for word in SAME_NAMES[lang]]


def test_each_candidate_is_a_group_of_three_named_by_its_text(hall, server, evening):
    crowd = Crowd(server, evening.room, 12, lambda person, statement: 1 if (person + statement) % 3 else -1)
    evening.begin("open_round", "round")
    crowd.vote((1, 2, 3))
    evening.begin("close_round", "where")
    evening.begin("open_shortlist", "shortlist")
    page = evening.joined(hall.page())

    for candidate in page.locator("details.candidate").all():
        candidate.evaluate("(one) => { one.open = true; }")
        text = candidate.locator(".candidate-text").inner_text()
        group = page.get_by_role("radiogroup", name=text)
        assert [group.get_by_role("radio", name=word, exact=True).count() for word in SAME_NAMES["ko"]] == [1, 1, 1]


def test_what_changes_by_itself_is_said(hall, server):
    evening = Evening(server, begin=True)
    page = evening.joined(hall.page())

    strip = page.get_by_role("status").filter(has=page.locator("xpath=self::connection-strip"))
    assert strip.count() == 1
    assert page.locator('[data-next][aria-live="polite"]').count() == 1
    page.wait_for_function("() => customElements.get('vote-card') !== undefined")
    before = page.locator("#statement").inner_text()
    page.click('.vote[value="1"]')
    expect(page.locator("[data-next]")).not_to_be_empty()
    expect(page.locator("[data-next]")).not_to_have_text(before)


def test_every_picture_of_the_result_stands_beside_its_table(hall, server, evening):
    crowd = Crowd(server, evening.room, 30, lambda person, statement: 1 if (person + statement) % 2 else -1)
    evening.begin("open_round", "round")
    crowd.vote((1, 2, 3))
    evening.begin("close_round", "where")
    page = evening.joined(hall.page())

    page.goto(f"/c/{evening.code}/where/map")
    assert page.get_by_role("img").count() >= 1
    rows = page.get_by_role("table").first.get_by_role("rowheader").all_inner_texts()
    drawn = page.locator("svg.map .map-name").all_text_contents()
    assert {name for name in drawn if name != "나"} <= {row.strip() for row in rows}
