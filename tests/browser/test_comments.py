"""The comment page: Mina writes, Jun presses, reports and blocks; by keyboard alone; and without any script."""

import re
import time

import pytest
from playwright.sync_api import expect
from tests.browser.hall import DESK, Hall
from tests.browser.looks import LOOKS, OTHER_LOOKS, faults_of
from tests.catcher import catching
from tests.conference.test_pictures import photo
from tests.serving import Server

pytestmark = pytest.mark.browser

PASSWORD = "강변의 버드나무 그늘"
NARROW = (320, 640)
ALL_LOOKS = LOOKS + OTHER_LOOKS
LETTER_WITHIN_S = 20
FIRST = "물가에 의자가 더 있으면\n\n좋겠어요."
SECOND = "늦은 버스는 한 해만 먼저 해 봐요."
SHOWS = "골목 시장의 아침"
NOT_A_SHOP = "가게가 아니라 나무 이야기예요."
WHY = "특정한 가게의 이름을 밝혔어요."
OPEN = "dialog[open]"
READY = "() => customElements.get('comment-list') !== undefined"


@pytest.fixture(scope="module")
def lane(chromium, tmp_path_factory):
    """A server whose letters arrive, with one talk: (server, letters, the address of its comments, its desk's link)."""
    with catching() as (catcher, port):
        environment = {"ONNURI_SMTP": f"smtp://127.0.0.1:{port}", "ONNURI_MAIL_FROM": "mail@hall.test"}
        with Server(tmp_path_factory.mktemp("lane"), environment=environment) as server:
            made = server.run_cli("conference", "new", "--slug", "lane", "--seats", "3", "--title", "골목 회의")
            page = Hall(chromium, server).page(size=DESK)
            page.goto(made["host"])
            page.goto("/host/e/lane/programme/sessions/new")
            page.fill("#title_ko", "작은 가게가 자라는 골목")
            page.locator("form.editing .button-main").click()
            page.wait_for_url(re.compile(r"#session-(\d+)$"))
            number = page.url.rpartition("-")[2]
            page.context.close()
            yield server, catcher, f"/e/lane/sessions/{number}/comments", made["host"]


@pytest.fixture
def people(chromium, lane):
    """A browser each."""
    hall = Hall(chromium, lane[0])
    hall.forgiven += ["status of 403", "status of 422", "status of 429"]
    yield hall
    hall.leave()
    assert not hall.complaints, "\n".join(hall.complaints)


def letter_to(catcher, email):
    until = time.monotonic() + LETTER_WITHIN_S
    while email not in catcher.recipients:
        assert time.monotonic() < until, f"no letter to {email}"
        time.sleep(0.05)
    written = catcher.letters[catcher.recipients.index(email)].get_body(("plain",)).get_content()
    return re.search(r"https?://\S+/account/\S+", written)[0]


def has_account(page, catcher, email):
    """Somebody signs up and confirms the address."""
    page.goto("/account/signup/")
    page.fill("#id_email", email)
    page.fill("#id_password1", PASSWORD)
    page.locator("main form button.button-main").first.click()
    page.wait_for_url("**/account/confirm-email/")
    page.goto(letter_to(catcher, email))
    page.locator("main form button.button-main").first.click()
    page.wait_for_url("**/account/login/")


def signs_in(page, address, email, name):
    """From the prompt below the talk, over the sign-in and the choice of a name, back to where one was."""
    page.goto(address)
    page.locator("#write a").click()
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    page.locator("main form button.button-main").first.click()
    page.fill("#alias", name)
    page.locator("main form button.button-main").first.click()
    expect(page.locator("#write b")).to_have_text(name)
    assert page.url.endswith(f"{address}#write")


def saying(page, text):
    """The comment with these words."""
    return page.locator("[data-comment]", has_text=text)


def liked(comment):
    return comment.locator(".num").inner_text()


