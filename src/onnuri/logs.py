"""What the server writes about itself: readable lines, or with ONNURI_LOG=json one JSON object a line.

Nobody is named in either: the filter takes out addresses, tickets, codes, cookies and keys, in messages and in
tracebacks. It cannot know a name, so no message of ours says one.
"""

from __future__ import annotations

import json
import logging
import os
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, Final

from onnuri.errors import BadInput

REQUEST: Final[ContextVar[str]] = ContextVar("request", default="")
"""Which request a line belongs to: the dispatcher numbers them."""
FORMATS: Final = ("text", "json")
PLAIN: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"

CODE: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
RULES: Final = (
    # What PostgreSQL says of a row that it refused: whole columns of it.
    (re.compile(r"^(\s*(?:DETAIL|CONTEXT|PARAMETERS?)):.*$", re.MULTILINE), r"\1: …"),
    (re.compile(r"(?i)\b((?:set-)?cookie|authorization|x-forwarded-for)(['\"]?\s*[:=,]\s*)[^\r\n]+"), r"\1\2…"),
    (re.compile(r"(?i)\b(bearer)\s+\S+"), r"\1 …"),
    (re.compile(r"(\w://)[^/\s@]+@"), r"\1…@"),
    (re.compile(r"[\w.+%'&-]+@[\w-]+(?:\.[\w-]+)+"), "<address>"),
    # Everything after the question mark: keys, tickets, what somebody searched for.
    (re.compile(r"(/[^\s?'\"<>]*)\?[^\s'\"<>]+"), r"\1?…"),
    (re.compile(r"/(ticket|pass|confirm|registrations|proofs?|import)/[^/\s?'\"<>]+"), r"/\1/…"),
    (re.compile(r"\b(host_[ce]_\d+|voice_\w+|csrftoken|sessionid)=[^\s;]+"), r"\1=…"),
    # Codes that are read out: a seat's, a ticket's, an invitation's. A conversation's six stand on the big screen.
    (re.compile(rf"(?<![\w-])[{CODE}]{{4,5}}-[{CODE}]{{4,6}}(?![\w-])"), "<code>"),
    (re.compile(rf"(?<![\w-])(?:[{CODE}]{{8}}|[{CODE}]{{10}}|[{CODE}]{{12}})(?![\w-])"), "<code>"),
    # Anything long and random: tickets, tokens, keys, digests.
    (re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{24,}={0,2}"), "<key>"),
)
ADDRESS: Final = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)(?![\w.]*\w)"
)


def without_people(text: str) -> str:
    """A text without what could tell of a person.

    >>> without_people("fault at /e/hanbit/ticket/x1y2?key=s for mina@example.kr, ABCD2345, from 192.0.2.7 at 14:00:07")
    'fault at /e/hanbit/ticket/…?… for <address>, <code>, from <ip> at 14:00:07'
    """
    for pattern, instead in RULES:
        text = pattern.sub(instead, text)
    return ADDRESS.sub(_address, text)


def _address(found: re.Match[str]) -> str:
    """An address of the network, unless it is this machine itself; a time of day is none."""
    try:
        own = ip_address(found[0]).is_loopback
    except ValueError:
        return found[0]
    return found[0] if own or found[0] == "::" else "<ip>"


class NothingPersonal(logging.Filter):
    """Cleans a record before anything formats it; lets all of them through."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the message and what was raised."""
        record.msg, record.args = without_people(_said(record)), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        # Formatters take the text where there is one, and never ask the exception again.
        record.exc_text = without_people(record.exc_text) if record.exc_text else record.exc_text
        record.stack_info = without_people(record.stack_info) if record.stack_info else record.stack_info
        return True


def _said(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


class OneObject(logging.Formatter):
    """A line is a JSON object: time, level, logger, message, and request and trace where there are."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        told = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
        }
        if request := REQUEST.get():
            told["request"] = request
        if trace := record.exc_text or (record.exc_info and self.formatException(record.exc_info)) or record.stack_info:
            told["trace"] = trace
        return json.dumps(told, ensure_ascii=False)


def configuration() -> dict[str, Any]:
    """What `logging.config.dictConfig` wants, by ONNURI_LOG.

    Raises:
        BadInput: it names no format.
    """
    wanted = os.environ.get("ONNURI_LOG") or "text"
    if wanted not in FORMATS:
        raise BadInput("ONNURI_LOG", f"is {wanted!r}; it can be json, or nothing for readable lines")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"nothing_personal": {"()": NothingPersonal}},
        "formatters": {"text": {"format": PLAIN}, "json": {"()": OneObject}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": wanted, "filters": ["nothing_personal"]}
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {"onnuri": {"level": "INFO"}},
    }
