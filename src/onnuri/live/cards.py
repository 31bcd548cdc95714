"""What comes by a card: the kiosk, the usher's tablet, and paper at the desk. The intake is the same as a phone's.

At the kiosk an answer proves its voice in its own body, so that one person's answer that goes out late cannot become
the next one's; the kiosk's cookie only says whose page is drawn.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote, urlencode

import msgspec

from onnuri.errors import Busy, Conflict, Forbidden, NotFound, NotSignedIn, Refusal, Unprocessable
from onnuri.live import intake
from onnuri.live.http import ENCODE, Gone, Request, answer, decoded, read, redirect, refuse
from onnuri.live.joining import as_made, look_at_card, mint
from onnuri.live.limits import GUESSING, SENDING

if TYPE_CHECKING:
    from onnuri.live.http import Receive, Scope, Send
    from onnuri.live.joining import Minted
    from onnuri.live.limits import Limits
    from onnuri.live.rooms import HotRound, Room
    from onnuri.live.table import Table
    from onnuri.live.token import Signer
    from onnuri.live.writer import Writer

LOG = logging.getLogger("onnuri.cards")
KIOSK: Final = re.compile(r"/kiosk/([^/]+)/(start|answer|next)")
PAPER: Final = re.compile(r"/host/c/([^/]+)/cards/enter")
READERS_OWN: Final = ("lang", "text", "theme", "contrast", "motion", "keys")
"""How the last person read; the next one begins with the device's own."""
DAY: Final = 24 * 3600


class Said(msgspec.Struct, forbid_unknown_fields=True):
    """One answer at the kiosk. `number` is a statement's or a line's; `who` is the signed proof of the voice."""

    who: str
    kind: Literal["vote", "ballot"]
    number: int
    value: int
    id: intake.Id
    round_ticket: str | None = None


SAID: Final = msgspec.json.Decoder(Said)


