"""From the page to the door: one seat, two people, a place given up, and two devices of which one is cut off."""

import re
import time
from itertools import count

import pytest
from playwright.sync_api import expect
from tests.browser.hall import CUT_OFF, DESK, PHONE

pytestmark = pytest.mark.browser
slugs = count(1)
SAYS = {
    "ko": {
        "get": "자리 잡기",
        "held": "자리를 맡아 뒀어요",
        "waits": "대기 1번째예요",
        "free": "자리가 났어요",
        "take": "이 자리에 앉을게요",
        "seat": "1번",
        "give_up": "내놓기",
        "in": "들어오세요",
    },
    "en": {
        "get": "Get a place",
        "held": "Your seat is held",
        "waits": "Number 1 in line",
        "free": "A seat is free",
        "take": "I take this seat",
        "seat": "No. 1",
        "give_up": "Give up",
        "in": "Welcome",
    },
}


@pytest.fixture(params=["ko", "en"])
def lang(request):
    return request.param


@pytest.fixture
def conference(server):
    """(slug, the host's client) of a hall with one seat."""
    slug = f"places-{next(slugs)}"
    made = server.run_cli("conference", "new", "--slug", slug, "--seats", "1", "--title", "한빛 회의")
    host = server.client()
    host.get(made["host"].removeprefix(server.url))
    return slug, host


def registers(page, slug, name, said):
    page.goto(f"/e/{slug}/register")
    page.check('input[name="wish"][value="hall"]')
    page.fill("#name", name)
    page.fill("#email", f"{name.lower()}.of.{slug}@example.kr")
    page.check('input[name="consent_email"]')
    page.click("button.button-main")
    expect(page).to_have_url(re.compile("/ticket/"))
    expect(page.locator("main h1").first).to_have_text(said)


def letter_to(server, slug, name):
    """The link in the letter, as a server without mail prints it."""
    wanted = re.compile(rf"confirm {name} <{name.lower()}\.of\.{slug}@example\.kr>: (\S+)")
    until = time.monotonic() + 20
    while (found := wanted.search(server.log)) is None:
        assert time.monotonic() < until, server.log[-2000:]
        time.sleep(0.05)
    return found[1]


def code_of(page):
    return page.locator(".qr-code").inner_text().strip()


def door_link(host, slug):
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', host.get(f"/host/e/{slug}").text)[1]
    page = host.form(f"/host/e/{slug}/door", {"csrfmiddlewaretoken": token}).text
    return re.search(r"/door/e/[^\"]+key=[\w-]+", page)[0]


def at_the_door(hall, link, lang, name, size):
    page = hall.page(lang, size)
    page.goto(link)
    expect(page.locator("door-desk[data-kept]")).to_be_attached()
    page.once("dialog", lambda asked: asked.accept(name))
    page.click("[data-name-door]")
    expect(page.locator("[data-name-door]")).to_have_text(name)
    return page


def scan(page, text):
    """As a hand scanner does: it types wherever the focus is, and ends with Enter."""
    page.locator("body").press("Escape")
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def test_registers_waits_is_promoted_and_comes_in_by_an_offline_door(hall, server, conference, lang):
    slug, host = conference
    said = SAYS[lang]
    hall.forgiven.append(CUT_OFF)

    # Jun has the seat, Linh waits.
    jun, linh = hall.page(lang, PHONE), hall.page(lang, PHONE)
    registers(jun, slug, "Jun", said["held"])
    jun.goto(letter_to(server, slug, "Jun"))
    expect(jun.locator(".ticket")).to_contain_text(said["seat"])
    registers(linh, slug, "Linh", said["waits"])
    linh.goto(letter_to(server, slug, "Linh"))
    expect(linh.locator(".ticket")).to_be_visible()

    # Jun gives it up; Linh's page sees it by itself, and she takes it.
    jun.locator("details summary").last.click()
    jun.get_by_role("button", name=said["give_up"], exact=True).click()
    linh.evaluate("() => dispatchEvent(new Event('focus'))")
    expect(linh.locator("h1").first).to_have_text(said["free"])
    linh.get_by_role("button", name=said["take"]).click()
    expect(linh.locator(".ticket")).to_contain_text(said["seat"])

    # Two devices at the door, one cut off; both let her in, and say so when they meet.
    link = door_link(host, slug)
    north, south = (at_the_door(hall, link, lang, name, size) for name, size in (("N", PHONE), ("S", DESK)))
    expect(north.locator("[data-ready-count]")).to_have_text("1 / 1")
    north.context.set_offline(True)
    scan(north, code_of(linh))
    expect(north.locator("[data-verdict]")).to_contain_text(said["in"])
    scan(south, code_of(linh))
    expect(south.locator("[data-verdict]")).to_have_attribute("data-answer", "in")
    north.context.set_offline(False)
    for page in (north, south):
        expect(page.locator("[data-present]")).to_have_text("1")
        expect(page.locator("[data-conflicts] section")).to_have_count(1)
    north.context.set_offline(True)
    north.context.set_offline(False)
    assert host.get(f"/api/v1/conferences/{slug}/door.json").json["headcount"]["present"] == 1


def test_whoever_has_no_javascript_gets_a_place_too(hall, server, conference, lang):
    slug, _host = conference
    page = hall.page(lang, PHONE, java_script_enabled=False)

    registers(page, slug, "Sato", SAYS[lang]["held"])
    page.goto(letter_to(server, slug, "Sato"))

    expect(page.locator(".ticket .qr svg")).to_be_visible()


def test_pressing_twice_and_a_second_tab_are_one_place(hall, server, conference):
    slug, host = conference
    page = hall.page("ko", PHONE)
    page.goto(f"/e/{slug}/register")
    page.fill("#name", "Jun")
    page.fill("#email", f"jun.of.{slug}@example.kr")
    page.check('input[name="consent_email"]')
    other = page.context.new_page()
    other.goto(f"/e/{slug}/register")

    page.locator("button.button-main").dblclick()

    expect(page).to_have_url(re.compile("/ticket/"))
    assert host.get(f"/e/{slug}.json").json["places"]["taken"] == 1
    other.close()


def test_the_opening_clock_opens_the_button_without_a_reload(hall, server):
    slug = f"places-{next(slugs)}"
    at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() + 6))
    server.run_cli("conference", "new", "--slug", slug, "--seats", "1", "--opens", at)
    page = hall.page("ko", PHONE)

    page.goto(f"/e/{slug}/register")
    expect(page.locator("button.button-main")).to_be_disabled()
    page.evaluate("() => { window.stillHere = true }")
    expect(page.locator("button.button-main")).to_be_enabled()
    page.fill("#name", "Jun")
    page.fill("#email", f"jun.of.{slug}@example.kr")
    page.check('input[name="consent_email"]')
    page.click("button.button-main")

    expect(page.locator("main h1").first).to_have_text(SAYS["ko"]["held"])
    assert page.evaluate("() => window.stillHere")
