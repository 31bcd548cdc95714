"""A moderator's shift at the keyboard, from the first unread statement to a removal by two; and a request of rights."""

import json
import time

import pytest
from playwright.sync_api import expect
from tests.browser.hall import DESK, Hall
from tests.browser.looks import LOOKS, OTHER_LOOKS, faults_of
from tests.catcher import catching
from tests.serving import Server

pytestmark = pytest.mark.browser

SEEDS = ("빈 상가 1층을 작은 회사의 시험 판매 자리로 바꾸자.", "저녁에도 광장에 불을 켜 두자.")
SHOP = "빈 상가 1층을 작은 회사의 시험 판매 자리로 바꾸면 좋겠어요."
ROUGH, BETTER = "버스좀 늘려라", "밤 버스를 늘려 주세요."
ADVERT = "우리 가게 오늘만 반값이에요."
BIKE = "자전거 길을 판교역까지 이어 주세요."
REFUSED = "Failed to load resource: the server responded with a status of 4"


def test_a_whole_shift_with_the_keyboard(hall, server, pictures):
    shift = Shift(hall, server, pictures)

    shift.people_write()
    shift.mina_publishes_and_takes_it_back_and_publishes()
    shift.she_merges_two_that_say_the_same()
    shift.she_suggests_and_jun_takes_it()
    shift.she_refuses_with_a_reason_and_jun_reads_it()
    shift.what_comes_in_does_not_take_the_focus()
    shift.keys_can_be_switched_off()
    shift.two_people_take_down_what_was_answered()
    shift.everybody_reads_the_log()

    assert shift.faults == []


