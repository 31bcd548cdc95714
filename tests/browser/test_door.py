"""The door in real browsers: two devices, one of them cut off, and what the merge says afterwards."""

import re
from itertools import count
from random import Random

import pytest
import segno
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from playwright.sync_api import expect
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.hall import CUT_OFF, DESK, PHONE, Hall
from tests.browser.looks import LOOKS, OTHER_LOOKS, faults_of
from tests.cast import minutes

from onnuri.conference.door import Seen, matches, merge
from onnuri.conference.pass_code import signed

pytestmark = pytest.mark.browser
NAMES = ("홍길동", "김사랑", "이슬", "Linh Nguyễn")
ONLY_OVER_TLS = "Cross-Origin-Opener-Policy header has been ignored"
slugs = count(1)


class Door:
    """A conference with a door: Mina makes it, four people hold tickets."""

    def __init__(self, server, seats=3):
        self.slug = f"door-{next(slugs)}"
        made = server.run_cli("conference", "new", "--slug", self.slug, "--seats", str(seats), "--title", "한빛 회의")
        self.host = server.client()
        self.host.get(made["host"].removeprefix(server.url))
        for name in NAMES:
            self.register(server, name)
        self.link = self.renew()

    def register(self, server, name):
        phone = server.client()
        page = phone.get(f"/e/{self.slug}/register").text
        key = re.search(r'name="idempotency_key" value="([^"]+)"', page)[1]
        address = f"p{abs(hash(name)) % 10**8}@example.kr"
        form = {"wish": "hall", "name": name, "email": address, "consent_email": "on", "idempotency_key": key}
        answer = phone.form(f"/e/{self.slug}/register", {**form, "seats": "1"})
        claim = answer.location.rpartition("/")[2]
        vouch = f"/host/e/{self.slug}/registrations/{claim}"
        done = self.host.form(vouch, {"csrfmiddlewaretoken": self.token(), "act": "vouch"})
        assert done.status == 302, done.text[-500:]

    def token(self):
        page = self.host.get(f"/host/e/{self.slug}").text
        return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]

    def renew(self):
        page = self.host.form(f"/host/e/{self.slug}/door", {"csrfmiddlewaretoken": self.token()}).text
        return re.search(r"/door/e/[^\"]+key=[\w-]+", page)[0]

    def codes(self):
        """name -> code, from the organiser's list."""
        page = self.host.get(f"/host/e/{self.slug}").text
        rows = re.findall(r'<th scope="row"><a [^>]+>([^<]+)</a>.*?class="mono" translate="no">(\w+)<', page, re.DOTALL)
        return dict(rows)


@pytest.fixture
def door(server):
    return Door(server)


def opened(hall, door, lang="ko", *, named=None, size=PHONE, kept=True, **options):
    page = hall.page(lang, size, **options)
    page.goto(door.link)
    expect(page.locator("door-desk[data-kept]" if kept else "door-desk[data-open]")).to_be_attached()
    expect(page.locator("[data-ready-count]")).to_have_text("4 / 4")
    if named:
        page.once("dialog", lambda asked: asked.accept(named))
        page.click("[data-name-door]")
        expect(page.locator("[data-name-door]")).to_have_text(named)
    return page


def scan(page, text):
    """As a hand scanner does: it types wherever the focus is, and ends with Enter."""
    page.locator("body").press("Escape")
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def says(page, verdict, *texts):
    answer = page.locator("[data-verdict]")
    expect(answer).to_have_attribute("data-answer", verdict)
    for text in texts:
        expect(answer).to_contain_text(text)


def present(page, number):
    expect(page.locator("[data-present]")).to_have_text(str(number))


# ---- two devices, one of them cut off


def test_two_doors_one_cut_off_merge_and_say_who_came_twice(hall, door):
    hall.forgiven.append(CUT_OFF)
    codes = door.codes()
    north = opened(hall, door, named="1번 문")
    south = opened(hall, door, "en", named="Door 2", size=DESK)

    north.context.set_offline(True)
    scan(north, codes["홍길동"])
    says(north, "in", "들어오세요", "홍길동")
    scan(north, codes["김사랑"])
    says(north, "in", "김사랑")
    expect(north.locator("[data-line]")).to_have_text("끊김 · 2건 저장됨")
    scan(south, codes["홍길동"])
    says(south, "in", "홍길동")
    present(south, 1)

    north.context.set_offline(False)
    expect(north.locator("[data-line]")).to_have_attribute("data-state", "sent")
    for page in (north, south):
        present(page, 2)
        twice = page.locator("[data-conflicts] section")
        expect(twice).to_have_count(1)
        expect(twice.locator(".scans li").first).to_contain_text("1번 문")
        expect(twice.locator(".scans li").last).to_contain_text("Door 2")

    south.locator("[data-conflicts] .button-stop").click()
    says(south, "undone")
    for page in (north, south):
        expect(page.locator("[data-conflicts] section")).to_have_count(0)
        present(page, 2)


