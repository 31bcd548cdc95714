"""How letters leave: by a mail server, or, where none is set, by the console. What the environment says of it."""

from __future__ import annotations

import os
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from onnuri.errors import BadInput
from onnuri.live.letter import ascii_address, message_of, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from onnuri.live.letter import Letter
    from onnuri.people.models import Mail

TIMEOUT_S: Final = 15
PER_MINUTE: Final = 120
LETTERS_A_CONNECTION: Final = 100
PERMANENT: Final = 500
SHAPE: Final = "smtp://user:password@host:port, smtps://..., or smtp://...?starttls=1"
MOST_PER_MINUTE: Final = 1_000_000


class Unreached(Exception):  # noqa: N818 - the server's trouble, no letter's
    """The mail server takes no letters at all at the moment."""


class Returned(Exception):  # noqa: N818 - an answer to one letter
    """The mail server did not take this letter; `for_good` = and never will."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Carrier(Protocol):
    """Carries letters. `at_once` = how many may be on the way at the same time."""

    at_once: int

    def carry(self, letter: Letter, mail: Mail, at: datetime) -> None:
        """Hand one over.

        Raises:
            Unreached, Returned: it was not taken.
        """

    def rest(self) -> None:
        """There is nothing more for now."""


# ---- the environment


@dataclass(frozen=True)
class Post:
    """What the environment says of mail. `server` None = letters are told on the console."""

    server: Server | None
    sender: str
    site: str
    per_minute: int

    @staticmethod
    def of_environment(address: str) -> Post:
        """Read ONNURI_SMTP, ONNURI_MAIL_FROM, ONNURI_URL and ONNURI_MAIL_PER_MINUTE.

        Args:
            address: where links lead without ONNURI_URL: the server's own.

        Raises:
            BadInput: one of them cannot be meant.
        """
        server = server_of(written) if (written := os.environ.get("ONNURI_SMTP", "").strip()) else None
        return Post(
            server,
            _sender(os.environ.get("ONNURI_MAIL_FROM", "").strip(), server),
            _site(os.environ.get("ONNURI_URL", "").strip()) or address,
            _per_minute(os.environ.get("ONNURI_MAIL_PER_MINUTE", "").strip()),
        )

    def carrier(self) -> Carrier:
        """Who carries the letters."""
        return Console() if self.server is None else Smtp(self.server, self.sender)


def is_told_on_console() -> bool:
    """Whether no mail server is set."""
    return not os.environ.get("ONNURI_SMTP", "").strip()


@dataclass(frozen=True)
class Server:
    """A mail server's address; the password is never shown."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False
    starttls: bool = False

    def __repr__(self) -> str:
        return f"{self.host}:{self.port}"


def server_of(written: str) -> Server:
    """The server that ONNURI_SMTP names.

    >>> server_of("smtp://mina:s%40cret@mail.example.kr?starttls=1")
    mail.example.kr:587

    Raises:
        BadInput: it names none.
    """
    try:
        parts = urlsplit(written)
        port, query = parts.port, dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _wrong(f"cannot be read; write {SHAPE}") from None
    if parts.scheme not in {"smtp", "smtps"} or parts.path not in {"", "/"} or parts.fragment:
        raise _wrong(f"is not an address of a mail server; write {SHAPE}")
    if not parts.hostname:
        raise _wrong(f"names no host; write {SHAPE}")
    if set(query) - {"starttls"} or query.get("starttls", "1") not in {"0", "1"}:
        raise _wrong("knows no option but ?starttls=1")
    if (parts.username is None) is not (parts.password is None):
        raise _wrong("needs a user and a password, or neither; write @ : / in them as %40 %3A %2F")
    tls, starttls = parts.scheme == "smtps", query.get("starttls") == "1"
    if tls and starttls:
        raise _wrong("is smtps:// already; leave ?starttls=1 out")
    usual = 465 if tls else 587 if starttls else 25
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname, port or usual, user, password, tls, starttls)


def _wrong(reason: str) -> BadInput:
    # Never what was written: it may hold the password.
    return BadInput("ONNURI_SMTP", reason)