def test_mina_writes_and_jun_presses_reports_blocks_and_thinks_again(people, lane):
    _server, catcher, address, _host = lane
    mina, jun = people.page(), people.page(size=DESK)
    faults = []

    def look(at, looks=LOOKS):
        faults.extend(faults_of(people, at, looks=looks))

    look_at_the_empty_page(mina, address, look)
    for page, email, name in ((mina, "mina@example.kr", "고요한 버드나무"), (jun, "jun@example.kr", "달리는 고래")):
        has_account(page, catcher, email)
        signs_in(page, address, email, name)
    a_draft_outlives_the_page_and_goes_with_the_comment(mina, address, look)
    too_much_is_not_sent(mina)
    jun_takes_part_once(jun, address, look)
    jun_reports_once(jun, look)
    a_moderator_hides_it_mina_appeals_and_another_brings_it_back(people, lane, mina, look)
    jun.goto(address)
    jun.wait_for_function(READY)
    jun_blocks_and_unblocks(jun, look)
    mina_deletes(mina, address, look)

    assert faults == []


def look_at_the_empty_page(page, address, look):
    page.goto(address)
    expect(page.locator("#write")).to_contain_text("로그인하고 댓글을 남겨 주세요.")
    look(page, ALL_LOOKS)


def a_draft_outlives_the_page_and_goes_with_the_comment(page, address, look):
    page.goto(address)
    page.fill("#text", FIRST)
    expect(page.locator("[data-counter]")).to_have_text("20 / 300자")
    page.reload()
    expect(page.locator("#text")).to_have_value(FIRST)
    page.locator("#write button").click()
    expect(page.locator("[data-news]")).to_have_text("댓글을 올렸어요.")
    expect(saying(page, "좋겠어요.")).to_contain_text("고요한 버드나무")
    expect(page.locator("#text")).to_have_value("")
    look(page)


def too_much_is_not_sent(page):
    page.fill("#text", "가" * 301)
    page.locator("#write button").click()
    expect(page.locator("[data-over-said]")).to_have_text("1자 넘었어요. 조금만 줄여 주세요.")
    page.fill("#text", "")


def jun_takes_part_once(page, address, look):
    page.goto(address)
    page.wait_for_function(READY)
    comment = saying(page, "좋겠어요.")
    button = comment.get_by_role("button", name="공감")
    assert liked(comment) == "0"
    button.click()
    expect(comment.locator(".num")).to_have_text("1")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith(address)
    button.click()
    expect(comment.get_by_role("alert")).to_have_text("이미 참여했어요.")
    assert liked(comment) == "1"
    look(page)


def jun_reports_once(page, look):
    comment = saying(page, "좋겠어요.")
    comment.get_by_role("link", name="신고").click()
    expect(page.locator(OPEN)).to_contain_text("이 댓글을 신고할까요?")
    expect(page.locator("#reason")).to_be_focused()
    look(page)
    page.fill("#reason", WHY)
    expect(page.locator(f"{OPEN} [data-counter]")).to_have_text("17 / 100자")
    page.locator(f"{OPEN} button").click()
    expect(page.locator("[data-news]")).to_have_text("신고를 받았어요. 담당자가 확인하고 빠르게 처리할게요.")
    expect(comment).to_contain_text("이미 신고했어요.")
    expect(comment.get_by_role("link", name="신고")).to_have_count(0)


