"""The hot addresses: join, deck, votes, ballots, streams; as JSON and as plain forms."""

from __future__ import annotations

import logging
import re
import uuid
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from onnuri import blind
from onnuri.conversation.traits import chosen
from onnuri.errors import BadRequest, Busy, Forbidden, NotFound, NotSignedIn, Refusal, Unprocessable
from onnuri.live import asides, intake
from onnuri.live.exposure import EXPOSURE
from onnuri.live.http import ENCODE, JSON, Gone, Request, answer, decoded, read, redirect, refuse
from onnuri.live.joining import admit, mint, saying
from onnuri.live.limits import GUESSING, OPEN_JOINS, READING, SENDING
from onnuri.live.token import cookie_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.live.http import Receive, Scope, Send
    from onnuri.live.joining import Minted
    from onnuri.live.limits import Limits
    from onnuri.live.rooms import Room
    from onnuri.live.store import Connection
    from onnuri.live.streams import Streams
    from onnuri.live.table import Table
    from onnuri.live.token import Signer
    from onnuri.live.writer import Writer

LOG = logging.getLogger("onnuri.hot")
API: Final = re.compile(r"/api/v1/conversations/([^/]+)/(join|deck|votes|ballots|answers|lifts|challenges)")
FORMS: Final = re.compile(r"/c/([^/]+)/(join|vote|ballot|answer|lift|challenge)")
LIVE: Final = re.compile(r"/live/([^/]+)")
LONGEST_ID: Final = 64
KEPT_S: Final = 60 * 24 * 3600


