"""A letter as it goes out: text and plain HTML, nothing that tracks, nothing that a name could smuggle in."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from onnuri.people.models import Mail

POLICY = SMTP.clone(cte_type="7bit")
"""Korean goes as base64: not every server on the way takes eight bits."""
LONGEST_LINE = 200
"""Of a header, in characters: a title that fills a page is cut."""


@dataclass(frozen=True)
class Content:
    """What is inside: the same twice, and the occasion for a calendar."""

    text: str
    html: str
    calendar: bytes | None = None


@dataclass(frozen=True)
class Letter:
    """One letter, true at this moment. `content` is called only when it is really sent."""

    name: str
    subject: str
    link: str
    sender: str
    content: Callable[[], Content]


def message_of(letter: Letter, mail: Mail, *, sender: str, at: datetime) -> EmailMessage:
    """The letter as mail programs read it.

    Its Message-ID follows from the row alone: a letter that went out twice is shown once. It has no List-Unsubscribe:
    each letter answers something the person did, and a press on "unsubscribe" must never give a seat up.

    Args:
        letter: as it was written now.
        mail: its row.
        sender: "Name <address>" or an address; without a name the conference's stands there.
        at: goes into Date.
    """
    name, address = parseaddr(sender)
    found = EmailMessage(policy=POLICY)
    found["From"] = Address(header_text(name or letter.sender), addr_spec=ascii_address(address))
    found["To"] = Address(header_text(letter.name), addr_spec=ascii_address(mail.to))
    found["Subject"] = header_text(letter.subject)
    found["Date"] = format_datetime(at)
    found["Message-ID"] = message_id(mail, address.rpartition("@")[2])
    found["Auto-Submitted"] = "auto-generated"
    content = letter.content()
    found.set_content(content.text)
    found.add_alternative(content.html, subtype="html")
    if content.calendar is not None:
        found.add_attachment(
            content.calendar, maintype="text", subtype="calendar", filename="onnuri.ics",
            params={"charset": "utf-8", "method": "PUBLISH"},
        )  # fmt: skip
    # Last, because each part that is added takes the headers of content with it.
    found["Content-Language"] = header_text(mail.language)
    return found


def message_id(mail: Mail, domain: str) -> str:
    """The same for every time this row is sent, and nobody else's."""
    own = f"{mail.pk}\n{mail.topic}\n{mail.kind}\n{mail.to}\n{mail.queued_at.isoformat()}"
    return f"<{hashlib.sha256(own.encode()).hexdigest()[:32]}@{ascii_domain(domain)}>"


def header_text(text: str) -> str:
    """Text for a header, as it is written: an encoded word in it would be decoded on the way, line ends and all.

    >>> header_text("=?utf-8?q?Jun=0ABcc:_all=40example.kr?=")
    '= ?utf-8?q?Jun=0ABcc:_all=40example.kr?='
    """
    return one_line(text).replace("=?", "= ?")


def one_line(text: str) -> str:
    r"""Text for one line, on paper or on the console: no line ends, no controls, not endless.

    >>> one_line("Jun\r\nBcc: all@example.kr")
    'Jun Bcc: all@example.kr'
    """
    kept = "".join(c for c in " ".join(text.split()) if unicodedata.category(c) not in {"Cc", "Cs", "Zl", "Zp"})
    return kept[:LONGEST_LINE]


def ascii_address(address: str) -> str:
    """The address as every mail server understands it.

    >>> ascii_address("mina@한빛.kr")
    'mina@xn--xx3br43b.kr'
    """
    local, _, domain = address.rpartition("@")
    return f"{local}@{ascii_domain(domain)}"


def ascii_domain(domain: str) -> str:
    """A domain in letters of any script as servers name it."""
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")
