"""The little of HTTP the hot path needs, on raw ASGI."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

import msgspec

from onnuri.errors import BadRequest, Forbidden, Refusal, TooLarge, Unprocessable
from onnuri.live.reader import language_for
from onnuri.messages import error_body

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST_BODY: Final = 64 * 1024
JSON: Final = (b"content-type", b"application/json")
COME_BACK: Final = frozenset({429, 503})
SPREAD_S: Final = 5
ENCODE: Final = msgspec.json.Encoder().encode


class Gone(Exception):  # noqa: N818 - not an error, the client left
    """The client left before its request was whole."""


class Request:
    """One request of the hot path, its body read."""

    __slots__ = ("body", "headers", "scope")

    def __init__(self, scope: Scope, body: bytes) -> None:
        self.scope = scope
        self.body = body
        self.headers: dict[bytes, bytes] = dict(scope["headers"])

    def cookie(self, name: str) -> str | None:
        """One cookie; ours are plain words, so nothing needs to be unquoted."""
        wanted = name.encode() + b"="
        for key, value in self.scope["headers"]:
            if key == b"cookie":
                for part in value.split(b";"):
                    if (own := part.strip()).startswith(wanted):
                        return str(own[len(wanted) :], "latin-1")
        return None

    @property
    def language(self) -> str:
        """The reader's choice, else what their phone likes best, else Korean."""
        accepted = self.headers.get(b"accept-language", b"").decode("latin-1")
        return language_for(chosen=self.cookie("lang"), accepted=accepted)

    @property
    def secure(self) -> bool:
        """Whether cookies may say Secure."""
        return bool(self.scope.get("scheme") == "https")

    @property
    def device(self) -> str:
        """Who guesses codes: not an address alone, since a whole hall shares one."""
        client = self.scope.get("client") or ("",)
        own = (b"user-agent", b"accept-language", b"sec-ch-ua-platform")
        return "/".join([client[0], *(self.headers.get(name, b"").decode("latin-1") for name in own)])

    @property
    def address(self) -> str:
        """Where they came from, as the server or a named proxy says."""
        return str((self.scope.get("client") or ("",))[0])

    def form(self) -> dict[str, str]:
        """An urlencoded body; the last value of a name."""
        return {name: values[-1] for name, values in self.form_lists().items()}

    def form_lists(self) -> dict[str, list[str]]:
        """An urlencoded body; all values of a name."""
        try:
            return parse_qs(self.body.decode(), keep_blank_values=True, max_num_fields=200)
        except ValueError as problem:
            raise BadRequest("not_json") from problem

    def require_own_site(self, *, form: bool) -> None:
        """Refuse what another site sent.

        JSON cannot cross sites without asking first; a form can, so a form must say where it comes from.
        """
        headers = self.headers
        if not form and not headers.get(b"content-type", b"").startswith(b"application/json"):
            raise BadRequest("not_json")
        origin = headers.get(b"origin")
        if origin is not None:
            if origin.partition(b"://")[2] != headers.get(b"host"):
                raise Forbidden("other_site")
            return
        site = headers.get(b"sec-fetch-site")
        if site not in {None, b"same-origin", b"none"} or (form and site is None):
            raise Forbidden("other_site")


def decoded(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:  # noqa: ANN401
    """A JSON body as its struct, or a refusal that says what is wrong."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as problem:
        raise Unprocessable("json_shape", detail=str(problem)) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadRequest("not_json") from None


async def read(scope: Scope, receive: Receive, largest: int = LARGEST_BODY) -> Request:
    """Read the whole body; refuse a large one without reading on."""
    request = Request(scope, b"")
    length = request.headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > largest:
        raise TooLarge("too_large", limit=largest)
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > largest:
            raise TooLarge("too_large", limit=largest)
        if not message.get("more_body"):
            request.body = b"".join(parts)
            return request


async def answer(send: Send, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = (JSON,)) -> None:
    """Send a whole answer."""
    own = ((b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store"))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *own]})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, refusal: Refusal, language: str) -> None:
    """Send the error shape."""
    extra: tuple[tuple[bytes, bytes], ...] = (JSON,)
    if refusal.status in COME_BACK:
        # Everybody was told no at the same moment: they come back spread out.
        least = int(str(refusal.about.get("n", 1)))
        extra = (JSON, (b"retry-after", b"%d" % (least + secrets.randbelow(SPREAD_S))))
    await answer(send, refusal.status, ENCODE(error_body(refusal, language)), extra)


async def redirect(send: Send, to: str, cookie: bytes | None = None) -> None:
    """See other."""
    headers: list[tuple[bytes, bytes]] = [(b"location", to.encode("latin-1"))]
    if cookie is not None:
        headers.append((b"set-cookie", cookie))
    await answer(send, 303, b"", tuple(headers))