class Cards:
    """Answers the addresses of cards; says False for everything else."""

    def __init__(self, table: Table, writer: Writer, signer: Signer, limits: Limits) -> None:
        self._table = table
        self._limits = limits
        self._writer = writer
        self._signer = signer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer and say True, or leave the request untouched and say False."""
        path = scope["path"]
        found = KIOSK.fullmatch(path) or PAPER.fullmatch(path)
        if found is None or scope["method"] != "POST":
            return False
        request = Request(scope, b"")
        is_form = not request.headers.get(b"content-type", b"").startswith(b"application/json")
        try:
            room = self._table.room(found[1])
            if room is None:
                raise NotFound("code_unknown")
            request = await read(scope, receive)
            request.require_own_site(form=is_form)
            await self._handler(found)(room, request, send)
        except Gone:
            pass
        except Refusal as refusal:
            if is_form:
                await redirect(send, _back(path, found[1], request, refusal))
            else:
                await refuse(send, refusal, request.language)
        except self._table.errors as problem:
            LOG.warning("not stored at %s: %s", path, problem)
            await refuse(send, Busy("busy"), request.language)
        return True

    def _handler(self, found: re.Match[str]) -> Any:  # noqa: ANN401 - one of the four below
        if found.re is PAPER:
            return self._paper
        return {"start": self._start, "answer": self._answer, "next": self._next}[found[2]]

    # ---- the kiosk, one person after another

    async def _start(self, room: Room, request: Request, send: Send) -> None:
        """A card begins; a new one is asked for its consents first."""
        if not _is_device(room, request, self._signer):
            raise Forbidden("kiosk_only")
        form = request.form()
        code = form.get("seat_code") or request.cookie(card_cookie(room.code)) or ""
        voice = await self._looked_at(room, code, request.device)
        if not self._table.knows(room, voice) and not _consents(form):
            if "consents" in form:
                raise Unprocessable("consent_needed", field="consent_count")
            await _see(send, _page(room, form), (_kept(room, card_cookie(room.code), as_made(code), request),))
            return
        voice = await self._begun(room, code)
        proof = self._signer.voice(room.id, voice, room.moved.get(voice, 0))
        cookies = (
            _kept(room, who_cookie(room.code), proof, request),
            _gone(room, card_cookie(room.code)),
        )
        await _see(send, _page(room, form), cookies)

    async def _begun(self, room: Room, code: str) -> int:
        minted: Minted = await self._writer.do(room.id, mint(room, code, self._signer))
        return minted.joins(room)

    async def _looked_at(self, room: Room, code: str, device: str) -> int:
        """Which voice a card is; who guesses codes is slowed down."""
        self._limits.require(GUESSING, device)
        try:
            return int(await self._writer.do(room.id, look_at_card(room, code, self._signer)))
        except NotFound:
            self._limits.take(GUESSING, device)
            raise

    async def _answer(self, room: Room, request: Request, send: Send) -> None:
        is_form = not request.headers.get(b"content-type", b"").startswith(b"application/json")
        said: Said = _said_of(request.form()) if is_form else decoded(SAID, request.body)
        voice = self._signer.voice_of(room.id, said.who)
        if voice is None or not self._table.knows(room, voice):
            raise NotSignedIn("no_voice")
        self._limits.take(SENDING, voice)
        if said.kind == "vote":
            votes = intake.Votes([intake.OneVote(said.id, said.number, said.value)], said.round_ticket)
            told = await intake.take_votes(room, voice, votes, self._signer, self._writer)
        else:
            ballots = intake.Ballots([intake.OneBallot(said.id, said.number, said.value)], said.round_ticket)
            told = await intake.take_ballots(room, voice, ballots, self._signer, self._writer)
        if is_form:
            await redirect(send, _page(room, request.form()))
        else:
            await answer(send, 200, ENCODE(told))

    async def _next(self, room: Room, request: Request, send: Send) -> None:
        """Nothing of the last person stays; how many were served is a number and nothing else."""
        served = _count(request.cookie("served"))
        # The page's script has erased the cookie by now, and says itself that somebody was here.
        was_here = bool(request.cookie(who_cookie(room.code))) or request.form().get("served") == "1"
        cookies = [_gone(room, who_cookie(room.code)), _gone(room, card_cookie(room.code))]
        cookies += [f"{name}=; Path=/; Max-Age=0".encode() for name in READERS_OWN]
        if was_here:
            cookies.append(
                f"served={served + 1}; Path=/kiosk/{room.code}; Max-Age={DAY}; HttpOnly; SameSite=Lax".encode()
            )
        await _see(send, _page(room, request.form()), tuple(cookies))

    # ---- paper at the desk

    async def _paper(self, room: Room, request: Request, send: Send) -> None:
        """Everything one paper says, for the voice of its card."""
        form = request.form()
        # Whoever has the desk by a role has no host's cookie: the form that only they were given says so.
        if self._signer.desk_until(room.id, form.get("desk")) < time.time():
            raise Forbidden("host_only")
        code = form.get("seat_code", "")
        voice = await self._looked_at(room, code, request.device)
        now = self._round(room, form)
        if not self._table.knows(room, voice) and not form.get("consent"):
            raise Unprocessable("consent_needed", field="consent")
        if voice in room.answered_in[now.number] and not form.get("replace"):
            raise Conflict("card_answered", field="replace")
        given = [(_number(name[2:]), _value(form[name])) for name in form if name.startswith("a-")]
        if not given:
            raise Unprocessable("vote_count", field="votes")
        voice = await self._begun(room, code)
        for start in range(0, len(given), intake.MOST_AT_ONCE):
            await self._take(room, voice, now, given[start : start + intake.MOST_AT_ONCE], form.get("round_ticket"))
        papers = _count(request.cookie("papers")) + 1
        cookie = f"papers={papers}; Path=/host/c/{room.code}/cards; Max-Age={DAY}; HttpOnly; SameSite=Lax"
        await _see(send, f"/host/c/{room.code}/cards?saved={len(given)}", (cookie.encode(),))

    def _round(self, room: Room, form: dict[str, str]) -> HotRound:
        number = self._signer.round_of(room.id, form.get("round_ticket"))
        found = room.rounds.get(number) if number is not None else None
        if found is None:
            raise Unprocessable("round_ticket", field="round_ticket")
        return found

    async def _take(
        self, room: Room, voice: int, now: HotRound, given: list[tuple[int, int]], ticket: str | None
    ) -> None:
        if now.kind == "vote":
            votes = [intake.OneVote(str(uuid.uuid4()), number, value) for number, value in given]
            await intake.take_votes(room, voice, intake.Votes(votes, ticket), self._signer, self._writer)
        else:
            ballots = [intake.OneBallot(str(uuid.uuid4()), number, value) for number, value in given]
            await intake.take_ballots(room, voice, intake.Ballots(ballots, ticket), self._signer, self._writer)


# ---- names of cookies, for the pages too


def who_cookie(code: str) -> str:
    """Whose page the kiosk draws: gone with the person."""
    return f"kiosk_who_{code}"


def card_cookie(code: str) -> str:
    """The card between its code and its consents."""
    return f"kiosk_card_{code}"


def device_cookie(conversation: int) -> str:
    """A device that was set up as a kiosk."""
    return f"kiosk_{conversation}"


# ---- reading and answering


def _is_device(room: Room, request: Request, signer: Signer) -> bool:
    return signer.is_host("kiosk", room.id, request.cookie(device_cookie(room.id))) or _is_host(room, request, signer)


def _is_host(room: Room, request: Request, signer: Signer) -> bool:
    if signer.is_host("c", room.id, request.cookie(f"host_c_{room.id}")):
        return True
    whole = room.conference
    return whole is not None and signer.is_host("e", whole, request.cookie(f"host_e_{whole}"))


def _consents(form: dict[str, str]) -> bool:
    return bool(form.get("consent_count") and form.get("consent_rows"))


def _said_of(form: dict[str, str]) -> Said:
    return Said(
        who=form.get("who", ""),
        kind="ballot" if form.get("kind") == "ballot" else "vote",
        number=_number(form.get("number", "")),
        value=_value(form.get("value", "")),
        id=str(uuid.uuid4()),
        round_ticket=form.get("round_ticket") or None,
    )


def _number(written: str) -> int:
    if not (written.isascii() and written.isdecimal()) or len(written) > len(str(10**9)):
        raise Unprocessable("vote_value", field="number")
    return int(written)


def _count(kept: str | None) -> int:
    """A number this device keeps for itself; whatever else stands there is none."""
    return int(kept) if kept is not None and kept.isascii() and kept.isdecimal() and len(kept) < 7 else 0  # noqa: PLR2004


def _value(written: str) -> int:
    """What lies outside O, △ and X is refused by the intake; here it only has to be a number."""
    return -_number(written[1:]) if written.startswith("-") else _number(written)


def _page(room: Room, form: dict[str, str]) -> str:
    return f"/kiosk/{room.code}" + ("?usher=1" if form.get("usher") else "")


def _back(path: str, code: str, request: Request, refusal: Refusal) -> str:
    """Forms go back to their page, which says why."""
    try:
        usher = bool(request.form().get("usher"))
    except Refusal:
        usher = False
    address = path.rpartition("/")[0] if path.startswith("/host/") else f"/kiosk/{quote(code, safe='')}"
    return f"{address}?" + urlencode({"refused": refusal.key, **({"usher": "1"} if usher else {})})


def _kept(room: Room, name: str, value: str, request: Request) -> bytes:
    """A session cookie of the kiosk's own address.

    Not HttpOnly: the page's script erases it, so that nothing of a person stays even while there is no network.
    """
    secure = "; Secure" if request.secure else ""
    return f"{name}={value}; Path=/kiosk/{room.code}; SameSite=Strict{secure}".encode("ascii", "ignore")


def _gone(room: Room, name: str) -> bytes:
    return f"{name}=; Path=/kiosk/{room.code}; Max-Age=0".encode()


async def _see(send: Send, to: str, cookies: tuple[bytes, ...]) -> None:
    headers = [(b"location", to.encode("latin-1")), *((b"set-cookie", cookie) for cookie in cookies)]
    await answer(send, 303, b"", tuple(headers))