class Join(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a join request; with none of them an open join."""

    ticket: str | None = None
    seat_code: str | None = None
    voice: str | None = None
    """A token that a key of this conversation has signed."""
    traits: dict[str, str] = {}
    """What one says of oneself: question and option, from 1. Optional."""
    id: Annotated[str, msgspec.Meta(min_length=8, max_length=64)] | None = None
    """Made on the phone: the same join sent again gives the same voice."""


JOIN: Final = msgspec.json.Decoder(Join)


class Entrant(NamedTuple):
    """What somebody brings who wants to join."""

    code: str
    join_id: str
    token: str | None
    traits: list[tuple[int, int]]


class UnsignedError(Forbidden):
    """A token that none of the keys has signed."""


class Hot:
    """Answers the hot addresses; `match` says whether a request is one."""

    def __init__(self, table: Table, writer: Writer, signer: Signer, streams: Streams, limits: Limits) -> None:
        self.table = table
        self.limits = limits
        self.writer = writer
        self.signer = signer
        self.streams = streams
        # An eighth of a vote's cost is checking a cookie's MAC; one voice has one right cookie, so once is enough.
        self._proved: dict[tuple[int, str | None], tuple[int, int]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer and say True, or leave the request untouched and say False."""
        path, method = scope["path"], scope["method"]
        handler, code, is_form = self._find(path, method)
        if handler is None:
            return False
        request = Request(scope, b"")
        try:
            room = self.table.room(code)
            if room is None:
                raise NotFound("code_unknown")
            if handler is Hot._stream:
                await self.streams.serve(room, receive, send)
                return True
            request = await read(scope, receive)
            if method == "POST":
                request.require_own_site(form=is_form)
            await handler(self, room, request, send)
        except Gone:
            return True
        except Refusal as refusal:
            if is_form:
                await redirect(send, self._back(code, refusal, request))
            else:
                await refuse(send, refusal, request.language)
        except self.table.errors as problem:
            LOG.warning("not stored at %s: %s", path, problem)
            await refuse(send, Busy("busy"), request.language)
        return True

    def _find(self, path: str, method: str) -> tuple[Any, str, bool]:
        if (found := API.fullmatch(path)) is not None:
            wanted = {
                ("join", "POST"): Hot._join,
                ("deck", "GET"): Hot._deck,
                ("votes", "POST"): Hot._votes,
                ("ballots", "POST"): Hot._ballots,
                ("answers", "POST"): Hot._answers,
                ("lifts", "POST"): Hot._lifts,
                ("challenges", "POST"): Hot._challenges,
            }.get((found[2], method), Hot._wrong_method)
            return wanted, found[1], False
        if method == "POST" and (found := FORMS.fullmatch(path)) is not None:
            forms = {
                "join": Hot._join_form,
                "vote": Hot._vote_form,
                "ballot": Hot._ballot_form,
                "answer": Hot._answer_form,
                "lift": Hot._lift_form,
                "challenge": Hot._challenge_form,
            }
            return forms[found[2]], found[1], True
        if method == "GET" and (found := LIVE.fullmatch(path)) is not None:
            return Hot._stream, found[1], False
        return None, "", False

    async def _stream(self, room: Room, request: Request, send: Send) -> None:
        """Only a mark: streams are served before the body is read."""

    async def _wrong_method(self, _room: Room, _request: Request, _send: Send) -> None:
        raise BadRequest("method")

    def _voice(self, room: Room, request: Request) -> int:
        cookie = request.cookie(cookie_name(room.code))
        held = self._proved.get((room.id, cookie))
        if held is None:
            held = self.signer.held_of(room.id, cookie)
            if held is None:
                raise NotSignedIn("no_voice")
            self._proved[room.id, cookie] = held
        voice, moves = held
        if not self.table.speaks(room, voice, moves):
            raise Forbidden("voice_moved")
        if not self.table.knows(room, voice):
            raise Forbidden("no_voice")
        return voice

    def voice_of(self, room: Room, cookie: str | None) -> int | None:
        """The voice a phone speaks for here and now."""
        held = self.signer.held_of(room.id, cookie)
        if held is None or not self.table.speaks(room, *held) or not self.table.knows(room, held[0]):
            return None
        return held[0]

    def _sending(self, room: Room, request: Request) -> int:
        """The voice that wants to store something."""
        voice = self._voice(room, request)
        self.limits.take(SENDING, voice)
        return voice

    async def _join(self, room: Room, request: Request, send: Send) -> None:
        body: Join = decoded(JOIN, request.body or b"{}")
        entitled = body.seat_code or body.ticket or ""
        who = Entrant(entitled, body.id or "", body.voice, chosen(room.traits_asked, body.traits))
        voice, cookie = await self._joined(room, request, who)
        content = ENCODE({"ok": True, "channel": room.voices[voice]})
        await answer(send, 200, content, (JSON, (b"set-cookie", cookie)))

    async def _join_form(self, room: Room, request: Request, send: Send) -> None:
        form = request.form()
        if not (form.get("consent_count") and (form.get("consent_rows") or not room.open_rows)):
            raise Unprocessable("consent_needed", field="consent_count")
        traits = {name[6:]: value for name, value in form.items() if name.startswith("trait-")}
        join_id = form.get("id", "")[:LONGEST_ID]
        who = Entrant(form.get("seat_code", ""), join_id, None, chosen(room.traits_asked, traits))
        _, cookie = await self._joined(room, request, who)
        await redirect(send, f"/c/{room.code}", cookie)

    async def _joined(self, room: Room, request: Request, who: Entrant) -> tuple[int, bytes]:
        voice = self.voice_of(room, request.cookie(cookie_name(room.code)))
        if voice is None:
            if not who.code and who.token is None:
                self.limits.take_of_address(OPEN_JOINS, request.address)
            voice = await self._admitted(room, who, request.device)
        value = self.signer.voice(room.id, voice, room.moved.get(voice, 0))
        secure = "; Secure" if request.secure else ""
        cookie = f"{cookie_name(room.code)}={value}; Path=/; Max-Age={KEPT_S}; HttpOnly; SameSite=Lax{secure}"
        return voice, cookie.encode()

    async def _admitted(self, room: Room, who: Entrant, device: str) -> int:
        """A new voice; who guesses codes or tokens is slowed down, who has a right one never is."""
        self.limits.require(GUESSING, device)
        try:
            act = mint(room, who.code, self.signer, who.join_id) if who.token is None else _by_token(room, who.token)
            minted: Minted = await self.writer.do(room.id, saying(act, who.traits))
        except (NotFound, UnsignedError):
            self.limits.take(GUESSING, device)
            raise
        return minted.joins(room)

    async def _deck(self, room: Room, request: Request, send: Send) -> None:
        voice = self._voice(room, request)
        self.limits.take(READING, voice)
        await answer(send, 200, ENCODE({"ok": True, **self.deck_of(room, voice, request.language)}))

    def deck_of(self, room: Room, voice: int, language: str = "") -> dict[str, Any]:
        """The next statements for one voice, counted as shown; translated where that is there for its language."""
        now = room.open_round
        if now is None or now.kind != "vote":
            return {"round": None, "round_ticket": None, "statements": [], "left": 0, "total": len(room.statements)}
        answered = self.table.answers_of(room, voice)
        unanswered = [n for n in room.statements if n not in answered]
        channel = room.voices.get(voice, "open")
        chosen = [room.statements[n] for n in EXPOSURE.deck(room.id, channel, voice, unanswered, room.wanted)]
        return {
            "round": now.number,
            "round_ticket": self.signer.round_ticket(room.id, now.number),
            "statements": [s.shown(language) for s in chosen],
            "left": len(unanswered),
            "total": len(room.statements),
        }

    async def _votes(self, room: Room, request: Request, send: Send) -> None:
        voice = self._sending(room, request)
        body = decoded(intake.VOTES, request.body)
        room = self._with_open_round(room)
        await answer(send, 200, ENCODE(await intake.take_votes(room, voice, body, self.signer, self.writer)))

    def _with_open_round(self, room: Room) -> Room:
        """Look once more before saying that nothing is open: the host may have opened it a moment ago."""
        if room.open_round is None:
            self.table.refresh()
        return self.table.rooms[room.code]

    async def _vote_form(self, room: Room, request: Request, send: Send) -> None:
        voice = self._sending(room, request)
        form = request.form()
        vote = intake.OneVote(str(uuid.uuid4()), _number(form, "statement"), _number(form, "value"))
        body = intake.Votes([vote], form.get("round_ticket") or None)
        await intake.take_votes(room, voice, body, self.signer, self.writer)
        to = f"/c/{room.code}/mine" if form.get("from") == "mine" else f"/c/{room.code}"
        await redirect(send, to)

    async def _ballots(self, room: Room, request: Request, send: Send) -> None:
        voice = self._sending(room, request)
        body = decoded(intake.BALLOTS, request.body)
        room = self._with_open_round(room)
        await answer(send, 200, ENCODE(await intake.take_ballots(room, voice, body, self.signer, self.writer)))

    async def _ballot_form(self, room: Room, request: Request, send: Send) -> None:
        voice = self._sending(room, request)
        form = request.form()
        given = [
            intake.OneBallot(str(uuid.uuid4()), _number({"line": name[5:]}, "line"), _number(form, name))
            for name in form
            if name.startswith("line-")
        ]
        body = intake.Ballots(given, form.get("round_ticket") or None)
        await intake.take_ballots(room, voice, body, self.signer, self.writer)
        await redirect(send, f"/c/{room.code}")

    async def _answers(self, room: Room, request: Request, send: Send) -> None:
        voice = self._sending(room, request)
        body = decoded(asides.ANSWERS_BODY, request.body)
        await answer(send, 200, ENCODE(await asides.take_answers(room, voice, body, self.writer)))

    async def _answer_form(self, room: Room, request: Request, send: Send) -> None:
        voice = self._sending(room, request)
        poll, fields = _number(request.form(), "poll"), request.form_lists()
        choice = [_number({"choice": written}, "choice") for written in fields.get("choice", [])]
        given = asides.OneAnswer(str(uuid.uuid4()), poll, choice, fields.get("word", []))
        await asides.take_answers(room, voice, asides.Answers([given]), self.writer)
        await redirect(send, f"/c/{room.code}?answered={poll}")

    async def _lifts(self, room: Room, request: Request, send: Send) -> None:
        voice = self._sending(room, request)
        body = decoded(asides.LIFTS_BODY, request.body)
        await answer(send, 200, ENCODE(await asides.take_lifts(room, voice, body, self.writer)))

    async def _lift_form(self, room: Room, request: Request, send: Send) -> None:
        voice = self._sending(room, request)
        form = request.form()
        lift = asides.OneLift(str(uuid.uuid4()), _number(form, "question"), _number(form, "value"))
        await asides.take_lifts(room, voice, asides.Lifts([lift]), self.writer)
        await redirect(send, f"/c/{room.code}/questions#q{lift.question}")

    async def _challenges(self, room: Room, request: Request, send: Send) -> None:
        voice = self._sending(room, request)
        body = decoded(asides.CHALLENGES_BODY, request.body)
        await answer(send, 200, ENCODE(await asides.take_challenges(room, voice, body, self.writer)))

    async def _challenge_form(self, room: Room, request: Request, send: Send) -> None:
        voice = self._sending(room, request)
        form = request.form()
        one = asides.OneChallengeVote(str(uuid.uuid4()), _number(form, "challenge"), _number(form, "value"))
        await asides.take_challenges(room, voice, asides.ChallengeVotes([one]), self.writer)
        await redirect(send, f"/c/{room.code}/evidence#challenge{one.challenge}")

    def _back(self, code: str, refusal: Refusal, request: Request) -> str:
        """Forms go back to their page, which says why."""
        try:
            given = request.form().get("seat_code", "")
        except Refusal:
            given = ""
        return f"/c/{quote(code, safe='')}?" + urlencode({"refused": refusal.key, "seat_code": given})


def _by_token(room: Room, written: str) -> Callable[[Connection], Minted]:
    """The act that admits the voice of a token, each time the same; the key that signed it says the channel."""
    token = blind.Token.read(written)
    channel = next((c for c, n in room.voice_keys.items() if blind.is_signed(room.code, token, n)), None)
    if channel is None:
        raise UnsignedError("token_unsigned", field="voice")
    return admit(room, blind.voice_of(room.code, token.prefix), channel)


def _number(form: dict[str, str], name: str) -> int:
    try:
        return int(form[name])
    except (KeyError, ValueError):
        raise Unprocessable("vote_value", field=name) from None