class Shift:
    """The story, step by step."""

    def __init__(self, hall, server, pictures):
        self.hall, self.server, self.pictures, self.faults = hall, server, pictures, []
        hall.forgiven.append(REFUSED)
        slug = f"shift-{len(server.log)}"
        made = server.run_cli("conference", "new", "--slug", slug, "--seats", "2", "--title", "한빛 도시 회의")
        self.slug, self.host_link = slug, made["host"]
        self.room = server.conversation(seeds=SEEDS, conference=slug, begin=True)
        self.code = self.room.code
        self.desk = hall.page(size=DESK)
        self.jun, self.linh = self.enter(), self.enter()

    def enter(self):
        page = self.hall.page()
        page.goto(f"/c/{self.code}")
        page.check('input[name="consent_count"]')
        if page.locator('input[name="consent_rows"]').count():
            page.check('input[name="consent_rows"]')
        page.locator("main form button.button-main").click()
        expect(page.locator("live-room")).to_be_attached()
        return page

    def write(self, page, text):
        """As the phone's form sends it; what is alike, or reads like an advert, is asked once."""
        page.goto(f"/c/{self.code}/write")
        page.fill("textarea[name=text]", text)
        page.locator("button[data-send]").click()
        sent = page.get_by_role("heading", name="내 의견과 답")
        expect(sent.or_(page.get_by_role("button", name="그래도 보내기"))).to_be_visible()
        if not sent.is_visible():
            page.get_by_role("button", name="그래도 보내기").click()
        expect(sent).to_be_visible()

    def look(self, page, *, looks=LOOKS):
        size = page.viewport_size
        self.faults += faults_of(self.hall, page, looks=looks)
        page.set_viewport_size(size)

    def waiting(self, n):
        expect(self.desk.locator("[data-live=list] section").first.locator(".queue li")).to_have_count(n)

    def on_desk(self, text):
        expect(self.desk.locator("#item-h")).to_have_text(text)

    # ---- the steps

    def people_write(self):
        self.write(self.jun, BIKE)
        self.write(self.jun, SHOP)
        self.write(self.jun, ROUGH)
        self.write(self.linh, ADVERT)

    def mina_publishes_and_takes_it_back_and_publishes(self):
        desk = self.desk
        desk.goto(f"/host/c/{self.code}?key={self.room.key}")
        desk.get_by_role("link", name="검토 화면 열기").click()
        expect(desk).to_have_title("(4) 검토 · 온누리")
        desk.fill("#who", "미나")
        self.on_desk(BIKE)
        self.look(desk)
        self.look(desk, looks=OTHER_LOOKS)
        self.pictures.take("moderator-desk-ko", desk)
        desk.locator("[data-article]").focus()
        desk.keyboard.press("a")
        self.waiting(3)
        expect(desk.locator("[data-article]")).to_be_focused()
        desk.keyboard.press("u")
        self.waiting(4)
        self.on_desk(BIKE)
        desk.keyboard.press("a")
        self.waiting(3)

    def she_merges_two_that_say_the_same(self):
        self.on_desk(SHOP)
        self.desk.keyboard.press("m")
        expect(self.desk.locator("[data-merge]")).to_be_focused()
        self.desk.keyboard.press("Enter")
        self.waiting(2)

    def she_suggests_and_jun_takes_it(self):
        desk = self.desk
        self.on_desk(ROUGH)
        desk.keyboard.press("e")
        desk.keyboard.press("Control+A")
        desk.keyboard.type(BETTER)
        desk.keyboard.press("Tab")
        desk.keyboard.press("Enter")
        self.waiting(1)
        expect(desk.get_by_role("heading", name="미뤄 둔 것")).to_be_visible()
        self.jun.goto(f"/c/{self.code}/mine")
        expect(self.jun.get_by_text("합쳐짐")).to_be_visible()
        self.look(self.jun)
        self.jun.get_by_role("button", name="이대로 올리기").click()
        expect(self.jun.locator(".fate-text").filter(has_text=BETTER)).to_be_visible()

    def she_refuses_with_a_reason_and_jun_reads_it(self):
        desk = self.desk
        self.on_desk(ADVERT)
        desk.keyboard.press("r")
        desk.keyboard.press("3")
        expect(desk.locator("[data-refuse]")).to_be_focused()
        desk.keyboard.press("Enter")
        self.waiting(0)
        self.linh.goto(f"/c/{self.code}/mine")
        expect(self.linh.locator(".fate").get_by_text("광고")).to_be_visible()
        self.linh.get_by_text("다시 봐 달라고 하기").click()
        self.linh.locator("textarea[name=text]").fill("가게 소개였어요.")
        self.linh.get_by_role("button", name="보내기").click()
        expect(self.linh.get_by_text("다시 보는 중")).to_be_visible()

    def what_comes_in_does_not_take_the_focus(self):
        desk = self.desk
        expect(desk.locator("#item-h")).to_have_text(ADVERT)
        desk.locator("#open").focus()
        self.write(self.linh, "나무 그늘을 더 만들어 주세요.")
        expect(desk).to_have_title("(2) 검토 · 온누리")
        expect(desk.locator("#open")).to_be_focused()

    def keys_can_be_switched_off(self):
        desk = self.desk
        desk.locator("[data-keys]").uncheck()
        desk.locator("[data-article]").focus()
        desk.keyboard.press("a")
        desk.reload()
        expect(desk.locator("[data-keys]")).not_to_be_checked()
        self.waiting(2)
        desk.locator("[data-keys]").check()

    def two_people_take_down_what_was_answered(self):
        desk = self.desk
        self.vote(2)
        desk.fill("#open", "2")
        desk.keyboard.press("Enter")
        self.on_desk(SEEDS[1])
        desk.fill("#who", "미나")
        desk.locator("[data-article]").focus()
        desk.keyboard.press("5")
        desk.keyboard.press("Enter")
        expect(desk.get_by_text("두 번째 사람을 기다림").first).to_be_visible()
        haru = self.haru()
        haru.goto(f"/host/e/{self.slug}/desk?item={self.code}-removals-2")
        self.look(haru)
        self.pictures.take("moderator-two-ko", haru)
        haru.get_by_role("button", name="함께 정해 내리기").click()
        expect(haru.get_by_text("두 번째 사람을 기다림")).to_have_count(0)

    def vote(self, number):
        """Jun answers one statement, whichever card is on top, as the plain form would send it."""
        page = self.jun
        page.goto(f"/c/{self.code}")
        ticket = page.locator('input[name="round_ticket"]').first.input_value()
        form = {"statement": str(number), "value": "1", "round_ticket": ticket}
        answer = page.request.post(f"/c/{self.code}/vote", form=form, headers={"origin": self.server.url})
        assert "refused" not in answer.url, answer.url
        page.goto(f"/c/{self.code}/mine")
        expect(page.locator(f"#answer-{number}")).to_be_visible()

    def haru(self):
        """A moderator with an account: invited by e-mail, the password set by the link."""
        organiser = self.hall.page(size=DESK)
        organiser.goto(self.host_link)
        organiser.goto(f"/host/e/{self.slug}/people")
        address = f"haru-{self.slug}@example.org"
        organiser.fill("#email", address)
        organiser.check('input[name="kind"][value="moderator"]')
        organiser.locator("form.stack-form button").click()
        expect(organiser.get_by_text(address).first).to_be_visible()
        link = self.server.run_cli("organiser", "add", address)["link"]
        page = self.hall.page(size=DESK)
        page.goto(link[link.index("/account") :])
        page.locator("input[type=password]").first.fill("새벽 시장의 국수 한 그릇")
        page.locator("main form button").first.click()
        page.wait_for_url("**/account/**")
        return page

    def everybody_reads_the_log(self):
        page = self.hall.page()
        page.goto(f"/c/{self.code}/log")
        expect(page.get_by_text(ADVERT)).to_be_visible()
        expect(page.get_by_text("두 사람이 함께 정함")).to_be_visible()
        self.look(page)
        self.look(page, looks=OTHER_LOOKS)
        told = json.loads(page.request.get(f"/c/{self.code}/log.json").text())
        assert [one["act"] for one in told["lines"]] == ["remove", "refuse", "merge"]


