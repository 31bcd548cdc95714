"""Who has no phone answers too, and who closes theirs goes on: kiosk, paper, a tab opened again without a network."""

import gzip
import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect
from tests.browser.hall import CUT_OFF, DESK, Hall
from tests.browser.looks import LOOKS, OTHER_LOOKS, faults_of
from tests.serving import Server

pytestmark = pytest.mark.browser

SEEDS = ["첫째", "둘째", "셋째", "넷째"]
TABLET = (1180, 820)
PORTABLE = (820, 1180)
REFUSED = "net::ERR_CONNECTION_REFUSED"
FIRST_LOAD = 24 * 1024


class Sitting:
    """A round is open; the desk has made cards and set up tablets."""

    def __init__(self, hall, server):
        self.hall, self.server = hall, server
        self.room = server.conversation("무엇부터 할까요?", seeds=SEEDS, policy="code", begin=True)
        self.code = self.room.code
        self.desk = hall.page(size=DESK)
        self.desk.goto(f"/host/c/{self.code}?key={self.room.key}")
        self.desk.click(f'a[href="/host/c/{self.code}/cards"]')
        self.links = [one.get_attribute("value") for one in self.desk.locator('input[id^="link-"]').all()]

    def cards(self, count):
        desk = self.desk
        desk.fill("#count", str(count))
        desk.locator("form", has=desk.locator("#count")).locator("button").click()
        found = [one.get_attribute("aria-label") for one in desk.locator(".paper").all()]
        assert len(set(found)) == count
        return found

    def tablet(self, lang="ko", size=TABLET, link=0):
        page = self.hall.page(lang, size)
        page.goto(self.links[link])
        page.wait_for_function("() => customElements.get('kiosk-desk') !== undefined")
        return page

    def votes(self):
        """Every voice's answers by what they say, as they lie on the disk."""
        sql = (
            "SELECT v.voice_id, s.text, v.value FROM conversation_vote v"
            " JOIN conversation_statement s ON s.id = v.statement_id"
            " JOIN conversation_conversation c ON c.id = s.conversation_id WHERE c.code = ?"
        )
        found = {}
        with closing(sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)) as connection:
            for voice, text, value in connection.execute(sql, (self.code,)):
                found.setdefault(voice, {})[text] = value
        return sorted(found.values(), key=lambda one: sorted(one.items()))


def begins(tablet, card, *, new=True):
    for letter in card:
        tablet.click(f'[data-letter="{letter}"]')
    tablet.click("[data-card-form] .button-main")
    if new:
        tablet.check('input[name="consent_count"]')
        tablet.check('input[name="consent_rows"]')
        tablet.click(".kiosk-consent .button-main")
    expect(tablet.locator("#statement")).to_be_visible()
    tablet.wait_for_function("() => customElements.get('kiosk-desk') !== undefined")


def answers(tablet, *values):
    said = {}
    for value in values:
        said[tablet.locator("#statement").inner_text()] = value
        tablet.click(f'.vote[value="{value}"]')
    return said


# ---- the kiosk


def test_two_people_at_the_kiosk_while_the_network_comes_and_goes(hall, server):
    hall.forgiven.append(CUT_OFF)
    sitting = Sitting(hall, server)
    garam, narae = sitting.cards(2)
    tablet = sitting.tablet()

    begins(tablet, garam)
    said = answers(tablet, 1)
    tablet.context.set_offline(True)
    said |= answers(tablet, -1, 0)
    tablet.click("[data-next] button")

    gone = tablet.locator("[data-gone]")
    expect(gone).to_contain_text("2개를")
    assert all(text not in tablet.inner_text("body") for text in SEEDS)
    assert [c["name"] for c in tablet.context.cookies() if c["name"].startswith("kiosk_who")] == []
    assert tablet.evaluate("() => [localStorage.length, sessionStorage.length]") == [0, 0]

    tablet.context.set_offline(False)
    expect(tablet.locator("#card")).to_be_visible()
    begins(tablet, narae)
    said_then = answers(tablet, -1, -1, 1, 1)
    expect(tablet.locator("#kiosk-done")).to_be_focused()
    tablet.click("[data-next] button")
    expect(tablet.locator("#card")).to_be_visible()

    assert sitting.votes() == sorted([said, said_then], key=lambda one: sorted(one.items()))
    tablet.go_back()
    assert all(text not in tablet.inner_text("body") for text in SEEDS)


