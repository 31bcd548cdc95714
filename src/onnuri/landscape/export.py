"""Reading an EXPORT: a Polis folder with votes.csv or participants-votes.csv, or an Onnuri record.

Traps known: people vote again (the last by time counts), moderated-out statements are in the votes file,
votes name statements that comments.csv lacks, times are in seconds or milliseconds.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.errors import BadInput
from onnuri.landscape.votes import CHANNEL_NAMES, Votes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    _Get = Callable[[str], bytes | None]

LARGEST_ID: Final = 2**62
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
"""What zipfile raises for a cut-off, damaged, encrypted or strangely packed file."""
MODERATED_OUT: Final = -1
NO_TEXT = "statement is missing in comments.csv"
OUT = "statement was moderated out"
RE_VOTE = "an earlier answer of the same person to the same statement"
LATE = "arrived after the result was shown"
BLANK_TEXT = "statement without text"


@dataclass(frozen=True)
class Statement:
    """One statement of an EXPORT."""

    id: int
    text: str
    author: int | None = None
    moderated_out: bool = False
    kind: str = "participant"
    lang: str = ""


@dataclass(frozen=True)
class Export:
    """Everything an EXPORT says, in time order, before anything is left out.

    `cast` rows are (participant, statement, value) in the order they were given.
    """

    name: str
    topic: str
    attribution: str
    statements: dict[int, Statement]
    cast: list[tuple[int, int, int]]
    has_texts: bool
    channel: dict[int, str] | None = None
    ignored: Counter[str] = field(default_factory=Counter)

    def votable(self, statement: int) -> str | None:
        """Why a vote on this statement does not count, or None."""
        known = self.statements.get(statement)
        if known is None:
            return NO_TEXT if self.has_texts else None
        return OUT if known.moderated_out else None


POLIS_ATTRIBUTION = (
    "Data was gathered using the Polis software (compdemocracy.org/polis) and is sub-licensed under "
    "CC BY 4.0 with Attribution to The Computational Democracy Project."
)


def read_votes(source: str | Path) -> Votes:
    """Read `source` and keep what counts. See `Votes.read`."""
    return kept_votes(read_export(source))


def kept_votes(export: Export) -> Votes:
    """The votes of an export that count, with what was left out and why."""
    ignored = Counter(export.ignored)
    kept: list[tuple[int, int, int]] = []
    reasons: dict[int, str | None] = {}
    for row in export.cast:
        if row[1] not in reasons:
            reasons[row[1]] = export.votable(row[1])
        reason = reasons[row[1]]
        if reason is None:
            kept.append(row)
        else:
            ignored[reason] += 1
    again = len(kept) - len({row[:2] for row in kept})
    if again:
        ignored[RE_VOTE] += again
    columns = np.array(kept, dtype=np.int64).reshape(-1, 3).T
    return Votes(
        participant=columns[0],
        statement=columns[1],
        value=columns[2],
        channel=export.channel,
        trusted=_trusted(export),
        texts={s.id: s.text for s in export.statements.values() if not s.moderated_out},
        ignored=dict(ignored),
    )


def _trusted(export: Export) -> frozenset[int] | None:
    if export.channel is None or "open" not in export.channel.values():
        return None
    trusted = frozenset(p for p, c in export.channel.items() if c != "open")
    return trusted or None


def read_export(source: str | Path) -> Export:
    """Read a folder or a record.

    Raises:
        BadInput: names file, row and reason.
    """
    path = Path(source)
    if not path.exists():
        raise BadInput(str(source), "there is no such folder or file")
    if path.is_dir():
        return _from_files(path.name, lambda name: _bytes_in_folder(path, name))
    if not zipfile.is_zipfile(path):
        raise BadInput(str(source), "neither a folder nor a record (zip)")
    try:
        with zipfile.ZipFile(path) as archive:
            names = {i.filename: i for i in archive.infolist()}
            return _from_files(path.stem, lambda name: archive.read(names[name]) if name in names else None)
    except _DAMAGED as problem:
        raise BadInput(str(source), f"not a whole zip file ({problem})") from problem


def _bytes_in_folder(folder: Path, name: str) -> bytes | None:
    file = folder / name
    try:
        return file.read_bytes() if file.exists() else None
    except OSError as problem:
        raise BadInput(str(file), problem.strerror or "cannot be read") from problem


def _from_files(name: str, get: _Get) -> Export:
    if (content := get("statements.csv")) is not None and get("record.json") is not None:
        return _from_record(name, content, get)
    statements = _comments(get("comments.csv"))
    has_texts = bool(statements)
    topic, attribution = _topic(get("summary.csv")) or name, POLIS_ATTRIBUTION
    if (content := get("votes.csv")) is not None:
        cast = _polis_votes(content)
    elif (content := get("participants-votes.csv")) is not None:
        cast = _polis_matrix(content)
    else:
        raise BadInput(name, "no votes.csv and no participants-votes.csv")
    return Export(name, topic, attribution, statements, cast, has_texts)


def _from_record(name: str, statements_csv: bytes, get: _Get) -> Export:
    statements = {
        (number := _whole(row["statement"], "statements.csv", line)): Statement(
            number, row["text"], None, row["state"] == "removed", row["kind"], row["lang"]
        )
        for line, row in _rows("statements.csv", statements_csv, ("statement", "text", "lang", "kind", "state"))
    }
    content = get("votes.csv")
    if content is None:
        raise BadInput("votes.csv", "this record keeps its rows sealed; ask an auditor named in it")
    cast: list[tuple[int, int, int, int]] = []
    channel: dict[int, str] = {}
    ignored: Counter[str] = Counter()
    needed = ("participant", "statement", "round", "channel", "late", "vote")
    for line, row in _rows("votes.csv", content, needed):
        if row["late"] != "0":
            ignored[LATE] += 1
            continue
        person = _whole(row["participant"], "votes.csv", line)
        if row["channel"] not in CHANNEL_NAMES:
            raise BadInput("votes.csv", f"channel '{row['channel'][:20]}' is not hall, online or open", line)
        channel[person] = row["channel"]
        cast.append(
            (
                _whole(row["round"], "votes.csv", line),
                person,
                _whole(row["statement"], "votes.csv", line),
                _vote(row["vote"], "votes.csv", line),
            )
        )
    cast.sort(key=lambda r: r[0])
    return Export(name, name, "", statements, [r[1:] for r in cast], has_texts=True, channel=channel, ignored=ignored)


def _comments(content: bytes | None) -> dict[int, Statement]:
    if content is None:
        return {}
    found: dict[int, Statement] = {}
    for line, row in _rows("comments.csv", content, ("comment-id", "comment-body")):
        number = _whole(row["comment-id"], "comments.csv", line)
        author = row.get("author-id", "")
        out = row.get("moderated", "").strip() == str(MODERATED_OUT)
        found[number] = Statement(
            number,
            row["comment-body"],
            _whole(author, "comments.csv", line) if author.strip() else None,
            out,
        )
    return found


def _topic(content: bytes | None) -> str | None:
    if content is None:
        return None
    for row in csv.reader(io.StringIO(content.decode("utf-8", "replace"))):
        if len(row) > 1 and row[0] == "topic":
            return row[1].strip()
    return None


def _polis_votes(content: bytes) -> list[tuple[int, int, int]]:
    needed = ("timestamp", "comment-id", "voter-id", "vote")
    cast: list[tuple[int, int, int, int]] = []
    for line, row in _rows("votes.csv", content, needed):
        at = _whole(row["timestamp"], "votes.csv", line)
        person = _whole(row["voter-id"], "votes.csv", line)
        statement = _whole(row["comment-id"], "votes.csv", line)
        cast.append((at, person, statement, _vote(row["vote"], "votes.csv", line)))
    cast.sort(key=lambda r: r[0])
    return [r[1:] for r in cast]


def _polis_matrix(content: bytes) -> list[tuple[int, int, int]]:
    file = "participants-votes.csv"
    rows = list(_rows(file, content, ("participant",)))
    first = rows[0][1]
    statements = [(name, int(name)) for name in first if name.isdecimal()]
    if not statements:
        raise BadInput(file, "no column is a statement's number")
    return [
        (_whole(row["participant"], file, line), number, _vote(row[name], file, line))
        for line, row in rows
        for name, number in statements
        if (row[name] or "").strip()
    ]


def _rows(file: str, content: bytes, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        row = content[: problem.start].count(b"\n") + 1
        raise BadInput(file, "not UTF-8", row) from problem
    if not text.strip():
        raise BadInput(file, "the file is empty")
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip() for name in next(reader)]
        for name in needed:
            if name not in header:
                raise BadInput(file, f"column '{name}' is missing", 1)
        count = 0
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise BadInput(file, f"{len(cells)} cells where {len(header)} are needed", reader.line_num)
            count += 1
            yield reader.line_num, dict(zip(header, cells, strict=True))
    except csv.Error as problem:
        raise BadInput(file, f"not a table ({problem})", reader.line_num) from problem
    if not count:
        raise BadInput(file, "the file has a header and no rows")


def _whole(cell: str, file: str, row: int) -> int:
    try:
        number = int(cell)
    except ValueError:
        raise BadInput(file, f"'{cell[:40]}' is not a whole number", row) from None
    if not -1 < number < LARGEST_ID:
        raise BadInput(file, f"{cell[:40]} is outside 0 .. 2^62", row)
    return number


def _vote(cell: str, file: str, row: int) -> int:
    value = cell.strip()
    if value not in {"1", "0", "-1"}:
        raise BadInput(file, f"'{cell[:20]}' is not a vote (1, 0 or -1)", row)
    return int(value)
