"""The programme in a browser: an organiser changes it, visitors see it, and no other host hears of them unasked."""

import zlib
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from tests.browser.hall import DESK
from tests.browser.looks import LOOKS, OTHER_LOOKS, faults_of

pytestmark = pytest.mark.browser

PLAYER = "https://tv.example.kr/live"
FILM = "https://files.example.kr/hall.mp4"

TRY_ANOTHER = """(address) => new Promise((told) => {
  const tell = (event) => told([event.effectiveDirective, event.blockedURI]);
  document.addEventListener("securitypolicyviolation", tell, { once: true });
  document.querySelector("video").src = address;
})"""


@pytest.fixture
def spring(server, request):
    """A conference of this test alone; the answer is (slug, the organiser's link)."""
    slug = f"spring-{zlib.crc32(request.node.name.encode()):08x}"
    made = server.run_cli(
        "conference", "new", "--slug", slug, "--seats", "3", "--title", "봄의 회의",
        "--starts", "2099-05-22T14:00:00+09:00", "--ends", "2099-05-22T16:00:00+09:00",
    )  # fmt: skip
    return slug, made["host"]


def desk_of(hall, link, **options):
    page = hall.page(**{"size": DESK, **options})
    page.goto(link)
    return page


def add_session(desk, slug, title, starts):
    desk.goto(f"/host/e/{slug}/programme/sessions/new")
    desk.fill("#title_ko", title)
    desk.fill("#starts_at", f"2099-05-22T{starts}")
    desk.locator("form.editing .button-main").click()
    desk.wait_for_url(f"**/host/e/{slug}/programme#session-*")


def stream_from(desk, slug, address):
    desk.goto(f"/host/e/{slug}/programme/about")
    desk.fill("#stream_url", address)
    desk.locator("form.editing .button-main").click()
    desk.wait_for_url("**/programme")


def asked_elsewhere(page):
    """A list that grows with every request to another host."""
    found = []
    page.on("request", lambda asked: found.append(asked.url) if "example.kr" in asked.url else None)
    return found


def answer_as(page, address, kind, body):
    """The other host, which is nowhere."""
    page.route(f"https://{urlsplit(address).netloc}/**", lambda route: route.fulfill(content_type=kind, body=body))


def test_an_organiser_changes_the_programme_and_tells_everybody(hall, server, spring):
    slug, link = spring
    desk, phone = desk_of(hall, link), hall.page()
    add_session(desk, slug, "둘째 이야기", "15:00")
    add_session(desk, slug, "여는 이야기", "14:00")
    claim = {"channel": "hall", "name": "Jun", "email": "jun@example.kr"}
    server.client().post(f"/api/v1/conferences/{slug}/registrations", claim, idempotency_key="a-key-of-juns")

    desk.locator(".sessions a", has_text="여는 이야기").click()
    desk.fill("#starts_at", "2099-05-22T14:20")
    desk.locator("form.editing .button-main").click()
    expect(desk.locator("#text_ko")).to_have_value("“여는 이야기”: 시간이 바뀌었습니다. 14:00 → 14:20")
    desk.locator('#announce button[value="tell"]').click()

    expect(desk.locator("#announce")).to_have_count(0)
    expect(desk.locator(".told p").last).to_have_text("“여는 이야기”: 시간이 바뀌었습니다. 14:00 → 14:20")
    phone.goto(f"/e/{slug}")
    expect(phone.locator(".news")).to_contain_text("14:00 → 14:20")
    assert phone.locator(".agenda h3").all_inner_texts() == ["여는 이야기", "둘째 이야기"]
    assert phone.locator(".agenda time").all_inner_texts() == ["14:20", "15:00"]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_no_other_host_hears_of_a_visitor_before_the_press(hall, spring, scripts):
    slug, link = spring
    stream_from(desk_of(hall, link), slug, PLAYER)
    page = hall.page(java_script_enabled=scripts)
    asked = asked_elsewhere(page)
    answer_as(page, PLAYER, "text/html", "<h1>on air</h1>")

    page.goto(f"/e/{slug}")
    page.wait_for_load_state("networkidle")
    before = list(asked)
    hall.forgiven.append(f"asks for {PLAYER}")
    page.locator('button[name="stream"]').click()

    expect(page.frame_locator("iframe.player").locator("h1")).to_have_text("on air")
    assert (before, asked) == ([], [PLAYER])


