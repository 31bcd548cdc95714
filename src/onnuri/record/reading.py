"""Opening a record: its files, rows and typed columns."""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from onnuri.conclusion.ballots import Ballots
from onnuri.errors import BadInput
from onnuri.landscape.votes import Votes
from onnuri.vocabulary import WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class OpenRecord:
    """The files of a record by name."""

    files: dict[str, bytes]

    @staticmethod
    def open(path: Path) -> OpenRecord:
        """Read the zip.

        Raises:
            BadInput: not a zip, or damaged.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
                if twice := sorted({n for n in names if names.count(n) > 1}):
                    raise BadInput(str(path), f"{twice[0]} stands twice in it")
                return OpenRecord({name: archive.read(name) for name in names})
        except FileNotFoundError:
            raise BadInput(str(path), "there is no such file") from None
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as problem:
            raise BadInput(str(path), f"not a whole zip file ({problem})") from problem

    def json(self, name: str) -> dict[str, Any]:
        """A JSON file.

        Raises:
            BadInput: missing or not JSON.
        """
        try:
            found = json.loads(self.files[name])
        except KeyError:
            raise BadInput(name, "missing in the record") from None
        except (ValueError, RecursionError) as problem:
            raise BadInput(name, f"not JSON ({problem})") from problem
        if not isinstance(found, dict):
            raise BadInput(name, "not a JSON object")
        return found

    def rows(self, name: str) -> list[dict[str, str]]:
        """A CSV file as rows by column name.

        Raises:
            BadInput: missing or not a table.
        """
        if name not in self.files:
            raise BadInput(name, "missing in the record")
        try:
            return list(csv.DictReader(io.StringIO(self.files[name].decode(), newline="")))
        except (UnicodeDecodeError, csv.Error) as problem:
            raise BadInput(name, f"not a table ({problem})") from problem

    def votes(self) -> Votes:
        """The votes that counted: late ones left out, the last round of a pair kept."""
        rows = [
            (int(r["round"]), int(r["participant"]), int(r["statement"]), int(r["vote"]), r["channel"])
            for r in self.rows("votes.csv")
            if r["late"] == "0"
        ]
        rows.sort(key=lambda r: r[0])
        columns = np.array([r[:4] for r in rows], dtype=np.int64).reshape(-1, 4).T
        channel = {r[1]: r[4] for r in rows}
        trusted = None
        if not self.json("record.json")["rules"]["open_counts"] and "open" in channel.values():
            trusted = frozenset(p for p, c in channel.items() if c != "open")
        return Votes(
            participant=columns[1],
            statement=columns[2],
            value=columns[3],
            channel=channel,
            trusted=trusted,
        )

    def ballots(self, kind: str, lines: Sequence[int]) -> Ballots | None:
        """The ballots of one kind on `lines`, or None when no such ballot was held: the chain says which were."""
        head = self.json("record.json")
        if f"close {kind}" not in {link["what"] for link in head["chain"]}:
            return None
        rows = [r for r in self.rows("ballots.csv") if r["ballot"] == kind]
        return Ballots.of_rows(
            [(int(r["row"]), line_number(r["line"]), int(r["vote"])) for r in rows],
            lines,
            {int(r["row"]): r["channel"] for r in rows},
            self.json("slate.json")["basis"],
        )

    def balloted(self, kind: str) -> list[int]:
        """The lines that any ballot of one kind names."""
        return sorted({line_number(r["line"]) for r in self.rows("ballots.csv") if r["ballot"] == kind})


def line_number(written: str) -> int:
    """`*` is the slate as a whole."""
    return WHOLE if written == "*" else int(written)
