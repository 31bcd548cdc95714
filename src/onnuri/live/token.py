"""Signed proofs: which voice a cookie speaks for, and which round a deck belongs to."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

MAC_BYTES: Final = 18
DIGITS: Final = 19
ROW_BYTES: Final = 6
"""A voice's number has 48 bits."""


@dataclass(frozen=True)
class Signer:
    """HMAC-SHA256 under one key of the data folder; the purpose is signed too, so no proof stands for another."""

    key: bytes

    def voice(self, conversation: int, voice: int, moves: int = 0) -> str:
        """The cookie's value; `moves` = how often the voice went on to another phone."""
        held = f"{voice}-{moves}" if moves else f"{voice}"
        return f"{held}.{self._mac(f'voice/{conversation}/{held}')}"

    def held_of(self, conversation: int, cookie: str | None) -> tuple[int, int] | None:
        """The voice a cookie speaks for and the move it is of, None when it is not ours.

        >>> signer = Signer(b"a key")
        >>> (
        ...     signer.held_of(1, signer.voice(1, 77)),
        ...     signer.held_of(1, signer.voice(1, 77, 2)),
        ...     signer.held_of(1, "77-2.x"),
        ... )
        ((77, 0), (77, 2), None)
        """
        held, _, mac = (cookie or "").partition(".")
        voice, _, moves = held.partition("-")
        if not _is_number(voice) or (moves and not _is_number(moves)):
            return None
        good = hmac.compare_digest(mac.encode("utf-8", "replace"), self._mac(f"voice/{conversation}/{held}").encode())
        return (int(voice), int(moves or 0)) if good else None

    def voice_of(self, conversation: int, cookie: str | None) -> int | None:
        """The voice a cookie speaks for, None when it is not ours."""
        held = self.held_of(conversation, cookie)
        return None if held is None else held[0]

    def moving(self, conversation: int, voice: int, moves: int, until: int) -> str:
        """What the first phone shows the second one: this voice, for some minutes (until, seconds of the epoch)."""
        about = f"{voice}-{moves}-{until}"
        return f"{about}.{self._mac(f'move/{conversation}/{about}')}"

    def moving_of(self, conversation: int, shown: str) -> tuple[int, int, int] | None:
        """Voice, moves and until when, None when it is not ours."""
        about, _, mac = shown.partition(".")
        parts = about.split("-")
        if len(parts) != 3 or not all(_is_number(part) for part in parts):  # noqa: PLR2004 - the three of `moving`
            return None
        good = hmac.compare_digest(mac.encode("utf-8", "replace"), self._mac(f"move/{conversation}/{about}").encode())
        return (int(parts[0]), int(parts[1]), int(parts[2])) if good else None

    def round_ticket(self, conversation: int, number: int) -> str:
        """Proof of the round a deck belongs to."""
        return f"{number}.{self._mac(f'round/{conversation}/{number}')}"

    def round_of(self, conversation: int, ticket: str | None) -> int | None:
        """The round number a ticket proves."""
        return self._opened(ticket, f"round/{conversation}")

    def host(self, kind: str, number: int) -> str:
        """The host's cookie for one conversation or conference."""
        return f"{number}.{self._mac(f'host-{kind}/{number}')}"

    def is_host(self, kind: str, number: int, cookie: str | None) -> bool:
        """Whether a cookie is that host's."""
        return self._opened(cookie, f"host-{kind}") == number

    def desk(self, conversation: int, until: int) -> str:
        """In a form that only a host was given, by whatever right: it may be sent back until then (epoch seconds)."""
        return f"{until}.{self._mac(f'desk/{conversation}/{until}')}"

    def desk_until(self, conversation: int, given: str | None) -> int:
        """Until when a form may be sent, 0 when it is not ours.

        >>> signer = Signer(b"a key")
        >>> signer.desk_until(1, signer.desk(1, 900)), signer.desk_until(2, signer.desk(1, 900))
        (900, 0)
        """
        return self._opened(given, f"desk/{conversation}") or 0

    def joined(self, conversation: int, join_id: str, code: str) -> int:
        """The voice of one act of joining, so that the same act sent again gives it again; its id is stored nowhere."""
        about = f"join/{conversation}/{join_id}/{code}".encode()
        return int.from_bytes(hmac.digest(self.key, about, "sha256")[-ROW_BYTES:])

    def card(self, conversation: int, code: str) -> int:
        """The voice of a card: the same each time it comes, and stored nowhere beside the card.

        >>> Signer(b"a key").card(1, "ABCD2345") == Signer(b"a key").card(1, "ABCD2345") < 2**48
        True
        >>> Signer(b"a key").card(2, "ABCD2345") == Signer(b"a key").card(1, "ABCD2345")
        False
        """
        return int.from_bytes(hmac.digest(self.key, f"card/{conversation}/{code}".encode(), "sha256")[-ROW_BYTES:])

    def _opened(self, signed: str | None, purpose: str) -> int | None:
        number, _, mac = (signed or "").partition(".")
        if not _is_number(number):
            return None
        good = hmac.compare_digest(mac.encode("utf-8", "replace"), self._mac(f"{purpose}/{number}").encode())
        return int(number) if good else None

    def _mac(self, text: str) -> str:
        return urlsafe_b64encode(hmac.digest(self.key, text.encode(), "sha256")[:MAC_BYTES]).decode()


def _is_number(written: str) -> bool:
    return written.isascii() and written.isdigit() and len(written) <= DIGITS


def cookie_name(code: str) -> str:
    """One cookie a conversation."""
    return f"voice_{code}"