def _sender(written: str, server: Server | None) -> str:
    if server is None:
        return written
    found = written or server.user
    try:
        validate_email(parseaddr(found)[1] if found.isprintable() else "")
        ascii_address(parseaddr(found)[1])
    except (ValidationError, UnicodeError):
        reason = "is no address" if written else "is needed beside ONNURI_SMTP"
        raise BadInput("ONNURI_MAIL_FROM", f"{reason}; write mail@example.kr or Name <mail@example.kr>") from None
    return found


def _site(written: str) -> str:
    try:
        parts = urlsplit(written)
        whole = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError:
        whole = None
    if written and (not whole or parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username):
        raise BadInput("ONNURI_URL", "is no address that links can begin with; write https://host")
    return written.rstrip("/")


def _per_minute(written: str) -> int:
    if not written:
        return PER_MINUTE
    if not (written.isascii() and written.isdecimal()) or not 1 <= int(written[:9]) <= MOST_PER_MINUTE:
        raise BadInput("ONNURI_MAIL_PER_MINUTE", "is no number of letters a minute; write 120")
    return int(written[:9])


# ---- the carriers


class Console:
    """Without a mail server the console tells who would get which link; the limit a minute holds here too.

    A letter costs some milliseconds to write, and an opening second belongs to the people who register.
    """

    at_once = 100

    def carry(self, letter: Letter, mail: Mail, at: datetime) -> None:  # noqa: ARG002 - as every carrier
        """One line."""
        print(f"{mail.kind} {one_line(letter.name)} <{mail.to}>: {letter.link}", flush=True)  # noqa: T201 - the console stands in for mail

    def rest(self) -> None:
        """Nothing is open."""


class Smtp:
    """One connection, kept while there are letters."""

    at_once = 1

    def __init__(self, server: Server, sender: str) -> None:
        self._server = server
        self._sender = sender
        self._line: smtplib.SMTP | None = None
        self._carried = 0

    def carry(self, letter: Letter, mail: Mail, at: datetime) -> None:
        """Hand it to the server."""
        message = message_of(letter, mail, sender=self._sender, at=at)
        sender = ascii_address(parseaddr(self._sender)[1])
        line = self._open_line()
        try:
            line.sendmail(sender, [ascii_address(mail.to)], message.as_bytes())
        except smtplib.SMTPRecipientsRefused as refused:
            [(code, told)] = refused.recipients.values()
            raise Returned(_said(code, told), for_good=code >= PERMANENT) from None
        except smtplib.SMTPSenderRefused as refused:
            # It will refuse every letter of ours alike, so it is not this letter's fault.
            self.rest()
            raise Unreached(_said(refused.smtp_code, refused.smtp_error)) from None
        except smtplib.SMTPResponseException as refused:
            raise Returned(
                _said(refused.smtp_code, refused.smtp_error), for_good=refused.smtp_code >= PERMANENT
            ) from None
        except (OSError, smtplib.SMTPException) as problem:
            # It counts as this letter's: one that a server breaks off at must not stop the others for ever.
            self._drop_line()
            raise Returned(_why(problem), for_good=False) from None
        self._carried += 1

    def rest(self) -> None:
        """Hang up in order."""
        if self._line is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._line.quit()
        self._drop_line()

    def _open_line(self) -> smtplib.SMTP:
        if self._carried >= LETTERS_A_CONNECTION:
            self.rest()
        if self._line is not None and self._is_alive(self._line):
            return self._line
        self._drop_line()
        try:
            self._line = self._connected()
        except (OSError, smtplib.SMTPException) as problem:
            self._drop_line()
            raise Unreached(_why(problem)) from None
        return self._line

    @staticmethod
    def _is_alive(line: smtplib.SMTP) -> bool:
        try:
            return line.noop()[0] == 250  # noqa: PLR2004 - RFC 5321: done
        except (OSError, smtplib.SMTPException):
            return False

    def _connected(self) -> smtplib.SMTP:
        server, safe = self._server, ssl.create_default_context()
        if server.tls:
            line: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=safe)
        else:
            line = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
        try:
            if server.starttls:
                line.starttls(context=safe)
            if server.user:
                line.login(server.user, server.password)
        except BaseException:
            line.close()
            raise
        return line

    def _drop_line(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line, self._carried = None, 0


def _said(code: int, told: bytes | str) -> str:
    words = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
    return one_line(f"{code} {words}")


def _why(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        return _said(problem.smtp_code, problem.smtp_error)
    return one_line(str(problem) or type(problem).__name__)
