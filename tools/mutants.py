#!/usr/bin/env python3
"""Faults that somebody could make in the places, each tried on a copy of the source: does a test catch it?

    .venv/bin/python tools/mutants.py                 all; prints a table, ends with 1 if one was not caught
    .venv/bin/python tools/mutants.py "the line"      those whose name contains it
    .venv/bin/python tools/mutants.py --list

Takes some minutes; not part of the tests, because it runs them again and again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WITHIN_S = 300

STORIES = "tests/conference/test_nobody_gains.py"
PROMISE = "tests/conference/test_promise.py"
TOGETHER = "tests/conference/test_interleavings.py"
BOOKS = "tests/live/test_books.py"
PROOF = "tests/conference/test_proof.py"


@dataclass(frozen=True)
class Mutant:
    """One fault: in `file`, `old` becomes `new`; one of `tests` must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def conference(name: str, file: str, old: str, new: str, *tests: str) -> Mutant:
    """A fault in the rules of places."""
    return Mutant(name, f"src/onnuri/conference/{file}.py", old, new, tests or (STORIES, PROMISE))


MUTANTS = (
    # ---- one writer at a time
    Mutant(
        "no lock: SQLite's transaction is deferred",
        "src/onnuri/settings.py",
        '"transaction_mode": "IMMEDIATE"',
        '"transaction_mode": "DEFERRED"',
        (TOGETHER,),
    ),
    conference(
        "no lock: the book is opened outside a transaction",
        "book",
        "    with transaction.atomic():\n        book = Book(locked(slug), at)",
        "    with __import__('contextlib').nullcontext():\n        book = Book(Conference.objects.get(slug=slug), at)",
        TOGETHER,
        STORIES,
    ),
    # ---- the rule
    conference(
        "a party of two sits on one seat",
        "places",
        'return "waiting" if somebody_waits or seats > free else "seat"',
        'return "waiting" if somebody_waits or seats > free + 1 else "seat"',
    ),
    conference(
        "the last seat is never given",
        "places",
        'somebody_waits or seats > free else "seat"',
        'somebody_waits or seats >= free else "seat"',
    ),
    conference("a newcomer passes the line", "places", "if somebody_waits or seats > free", "if seats > free"),
    conference(
        "a small party passes a large one",
        "places",
        "            break\n        free -= seats",
        "            continue\n        free -= seats",
    ),
    conference(
        "who speaks online stands in the line's way",
        "book",
        "waiting.exclude(pk__in=minted).order_by",
        "waiting.order_by",
    ),
    # ---- offers
    conference(
        "a freed seat waits for the next one who asks",
        "book",
        "        self._offer()\n        if self._entries:",
        "        if self._entries:",
    ),
    conference(
        "time frees a seat for nobody",
        "book",
        "            self._draw()\n        self._offer()\n",
        "            self._draw()\n",
    ),
    conference(
        "the next offer is forgotten when one ends",
        "book",
        "        self.unseat(own, Registration.Place.ONLINE if stays",
        "        own.place = (Registration.Place.ONLINE if stays",
    ),
    conference(
        "an offer is taken after it was given up",
        "changes",
        '    if own.place != Place.OFFERED:\n        raise Conflict("no_offer")',
        '    if own.place not in {Place.OFFERED, Place.GIVEN_UP}:\n        raise Conflict("no_offer")',
    ),
    conference(
        "an offer lasts to the start", "places", "min(longest, (starts_at - at) / 4)", "min(longest, starts_at - at)"
    ),
    conference("no letter with the offer", "book", '                self.mail("offer", own)\n', ""),
    conference(
        "two letters with the offer",
        "book",
        '                self.mail("offer", own)\n',
        '                self.mail("offer", own)\n                self.mail("offer", own)\n',
    ),
    conference("offers go on after the start", "places", "return starts_at is None or at < starts_at", "return True"),
    # ---- holds
    conference(
        "a hold lives a moment longer", "book", "filter(hold_until__lte=self.at)", "filter(hold_until__lt=self.at)"
    ),
    conference(
        "a ticket before the address is confirmed",
        "claims",
        '"code": None,',
        '"code": new_code(10),',
    ),
    conference("a ticket survives giving up", "changes", "    book.tickets(own).update(code=None)\n", ""),
    conference(
        "who confirms late keeps the old number",
        "claims",
        "before, own.seq = own.seq, conference.next_seq",
        "before = own.seq",
    ),
    # ---- order
    conference(
        "numbers from memory",
        "claims",
        "seq=conference.next_seq,",
        "seq=next(vars(claim).setdefault(conference.pk, __import__('itertools').count(1))),",
    ),
    conference(
        "a number is skipped",
        "claims",
        "    conference.next_seq += 1\n    numbers",
        "    conference.next_seq += 2\n    numbers",
    ),
    conference(
        "the clock runs backwards", "book", "at if conference.last_at is None else max(at, conference.last_at)", "at"
    ),
    conference(
        "the head of the line is its end",
        "changes",
        '-number if to == "head" else number',
        'number if to == "head" else -number',
    ),
    conference(
        "who comes late stands at the end", "changes", "own.rank = LATE_FIRST + book.log", "own.rank = book.log"
    ),
    # ---- once
    conference(
        "another content under the same key", "claims", "if earlier.content_digest != ask.content:", "if False:"
    ),
    conference(
        "the key is asked last",
        "claims",
        "    earlier = known.by_key.get(ask.key)\n",
        "    earlier = None\n",
        STORIES,
        TOGETHER,
        PROMISE,
    ),
    conference("a group forgets its own keys", "claims", "        self.by_key[own.idempotency_key] = own\n", "", BOOKS),
    conference("an address has two places", "claims", "ask.person.email in known.emails", "False"),
    conference("a device has no limit", "claims", "if len(of_device) >= CLAIMS_A_DEVICE:", "if False:", STORIES),
    conference("an invitation is never used up", "claims", "    invitation.uses_left -= 1\n", ""),
    # ---- capacity
    conference("a seat beyond the capacity stays for ever", "book", "            conference.beyond -= own.seats\n", ""),
    conference(
        "fewer seats, same offers",
        "changes",
        "    conference.capacity = seats\n",
        "    conference.capacity = max(seats, conference.capacity)\n",
    ),
    conference(
        "the table does not mind overselling",
        "migrations/0004_places_are_booked",
        '("taken__lte", models.F("ceiling"))',
        '("taken__gte", 0)',
        PROOF,
    ),
    # ---- the log
    conference(
        "a digest does not hang on the one before",
        "ledger",
        "{MARK}\\n{before}\\n{written}",
        "{MARK}\\n\\n{written}",
        PROOF,
    ),
    conference(
        "a move is not written down",
        "changes",
        'number = book.log("move", own, **_named(who, reason), to=to)',
        "_named(who, reason)\n    number = book.conference.next_entry",
    ),
    conference("the check believes everything", "checking", "    if got not in right:", "    if False:"),
    conference(
        "a receipt's signature is not asked",
        "ledger",
        ".verify(signature, MARK.encode() + content)",
        ".public_bytes_raw()",
        PROOF,
    ),
    # ---- the draw
    conference(
        "the draw follows the order of claims",
        "draw",
        "return sorted(seqs, key=lambda seq: (hashlib",
        "return sorted(seqs) or sorted(seqs, key=lambda seq: (hashlib",
        PROOF,
    ),
    conference("a draw can be walked round", "book", "if draws(self.conference) and wish", "if False and wish"),
    # ---- the writer
    Mutant(
        "the answer comes before the commit",
        "src/onnuri/live/books.py",
        "                    self._write(slug, jobs)\n                    self._tell(jobs)",
        "                    for job in jobs:\n                        job.result = None\n"
        "                    self._tell(jobs)\n                    self._write(slug, jobs)",
        (BOOKS,),
    ),
    Mutant(
        "one fault takes the whole group",
        "src/onnuri/live/books.py",
        "            results = [self._alone(slug, job) for job in jobs]",
        "            results = [problem for _ in jobs]",
        (BOOKS,),
    ),
    Mutant(
        "last come, first served",
        "src/onnuri/live/books.py",
        "for slug, jobs in _by_conference(group):",
        "for slug, jobs in _by_conference(group[::-1]):",
        (BOOKS,),
    ),
    Mutant(
        "the queue has no end",
        "src/onnuri/live/books.py",
        "self._waiting >= LONGEST_QUEUE",
        "False",
        (BOOKS,),
    ),
    Mutant(
        "stopping forgets what is queued",
        "src/onnuri/live/books.py",
        "            yield list(group)\n            if found is None:\n                return",
        "            if found is None:\n                return\n            yield list(group)",
        (BOOKS,),
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", default="", help="part of a name")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--at-once", action="store_true", help="do not first see that the tests pass without a fault")
    asked = parser.parse_args()
    chosen = [m for m in MUTANTS if asked.name in m.name]
    if asked.list:
        print("\n".join(f"{m.name:<55} {m.file}" for m in chosen))
        return 0
    alive = 0
    with tempfile.TemporaryDirectory(prefix="onnuri-mutants-") as folder:
        copy = Path(folder) / "onnuri"
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "data", "build", "__pycache__", ".*")
        )
        for test in sorted({t for m in chosen for t in m.tests} if not asked.at_once else ()):
            if (by := failed(test, copy)) is not None:
                print(f"{by} fails without any fault: nothing can be said")
                return 2
        for mutant in chosen:
            begun = time.monotonic()
            verdict = tried(mutant, copy)
            alive += not verdict.startswith("caught")
            print(f"{mutant.name:<55} {time.monotonic() - begun:5.0f} s  {verdict}", flush=True)
    print(f"{len(chosen) - alive} of {len(chosen)} caught")
    return 1 if alive else 0


def tried(mutant: Mutant, copy: Path) -> str:
    """Make the fault, run the tests until one fails, mend it."""
    file = copy / mutant.file
    honest = file.read_text("utf-8")
    if honest.count(mutant.old) != 1:
        return f"NOT MADE: its place is there {honest.count(mutant.old)} times"
    file.write_text(honest.replace(mutant.old, mutant.new), "utf-8")
    try:
        for test in mutant.tests:
            if (by := failed(test, copy)) is not None:
                return f"caught by {by}"
    finally:
        file.write_text(honest, "utf-8")
    return "ALIVE"


def failed(test: str, copy: Path) -> str | None:
    """The first test that fails; None if all pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "--tb=no", "-p", "no:cacheprovider", test]
    own = {**os.environ, "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}"}
    try:
        done = subprocess.run(command, cwd=copy, env=own, capture_output=True, text=True, check=False, timeout=WITHIN_S)
    except subprocess.TimeoutExpired:
        return f"{test} (did not end)"
    if done.returncode == 0:
        return None
    said = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if done.returncode != 1 or not said:
        return f"{test} (exit {done.returncode})"
    return said[0].split(" - ")[0].split(" ", 1)[1]


if __name__ == "__main__":
    sys.exit(main())
