"""Rules of evidence: a figure is nothing without its source, its date and its unit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from onnuri.errors import Unprocessable
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMITS: Final = {"figure": 24, "unit": 24, "about": 120, "source": 200, "dated": 60, "note": 200}
NEEDED: Final = ("figure", "about", "source", "dated")
LONGEST_ADDRESS: Final = 500
MOST_A_STATEMENT: Final = 3
"""Cards on one statement, line or talk."""


@dataclass(frozen=True)
class Card:
    """What an evidence card says."""

    figure: str
    unit: str
    about: str
    source: str
    url: str
    dated: str
    note: str


def checked_card(given: Mapping[str, str]) -> Card:
    """The card as it is stored, or a refusal that names the field."""
    kept = {name: _kept(given.get(name, ""), name) for name in LIMITS}
    if not any(c.isdecimal() for c in kept["figure"]):
        raise Unprocessable("evidence_figure", field="figure")
    return Card(url=_address(given.get("url", "").strip()), **kept)


def _kept(text: str, name: str) -> str:
    if not text.strip() and name not in NEEDED:
        return ""
    return plain_text(text, limit=LIMITS[name], field=name)


def _address(url: str) -> str:
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        sound = False
    if not sound or len(url) > LONGEST_ADDRESS or any(c.isspace() or ord(c) < 32 for c in url):  # noqa: PLR2004
        raise Unprocessable("address", field="url")
    return url