def test_the_page_opens_again_without_a_network_and_keeps_what_it_scanned(hall, door):
    hall.forgiven.append(CUT_OFF)
    codes = door.codes()
    page = opened(hall, door)

    page.context.set_offline(True)
    scan(page, codes["이슬"])
    says(page, "in", "이슬")
    page.goto(f"/door/e/{door.slug}")

    expect(page.locator("[data-ready-count]")).to_have_text("4 / 4")
    expect(page.locator("[data-line]")).to_have_text("끊김 · 1건 저장됨")
    present(page, 1)
    scan(page, codes["이슬"])
    says(page, "duplicate", "이미 들어왔어요")
    page.context.set_offline(False)
    expect(page.locator("[data-line]")).to_have_attribute("data-state", "sent")
    assert door.host.get(f"/api/v1/conferences/{door.slug}/door.json").json["headcount"]["present"] == 1


def test_two_tabs_of_one_device_share_one_log(hall, door):
    hall.forgiven.append(CUT_OFF)
    codes = door.codes()
    first = opened(hall, door)
    first.context.set_offline(True)
    second = first.context.new_page()
    second.goto(f"/door/e/{door.slug}")
    expect(second.locator("door-desk[data-open], [data-ready-count]").first).to_be_attached()

    scan(first, codes["홍길동"])
    says(first, "in")
    scan(second, codes["홍길동"])

    says(second, "duplicate")
    expect(second.locator("[data-line]")).to_have_text("끊김 · 1건 저장됨")


def test_an_undo_on_one_device_is_heard_by_the_other(hall, door):
    codes = door.codes()
    north, south = opened(hall, door), opened(hall, door)
    scan(north, codes["홍길동"])
    says(north, "in")
    present(south, 1)

    scan(south, codes["홍길동"])
    says(south, "duplicate")
    south.locator("[data-verdict] button", has_text="체크인 취소").click()

    says(south, "undone")
    present(south, 0)
    present(north, 0)
    scan(north, codes["홍길동"])
    says(north, "in")


def test_a_new_key_shuts_the_device_out_and_it_forgets_the_names(hall, door):
    page = opened(hall, door)
    hall.forgiven.append("403")

    link = door.renew()

    expect(page.locator("[data-gone]")).to_contain_text("문 링크가 바뀌었어요")
    page.fill("#q", "ㅎㄱㄷ")
    page.keyboard.press("Enter")
    expect(page.locator("[data-results]")).to_contain_text("찾지 못했어요")
    page.goto(link)
    expect(page.locator("[data-ready-count]")).to_have_text("4 / 4")


def test_every_page_of_the_door_fits_and_can_be_read_by_everybody(hall, door):
    hall.forgiven.append(CUT_OFF)
    codes, faults = door.codes(), []
    north, south = opened(hall, door), opened(hall, door, "en")
    faults += faults_of(hall, north)

    north.context.set_offline(True)
    scan(north, codes["홍길동"])
    says(north, "in")
    scan(south, codes["홍길동"])
    says(south, "in")
    north.context.set_offline(False)
    for page, looks in ((north, (*LOOKS, (320, 700, "light"))), (south, OTHER_LOOKS)):
        expect(page.locator("[data-conflicts] section")).to_have_count(1)
        page.locator("summary", has_text=re.compile("입장권 없이|without a ticket")).click()
        page.fill("#q", "ㄱㅅㄹ")
        expect(page.locator("[data-results] li")).to_have_count(1)
        faults += faults_of(hall, page, looks=looks)
        page.goto(f"/door/e/{door.slug}/release")
        faults += faults_of(hall, page, looks=looks)
    south.context.add_cookies([{"name": n, "value": v, "url": door.host.url} for n, v in door.host.cookies.items()])
    south.goto(f"/host/e/{door.slug}")
    faults += faults_of(hall, south)
    south.locator("section[aria-labelledby=door-h] button").click()
    south.locator("[data-ask-yes]").click()
    expect(south.locator("#door-link")).to_be_visible()
    faults += faults_of(hall, south)

    assert not faults, "\n".join(faults)


