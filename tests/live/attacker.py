"""Somebody who holds the database, its log, a backup, the keys and the server's log, and lays orders side by side.

Each way of looking gives an order of tickets and an order of voices, and guesses that they are the same people; a
guess that is no better than chance is right about once, however many people there are.
"""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Truth = dict[str, int]
"""Ticket -> its voice; known to the test alone."""


def best_guess(truth: Truth, tickets: Sequence[Sequence[str]], voices: Sequence[Sequence[int]]) -> int:
    """How many of all pairs the luckiest pairing of orders gets right, forwards and backwards."""
    return max(
        (
            sum(truth[ticket] == voice for ticket, voice in zip(one, way, strict=False))
            for one in tickets
            for other in voices
            for way in (other, list(reversed(other)))
        ),
        default=0,
    )


def by_chance(truth: Truth, looks: int, *, times: int = 300, seed: int = 7) -> int:
    """The most that so many shuffled pairings get right, in nearly all of so many worlds."""
    dice = random.Random(seed)
    voices = list(truth.values())
    best = []
    for _ in range(times):
        worlds = [dice.sample(voices, len(voices)) for _ in range(looks)]
        best.append(best_guess(truth, [list(truth)], worlds))
    return max(best) + 1


def orders_in_bytes(data: bytes, needles: dict[str | int, list[bytes]]) -> list[list[str | int]]:
    """In which order things lie in a file: by where each is first, and by where it is last."""
    first, last = {}, {}
    for name, written in needles.items():
        places = [place for one in written for place in (data.find(one), data.rfind(one)) if place >= 0]
        if places:
            first[name], last[name] = min(places), max(places)
    return [sorted(first, key=first.__getitem__), sorted(last, key=last.__getitem__)]


def as_stored(voice: int) -> list[bytes]:
    """A voice's number as SQLite keeps it: six bytes, or eight where it needs them, and as text."""
    return [voice.to_bytes(6), voice.to_bytes(8), str(voice).encode()]


def tables(database: Path) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Every table with its rows as they come."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        names = [r[0] for r in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            yield name, [dict(r) for r in connection.execute(f'SELECT * FROM "{name}"')]
