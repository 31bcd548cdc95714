"""One simulated person with a phone: arrives, joins, follows what is on, answers at a human pace."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from contextlib import suppress
from html import unescape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from onnuri.live.opinions import answer_of, chance, invented, opinions
from onnuri.rehearsal.network import Lost
from onnuri.rehearsal.queue import Item, Queue
from onnuri.rehearsal.stream import events
from onnuri.rehearsal.wire import Lines

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from onnuri.rehearsal.hall import Hall
    from onnuri.rehearsal.wire import Answer

DECK: Final = re.compile(r'data-deck="([^"]*)"')
TICKET: Final = re.compile(r'name="round_ticket" value="([^"]+)"')
LINE: Final = re.compile(r'name="line-(\d+)"')
ASSET: Final = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:js|css)[^"]*)"')
JOIN_ID: Final = re.compile(r'name="id" value="([^"]+)"')
COMES_ALONG: Final = 0.7
"""Who was not sure of a line mostly agrees when it stands in the slate."""
LONGEST_LOOK_S: Final = 3.0
"""Nobody looks longer at one line of a ballot."""
BROWSER: Final = {"accept-language": "ko", "user-agent": "onnuri-rehearsal"}
ZIPPED: Final = {**BROWSER, "accept-encoding": "gzip"}
READABLE: Final = {**BROWSER, "accept": "text/html"}
JSON: Final = {**BROWSER, "accept": "application/json"}


class Phone:
    """Everything a phone's page does, with the same manners. `live` ends only by being cancelled."""

    def __init__(self, number: int, channel: str, hall: Hall) -> None:
        self.number = number
        self.channel = channel
        self.voice = 0
        self.finished: int | None = None
        """The ballot's round this person has gone through."""
        self._hall = hall
        self._lines = Lines(hall.site)
        self.queue = Queue(self, hall.manners, hall.generator)
        self._online = True
        self._back_at: float | None = None
        self._cookie = ""
        self._known: tuple[str, int] | None = None
        self._last_event = ""
        self._seen: set[int] = set()
        self._busy: asyncio.Task[None] | None = None

    # ---- the network ------------------------------------------------------------------------------------------

    def lose_network(self) -> None:
        """The outage begins."""
        self._online = False
        self._lines.cut()

    def find_network(self) -> None:
        """The outage is over for this phone: what browsers call `online`."""
        self._back_at = self._hall.clock()
        self._online = True
        self.queue.retry()

    async def _ask(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
        heard: Callable[[Answer], None] | None = None,
    ) -> Answer:
        """One request through the network of the rehearsal, with whatever it loses.

        `heard` is told the answer as the server gave it, also when it is then lost on its way.
        """
        if not self._online:
            raise Lost("outage")
        network = self._hall.network
        fate = network.fate()
        if fate == "never sent":
            await network.lose(fate, self._hall.manners.timeout_s)
        if self._cookie:
            headers = {**headers, "cookie": self._cookie}
        try:
            answer = await self._lines.ask(method, path, body, headers)
        except OSError as problem:
            self._note(problem)
            raise
        if heard is not None:
            heard(answer)
        if fate == "unheard":
            await network.lose(fate, self._hall.manners.timeout_s)
        if answer.status >= 500:
            self._hall.diary.errors[f"{answer.status} at {kind_of(path)}"] += 1
        return answer

    def _note(self, problem: OSError) -> None:
        if isinstance(problem, Lost):
            return
        if self._online:
            self._hall.diary.errors[type(problem).__name__] += 1
        else:
            self._hall.diary.lost["cut off"] += 1

    async def _patiently(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Until it is answered, as somebody who reloads a page that did not come."""
        manners, wait = self._hall.manners, self._hall.manners.first_wait_s
        while True:
            try:
                async with asyncio.timeout(manners.page_timeout_s):
                    answer = await self._ask(method, path, body, headers)
                if answer.status < 500:
                    return answer
            except OSError:
                pass
            await asyncio.sleep(wait * self._hall.generator.uniform(0.75, 1.25))
            wait = min(2 * wait, manners.longest_wait_s)

    # ---- one's way through the sitting ------------------------------------------------------------------------

    async def live(self) -> None:
        """Arrive, join and take part, until cancelled."""
        try:
            await self._arrive()
            async with asyncio.TaskGroup() as self._tasks:
                self._tasks.create_task(self.queue.run())
                self._tasks.create_task(self._follow())
        finally:
            self._lines.cut()

    async def _arrive(self) -> None:
        path = f"/c/{self._hall.code}"
        first = await self._patiently("GET", path, b"", READABLE)
        await self._join(path, first.body.decode())
        room = await self._patiently("GET", path, b"", READABLE)
        size = first.size + room.size
        for asset in dict.fromkeys(ASSET.findall(room.body.decode())):
            size += (await self._patiently("GET", asset, b"", ZIPPED)).size
        self._hall.diary.pages.append(size)

    async def _join(self, path: str, page: str) -> None:
        """With a one-time code and the id of the page: sent again, it is the same join."""
        join_id = JOIN_ID.search(page)
        code = await self._hall.code_for(self.channel)
        form = {**BROWSER, "content-type": "application/x-www-form-urlencoded", "origin": self._hall.site.origin}
        while True:
            fields = {"consent_count": "1", "consent_rows": "1", "seat_code": code}
            fields |= {"id": join_id[1]} if join_id else {}
            answer = await self._patiently("POST", f"{path}/join", urlencode(fields).encode(), form)
            cookie = answer.headers.get("set-cookie", "").partition(";")[0]
            if cookie.startswith("voice_"):
                break
            refused = answer.headers.get("location", "").partition("refused=")[2].partition("&")[0]
            if refused == "code_used":
                self._hall.diary.codes_lost += 1
                code = await self._hall.code_for(self.channel)
            else:
                self._hall.diary.errors[f"joining: {refused or answer.status}"] += 1
                await asyncio.sleep(self._hall.manners.first_wait_s)
        self._cookie = cookie
        self.voice = int(cookie.partition("=")[2].partition(".")[0])
        self._hall.diary.voices[self.voice] = self.channel

    # ---- what is on now ---------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        """One stream, opened again whenever it ends; polling where the server has no room for it."""
        manners = self._hall.manners
        while True:
            try:
                await self._listen()
            except OSError as problem:
                self._note(problem)
                await asyncio.sleep(manners.reconnect_s * self._hall.generator.uniform(0.75, 1.25))

    async def _listen(self) -> None:
        """Until the page comes anew; then the next stream begins afresh."""
        network = self._hall.network
        if not self._online:
            raise Lost("outage")
        if (fate := network.fate()) != "arrives":
            network.lost[fate] += 1
            raise Lost(fate)
        headers = {**BROWSER, "accept": "text/event-stream", "cookie": self._cookie}
        if self._last_event:
            headers["last-event-id"] = self._last_event
        async with self._lines.stream(f"/live/{self._hall.code}", headers) as (status, parts):
            if status == 200:
                changed: tuple[str, int] | None = await self._next_change(parts)
            elif status == 503:
                changed = await self._poll()
            else:
                raise ConnectionResetError(f"stream {status}")
            await self._before_reload()
        if changed is not None:
            await self._come_anew(changed)

    async def _next_change(self, parts: AsyncIterator[bytes]) -> tuple[str, int]:
        async for event in events(parts):
            self._last_event = event.id
            if self._back_at is not None:
                self._hall.reconnected(self._back_at)
                self._back_at = None
            if event.name == "segment" and (now := self._moved(event.data)) is not None:
                return now
        raise ConnectionResetError("the stream ended")

    def _moved(self, told: dict[str, Any]) -> tuple[str, int] | None:
        now = (str(told["segment"]), int(told["round"]))
        if now == self._known or (self._known is None and now[0] == "lobby"):
            self._known = now
            return None
        self._known = now
        return now

    async def _poll(self) -> tuple[str, int] | None:
        """Ask every few seconds, and now and then whether there is room for a stream again."""
        manners = self._hall.manners
        for _ in range(manners.polls):
            await asyncio.sleep(manners.poll_s + self._hall.generator.uniform(0, manners.reload_jitter_s))
            self._hall.diary.polled += 1
            with suppress(OSError):
                async with asyncio.timeout(manners.timeout_s):
                    answer = await self._ask("GET", f"/c/{self._hall.code}/state.json", b"", JSON)
                if answer.status == 200 and (now := self._moved(json.loads(answer.body))) is not None:
                    return now
        return None

    async def _before_reload(self) -> None:
        """A page with something unsent does not come anew by itself."""
        await asyncio.sleep(self._hall.generator.uniform(0, self._hall.manners.reload_jitter_s))
        await self.queue.empty.wait()

    async def _come_anew(self, now: tuple[str, int]) -> None:
        """The page of what is on now, and the stream from its beginning."""
        if self._busy is not None:
            self._busy.cancel()
        self._last_event = ""
        answer = await self._patiently("GET", f"/c/{self._hall.code}", b"", READABLE)
        self._hall.diary.shown[now][self.number] = self._hall.clock()
        page = answer.body.decode()
        if now[0] == "round" and (deck := DECK.search(page)) is not None:
            self._busy = self._tasks.create_task(self._vote(json.loads(unescape(deck[1]) or "{}")))
        elif now[0] in {"shortlist", "ratification"} and (ticket := TICKET.search(page)) is not None:
            lines = [int(n) for n in dict.fromkeys(LINE.findall(page))]
            self._busy = self._tasks.create_task(self._ballot(now, ticket[1], lines))

    # ---- answering --------------------------------------------------------------------------------------------

    async def _vote(self, told: dict[str, Any]) -> None:
        """One statement after the other, as many as this round has time for."""
        hall, deck = self._hall, list(told.get("statements", ()))
        ticket, left = told.get("round_ticket", ""), int(told.get("left", len(deck)))
        quota = hall.quota(left)
        while quota > 0:
            if len(deck) < hall.manners.few_left and left > len(deck):
                with suppress(OSError):
                    deck = await self._refilled(deck)
            if not deck:
                if left <= 0:
                    return
                await asyncio.sleep(hall.generator.uniform(0.5, 1) * min(hall.manners.look_again_s, hall.round_s / 4))
                continue
            statement = deck.pop(0)
            await asyncio.sleep(hall.thought(quota=hall.quota(int(told.get("left", 1)))))
            hall.texts[statement["id"]] = statement["text"]
            self._seen.add(statement["id"])
            self._say("votes", ticket, "statement", statement["id"], self._opinion(statement["text"]))
            quota, left = quota - 1, left - 1

    async def _refilled(self, deck: list[dict[str, Any]]) -> list[dict[str, Any]]:
        async with asyncio.timeout(self._hall.manners.timeout_s):
            answer = await self._ask("GET", f"/api/v1/conversations/{self._hall.code}/deck", b"", JSON)
        told = json.loads(answer.body) if answer.status == 200 else {}
        known = self._seen | {s["id"] for s in deck}
        return deck + [s for s in told.get("statements", ()) if s["id"] not in known]

    async def _ballot(self, now: tuple[str, int], ticket: str, lines: list[int]) -> None:
        """Every line, then the whole."""
        said: dict[int, int] = {}
        for line in sorted(lines, key=lambda n: (n == 0, self._hall.generator.random())):
            await asyncio.sleep(
                self._hall.generator.uniform(0.5, 1.5) * min(LONGEST_LOOK_S, self._hall.round_s / (2 + len(lines)))
            )
            said[line] = self._of_line(line, said, ratifying=now[0] == "ratification")
            self._say("ballots", ticket, "line", line, said[line])
        self.finished = now[1]

    def _of_line(self, line: int, said: dict[int, int], *, ratifying: bool) -> int:
        if line == 0:
            return 1 if 2 * sum(value == 1 for value in said.values()) >= len(said) else -1
        value = self._opinion(self._hall.texts.get(line, str(line)))
        comes_along = ratifying and value == 0 and chance(self.voice, f"second thought {line}") < COMES_ALONG
        return 1 if comes_along else value

    def _opinion(self, text: str) -> int:
        return answer_of(self.voice, text, opinions().get(text) or invented(text))

    def _say(self, kind: str, ticket: str, name: str, number: int, value: int) -> None:
        """Made on the phone: from now on it must not be lost."""
        made = str(uuid.UUID(int=self._hall.generator.getrandbits(128), version=4))
        item = Item(kind, ticket, {"id": made, name: number, "value": value})
        self._hall.diary.round(item.round).made[self.voice, number] = value
        self.queue.add(item)

    # ---- what the queue needs ---------------------------------------------------------------------------------

    async def post(self, batch: list[Item], body: bytes) -> Answer:
        """Send a batch, and time it."""
        notes, sent = self._hall.diary.round(batch[0].round), self._hall.clock()
        notes.requests += 1
        notes.retried += self.queue.unanswered > 0
        headers = {**JSON, "content-type": "application/json", "origin": self._hall.site.origin}
        path = f"/api/v1/conversations/{self._hall.code}/{batch[0].kind}"

        def heard(answer: Answer) -> None:
            notes.asked_s.append(self._hall.clock() - sent)
            if answer.status == 200:
                notes.first_sent.setdefault(self.voice, sent)

        return await self._ask("POST", path, body, headers, heard)

    def stored(self, batch: list[Item]) -> None:
        """They are on the server's disk."""
        self._hall.diary.round(batch[0].round).stored += len(batch)

    def refused(self, batch: list[Item], key: str) -> None:
        """They are not, and will not be."""
        self._hall.diary.round(batch[0].round).refused[key] += len(batch)


def kind_of(path: str) -> str:
    """The door of an address, without its code.

    >>> kind_of("/api/v1/conversations/ABCDEF/votes"), kind_of("/c/ABCDEF")
    ('votes', 'page')
    """
    last = path.rpartition("/")[2]
    return last if last.isalpha() and last.islower() else "page"