def a_moderator_hides_it_mina_appeals_and_another_brings_it_back(people, lane, mina, look):
    _server, _catcher, address, host = lane
    desk = people.page(size=DESK)
    desk.goto(host)
    desk.goto("/host/e/lane/desk")
    expect(desk.locator("#item-h")).to_contain_text("좋겠어요.")
    expect(desk.locator("#item")).to_contain_text(WHY)
    desk.fill("#who", "사토")
    desk.locator('input[name="reason"][value="personal"]').check()
    desk.locator("[data-refuse]").click()
    expect(desk.locator("main")).to_contain_text("검토할 것이 없어요.")
    mina.goto(f"{address}?order=new")
    mina.wait_for_function(READY)
    mina.get_by_role("link", name="다시 봐 달라고 하기").click()
    expect(mina.locator("#appeal")).to_be_focused()
    look(mina)
    mina.fill("#appeal", NOT_A_SHOP)
    mina.locator(f"{OPEN} button").click()
    expect(mina.locator("comment-list")).to_contain_text("이의 제기 · 다시 보는 중")
    look(mina)
    desk.goto("/host/e/lane/desk")
    expect(desk.locator("#item")).to_contain_text(NOT_A_SHOP)
    look(desk)
    desk.fill("#who", "사토")
    desk.locator('[value="grant"]').click()
    expect(desk.get_by_role("alert")).to_contain_text("다른 사람이 정해야 해요")
    desk.fill("#who", "하루")
    desk.locator('[value="grant"]').click()
    expect(desk.locator("main")).to_contain_text("검토할 것이 없어요.")


def jun_blocks_and_unblocks(page, look):
    comment = saying(page, "좋겠어요.")
    block = comment.get_by_role("link", name="차단")
    block.click()
    expect(page.locator(OPEN)).to_contain_text("고요한 버드나무 님을 차단할까요?")
    page.locator("[data-close]").click()
    expect(page.locator(OPEN)).to_have_count(0)
    expect(block).to_be_focused()
    block.click()
    look(page)
    page.locator(f"{OPEN} button").click()
    expect(comment).to_have_count(0)
    expect(page.locator("comment-list")).to_contain_text("차단한 고요한 버드나무 님의 댓글 1개를 가렸어요.")
    look(page)
    page.get_by_role("link", name="차단한 사람").click()
    expect(page.locator("main")).to_contain_text("고요한 버드나무")
    look(page)
    page.go_back()
    page.get_by_role("link", name="차단 풀기").click()
    page.locator(f"{OPEN} button").click()
    expect(comment).to_have_count(1)
    expect(page.locator("[data-news]")).to_contain_text("차단을 풀었어요.")


def mina_deletes(page, address, look):
    page.goto(f"{address}?order=new")
    page.wait_for_function(READY)
    comment = saying(page, "좋겠어요.")
    expect(comment.locator(".num")).to_have_text("1")
    comment.get_by_role("link", name="지우기").click()
    expect(page.locator(OPEN)).to_contain_text("되돌릴 수 없어요.")
    page.keyboard.press("Escape")
    expect(comment).to_have_count(1)
    comment.get_by_role("link", name="지우기").click()
    page.locator(f"{OPEN} button").click()
    expect(page.locator("[data-comment]").first).to_contain_text("지운 댓글이에요")
    expect(comment).to_have_count(0)
    look(page, ALL_LOOKS)


def test_by_keyboard_alone_somebody_writes_presses_and_is_asked(people, lane):
    _server, catcher, address, _host = lane
    page, other = people.page("en"), people.page()
    for one, email, name in ((page, "linh@example.kr", "Linh"), (other, "sato@example.kr", "둥근 조약돌")):
        has_account(one, catcher, email)
        signs_in(one, address, email, name)
    other.fill("#text", SECOND)
    other.locator("#write button").click()
    page.goto(f"{address}?order=new")
    page.wait_for_function(READY)
    expect(page.locator("html")).to_have_attribute("lang", "en")

    tab_to(page, "#text")
    page.keyboard.type("Mild words, typed by hand.")
    tab_to(page, "#write button")
    page.keyboard.press("Enter")
    expect(saying(page, "typed by hand")).to_contain_text("Linh")
    page.wait_for_function(READY)
    tab_to(page, '[action$="/react"] button')
    tab_to(page, '[data-comment]:nth-child(2) [action$="/react"] button')
    page.keyboard.press("Space")
    expect(saying(page, SECOND).locator(".num")).to_have_text("1")
    tab_to(page, 'a[href*="/report"]')
    page.keyboard.press("Enter")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("It names a shop.")
    tab_to(page, f"{OPEN} button")
    page.keyboard.press("Enter")
    expect(page.locator("[data-news]")).to_be_visible()
    expect(saying(page, SECOND).locator('a[href*="/report"]')).to_have_count(0)

    assert faults_of(people, page, looks=ALL_LOOKS) == []


