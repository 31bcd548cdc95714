"""The organiser's afternoon by keyboard: a list comes in, somebody is moved, the hall grows, the list goes out."""

import csv

import pytest
from playwright.sync_api import expect
from tests.browser.hall import DESK, PHONE

pytestmark = pytest.mark.browser

LIST = "이름,이메일\n" + "".join(f"사람{n},p{n}@example.kr\n" for n in range(1, 7)) + "틀린 줄,nowhere\n"
PAGES = ("", "/places", "/import", "/statistics", "/proofs", "/erasures")


def tab_to(page, selector, most=120):
    """Press Tab until the focus is where a person would look next."""
    wanted = page.locator(selector).first
    for _ in range(most):
        if wanted.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by the keyboard")


def test_the_whole_afternoon_without_a_mouse(hall, server, tmp_path):  # noqa: PLR0915 - one afternoon
    host = server.run_cli("conference", "new", "--slug", "afternoon", "--seats", "2")["host"]
    file = tmp_path / "list.csv"
    file.write_text(LIST, "utf-8")
    desk = hall.page(size=DESK)
    desk.goto(host)

    # The list comes in: seen first, then stored.
    tab_to(desk, '.desk-nav a[href$="/import"]')
    desk.keyboard.press("Enter")
    tab_to(desk, "#file")
    desk.set_input_files("#file", file)
    tab_to(desk, "form[enctype] .button-main")
    desk.keyboard.press("Enter")
    expect(desk.locator("tbody tr")).to_have_count(1)
    expect(desk.locator("tbody tr").first).to_contain_text("이메일 주소를 다시 확인해 주세요")
    tab_to(desk, "[name=consent]")
    desk.keyboard.press("Space")
    tab_to(desk, "form .button-main")
    desk.keyboard.press("Enter")
    expect(desk.locator(".facts dd").first).to_have_text("6")

    # The last of the line goes to its head.
    tab_to(desk, "section .button-main")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**source=import")
    tab_to(desk, "#q")
    desk.keyboard.type("6")
    desk.keyboard.press("Enter")
    expect(desk.locator(".people tbody tr")).to_have_count(1)
    tab_to(desk, "[name=claim]")
    desk.keyboard.press("Space")
    tab_to(desk, "#act")
    for _ in ("vouch", "head"):
        desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Tab")
    desk.keyboard.type("박미나")
    desk.keyboard.press("Tab")
    desk.keyboard.type("통역하는 분")
    desk.keyboard.press("Enter")
    expect(desk.locator(".note[role=status]")).to_contain_text("줄 맨 앞으로: 1명")

    # One more seat: who gets it is said before it is done.
    tab_to(desk, '.desk-nav a[href$="/places"]')
    desk.keyboard.press("Enter")
    tab_to(desk, "#capacity-n")
    desk.keyboard.press("Control+a")
    desk.keyboard.type("3")
    desk.keyboard.press("Enter")
    expect(desk.locator(".offers li")).to_have_text("6 사람6")
    tab_to(desk, "#reason")
    desk.keyboard.type("의자를 하나 더 놓았어요")
    desk.keyboard.press("Enter")
    expect(desk.locator("#capacity .facts dd").first).to_have_text("3")

    # The list goes out, and says what happened.
    tab_to(desk, '.desk-nav a[href$="/import"]')
    desk.keyboard.press("Enter")
    tab_to(desk, '.downloads a[href$="csv"]')
    with desk.expect_download() as got:
        desk.keyboard.press("Enter")
    rows = list(csv.reader(got.value.path().read_text("utf-8-sig").splitlines()))
    assert [(row[1], row[3]) for row in rows[1:]] == [
        ("사람1", "좌석"),
        ("사람2", "좌석"),
        ("사람3", "대기"),
        ("사람4", "대기"),
        ("사람5", "대기"),
        ("사람6", "자리가 났어요"),
    ]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_of_the_desk_fits_its_screen(hall, server, size):
    slug = f"fits-{size[0]}"
    host = server.run_cli("conference", "new", "--slug", slug, "--seats", "2")["host"]
    page = hall.page(size=size)
    page.goto(host)

    for path in PAGES:
        assert page.goto(f"{server.url}/host/e/{slug}{path}").status == 200
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path


def test_a_large_list_reaches_its_own_address_and_no_other(server):
    host = server.run_cli("conference", "new", "--slug", "large", "--seats", "2")["host"]
    desk = server.client()
    desk.get(host.removeprefix(server.url))
    content = b"name,email\n" + b"Jun,jun@example.kr\n" * 150_000

    def send(path):
        token = desk.cookies["csrftoken"]
        body = (
            f'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n--x\r\n'
            'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        ).encode()
        headers = {"content_type": "multipart/form-data; boundary=x", "origin": server.url}
        return desk.send("POST", path, body + content + b"\r\n--x--\r\n", headers)

    desk.get("/host/e/large/import")
    assert len(content) > 2_500_000
    answer = send("/host/e/large/import")
    assert (answer.status, "10000" in answer.text.replace(",", "")) == (422, True)
    assert send("/host/e/large/places").status == 413
