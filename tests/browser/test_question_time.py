"""Question time on two phones, the console, the big screen and the speaker's tablet, while a network breaks."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.hall import CUT_OFF, DESK, WALL, Desk
from tests.browser.looks import LOOKS, ON_THE_WALL, faults_of

pytestmark = pytest.mark.browser

SEEDS = ("첫째 제안이에요.", "둘째 제안이에요.")
SPACE, RENT, PARKING = (
    "작은 가게가 쓸 자리는 어디서 신청하나요?",
    "세가 오르면 누가 지켜 주나요?",
    "차는 어디에 세우나요?",
)
TABLET = (1024, 768)
TOO_LATE = "status of 404"
SAVED_HERE = "connection-strip[data-state=saved]"


def test_two_phones_ask_and_lift_one_without_a_network_and_the_host_answers(hall, server):
    hall.forgiven.append(CUT_OFF)
    one = QuestionTime(hall, server)

    one.a_talk_begins_and_both_ask()
    one.the_moderator_reads_by_keyboard()
    one.question_time_begins()
    one.jun_lifts_without_a_network()
    one.the_host_answers_the_most_wanted_first()
    one.mina_takes_hers_back()
    one.the_keys_of_the_wall_work()
    one.the_talk_goes_on_after_all()

    assert one.faults == []


class QuestionTime:
    """The story, step by step; nobody touches the wall or the tablet."""

    def __init__(self, hall, server):
        self.hall, self.server, self.faults = hall, server, []
        self.room = server.conversation(seeds=SEEDS)
        self.code = self.room.code
        self.desk = Desk(hall.page(size=DESK), self.room)
        self.desk.open()
        self.console = self.desk.page
        self.tablet = self.console.context.new_page()
        self.tablet.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
        self.tablet.goto(f"/stage/{self.code}/speaker")
        self.wall = hall.page(size=WALL)
        self.wall.goto(f"/stage/{self.code}")
        self.mina, self.jun = (self.enter() for _ in range(2))

    def enter(self):
        page = self.hall.page()
        page.goto(f"/c/{self.code}")
        page.check('input[name="consent_count"]')
        if page.locator('input[name="consent_rows"]').count():
            page.check('input[name="consent_rows"]')
        page.locator("main form button.button-main").click()
        expect(page.locator("live-room")).to_be_attached()
        return page

    def look(self, *pages, looks=LOOKS):
        for page in pages:
            size = page.viewport_size
            self.faults += faults_of(self.hall, page, looks=looks)
            page.set_viewport_size(size)

    # ---- the steps

    def a_talk_begins_and_both_ask(self):
        console = self.console
        console.get_by_text("순서 만들기").click()
        console.fill("#title", "작은 가게가 자라는 골목")
        console.fill("#speaker", "김하나 (지어낸 이름)")
        console.locator("[data-clears] button").click()
        console.select_option("#minutes-1", "10")
        console.locator('form[action$="/interludes/1"] button[value="put_on"]').click()
        expect(self.wall.locator(".stage-talk")).to_have_text("작은 가게가 자라는 골목")
        for page, text in ((self.mina, RENT), (self.jun, SPACE), (self.jun, PARKING)):
            if page is self.mina or text == SPACE:
                expect(page.locator("h1")).to_have_text("작은 가게가 자라는 골목")
            self.ask(page, text)
        self.look(self.mina, self.console)
        self.look(self.wall, looks=ON_THE_WALL)

    def ask(self, page, text):
        page.fill("#text", text)
        page.locator("form[data-ask] button").click()
        expect(page.locator("#mine")).to_contain_text(text)

    def the_moderator_reads_by_keyboard(self):
        console = self.console
        expect(console.locator(".waiting-item")).to_have_count(3)
        console.locator(".waiting-item").first.focus()
        for left in (2, 1):
            console.keyboard.press("a")
            expect(console.locator(".waiting-item")).to_have_count(left)
        console.keyboard.press("r")
        console.keyboard.press("5")
        console.keyboard.press("Enter")
        expect(console.locator(".waiting-item")).to_have_count(0)
        expect(console.locator(".asked-list p").first).to_have_text(RENT)
        self.jun.reload()
        expect(self.jun.locator("#mine")).to_contain_text("물음에서 벗어남")

    def question_time_begins(self):
        console = self.console
        console.select_option("#kind", "questions")
        console.locator("[data-clears] button").click()
        console.locator('form[action$="/interludes/2"] button[value="put_on"]').click()
        expect(self.wall.locator(".stage-next li")).to_have_count(2)
        for page in (self.mina, self.jun):
            page.goto(f"/c/{self.code}")
            expect(page.locator("[data-question]")).to_have_count(2)
        self.look(self.jun)

    def jun_lifts_without_a_network(self):
        self.lift(self.mina, 2)
        expect(self.wall.locator(".stage-next b").first).to_have_text("1")
        expect(self.jun.locator("#q2 [data-count]")).to_have_text("1")
        # The list stays as it is under the thumb; another order is offered.
        self.stands(self.jun, 1, 2)
        expect(self.jun.locator("[data-again]")).to_be_visible()

        self.jun.context.set_offline(True)
        self.lift(self.jun, 2)
        self.lift(self.jun, 1)
        self.lift(self.jun, 1)
        expect(self.jun.locator("#q2 [data-count]")).to_have_text("2")
        expect(self.jun.locator(SAVED_HERE)).to_be_attached()
        self.jun.locator("[data-again]").click()
        self.stands(self.jun, 2, 1)
        expect(self.mina.locator("#q2 [data-count]")).to_have_text("1")

        self.jun.context.set_offline(False)
        expect(self.mina.locator("#q2 [data-count]")).to_have_text("2")
        expect(self.mina.locator("#q1 [data-count]")).to_have_text("0")
        expect(self.jun.locator("#q2 [data-count]")).to_have_text("2")
        expect(self.jun.locator("#q1 .lift")).to_have_attribute("aria-pressed", "false")
        self.jun.reload()
        self.stands(self.jun, 2, 1)
        expect(self.jun.locator("#q2 .lift")).to_have_attribute("aria-pressed", "true")

    def lift(self, page, question):
        page.locator(f"#q{question} button.lift").click()

    def stands(self, page, *numbers):
        for place, number in enumerate(numbers):
            expect(page.locator("[data-question]").nth(place)).to_have_attribute("data-question", str(number))

    def the_host_answers_the_most_wanted_first(self):
        self.console.bring_to_front()
        self.console.locator("#asked-h").focus()
        self.console.keyboard.press("q")
        for page, place in (
            (self.wall, ".stage-question"),
            (self.tablet, "#now-h"),
            (self.console, ".asked-now .waiting-text"),
        ):
            expect(page.locator(place)).to_have_text(SPACE)
        expect(self.mina.locator("#q2 [data-now-chip]")).to_be_visible()
        self.look(self.tablet)
        self.look(self.wall, looks=ON_THE_WALL)

        self.console.keyboard.press("q")
        for page, place in ((self.wall, ".stage-question"), (self.tablet, "#now-h")):
            expect(page.locator(place)).to_have_text(RENT)
        expect(self.tablet.locator(".reads-done")).to_contain_text(SPACE)
        expect(self.mina.locator("#q1 [data-now-chip]")).to_be_visible()
        # Too late for a lift: the phone says so and lets go.
        self.hall.forgiven.append(TOO_LATE)
        self.lift(self.mina, 2)
        expect(self.mina.locator("ask-list [data-said]")).to_contain_text("이미 답했거나")
        expect(self.mina.locator("#q2 .lift")).to_have_attribute("aria-pressed", "true")
        self.hall.forgiven.remove(TOO_LATE)

    def mina_takes_hers_back(self):
        self.mina.goto(f"/c/{self.code}/questions")
        self.mina.locator("#mine").get_by_role("button", name=re.compile("거두기")).click()
        expect(self.mina.locator("#mine")).to_contain_text("글쓴이가 거둠")
        expect(self.wall.locator(".stage-question")).to_have_count(0)
        expect(self.tablet.locator("#now-h")).to_have_text("지금 답하는 질문이 없어요")

    def the_keys_of_the_wall_work(self):
        wall = self.wall
        wall.bring_to_front()
        wall.keyboard.press("b")
        expect(wall.locator(".stage-main")).to_be_hidden()
        wall.keyboard.press("b")
        wall.keyboard.press("l")
        expect(wall.locator("html")).to_have_attribute("data-theme", "light")
        wall.keyboard.press("l")
        wall.keyboard.press("f")
        self.screen("blank")
        expect(wall.locator(".stage-frozen")).to_be_visible()
        expect(wall.locator(".stage-main")).to_have_attribute("data-view", "questions")
        wall.keyboard.press("f")
        expect(wall.locator(".stage-main")).to_have_attribute("data-view", "blank")
        expect(wall.locator(".stage-foot")).to_be_hidden()
        self.look(wall, looks=ON_THE_WALL)
        self.screen("follow")
        expect(wall.locator(".stage-main")).to_have_attribute("data-view", "questions")

    def screen(self, name):
        self.console.locator(f'input[name="screen"][value="{name}"]').check()

    def the_talk_goes_on_after_all(self):
        self.console.locator('form[action$="/interludes/1"] button[value="put_on"]').click()
        expect(self.wall.locator(".stage-talk")).to_be_visible()
        expect(self.console.locator("#now-h")).to_have_text("작은 가게가 자라는 골목")
        self.console.locator('form[action$="/off"] button').click()
        expect(self.wall.locator(".stage-main")).to_have_attribute("data-view", "join")


def test_without_javascript_asking_and_lifting_are_plain_forms(hall, server):
    room = server.conversation(seeds=SEEDS)
    host = server.host(room)
    page = hall.page(size=(320, 640), java_script_enabled=False)
    page.goto(f"/c/{room.code}")
    page.check('input[name="consent_count"]')
    page.check('input[name="consent_rows"]')
    page.locator("main form button.button-main").click()
    page.goto(f"/c/{room.code}/questions")
    page.fill("#text", SPACE)
    page.locator("form[data-ask] button").click()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', host.get(f"/host/c/{room.code}").text)[1]
    accept = {"csrfmiddlewaretoken": token, "decision": "accept"}
    assert host.form(f"/host/c/{room.code}/queue/questions/1", accept).status == 302

    page.goto(f"/c/{room.code}/questions?order=new")
    page.locator("#q1 button.lift").click()
    expect(page.locator("#q1 .lift")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#q1 [data-count]")).to_have_text("1")
    page.locator("#q1 button.lift").click()

    expect(page.locator("#q1 [data-count]")).to_have_text("0")
