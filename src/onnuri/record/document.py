"""The record as files, and the files as one zip whose bytes hang on nothing but the content."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from onnuri.record.page import LARGEST, PAGE, digest_of, filled, template_of
from onnuri.record.signature import sign

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMAT_VERSION: Final = 2
NO_WORDS: Final = "–"
"""Stands for a text that may not be published: unlawful, personal, or hidden when the record was sealed."""
SUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "signature.json"
STATEMENT_COLUMNS: Final = ("statement", "text", "lang", "kind", "state", "cites")
LINE_COLUMNS: Final = ("line", "text", "lang", "why", "cites")
VOTE_COLUMNS: Final = ("participant", "statement", "round", "channel", "late", "vote")
BALLOT_COLUMNS: Final = ("ballot", "row", "group", "channel", "line", "vote")
LOG_COLUMNS: Final = ("statement", "act", "reason", "text")


@dataclass(frozen=True)
class Content:
    """What goes into a record. `head` becomes record.json; rows are sorted before they are written.

    `votes` and `ballots` None: the rows are sealed, and their files are not in it.
    """

    head: dict[str, Any]
    landscape: dict[str, Any]
    slate: dict[str, Any]
    statements: Sequence[Sequence[object]]
    lines: Sequence[Sequence[object]]
    votes: Iterable[Sequence[object]] | None
    ballots: Iterable[Sequence[object]] | None = ()
    log: Sequence[Sequence[object]] = ()
    extra: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Sealed:
    """A finished record: `digest` = SHA-256 of SHA256SUMS, `data` = the zip."""

    digest: str
    data: bytes


def seal(content: Content, pem: bytes) -> Sealed:
    """Write the files, their sums, the signature over the sums, the page that holds them all, and the zip."""
    files = {
        "landscape.json": json_bytes(content.landscape),
        "slate.json": json_bytes(content.slate),
        "statements.csv": _csv(STATEMENT_COLUMNS, content.statements),
        "lines.csv": _csv(LINE_COLUMNS, content.lines),
        "log.csv": _csv(LOG_COLUMNS, content.log),
        **content.extra,
    }
    if content.votes is not None:
        files["votes.csv"] = _csv(VOTE_COLUMNS, sorted(tuple(r) for r in content.votes))
    if content.ballots is not None:
        files["ballots.csv"] = _csv(BALLOT_COLUMNS, sorted(content.ballots, key=_ballot_order))
    small = sum(map(len, files.values())) <= LARGEST
    template = template_of(content.head, content.landscape, content.statements) if small else None
    page = digest_of(template) if template else None
    files["record.json"] = json_bytes({"format": FORMAT_VERSION, "page": page, **content.head})
    sums = sums_of(files)
    digest = hashlib.sha256(sums).hexdigest()
    files[SUMS] = sums
    files[SIGNATURE] = json_bytes(sign(pem, digest))
    if template:
        files[PAGE] = filled(template, files)
    return Sealed(digest, zipped(files))


def sums_of(files: dict[str, bytes]) -> bytes:
    """SHA256SUMS in the form that `sha256sum -c` reads."""
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return "".join(lines).encode()


def _ballot_order(row: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(cell) for cell in row)


def json_bytes(document: object) -> bytes:
    """A document as every JSON file of a record is written."""
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()


def zipped(files: dict[str, bytes]) -> bytes:
    """Files as a zip whose bytes hang on nothing but their names and content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            # A fixed date: the same content is the same zip.
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return out.getvalue()