def tab_to(page, selector):
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab does not reach {selector}")


def test_without_scripts_on_the_narrowest_phone_every_step_is_a_page(people, lane):
    _server, catcher, address, _host = lane
    page = people.page("ko", NARROW, java_script_enabled=False)
    has_account(page, catcher, "haru@example.kr")
    signs_in(page, address, "haru@example.kr", "아침 자전거")

    page.fill("#text", "가" * 301)
    page.locator("#write button").click()
    expect(page.locator("#text-error")).to_contain_text("1자 넘었어요.")
    expect(page.locator("#text")).to_have_value("가" * 301)
    page.fill("#text", "아침마다 이 길로 다녀요.")
    page.locator("#write button").click()
    own = saying(page, "아침마다")
    own.get_by_role("button", name="공감").click()
    expect(own.locator(".num")).to_have_text("1")
    own.get_by_role("link", name="지우기").click()
    expect(page.locator("h1")).to_have_text("댓글을 지울까요? 되돌릴 수 없어요.")
    page.get_by_role("link", name="그대로 두기").click()
    saying(page, "아침마다").get_by_role("link", name="지우기").click()
    page.get_by_role("button", name="지우기").click()

    expect(page.locator("[data-news]")).to_have_text("댓글을 지웠어요.")
    expect(page.locator("main")).not_to_contain_text("아침마다")


def test_the_talks_picture_is_enlarged_by_a_press_and_by_keyboard(people, lane):
    _server, _catcher, address, host = lane
    desk, page, faults = people.page(size=DESK), people.page(), []
    desk.goto(host)
    desk.goto(f"/host{address.removesuffix('/comments').replace('/sessions', '/programme/sessions')}/picture")
    desk.set_input_files("#picture", {"name": "p.png", "mimeType": "image/png", "buffer": b"no picture"})
    desk.fill("#description_ko", SHOWS)
    desk.get_by_role("button", name="저장").click()
    expect(desk.locator("#picture-error")).to_contain_text("읽을 수 없는 사진이에요")
    faults += faults_of(people, desk, looks=ALL_LOOKS)
    desk.set_input_files("#picture", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo(1200, 800)})
    desk.get_by_role("button", name="저장").click()
    expect(desk.get_by_role("img", name=SHOWS).first).to_be_visible()
    faults += faults_of(people, desk)

    page.goto(address)
    page.wait_for_function("() => customElements.get('picture-frame') !== undefined")
    faults += faults_of(people, page, looks=ALL_LOOKS)
    large = page.locator(f"{OPEN} img")
    page.get_by_role("link", name=SHOWS).click()
    expect(large).to_be_visible()
    faults += faults_of(people, page, looks=ALL_LOOKS)
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    tab_to(page, "[data-enlarge]")
    page.keyboard.press("Enter")
    expect(large).to_be_visible()
    page.keyboard.press("Enter")
    expect(large).to_have_count(0)
    expect(page.locator("[data-enlarge]")).to_be_focused()
    assert faults == []


def test_letters_grow_in_four_steps_at_a_press(people, lane):
    page = people.page()
    page.goto(lane[2])
    sizes = []
    for step in (1, 2, 3, 4):
        page.locator(f".sizes-open .size-{step}").click()
        expect(page.locator("html")).to_have_attribute("data-text", str(step))
        sizes.append(page.evaluate("() => parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"))

    assert sizes == sorted(set(sizes))