SHOPKEEPER = "shop@example.org"
HOUSE = "골목 어귀 그 집에 빈 공간을 맡기면 안 됩니다."


@pytest.fixture
def posted(chromium, tmp_path):
    """A server of its own whose letters are caught, and somebody's browsers there."""
    with catching() as (catcher, port):
        address = {"ONNURI_SMTP": f"smtp://127.0.0.1:{port}", "ONNURI_MAIL_FROM": "Onnuri <mail@example.kr>"}
        with Server(tmp_path, environment=address) as server:
            hall = Hall(chromium, server)
            yield hall, server, catcher
            hall.leave()
            assert not hall.complaints, "\n".join(hall.complaints)


def letter(catcher, subject):
    """The text of the letter with this subject, once it has come."""
    until = time.monotonic() + 30
    while not (found := [one for one in catcher.letters if subject in str(one["Subject"])]):
        assert time.monotonic() < until, catcher.subjects
        time.sleep(0.1)
    return found[-1].get_body(("plain",)).get_content()


def test_a_request_of_rights_with_its_clock_both_sides_and_a_decision(posted, pictures):  # noqa: PLR0915 - one story
    hall, server, catcher = posted
    hall.forgiven.append(REFUSED)
    faults = []
    shift = Shift(hall, server, pictures)
    shift.write(shift.jun, HOUSE)
    desk = shift.desk
    desk.goto(f"/host/c/{shift.code}?key={shift.room.key}")
    desk.goto(f"/host/c/{shift.code}/desk")
    desk.fill("#who", "미나")
    desk.locator("[data-article]").focus()
    desk.keyboard.press("a")
    shift.waiting(0)

    # Whose shop it is asks, without any account; the letter brings the link to the own page.
    shop = hall.page()
    shop.goto(f"/rights?code={shift.code}")
    shop.select_option("#number", label=HOUSE)
    shop.get_by_role("button", name="이어서").click()
    faults += faults_of(hall, shop)
    shop.fill("#name", "가게 주인")
    shop.fill("#email", SHOPKEEPER)
    shop.check('input[name="right"][value="reputation"]')
    shop.fill("#why", "우리 가게를 알아볼 수 있어요.")
    shop.check('input[name="consent"]')
    shop.get_by_role("button", name="요청 보내기").click()
    expect(shop.get_by_role("heading", name="권리 요청", exact=True)).to_be_visible()
    own_page = shop.url
    assert own_page in letter(catcher, "권리 요청을 받았습니다")

    # The moderator hides it: a sign with the date stands in its place, and both sides are told.
    desk.reload()
    desk.get_by_role("button", name="30일 동안 가리기").click()
    expect(desk.get_by_text("임시로 가린 지 0일")).to_be_visible()
    faults += faults_of(hall, desk)
    desk.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    assert own_page in letter(catcher, "글을 임시로 가렸습니다")
    shop.reload()
    expect(shop.get_by_text("30일 뒤 저절로 다시 보임")).to_be_visible()
    faults += faults_of(hall, shop)
    shift.jun.goto(f"/c/{shift.code}/mine")
    expect(shift.jun.get_by_text("임시로 가려져 있습니다")).to_be_visible()
    shift.linh.goto(f"/c/{shift.code}")
    expect(shift.linh.get_by_text(HOUSE)).to_have_count(0)

    # The author objects, the requester hears of it, the moderator decides with a reason for both.
    shift.jun.get_by_text("이의 내기").first.click()
    shift.jun.locator("textarea[name=text]").fill("겪은 일을 적었어요.")
    shift.jun.get_by_role("button", name="이의 내기").click()
    expect(shift.jun.get_by_text("낸 이의")).to_be_visible()
    letter(catcher, "글쓴이가 이의를 냈습니다")
    desk.reload()
    expect(desk.get_by_text("겪은 일을 적었어요.")).to_be_visible()
    desk.check('input[name="outcome"][value="restore"]')
    desk.fill("#text", "겪은 일을 적은 글이라 다시 보입니다.")
    desk.get_by_role("button", name="판단 보내기").click()
    expect(desk.get_by_text("검토할 것이 없어요.")).to_be_visible()
    assert "겪은 일을 적은 글이라" in letter(catcher, "판단이 나왔습니다")
    shop.reload()
    expect(shop.get_by_text("겪은 일을 적은 글이라")).to_be_visible()
    shift.jun.reload()
    expect(shift.jun.get_by_text("겪은 일을 적은 글이라")).to_be_visible()

    assert faults == []