def test_who_reads_english_reads_what_was_translated_and_the_original_a_tap_away(hall, server):
    sitting = Sitting(hall, server)
    (card,) = sitting.cards(1)
    translations = f"/host/c/{sitting.code}/translations?to=en"
    translated = dict(zip(SEEDS[:3], ("The first", "The second", "The third"), strict=True))
    for number, text in enumerate(translated.values(), 1):
        form = {"act": "translate", "number": str(number), "to": "en", "text": text}
        assert server.host(sitting.room).submit(translations, form).status == 302
    kiosk, faults = sitting.tablet("en"), []

    begins(kiosk, card)
    for _statement in SEEDS:
        original = kiosk.locator("[data-original]")
        shown = kiosk.locator("#statement").inner_text()
        if shown in SEEDS:
            assert shown not in translated
            expect(original).to_be_hidden()
        else:
            original.locator("summary").click()
            written = original.locator("p").inner_text()
            assert translated[written] == shown
            assert kiosk.locator("#statement").get_attribute("lang") == "en"
            faults += faults_of(hall, kiosk, looks=((*TABLET, "light"), (*PORTABLE, "dark")))
        answers(kiosk, 1)
    expect(kiosk.locator("#kiosk-done")).to_be_focused()

    assert faults == []


def test_a_card_goes_on_where_it_was_on_the_ushers_tablet_in_another_language(hall, server):
    sitting = Sitting(hall, server)
    (card,) = sitting.cards(1)
    kiosk, usher = sitting.tablet(), sitting.tablet(size=PORTABLE, link=1)

    begins(kiosk, card)
    said = answers(kiosk, 1, 1)
    kiosk.click("[data-undo]")
    said |= {kiosk.locator("#statement").inner_text(): -1}
    answers(kiosk, -1)
    kiosk.click("[data-next] button")
    expect(kiosk.locator("#card")).to_be_visible()
    usher.keyboard.type(card.lower())
    usher.keyboard.press("Enter")
    usher.click("[data-language]")
    expect(usher.locator(".vote").first).to_contain_text("Agree")
    expect(usher.locator("[data-place-shown]")).to_have_text("3")
    usher.keyboard.press("ArrowDown")
    usher.keyboard.press("3")
    expect(usher.locator("#kiosk-done")).to_be_focused()
    usher.click("[data-next] button")

    expect(usher.locator("h1:visible")).to_contain_text("카드 코드를")
    expect(usher.locator("main")).to_contain_text("1명이 답했어요")
    (all_of_it,) = sitting.votes()
    assert sorted(all_of_it.values()) == [-1, -1, 0, 1]
    assert said.items() <= all_of_it.items()


def test_who_walks_away_is_asked_and_then_forgotten(hall, server):
    sitting = Sitting(hall, server)
    (card,) = sitting.cards(1)
    tablet = sitting.tablet()
    tablet.clock.install()
    begins(tablet, card)
    ask = tablet.locator("[data-ask]")

    tablet.clock.run_for(31_000)
    expect(ask).to_be_visible()
    expect(tablet.locator("[data-stay]")).to_be_focused()
    tablet.click("[data-stay]")
    expect(ask).to_be_hidden()

    tablet.clock.run_for(31_000)
    tablet.click("[data-no-clock]")
    tablet.clock.run_for(120_000)
    expect(tablet.locator("#statement")).to_be_visible()

    tablet.reload()
    tablet.wait_for_function("() => customElements.get('kiosk-desk') !== undefined")
    tablet.clock.run_for(52_000)
    expect(tablet.locator("#card")).to_be_visible()


