"""The hot addresses of places: claiming, the form after it, confirming, and the page the whole city waits on.

A form that is refused is left to Django, which asks the same rule again and shows the page with what was written; so
this file knows only how things go well.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from onnuri.conference import changes, claims
from onnuri.conference.actions import About, of_claim, of_token
from onnuri.conference.claims import Claimed
from onnuri.conference.models import Registration
from onnuri.errors import Busy, NotFound, Refusal
from onnuri.live.claiming import ask_of_body, ask_of_form, claim_answer, has_person, person_of_form
from onnuri.live.drawing import SHARED, Drawings
from onnuri.live.http import ENCODE, JSON, Gone, Request, answer, read, redirect, refuse
from onnuri.live.limits import CLAIMING
from onnuri.live.packing import accepts

if TYPE_CHECKING:
    from onnuri.conference.book import Book
    from onnuri.conference.claims import Ask, Known, Person
    from onnuri.conference.ledger import Receipts
    from onnuri.live.books import Books
    from onnuri.live.drawing import Pages
    from onnuri.live.http import Receive, Scope, Send
    from onnuri.live.limits import Limits

LOG = logging.getLogger("onnuri.desk")
API: Final = re.compile(r"/api/v1/conferences/([-\w]+)/registrations(?:/([-\w]+))?")
PAGES: Final = re.compile(r"/e/([-\w]+)/(register|confirm/([-\w]+)|ticket/([-\w]+)/([-\w]+))")
DEVICE: Final = "device"
DEVICE_AGE_S: Final = 60 * 24 * 3600
PLACEHOLDER: Final = b"KEY-OF-THIS-PAGE"


class Desk:
    """Answers what goes well; says False for everything else, with the request's body put back."""

    def __init__(self, books: Books, receipts: Receipts, pages: Pages, limits: Limits) -> None:
        self._books = books
        self._limits = limits
        self._receipts = receipts
        self._drawings = Drawings(pages)

    async def __call__(  # noqa: PLR0911 - each kind of request leaves by its own door
        self, scope: Scope, receive: Receive, send: Send
    ) -> bool | Request:
        """True: answered. False: not ours. A request: ours, read, and left to Django."""
        path, method = scope["path"], scope["method"]
        if (found := API.fullmatch(path)) is not None:
            if method not in {"POST", "DELETE"} or (method == "DELETE") is not bool(found[2]):
                return False
            return await self._api(found, method, scope, receive, send)
        if (found := PAGES.fullmatch(path)) is None:
            return False
        if method == "GET" and found[2] == "register" and not scope["query_string"]:
            await self._page(scope, send)
            return True
        if method != "POST":
            return False
        request = None
        try:
            request = await read(scope, receive)
            request.require_own_site(form=True)
            await self._form(found, request, send)
        except Gone:
            return True
        except Refusal as refusal:
            # Of an address that claims too fast nothing is left to Django, which would claim.
            if request is None or isinstance(refusal, Busy) or refusal.key == "too_fast":
                await refuse(send, refusal, Request(scope, b"").language)
                return True
            return request
        except Exception:
            LOG.exception("not stored at %s", path)
            return request or True
        return True

    # ---- programs

    async def _api(self, found: re.Match[str], method: str, scope: Scope, receive: Receive, send: Send) -> bool:
        request = Request(scope, b"")
        try:
            request = await read(scope, receive)
            if method == "POST":
                request.require_own_site(form=False)
                self._limits.take_of_address(CLAIMING, request.address)
                body = await self._claim_body(found[1], request)
            else:
                body = await self._give_up(found[1], found[2], request)
            await answer(send, 200, ENCODE(body), (JSON,))
        except Gone:
            return True
        except Refusal as refusal:
            await refuse(send, refusal, request.language)
        except Exception:
            LOG.exception("not stored at %s", scope["path"])
            await refuse(send, Busy("busy"), request.language)
        return True

    async def _claim_body(self, slug: str, request: Request) -> dict[str, Any]:
        key = request.headers.get(b"idempotency-key", b"").decode("latin-1")
        ask = ask_of_body(request.body, key, request.language, request.cookie(DEVICE) or "")
        told: dict[str, Any] = await self._books.do(slug, self._telling(_claiming(ask)), ask)
        return told

    async def _give_up(self, slug: str, code: str, request: Request) -> dict[str, Any]:
        origin = request.headers.get(b"origin")
        if origin is not None:
            request.require_own_site(form=True)

        def act(book: Book, _known: Known) -> Claimed:
            own = changes.give_up(book, of_claim(book, code))
            return Claimed(own, claims.receipt_of(book, own))

        told: dict[str, Any] = await self._books.do(slug, self._telling(act))
        return told

    def _telling(self, act: Callable[[Book, Known], Claimed]) -> Callable[[Book, Known], dict[str, Any]]:
        """The answer is written in the books' thread: it asks the tickets, which the loop may not."""

        def told(book: Book, known: Known) -> dict[str, Any]:
            found = act(book, known)
            return claim_answer(found.registration, found.position, found.receipt, self._receipts)

        return told

    # ---- people

    async def _form(self, found: re.Match[str], request: Request, send: Send) -> None:
        slug, what, token, code, act = found.groups()
        if what == "register":
            await self._register(slug, request, send)
        elif token is not None:
            about = About(token=token)
            own = await self._books.do(
                slug, lambda book, _: claims.vouch(book, of_token(book, token), by="link"), about
            )
            await redirect(send, f"/e/{slug}/ticket/{own.claim}")
        else:
            await self._books.do(slug, *self._change(code, act, request))
            await redirect(send, f"/e/{slug}/ticket/{code}")

    async def _register(self, slug: str, request: Request, send: Send) -> None:
        self._limits.take_of_address(CLAIMING, request.address)
        form = request.form()
        device = request.cookie(DEVICE) or secrets.token_urlsafe(18)
        ask = ask_of_form(form, device, request.language)
        person = person_of_form(form) if has_person(form) else None

        def act(book: Book, known: Known) -> Registration:
            own = claims.claim(book, claims.checked_ask(book.conference.party_limit, ask), known).registration
            if person is not None:
                claims.fill_in(book, own, claims.checked_person(person, own.seats))
            return own

        own = await self._books.do(slug, act, ask)
        secure = "; Secure" if request.secure else ""
        cookie = f"{DEVICE}={device}; Path=/; Max-Age={DEVICE_AGE_S}; HttpOnly; SameSite=Lax{secure}"
        await redirect(send, f"/e/{slug}/ticket/{own.claim}", cookie.encode())

    @staticmethod
    def _change(code: str, act: str, request: Request) -> tuple[Callable[[Book, Known], Any], About]:
        if act == "form":
            person = person_of_form(request.form())
            about = About(claim=code, email=person.email.strip().lower())
            return lambda book, _known: _fill_in(book, code, person), about
        if act not in ACTS:
            raise NotFound("not_found")
        return lambda book, _known: ACTS[act](book, of_claim(book, code)), About(claim=code)

    # ---- the page everybody waits on

    async def _page(self, scope: Scope, send: Send) -> None:
        drawn = await self._drawings.get(scope["path"], scope, {SHARED: "1"})
        await drawn.send(send, {PLACEHOLDER: secrets.token_urlsafe(18).encode()}, packed=accepts(scope))


def _claiming(ask: Ask) -> Callable[[Book, Known], Claimed]:
    return lambda book, known: claims.claim(book, claims.checked_ask(book.conference.party_limit, ask), known)


def _confirm(book: Book, token: str) -> Registration:
    return claims.vouch(book, of_token(book, token), by="link")


def _fill_in(book: Book, code: str, person: Person) -> Registration:
    own = of_claim(book, code)
    return claims.fill_in(book, own, claims.checked_person(person, own.seats))


ACTS: Final[dict[str, Callable[[Book, Registration], Any]]] = {
    "give-up": changes.give_up,
    "accept": changes.accept,
    "online": changes.to_online,
    "hall": changes.to_hall,
    "again": claims.send_again,
}
