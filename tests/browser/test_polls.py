"""A poll and a cloud of words on phone, desk and wall together; one phone is cut off, another comes back too late."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.hall import CUT_OFF, DESK, WALL, press
from tests.browser.looks import LOOKS, ON_THE_WALL, OTHER_LOOKS, faults_of

pytestmark = pytest.mark.browser

QUESTION = {"ko": "빈 공간을 가장 자주 만나는 곳은 어디인가요?", "en": "Where do you meet empty space most often?"}
OPTIONS = {"ko": ("상가", "사무실", "공원"), "en": ("Shops", "Offices", "Parks")}
IN_A_WORD = {"ko": "우리 동네의 빈 공간, 한 낱말로", "en": "Empty space here, in one word"}
SMALL_WALL = (1280, 720, "light")
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll(".cloud text")].map((one) => one.getBBox());
  const apart = (a, b) => a.x + a.width <= b.x + 1 || b.x + b.width <= a.x + 1;
  const under = (a, b) => a.y + a.height * 0.9 <= b.y + b.height * 0.1 || b.y + b.height * 0.9 <= a.y + a.height * 0.1;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => !apart(a, b) && !under(a, b))).length;
}"""
FITS = """() => {
  const main = document.querySelector(".stage-main").getBoundingClientRect();
  const out = (one) => one.bottom > main.bottom + 1 || one.top < main.top - 1 || one.right > innerWidth + 1;
  return [...document.querySelectorAll(".stage-main h1, .stage-main li, .stage-main table, .cloud text")]
    .filter((one) => !one.closest(".unseen") && out(one.getBoundingClientRect()))
    .map((one) => one.outerHTML.slice(0, 90));
}"""


