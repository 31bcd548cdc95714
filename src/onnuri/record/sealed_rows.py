"""A record whose rows are sealed: everybody gets the totals, auditors named beforehand the whole record.

Both are made at once and signed by the same key. What everybody gets names the digests of what the auditors get, so
nobody can hand other rows to them afterwards.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from onnuri.masking import masked_document
from onnuri.record.document import Content, Sealed, seal, zipped
from onnuri.record.totals import certificate_in_totals

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLIC: Final = "record.zip"
AUDITORS: Final = "auditor.zip"
ROWS: Final = ("votes.csv", "ballots.csv")


@dataclass(frozen=True)
class Box:
    """`public` is what everybody may have, `auditors` the same record with its rows, for those who were named."""

    public: Sealed
    auditors: Sealed

    @property
    def data(self) -> bytes:
        """Both as one zip, as it is kept."""
        return zipped({PUBLIC: self.public.data, AUDITORS: self.auditors.data})


def seal_rows(content: Content, pem: bytes) -> Box:
    """Seal the whole record for the auditors, and its totals for everybody."""
    whole = seal(content, pem)
    with zipfile.ZipFile(io.BytesIO(whole.data)) as archive:
        digests = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in ROWS}
    told = {"auditors": list(content.head["rules"].get("auditors", ())), "record": whole.digest, "files": digests}
    totals = replace(
        content,
        head={**head_in_totals(content.head), "sealed": told},
        landscape=masked_document(content.landscape),
        votes=None,
        ballots=None,
    )
    return Box(seal(totals, pem), whole)


def head_in_totals(head: Mapping[str, Any]) -> dict[str, Any]:
    """record.json as everybody gets it, but for the digests of the rows."""
    return {**head, "certificate": certificate_in_totals(head["certificate"])}


def public_part(kept: bytes) -> bytes:
    """The zip everybody may have: the kept one, or the one in its box."""
    return _part(kept, PUBLIC) or kept


def auditors_part(kept: bytes) -> bytes | None:
    """The zip for the auditors; None where the rows are open, or were erased."""
    return _part(kept, AUDITORS)


def _part(kept: bytes, name: str) -> bytes | None:
    with zipfile.ZipFile(io.BytesIO(kept)) as archive:
        return archive.read(name) if name in archive.namelist() else None
