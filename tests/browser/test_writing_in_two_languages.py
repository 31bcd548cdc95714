"""Jun writes what is there already and answers that instead; Amy reads it all in English, the original one tap away."""

import pytest
from playwright.sync_api import expect
from tests.browser.hall import DESK, Hall
from tests.browser.looks import LOOKS, OTHER_LOOKS, faults_of
from tests.interpreting import interpreting
from tests.serving import Server

pytestmark = pytest.mark.browser
SEEDS = ["비어 있는 상가 1층을 작은 회사가 석 달씩 써 보게 하자.", "밤 11시까지 마을버스를 다니게 하자."]
NEARLY = "비어있는 상가 1층을 작은 회사들이 석달씩 써보게 합시다"
CONTRARY = "밤 11시까지 마을버스를 다니게 하지 말자."
SEND = 'button[form="write"]'
NARROW = (320, 640, "light")


@pytest.fixture(scope="module")
def town(chromium, tmp_path_factory):
    with interpreting() as service:
        environment = {"ONNURI_TRANSLATE": "libretranslate", "ONNURI_TRANSLATE_URL": service.url}
        with Server(tmp_path_factory.mktemp("two-languages"), environment=environment) as running:
            yield running


@pytest.fixture
def hall(chromium, town):
    found = Hall(chromium, town)
    yield found
    found.leave()
    assert not found.complaints, "\n".join(found.complaints)


def joined(hall, room, lang, **options):
    page = hall.page(lang, **options)
    page.goto(f"/c/{room.code}")
    page.check('input[name="consent_count"]')
    page.check('input[name="consent_rows"]')
    page.locator("main form button.button-main").click()
    expect(page.locator("#statement")).to_be_visible()
    return page


def test_what_is_there_already_is_answered_instead_of_written_twice(hall, town):
    room = town.conversation("빈 공간을 어떻게 쓸까요?", seeds=SEEDS, begin=True)
    jun = joined(hall, room, "ko")
    jun.goto(f"/c/{room.code}/write")
    beside, send = jun.locator("similar-list"), jun.locator(SEND)

    jun.locator("#text").press_sequentially(NEARLY, delay=5)
    expect(beside.get_by_text(SEEDS[0], exact=True)).to_be_visible()
    expect(send).to_have_text("그래도 보내기")
    assert faults_of(hall, jun, looks=(*LOOKS, *OTHER_LOOKS, NARROW)) == []

    beside.get_by_role("button").click()
    expect(beside.get_by_text("찬성했어요")).to_be_focused()

    jun.locator("#text").fill(CONTRARY)
    expect(beside.get_by_text("반대되는 뜻일 수 있어요")).to_be_visible()
    jun.locator("#text").fill("전화 010-1234-5678 병신들아")
    expect(beside.get_by_text("전화번호처럼 보여요.")).to_be_visible()
    assert faults_of(hall, jun, looks=(*LOOKS, NARROW)) == []

    jun.locator("#text").fill("강변에 의자를 놓아 주세요.")
    expect(send).to_have_text("보내기")
    jun.locator("#text").fill(NEARLY)
    expect(beside.get_by_text("이미 답했어요: 찬성")).to_be_visible()
    send.click()
    expect(jun.locator(".fate-text")).to_have_text(NEARLY)
    expect(jun.locator(".answer")).to_contain_text(SEEDS[0])


def test_without_scripts_the_same_is_a_second_step(hall, town):
    room = town.conversation("빈 공간을 어떻게 쓸까요?", seeds=SEEDS, begin=True)
    jun = joined(hall, room, "ko", java_script_enabled=False)
    jun.goto(f"/c/{room.code}/write")

    jun.locator("#text").fill(NEARLY)
    jun.locator(SEND).click()
    expect(jun.locator("#similar")).to_contain_text("비슷한 의견이 1개 있어요.")
    jun.locator(SEND).click()
    expect(jun.locator(".fate-text")).to_have_text(NEARLY)


def test_amy_reads_everything_in_english_and_the_original_is_one_tap_away(hall, town):
    room = town.conversation("빈 공간을 어떻게 쓸까요?", seeds=SEEDS, begin=True)
    host = hall.page("ko", DESK)
    host.goto(f"/host/c/{room.code}?key={room.key}")
    host.goto(f"/host/c/{room.code}/translations?to=en")
    host.get_by_role("button", name="기계 번역 켜기").click()
    amy = joined(hall, room, "en")
    first = amy.locator("#statement")
    for _ in range(30):
        if (first.text_content() or "").startswith("<en>"):
            break
        amy.wait_for_timeout(500)
        amy.reload()

    expect(first).to_contain_text("<en> ")
    summary = amy.locator("[data-original] summary")
    expect(amy.locator("[data-machine]")).to_be_visible()
    summary.click()
    expect(amy.locator("[data-original] p")).to_be_visible()
    assert faults_of(hall, amy, looks=(*LOOKS, NARROW)) == []
    before = first.text_content()
    amy.locator(".vote").first.click()
    expect(first).not_to_have_text(before)
    expect(first).to_contain_text("<en> ")
    expect(amy.locator("[data-original] p")).to_be_hidden()
    amy.locator("[data-undo]").click()
    expect(first).to_have_text(before)

    host.goto(f"/host/c/{room.code}/translations?to=en")
    assert faults_of(hall, host, looks=(*LOOKS, NARROW)) == []
    host.locator("#t1").fill("Let small firms try empty shops for three months each.")
    host.locator("#s1").get_by_role("button", name="번역 저장").click()
    expect(host.locator("#s1 .chip-good")).to_have_text("확인함")
    host.goto(f"/host/c/{room.code}/topics")
    assert faults_of(hall, host, looks=(*LOOKS, NARROW)) == []