def test_the_kiosk_wakes_when_a_round_opens(hall, server):
    sitting = Sitting(hall, server)
    tablet = sitting.tablet()
    expect(tablet.locator("#card")).to_be_visible()

    server.act(sitting.room, "close_round")

    expect(tablet.locator("kiosk-desk")).to_have_attribute("data-state", "waiting")


def test_the_kiosk_works_without_a_script(hall, server):
    sitting = Sitting(hall, server)
    (card,) = sitting.cards(1)
    page = hall.page(size=TABLET, java_script_enabled=False)
    page.goto(sitting.links[0])

    page.fill("#card", card)
    page.click("[data-card-form] .button-main")
    page.check('input[name="consent_count"]')
    page.check('input[name="consent_rows"]')
    page.click(".kiosk-consent .button-main")
    said = answers(page, 1, 0, -1, 1)
    expect(page.locator("h1:visible")).to_contain_text("모두 답했어요")
    page.click("[data-next] button")

    expect(page.locator("#card")).to_be_visible()
    assert sitting.votes() == [said]


# ---- paper


def test_papers_are_typed_in_with_the_keyboard_alone(hall, server):
    sitting = Sitting(hall, server)
    garam, narae = sitting.cards(2)
    desk = sitting.desk
    desk.goto(f"/host/c/{sitting.code}/cards")
    for card, keys in ((garam, "1ox3"), (narae, "t2x0")):
        expect(desk.locator("#card")).to_be_focused()
        desk.keyboard.type(f"http://hall.test/c/{sitting.code}?seat_code={card}")
        desk.keyboard.press("Enter")
        expect(desk.locator("[data-row] input").first).to_be_focused()
        desk.keyboard.type(keys)
        desk.check('input[name="consent"]')
        desk.locator("[data-entry] .button-main").press("Enter")
        expect(desk.locator(".note").first).to_contain_text("적었어요")

    expect(desk.locator(".note").first).to_contain_text("2장째")
    assert sitting.votes() == sorted(
        [dict(zip(SEEDS, (1, 1, -1, -1), strict=True)), dict(zip(SEEDS[:3], (0, 0, -1), strict=True))],
        key=lambda one: sorted(one.items()),
    )
    desk.fill("#card", garam)
    desk.keyboard.press("Enter")
    expect(desk.locator(".note-warn")).to_contain_text("이미 4개")


# ---- the phone


def test_a_closed_tab_opens_again_without_a_network_and_sends_what_it_kept(chromium, tmp_path):
    with Server(tmp_path) as server:
        hall = Hall(chromium, server)
        hall.forgiven += [CUT_OFF, REFUSED]
        room = server.conversation("무엇부터 할까요?", seeds=SEEDS, begin=True)
        phone = hall.page()
        _joins(phone, room)
        said = _votes_on_phone(phone, 1)
        phone.wait_for_function(
            "() => navigator.serviceWorker.ready.then(() => caches.match(location.pathname)).then(Boolean)"
        )

        server.stop()
        said |= _votes_on_phone(phone, -1)
        context = phone.context
        phone.close()
        again = context.new_page()
        again.goto(f"/c/{room.code}")
        again.wait_for_function("() => customElements.get('vote-card') !== undefined")
        expect(again.locator("connection-strip")).to_have_attribute("data-state", "saved")
        expect(again.locator("#statement")).not_to_have_text(next(t for t, v in said.items() if v == -1))
        server.start()
        expect(again.locator("connection-strip")).to_have_attribute("data-state", "sent")

        again.goto(f"/c/{room.code}/mine")
        expect(again.locator("section[aria-labelledby=votes] .answer")).to_have_count(2)
        again.goto(f"/c/{room.code}/settings")
        again.click("summary:has-text('나가기')")
        again.click("form[data-leave] button")
        expect(again.locator("#seat_code, [name=consent_count]").first).to_be_visible()
        assert again.evaluate("(page) => caches.match(page).then(Boolean)", f"/c/{room.code}") is False
        hall.leave()
        assert not hall.complaints, "\n".join(hall.complaints)


