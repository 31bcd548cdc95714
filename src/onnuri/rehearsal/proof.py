"""What the sealed record holds, against what was made on the phones: nothing lost, nothing doubled."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from onnuri.vocabulary import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from onnuri.rehearsal.diary import Diary, Key, RoundNotes


@dataclass(frozen=True)
class Kept:
    """One round: answers in the record, how many of them after the close was final, and what is wrong with them."""

    stored: int
    late: int
    missing: int
    doubled: int
    changed: int

    @property
    def whole(self) -> bool:
        """Every answer once, as it was given."""
        return not (self.missing or self.doubled or self.changed)


def proved(diary: Diary, record: bytes) -> dict[int, Kept]:
    """Per round what became of its answers.

    Args:
        diary: `made` of each round.
        record: the zip as everybody may download it. A participant in it is the number of a voice.
    """
    with zipfile.ZipFile(io.BytesIO(record)) as archive:
        votes, ballots = (_rows(archive.read(name)) for name in ("votes.csv", "ballots.csv"))
    found = {}
    for number, notes in diary.rounds.items():
        if notes.kind == "vote":
            own = [r for r in votes if int(r["round"]) == number]
            late = sum(r["late"] != "0" for r in own)
            rows = [((int(r["participant"]), int(r["statement"])), int(r["vote"])) for r in own]
        else:
            own, late = [r for r in ballots if r["ballot"] == notes.kind], 0
            rows = [((int(r["row"]), _line(r["line"])), int(r["vote"])) for r in own]
        found[number] = compared(notes, rows, late)
    return found


def compared(notes: RoundNotes, rows: Iterable[tuple[Key, int]], late: int) -> Kept:
    """The rows of a round against what was made. A row nobody made counts as doubled."""
    counted: Counter[Key] = Counter()
    values: dict[Key, int] = {}
    for key, value in rows:
        counted[key] += 1
        values[key] = value
    return Kept(
        stored=sum(counted.values()),
        late=late,
        missing=sum(key not in counted for key in notes.made),
        doubled=sum(n if key not in notes.made else n - 1 for key, n in counted.items()),
        changed=sum(values.get(key, value) != value for key, value in notes.made.items()),
    )


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def _line(written: str) -> int:
    return WHOLE if written == "*" else int(written)
