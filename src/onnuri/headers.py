"""What every answer tells browsers not to do, whoever wrote it: the hot path, a page, a file, an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HSTS_S: Final = 365 * 24 * 3600
REFERRERS: Final = "same-origin"
OPENERS: Final = "same-origin"
CLOSED: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": REFERRERS,
    # The door's scanner is the only one that asks for anything.
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": OPENERS,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""The same on every answer. What content may run is each answer's own policy."""
DATA_POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Of an answer that is no page: opened by itself it may load, send and run nothing."""
HSTS: Final = f"max-age={HSTS_S}"
"""Without subdomains and without the browsers' list: the rest of the city's name is not ours to promise."""

_POLICY: Final = (b"content-security-policy", DATA_POLICY.encode())
_FLOOR: Final = (_POLICY, *((name.lower().encode(), value.encode()) for name, value in CLOSED.items()))
_NAMES: Final = frozenset(name for name, _ in _FLOOR)
_HSTS: Final = (b"strict-transport-security", HSTS.encode())


def closed(scope: Mapping[str, Any], send: Send) -> Send:
    """A `send` whose answers say what they did not say themselves. No coroutine of its own: votes come this way."""
    https = scope.get("scheme") == "https"

    def closing(message: MutableMapping[str, Any]) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            message["headers"] = completed(message["headers"], https=https)
        return send(message)

    return closing


def completed(headers: Any, *, https: bool) -> list[tuple[bytes, bytes]]:  # noqa: ANN401 - ASGI's pairs
    """The headers of an answer, and what is missing of ours.

    >>> told = dict(completed([(b"content-type", b"text/plain"), (b"set-cookie", b"v=1; Path=/")], https=True))
    >>> told[b"set-cookie"], told[b"x-content-type-options"], told[b"strict-transport-security"]
    (b'v=1; Path=/; Secure', b'nosniff', b'max-age=31536000')
    """
    told = list(headers)
    said = {name.lower() for name, _ in told}
    told += _FLOOR if said.isdisjoint(_NAMES) else [one for one in _FLOOR if one[0] not in said]
    if https:
        if _HSTS[0] not in said:
            told.append(_HSTS)
        if b"set-cookie" in said:
            told = [(n, _secured(v) if n.lower() == b"set-cookie" else v) for n, v in told]
    return told


def _secured(cookie: bytes) -> bytes:
    """A cookie that was given over https goes over nothing else; in a hall without it none could be given at all."""
    parts = {part.strip().lower() for part in cookie.split(b";")[1:]}
    return cookie if b"secure" in parts else cookie + b"; Secure"