# ---- one field for everything


def test_the_whole_door_by_keyboard_alone_in_english(hall, door):
    page = opened(hall, door, "en")

    page.keyboard.type("ㅎㄱㄷ")
    expect(page.locator("[data-results] li")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    says(page, "in", "홍길동")
    expect(page.locator("#q")).to_be_focused()


def test_the_beginning_of_a_code_finds_its_owner(hall, door):
    page = opened(hall, door)

    page.fill("#q", door.codes()["김사랑"][:3].lower())

    expect(page.locator("[data-results]")).to_contain_text("김사랑")


def test_a_scanner_that_types_in_the_korean_layout_is_understood(hall, door):
    page = opened(hall, door)
    code = door.codes()["Linh Nguyễn"]
    korean = dict(
        zip("QWERTYUIOPASDFGHJKLZXCVBNM", "ㅃㅉㄸㄲㅆㅛㅕㅑㅒㅖㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", strict=True)
    )

    scan(page, "".join(korean.get(c, c) for c in code))

    says(page, "waiting", "Linh Nguyễn")


def test_who_stands_in_the_line_is_told_so(hall, door):
    page = opened(hall, door)

    scan(page, door.codes()["Linh Nguyễn"])

    says(page, "waiting", "대기 중인 입장권")
    present(page, 0)


def test_a_forged_code_is_known_without_a_network(hall, door):
    hall.forgiven.append(CUT_OFF)
    page = opened(hall, door)
    page.context.set_offline(True)

    scan(page, door.codes()["홍길동"] + "." + "A" * 103)

    says(page, "forged")
    present(page, 0)


@pytest.mark.parametrize("kept", [True, False], ids=["https", "plain http"])
def test_the_signature_of_a_ticket_is_checked_on_the_device(hall, door, server, kept):
    hall.forgiven += [ONLY_OVER_TLS, CUT_OFF]
    base = {} if kept else {"base_url": f"http://hall.test:{server.port}"}
    page = opened(hall, door, kept=kept, **base)
    pem = (server.folder / "signing.pem").read_bytes()
    key = load_pem_private_key(pem, password=None)
    page.context.set_offline(True)

    scan(page, signed("ABCDEFGHJK", "another", key))
    says(page, "forged")
    scan(page, signed("ABCDEFGHJK", door.slug, key))
    says(page, "unlisted")
    scan(page, signed(door.codes()["홍길동"], door.slug, key))
    says(page, "in", "홍길동")


def test_a_verdict_without_a_network_takes_less_than_50_ms(hall, door):
    hall.forgiven.append(CUT_OFF)
    page = opened(hall, door)
    page.context.set_offline(True)

    scan(page, door.codes()["홍길동"])
    says(page, "in")

    assert float(page.locator("door-desk").get_attribute("data-took")) <= 50


# ---- the rule in the browser is the rule of the server


def test_the_browser_merges_as_the_server_does(hall, door):
    page = opened(hall, door)
    random = Random(7)
    cases = [
        [
            {"act": random.choice(("in", "in", "undo")), "at": random.randrange(6), "device": device, "counter": n}
            for device in ("north", "south", "문 🚪")
            for n in range(1, random.randrange(1, 6))
        ]
        for _ in range(500)
    ]

    told = page.evaluate(
        "async (cases) => { const { standing } = await import('/static/js/door-rule.js');"
        " return cases.map((scans) => standing(scans).map((s) => [s.device, s.counter])); }",
        [random.sample(case * 2, len(case) * 2) for case in cases],
    )

    for case, stands in zip(cases, told, strict=True):
        seen = [Seen(1, s["act"], minutes(s["at"]), s["device"], s["counter"]) for s in case]
        own = merge(seen).get(1)
        assert stands == (
            [] if not own or not own.first else [[s.device, s.counter] for s in (own.first, *own.duplicates)]
        )


def test_the_browser_finds_as_the_server_does(hall, door):
    page = opened(hall, door)
    pairs = [(q, n) for q in ("ㅎㄱㄷ", "ㄱㅅ", "ㄳ", "길", "홍ㄱ", "ㄹ", "linh", "ㄱㅎ", "Ê", "") for n in NAMES]

    told = page.evaluate(
        "async (pairs) => { const { asked, letters, matches } = await import('/static/js/door-rule.js');"
        " return pairs.map(([q, n]) => matches(asked(q), letters(n))); }",
        [list(pair) for pair in pairs],
    )

    assert told == [matches(q, n) for q, n in pairs]
    assert set(told) == {True, False}


# ---- the camera


def test_the_worker_reads_a_qr_code_under_its_own_policy(hall, door):
    page = opened(hall, door)
    text = f"{door.codes()['홍길동']}.{'B' * 103}"
    picture = segno.make(text, error="m").png_data_uri(scale=6)

    told = page.evaluate(
        """async (picture) => {
          const drawn = await createImageBitmap(await (async () => {
            const image = new Image(); image.src = picture; await image.decode(); return image; })());
          const worker = new Worker("/door/decoder.js", { type: "module" });
          const next = () => new Promise((good, bad) => {
            worker.onmessage = (e) => good(e.data); worker.onerror = bad; });
          const ready = await next();
          worker.postMessage(drawn, [drawn]);
          return [ready, await next()];
        }""",
        picture,
    )

    assert told == ["ready", text]


def test_a_ticket_before_the_camera_comes_in(chromium, server, door, tmp_path):
    film = tmp_path / "ticket.y4m"
    film.write_bytes(film_of(door.codes()["홍길동"]))
    browser = chromium.browser_type.launch(
        executable_path=str(CHROMIUM),
        args=[
            *ARGUMENTS,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    hall = Hall(browser, server)
    page = opened(hall, door)

    page.click("[data-camera-go]")

    says(page, "in", "홍길동")
    present(page, 1)
    hall.leave()
    browser.close()
    assert not hall.complaints


def film_of(text, width=640, height=480, scale=10):
    """A still picture of a QR code, as a film a browser takes for its camera."""
    code = list(segno.make(text, error="m", micro=False).matrix_iter(scale=scale, border=4))
    left, above = (width - len(code[0])) // 2, (height - len(code)) // 2
    white, black = 235, 16
    rows = [bytearray([white] * width) for _ in range(height)]
    for y, line in enumerate(code):
        rows[above + y][left : left + len(line)] = bytes(black if dark else white for dark in line)
    frame = b"FRAME\n" + b"".join(rows) + bytes([128]) * (width * height // 2)
    return f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 10


def test_the_page_itself_may_not_compile_webassembly(hall, door):
    hall.forgiven.append("WebAssembly")
    page = opened(hall, door)

    refused = page.evaluate(
        "async () => WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))"
        ".then(() => 'allowed', (e) => e.name)"
    )

    assert refused == "CompileError"


# ---- plain http, and no JavaScript


def test_over_plain_http_the_page_says_what_is_missing_and_the_rest_works(hall, door, server):
    hall.forgiven += [ONLY_OVER_TLS, CUT_OFF]
    page = opened(hall, door, kept=False, base_url=f"http://hall.test:{server.port}")
    codes = door.codes()

    assert page.evaluate("() => !isSecureContext && !crypto.subtle")
    expect(page.locator("[data-camera-said]")).to_contain_text("https")
    expect(page.locator("[data-ready-said]")).to_contain_text("닫거나 새로 고치지 마세요")
    scan(page, codes["홍길동"])
    says(page, "in", "홍길동")
    scan(page, codes["김사랑"] + "." + "A" * 103)
    says(page, "forged")
    present(page, 1)


def test_without_javascript_the_door_is_plain_forms(hall, door):
    page = hall.page(java_script_enabled=False)
    page.goto(door.link)

    page.fill("#q", door.codes()["홍길동"])
    page.locator(".door-code button").click()
    says(page, "in", "홍길동")
    page.fill("#q", "ㅎㄱㄷ")
    page.locator(".door-code button").click()
    page.locator("[data-results] button", has_text="체크인 취소").click()
    says(page, "undone")

    page.locator("summary", has_text="입장권 없이 온 사람").click()
    page.fill("#walk-name", "하루")
    page.locator("details form button").click()
    says(page, "none", "대기 줄에 섰어요", "하루")