def test_a_film_plays_in_the_page_itself_and_no_third_host_is_let_in(hall, spring):
    slug, link = spring
    stream_from(desk_of(hall, link), slug, FILM)
    page = hall.page()
    asked = asked_elsewhere(page)
    answer_as(page, FILM, "video/mp4", b"")
    page.goto(f"/e/{slug}")
    page.wait_for_load_state("networkidle")
    before = list(asked)
    hall.forgiven += [f"asks for {FILM}", "third.example.kr"]

    page.locator('button[name="stream"]').click()
    expect(page.locator("video.player")).to_be_focused()
    refused = page.evaluate(TRY_ANOTHER, "https://third.example.kr/spy.mp4")

    assert before == []
    assert set(asked) == {FILM}
    assert refused == ["media-src", "https://third.example.kr/spy.mp4"]


def test_a_session_is_written_and_moved_with_the_keyboard_alone(hall, spring):
    slug, link = spring
    desk = desk_of(hall, link)
    add_session(desk, slug, "둘째", "15:00")

    tab_to(desk, f'a[href$="/{slug}/programme/sessions/new"]')
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/sessions/new")
    tab_to(desk, "#title_ko")
    desk.keyboard.type("첫째")
    tab_to(desk, "form.editing .button-main")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/programme#session-*")
    written = titles(desk)
    tab_to(desk, 'li:last-child button[value="up"]')
    desk.keyboard.press("Enter")
    expect(desk.locator(".sessions h3 a").first).to_have_text("첫째")

    assert written == ["둘째", "첫째"]


def titles(desk):
    return desk.locator(".sessions h3 a").all_inner_texts()


def tab_to(page, selector):
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab does not reach {selector}")


def test_a_removed_session_comes_back_by_one_press(hall, spring):
    slug, link = spring
    desk = desk_of(hall, link)
    for title, starts in (("가", "14:00"), ("나", "14:30")):
        add_session(desk, slug, title, starts)

    desk.locator('.sessions li:first-child button[value="remove"]').click()
    without = titles(desk)
    desk.locator(".told-bar button").click()
    desk.wait_for_url("**/programme#session-*")

    assert (without, titles(desk)) == (["나"], ["가", "나"])


@pytest.mark.parametrize(("lang", "looks"), [("ko", LOOKS), ("en", OTHER_LOOKS)])
def test_every_page_of_the_programme_fits_and_is_quiet(hall, spring, lang, looks):
    slug, link = spring
    desk = desk_of(hall, link, lang=lang)
    add_session(desk, slug, "아주 긴 제목을 가진 여는 이야기와 그 뒤에 오는 모든 이야기들의 이야기", "14:00")
    stream_from(desk, slug, PLAYER)
    desk.locator('button[value="cancel"]').click()
    desk.goto(f"/host/e/{slug}/programme/series")
    desk.fill("#series_slug", f"series-of-{slug}")
    desk.fill("#title_ko", "융합 컨퍼런스")
    desk.locator('button[value="make"]').click()
    desk.locator("#number").fill("9")
    desk.locator('button[value="choose"]').click()
    desk.goto(f"/host/e/{slug}/programme")
    session = desk.locator(".sessions h3 a").get_attribute("href")

    faults = []
    for path in ("", "/about", "/sessions/new", "/series", "/next"):
        desk.goto(f"/host/e/{slug}/programme{path}")
        faults += faults_of(hall, desk, looks=looks)
    for address in (session, f"/e/{slug}", f"/s/{slug}-{lang}"[:3] + f"series-of-{slug}"):
        desk.goto(address)
        faults += faults_of(hall, desk, looks=looks)

    assert not faults, "\n".join(faults)