def _joins(phone, room):
    phone.goto(f"/c/{room.code}")
    phone.check('input[name="consent_count"]')
    phone.check('input[name="consent_rows"]')
    phone.locator("main form button.button-main").click()
    phone.wait_for_function("() => customElements.get('vote-card') !== undefined")


def _votes_on_phone(phone, value):
    text = phone.locator("#statement").inner_text()
    phone.click(f'.vote[value="{value}"]')
    return {text: value}


def test_the_first_load_of_the_vote_page_is_light_and_registers_nothing(hall, server):
    room = server.conversation(begin=True)
    phone = hall.page()
    _joins(phone, room)
    loaded = {}
    phone.on("response", lambda got: loaded.setdefault(got.url, got))
    phone.reload()
    expect(phone.locator("#statement")).to_be_visible()
    phone.wait_for_function("() => customElements.get('live-room') !== undefined")

    sizes = {
        url: len(gzip.compress(got.body()))
        for url, got in loaded.items()
        if re.search(rf"/c/{room.code}$|/static/js/", url)
    }
    assert sum(sizes.values()) <= FIRST_LOAD, sizes
    assert not [url for url in loaded if "app.js" in url or "service.js" in url or "manifest" in url]
    assert phone.evaluate("() => navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_how_one_reads_is_chosen_shows_at_once_and_stays(hall, server):
    room = server.conversation(begin=True)
    phone = hall.page()
    _joins(phone, room)
    phone.click(".reader summary")
    phone.click(f'.reader a[href="/c/{room.code}/settings"]')

    for name, value in (("text", "3"), ("theme", "dark"), ("contrast", "more"), ("motion", "off")):
        phone.locator(f'label:has(input[name="{name}"][value="{value}"])').click()
        expect(phone.locator("html")).to_have_attribute(f"data-{name}", value)
    phone.locator('label:has(input[name="lang"][value="en"])').click()
    phone.click("[data-reading] .button-main")

    html = phone.locator("html")
    expect(phone.locator(".vote").first).to_contain_text("Agree")
    for name, value in (("text", "3"), ("theme", "dark"), ("contrast", "more"), ("motion", "off")):
        expect(html).to_have_attribute(f"data-{name}", value)


# ---- looks


def test_every_one_of_these_pages_fits_and_is_quiet(hall, server):
    sitting = Sitting(hall, server)
    (card,) = sitting.cards(1)
    faults = faults_of(hall, sitting.desk)
    sitting.desk.goto(f"/host/c/{sitting.code}/cards/print")
    faults += faults_of(hall, sitting.desk, looks=OTHER_LOOKS)
    sitting.desk.goto(f"/host/c/{sitting.code}/cards")
    faults += faults_of(hall, sitting.desk)
    sitting.desk.fill("#card", card)
    sitting.desk.keyboard.press("Enter")
    expect(sitting.desk.locator("[data-entry]")).to_be_visible()
    faults += faults_of(hall, sitting.desk, looks=(*LOOKS, (320, 700, "light")))
    for link in (0, 1):
        tablet = sitting.tablet(link=link)
        looks = (*(LOOKS if link else OTHER_LOOKS), (*TABLET, "light"), (320, 700, "dark"))
        faults += faults_of(hall, tablet, looks=looks)
        begins(tablet, card, new=link == 0)
        faults += faults_of(hall, tablet, looks=looks)
    phone = hall.page("en")
    phone.goto(f"/c/{sitting.code}/settings")
    faults += faults_of(hall, phone, looks=(*LOOKS, *OTHER_LOOKS, (320, 700, "light")))

    assert not faults, "\n".join(faults)