class Evening:
    """A hall with its desk, its wall and a few phones."""

    def __init__(self, hall, server, lang="ko", people=3):
        self.hall, self.server, self.lang = hall, server, lang
        self.room = server.conversation("빈 공간을 어떻게 쓸까요?", seeds=["하나"])
        self.code, self.base = self.room.code, f"/host/c/{self.room.code}/polls"
        self.desk = hall.page(lang, DESK)
        self.desk.goto(f"/host/c/{self.code}?key={self.room.key}")
        self.wall = hall.page(lang, WALL)
        self.wall.goto(f"/stage/{self.code}")
        self.phones = [self.phone() for _ in range(people)]
        self.others = [self.joined() for _ in range(4)]

    def phone(self, **options):
        page = self.hall.page(self.lang, **options)
        page.goto(f"/c/{self.code}")
        page.check('input[name="consent_count"]')
        page.check('input[name="consent_rows"]')
        page.locator("main form button.button-main").click()
        page.wait_for_url(re.compile(r"/c/\w+$"))
        return page

    def joined(self):
        """Somebody whose phone needs no screen in this story."""
        client = self.server.client()
        assert client.post(f"/api/v1/conversations/{self.code}/join", {}).status == 200
        return client

    def answer(self, client, poll, **answer):
        body = {"answers": [{"id": "one", "poll": poll, **answer}]}
        told = client.post(f"/api/v1/conversations/{self.code}/answers", body)
        assert told.status == 200, told.text

    def prepare(self, kind, **fields):
        desk = self.desk
        desk.goto(self.base)
        desk.click(f'a[href$="?kind={kind}"]')
        for name, value in fields.items():
            field = desk.locator(f"#{name}")
            if field.evaluate("(one) => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                if not field.is_visible():
                    desk.locator("details.language", has=field).locator("summary").click()
                field.fill(value)
        desk.locator("form.editing button.button-main").click()
        desk.wait_for_url(f"**{self.base}")

    def put_on(self, number, minutes=""):
        self.desk.goto(self.base)
        form = self.desk.locator(f'form[action="{self.base}/{number}/act"]')
        form.locator(f'button[name="minutes"][value="{minutes}"]').click()
        expect(self.wall.locator(".stage-poll")).to_be_visible()

    def end(self):
        self.desk.goto(self.base)
        self.desk.click('button[value="end"]')


def sent(phone):
    said = phone.locator("live-poll [data-said]")
    expect(said).to_have_text(phone.locator("live-poll").get_attribute("data-sent"))


def choose(phone, number):
    phone.locator("label.choice", has=phone.locator(f'input[value="{number}"]')).click()
    phone.click("[data-send]")


def test_a_poll_is_asked_answered_and_seen_together_and_a_cut_off_phone_is_counted_too(hall, server):
    hall.forgiven.append(CUT_OFF)
    evening = Evening(hall, server)
    jun, linh, sato = evening.phones
    evening.prepare("single", title_ko=QUESTION["ko"], options_ko="\n".join(OPTIONS["ko"]))
    evening.put_on(1, minutes=5)
    for place, other in enumerate(evening.others):
        evening.answer(other, 1, choice=[place % 2])

    for phone in evening.phones:
        expect(phone.locator("live-poll")).to_be_visible()
    choose(jun, 0)
    sent(jun)
    choose(jun, 2)
    sent(jun)
    linh.context.set_offline(True)
    choose(linh, 1)
    expect(linh.locator("[data-said]")).to_have_text(linh.locator("live-poll").get_attribute("data-offline"))
    expect(evening.wall.locator('[data-turnout="answered"]')).to_have_text("5")
    expect(evening.desk.locator('[data-turnout="answered"]')).to_have_text("5")
    expect(evening.wall.locator("main")).not_to_contain_text("%")
    linh.context.set_offline(False)
    sent(linh)
    expect(evening.wall.locator('[data-turnout="answered"]')).to_have_text("6")
    evening.end()

    expect(evening.wall.locator(".stage-outcome")).to_be_visible()
    shown = [re.sub(r"\s+", " ", row) for row in evening.wall.locator(".stage-outcome li").all_inner_texts()]
    assert shown == ["상가 33% 2명", "사무실 50% 3명", "공원 17% 1명"]
    for phone in evening.phones:
        expect(phone.locator("poll-outcome .outcome")).to_contain_text("50%")
    expect(jun.locator("poll-outcome .outcome li", has_text="공원").locator(".chip")).to_be_visible()
    expect(sato.locator("poll-outcome .chip")).to_have_count(0)
    expect(evening.desk.locator(".outcome")).to_contain_text("50%")


def test_who_comes_back_after_the_close_is_told_kindly_and_goes_on(hall, server):
    hall.forgiven.append(CUT_OFF)
    hall.forgiven.append("409")
    evening = Evening(hall, server, people=1)
    (jun,) = evening.phones
    evening.prepare("single", title_ko=QUESTION["ko"], options_ko="\n".join(OPTIONS["ko"]))
    evening.put_on(1)
    expect(jun.locator("live-poll")).to_be_visible()
    jun.context.set_offline(True)
    choose(jun, 1)
    expect(jun.locator("connection-strip")).to_have_attribute("data-state", "saved")
    evening.end()
    expect(evening.wall.locator(".stage-poll")).to_have_count(0)
    expect(evening.wall.locator(".stage-poll-asked")).to_be_visible()

    jun.context.set_offline(False)

    note = jun.locator(".late-answer")
    expect(note).to_contain_text("이 답은 세지 못했어요")
    expect(jun.locator("poll-outcome")).to_be_visible()
    expect(note).to_contain_text("이 답은 세지 못했어요")
    note.locator("button").click()
    jun.reload()
    expect(note).to_have_count(0)
    expect(jun.locator("connection-strip")).not_to_have_attribute("data-state", "saved")


def test_words_are_read_before_the_wall_shows_them(hall, server):
    evening = Evening(hall, server, people=2)
    jun, linh = evening.phones
    evening.prepare("words", title_ko=IN_A_WORD["ko"], words="2")
    evening.put_on(1)
    for other, words in zip(evening.others, (["AI", "나무"], ["ai"], ["함께 걷기"], ["나쁜 말"]), strict=True):
        evening.answer(other, 1, words=words)
    jun.fill("#word-1", "가" * 21)
    jun.click("[data-send]")
    expect(jun.locator("[data-said]")).to_contain_text("1")
    jun.fill("#word-1", "나무")
    jun.keyboard.press("Enter")
    sent(jun)
    linh.click("[data-send]")
    expect(linh.locator("#word-1")).to_be_focused()
    linh.fill("#word-1", "Straße")
    linh.click("[data-send]")
    sent(linh)
    expect(evening.wall.locator('[data-turnout="answered"]')).to_have_text("6")
    expect(evening.wall.locator("main")).not_to_contain_text("나무")

    desk = evening.desk
    desk.goto(f"{evening.base}/1/words")
    desk.locator("label", has_text="나쁜 말").click()
    desk.click('button[value="rest"]')
    evening.end()

    cloud = evening.wall.locator(".cloud text")
    expect(cloud).to_have_text(["AI", "나무", "Straße", "함께 걷기"])
    expect(evening.wall.locator(".words table tbody tr").first).to_have_text(re.compile("나무|AI"))
    for page in (evening.wall, jun, linh):
        expect(page.locator("main")).to_contain_text("함께 걷기")
        expect(page.locator("main")).not_to_contain_text("나쁜 말")
    desk.goto(f"{evening.base}/1/words")
    desk.click('button[name="off"][value="AI"]')
    expect(cloud).to_have_count(3)
    expect(jun.locator("poll-outcome tbody")).not_to_contain_text("AI")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_page_of_a_poll_fits_and_is_quiet(hall, server, lang):
    evening = Evening(hall, server, lang, people=1)
    (jun,) = evening.phones
    looks, faults = (LOOKS, OTHER_LOOKS)[lang == "en"], []
    long = "\n".join(f"{n}번째로 길게 적은 보기와 그 설명, 벽에서는 줄어들어요" for n in range(1, 13))
    evening.prepare("single", title_ko=QUESTION["ko"], options_ko="\n".join(OPTIONS["ko"]))
    evening.prepare("multi", title_ko=QUESTION["ko"] * 6, options_ko=long)
    evening.prepare("scale", title_ko="얼마나 바뀌었나요?", points="10", low_ko="그대로예요", high_ko="많이 바뀌었어요")
    evening.prepare("words", title_ko=IN_A_WORD["ko"], words="3")
    answers = ({"choice": [1]}, {"choice": [0, 3, 11]}, {"choice": [10]}, {"words": ["함께", "đường phố", "골목"]})
    five = [*evening.others, evening.joined()]

    def look(*moments):
        found = []
        for page, path, sizes in moments:
            page.goto(path)
            found += faults_of(hall, page, looks=sizes)
        for size in (*ON_THE_WALL, SMALL_WALL):
            found += faults_of(hall, evening.wall, looks=(size,))
            found += [f"{size}: {one} sticks out" for one in evening.wall.evaluate(FITS)]
        return found

    faults += look((evening.desk, evening.base, looks))
    for kind in ("single", "scale", "words"):
        faults += look((evening.desk, f"{evening.base}/new?kind={kind}", looks))
    for number, answer in enumerate(answers, start=1):
        evening.put_on(number, minutes=5)
        for other in five:
            evening.answer(other, number, **answer)
        expect(evening.wall.locator('[data-turnout="answered"]')).to_have_text("5")
        expect(jun.locator("live-poll")).to_be_visible()
        own = [(jun, f"/c/{evening.code}", (*looks, (320, 640, "dark"))), (evening.desk, evening.base, looks)]
        if number == 4:
            words = (evening.desk, f"{evening.base}/4/words", looks)
            faults += look(words)
            evening.desk.click('button[value="rest"]')
            faults += look(words)
        faults += look(*own)
        evening.end()
        expect(jun.locator("poll-outcome")).to_be_visible()
        expect(evening.wall.locator(".stage-poll-asked")).to_be_visible()
        faults += look(*own)
    assert evening.wall.evaluate(OVERLAPS) == 0
    faults += look((jun, f"/c/{evening.code}/polls", (*looks, (320, 640, "light"))))

    assert not faults, "\n".join(faults)


def test_without_a_script_and_by_keyboard_one_answers_too(hall, server):
    evening = Evening(hall, server, people=0)
    plain = evening.phone(java_script_enabled=False)
    evening.prepare("multi", title_ko=QUESTION["ko"], options_ko="\n".join(OPTIONS["ko"]))
    evening.put_on(1)
    plain.goto(f"/c/{evening.code}")

    plain.focus('input[value="0"]')
    plain.keyboard.press("Space")
    plain.keyboard.press("Tab")
    plain.keyboard.press("Tab")
    plain.keyboard.press("Space")
    plain.keyboard.press("Tab")
    plain.keyboard.press("Enter")

    expect(plain.locator("[data-said]")).to_contain_text("답이 저장됐어요")
    assert [box.is_checked() for box in plain.locator('input[name="choice"]').all()] == [True, False, True]


def test_what_is_prepared_is_discarded_only_when_asked_twice(hall, server):
    evening = Evening(hall, server, people=0)
    evening.prepare("words", title_ko=IN_A_WORD["ko"], words="1")

    press(evening.desk, evening.desk.locator('button[value="discard"]'))

    expect(evening.desk.locator('button[value="discard"]')).to_have_count(0)
