"""Who is in the hall: people with a browser each, the organiser's desk, the big screen, and a simulated crowd."""

from __future__ import annotations

import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from playwright.sync_api import Browser, Locator, Page
    from tests.serving import Client, Room, Server

PHONE: Final = (390, 844)
DESK: Final = (1280, 900)
WALL: Final = (1920, 1080)
LOCALES: Final = {"ko": "ko-KR", "en": "en-GB", "zh-hans": "zh-CN", "ja": "ja-JP", "vi": "vi-VN"}
CUT_OFF: Final = "net::ERR_INTERNET_DISCONNECTED"
CLOSED: Final = 409
SETTLED_WITHIN_S: Final = 5
BY_ITS_MARK: Final = {1: "ballot-o", 0: "ballot-p", -1: "ballot-x"}


class Hall:
    """Gives out browsers and remembers what their pages complain about."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.server = server
        self.complaints: list[str] = []
        self.forgiven: list[str] = []
        self._browser = browser
        self._contexts: list[Any] = []

    def page(self, lang: str = "ko", size: tuple[int, int] = PHONE, **options: Any) -> Page:
        """Somebody's browser: cookies and storage of its own."""
        context = self._browser.new_context(
            base_url=options.pop("base_url", self.server.url),
            locale=LOCALES[lang],
            timezone_id="Asia/Seoul",
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(20_000)
        self._contexts.append(context)
        page = context.new_page()
        # A refused script or style is an error of the console too, so this watches over the CSP as well.
        page.on("console", lambda told: self._hear(page, told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: self._hear(page, str(error)))
        page.on("response", lambda got: self._hear(page, f"{got.url}: {got.status}") if got.status >= 500 else None)
        page.on("request", lambda asked: self._require_here(page, asked.url))
        return page

    def leave(self) -> None:
        """Everybody goes."""
        for context in self._contexts:
            context.close()

    def _hear(self, page: Page, text: str) -> None:
        if not any(one in text for one in self.forgiven):
            self.complaints.append(f"{page.url}: {text}")

    def _require_here(self, page: Page, url: str) -> None:
        if urlsplit(url).hostname not in {"127.0.0.1", "localhost", "hall.test", None}:
            self._hear(page, f"asks for {url}")


# ---- the organiser -------------------------------------------------------------------------------------------


class Desk:
    """The organiser's browser."""

    def __init__(self, page: Page, room: Room) -> None:
        self.page = page
        self.room = room

    def open(self) -> None:
        """By the secret link."""
        self.page.goto(f"/host/c/{self.room.code}?key={self.room.key}")

    def press(self, action: str) -> None:
        """One key of the console, and yes where it asks."""
        press(self.page, self.page.locator(f'button[name="action"][value="{action}"]'))

    def accept(self, number: int) -> None:
        """Publish what waits, without leaving the page."""
        item = self.page.locator(f'[data-item="{number}"]')
        item.locator("[data-accept]").click()
        expect(item).to_have_count(0)

    def refuse(self, number: int, reason: str) -> str:
        """Refuse it; the answer is the reason in words."""
        item = self.page.locator(f'[data-item="{number}"]')
        item.locator(".refusal summary").click()
        choice = item.locator("label", has=self.page.locator(f'input[value="{reason}"]'))
        words = choice.locator("span").inner_text()
        choice.click()
        item.locator("[data-refuse]").click()
        expect(item).to_have_count(0)
        return words


def press(page: Page, button: Locator) -> None:
    """Press a button that may ask first."""
    asks = button.get_attribute("data-confirm")
    button.click()
    if asks:
        page.locator("[data-ask-yes]").click()


# ---- a participant -------------------------------------------------------------------------------------------


@dataclass
class Person:
    """Somebody with a phone. `opinions`: statement number -> O, △ or X; `texts`: number -> what it says."""

    name: str
    page: Page
    opinions: Mapping[int, int]
    texts: Mapping[int, str]

    def register(self, slug: str, wish: str) -> None:
        """Claim a place."""
        page = self.page
        page.goto(f"/e/{slug}/register")
        page.check(f'input[name="wish"][value="{wish}"]')
        page.fill("#name", self.name)
        page.fill("#email", f"{self.name.lower()}@example.org")
        page.check('input[name="consent_email"]')
        page.locator("main form button.button-main").click()
        page.wait_for_url("**/ticket/*")

    def take_voice(self) -> None:
        """From the ticket to the room, with both consents."""
        page = self.page
        page.locator('a[href^="/c/"]').click()
        page.check('input[name="consent_count"]')
        page.check('input[name="consent_rows"]')
        page.locator("main form button.button-main").click()
        page.wait_for_url(re.compile(r"/c/\w+$"))

    def sees(self, segment: str) -> None:
        """The phone shows this moment, without anybody touching it."""
        expect(self.page.locator(f'live-room[data-segment="{segment}"]')).to_be_attached()

    def ready_to_vote(self, number: int = 1) -> None:
        """The vote page of a round has come and its script runs."""
        expect(self.page.locator(f'vote-card live-room[data-round="{number}"]')).to_be_attached()
        self.page.wait_for_function("() => customElements.get('vote-card') !== undefined")

    def answer(self, most: int = 99) -> dict[int, int]:
        """Answer one card after the other by a click, as this person thinks; the answer is what was said."""
        page, said = self.page, {}
        card = page.locator(".deck:not([hidden]) #statement")
        while len(said) < most and card.count():
            number = self.number_of(card.inner_text())
            page.click(f'.vote[value="{self.opinions[number]}"]')
            assert number not in said, f"{number} came twice"
            said[number] = self.opinions[number]
        return said

    def answer_and_arrive(self) -> dict[int, int]:
        """Answer one card and wait until the server has it."""
        with self.page.expect_response("**/votes"):
            return self.answer(most=1)

    def number_of(self, text: str) -> int:
        """Which statement a card is."""
        return next(number for number, own in self.texts.items() if own == text.strip())

    def all_sent(self) -> None:
        """The strip says that nothing is left on the phone."""
        strip = self.page.locator("connection-strip")
        expect(strip).to_have_attribute("data-state", "sent")
        expect(strip).to_have_text(str(strip.get_attribute("data-sent")))

    def own_answers(self, code: str, count: int) -> dict[int, int]:
        """What the page of one's own answers says, once all of them have arrived."""
        return {self.number_of(text): value for text, value in own_answers(self.page, code, count)}

    def ballot_as_they_unfold(self) -> None:
        """Answer the candidates in the order in which the page unfolds them."""
        while self._unanswered().count():
            self._ballot(self._unfolded())

    def ballot_from_the_end(self) -> None:
        """Answer the candidates in an order of one's own; the last one unfolds by itself."""
        while (left := self._unanswered().count()) > 1:
            if left < self.page.locator("details.candidate").count():
                self._unanswered().last.locator("summary").click()
            self._ballot(self._unfolded())
        self._ballot(self._unfolded())

    def _unanswered(self) -> Locator:
        return self.page.locator("details.candidate:not(:has(:checked))")

    def _unfolded(self) -> Locator:
        return self.page.locator("details.candidate[open]:not(:has(:checked))")

    def _ballot(self, candidate: Locator) -> None:
        number = int(str(candidate.locator("input").first.get_attribute("name")).removeprefix("line-"))
        candidate.locator(f'label:has(input[value="{self.opinions[number]}"])').click()

    def ratify(self, values: Mapping[int, int]) -> None:
        """Answer every line of the slate and the whole, which is line 0."""
        for line, value in values.items():
            self.page.locator(f'label:has(input[name="line-{line}"][value="{value}"])').click()
        self.page.locator("ballot-list form button.button-main").click()


def own_answers(page: Page, code: str, count: int) -> list[tuple[str, int]]:
    """Text and value of each answer of one's own; the strip may say "sent" before the very last one is."""
    page.goto(f"/c/{code}/mine")
    rows = page.locator("section[aria-labelledby=votes] .answer")
    give_up = time.monotonic() + SETTLED_WITHIN_S
    while rows.count() < count and time.monotonic() < give_up:
        page.reload()
    return [(row.locator("p").first.inner_text(), _value_of(row.locator(".answer-mine"))) for row in rows.all()]


def _value_of(mine: Locator) -> int:
    marks = str(mine.get_attribute("class")).split()
    return next(value for value, mark in BY_ITS_MARK.items() if mark in marks)


# ---- the crowd -----------------------------------------------------------------------------------------------


class Crowd:
    """Simulated people, marked as such, every other one in the hall; they answer over HTTP."""

    def __init__(self, server: Server, room: Room, count: int, opinion: Callable[[int, int], int]) -> None:
        self.room = room
        self._opinion = opinion
        self._path = f"/api/v1/conversations/{room.code}"
        self._pool = ThreadPoolExecutor(4)
        hall, online = (
            codes(server, room, size, channel, "simulated")
            for channel, size in (("hall", (count + 1) // 2), ("online", count // 2))
        )
        mixed = [code for pair in zip_longest(hall, online) for code in pair if code]
        self._phones: list[Client] = [server.client() for _ in mixed]
        self._all(lambda person, phone: phone.post(f"{self._path}/join", {"seat_code": mixed[person]}))

    def vote(self, statements: Iterable[int]) -> None:
        """Everybody answers these statements."""
        wanted = list(statements)
        self._all(lambda person, phone: phone.post(f"{self._path}/votes", {"votes": self._said(person, wanted)}))

    def ballot(self, lines: Sequence[int], *, whole: Callable[[list[int]], int] | None = None) -> None:
        """Everybody answers these candidates; `whole`: what one says of the slate, from one's answers to its lines."""

        def cast(person: int, phone: Client) -> Any:
            ballots = [{"id": s["id"], "line": s["statement"], "value": s["value"]} for s in self._said(person, lines)]
            if whole is not None:
                ballots.append({"id": str(uuid.uuid4()), "line": 0, "value": whole([b["value"] for b in ballots])})
            return phone.post(f"{self._path}/ballots", {"ballots": ballots})

        self._all(cast)

    def _said(self, person: int, statements: Iterable[int]) -> list[dict[str, Any]]:
        return [{"id": str(uuid.uuid4()), "statement": s, "value": self._opinion(person, s)} for s in statements]

    def _all(self, act: Callable[[int, Client], Any]) -> None:
        # What the host opened a moment ago the votes' door knows a moment later.
        give_up = time.monotonic() + SETTLED_WITHIN_S
        while (first := act(0, self._phones[0])).status == CLOSED and time.monotonic() < give_up:
            time.sleep(0.02)
        assert first.status == 200, first.text
        for answer in self._pool.map(act, range(1, len(self._phones)), self._phones[1:]):
            assert answer.status == 200, answer.text


def codes(server: Server, room: Room, count: int, channel: str, origin: str = "person") -> list[str]:
    """One-time codes, as a program of the host's makes them."""
    body = {"count": count, "channel": channel, "origin": origin}
    return list(server.host(room).post(f"/api/v1/host/conversations/{room.code}/codes", body).json["codes"])
