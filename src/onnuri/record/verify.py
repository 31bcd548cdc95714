"""Checking a record: every digest, the signature, the chain, and the whole conclusion computed again.

Each finding says how it was checked: *recomputed* from the rows, or *matches the digest*.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onnuri.conclusion.rules import Rules
from onnuri.conclusion.shortlist import Candidate
from onnuri.conclusion.slate import slate_document
from onnuri.errors import BadInput
from onnuri.landscape.document import landscape_document
from onnuri.record.chain import START, next_link
from onnuri.record.document import FORMAT_VERSION, SIGNATURE, SUMS, json_bytes
from onnuri.record.reading import OpenRecord
from onnuri.record.signature import fingerprint, holds
from onnuri.vocabulary import METHOD_VERSION, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Recompute = Callable[..., Any]

FILES = frozenset(
    {
        "record.json",
        "landscape.json",
        "slate.json",
        "statements.csv",
        "lines.csv",
        "votes.csv",
        "ballots.csv",
        "log.csv",
        SUMS,
        SIGNATURE,
    }
)
ROUNDING = 2e-4
"""Shares are written with four digits; another machine may round the last one otherwise."""
RECOMPUTED = "recomputed"
MATCHES = "matches the digest"


@dataclass(frozen=True)
class Finding:
    """One check: `what`, whether it holds, how it was checked, and where it does not."""

    what: str
    ok: bool
    how: str
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """All findings; `digest` is the record's."""

    digest: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Only if everything holds."""
        return all(f.ok for f in self.findings)


def verify(path: Path, recompute: Recompute) -> Report:
    """Check the record at `path`.

    Args:
        path: record.zip.
        recompute: `pipeline.conclude`, passed in because it stands above this folder.
    """
    record = OpenRecord.open(path)
    sums = record.files.get(SUMS, b"")
    digest = hashlib.sha256(sums).hexdigest()
    findings = _files(record)
    whole = all(f.ok for f in findings)
    findings.extend(_signature(record, digest))
    if whole:
        for check in (_rules, _chain, _tickets):
            findings.extend(_guarded(check, record))
        findings.extend(_guarded(lambda r: _conclusion(r, recompute), record))
    return Report(digest, tuple(findings))


def _guarded(check: Callable[[OpenRecord], Iterator[Finding]], record: OpenRecord) -> list[Finding]:
    """A record made by somebody else may hold anything; whatever cannot be read is a finding, not a crash."""
    try:
        return list(check(record))
    except BadInput as problem:
        return [Finding("record can be read", False, RECOMPUTED, str(problem))]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError) as problem:
        return [Finding("record can be read", False, RECOMPUTED, f"{type(problem).__name__}: {problem}")]


def _files(record: OpenRecord) -> list[Finding]:
    return list(_each_file(record))


def _each_file(record: OpenRecord) -> Iterator[Finding]:
    listed = {}
    for line in record.files.get(SUMS, b"").decode("utf-8", "replace").splitlines():
        wanted, _, name = line.partition("  ")
        listed[name] = wanted
    present = set(record.files)
    missing = sorted((set(listed) | FILES) - present)
    strange = sorted(present - set(listed) - {SUMS, SIGNATURE})
    yield Finding("all files are there", not missing, MATCHES, "missing: " + ", ".join(missing) if missing else "")
    if strange:
        yield Finding("no other files", False, MATCHES, "not in SHA256SUMS: " + ", ".join(strange))
    for name in sorted(set(listed) & present):
        same = hashlib.sha256(record.files[name]).hexdigest() == listed[name]
        yield Finding(f"file {name}", same, MATCHES, "" if same else f"{name} was changed")


def _signature(record: OpenRecord, digest: str) -> Iterator[Finding]:
    try:
        signed = record.json(SIGNATURE)
    except BadInput as problem:
        yield Finding("signature", False, MATCHES, str(problem))
        return
    if not holds(signed, digest):
        yield Finding("signature", False, MATCHES, f"{SIGNATURE} does not sign this {SUMS}")
        return
    expected = _canonical_signature(record, signed)
    yield Finding(
        "signature",
        expected,
        MATCHES,
        f"key {fingerprint(signed['public_key'])}" if expected else f"{SIGNATURE} was changed",
    )


def _canonical_signature(record: OpenRecord, signed: dict[str, Any]) -> bool:
    """The file says nothing but the signature, byte for byte: it stands outside SHA256SUMS."""
    names = {"algorithm", "digest", "public_key", "signature"}
    return set(signed) == names and record.files[SIGNATURE] == json_bytes(signed)


def _rules(record: OpenRecord) -> Iterator[Finding]:
    head = record.json("record.json")
    yield Finding("record format", head.get("format") == FORMAT_VERSION, MATCHES, str(head.get("format")))
    rules = Rules.of(head["rules"])
    same = rules.digest == head["rules_digest"]
    yield Finding("rules", same, RECOMPUTED, rules.digest[:16] if same else "the rules are not those of their digest")
    yield Finding(
        "method version",
        rules.method == METHOD_VERSION,
        MATCHES,
        "" if rules.method == METHOD_VERSION else f"made by method {rules.method}, this is {METHOD_VERSION}",
    )
    if head["mode"] == "sitting":
        signed, key = head.get("rules_signature") or {}, record.json(SIGNATURE)["public_key"]
        ok = holds(signed, rules.digest) and signed.get("public_key") == key
        yield Finding("rules were signed at opening", ok, MATCHES, "" if ok else "by another key, or other rules")


def _chain(record: OpenRecord) -> Iterator[Finding]:
    """Every link again, from the rows of its round."""
    head = record.json("record.json")
    rows = _rows_by_event(record)
    previous = START
    used: set[str] = set()
    for position, link in enumerate(head["chain"], start=1):
        own = rows.get(link["what"], [])
        used.add(link["what"])
        again = next_link(previous, link["what"], link["about"], own)
        if again.digest != link["digest"]:
            yield Finding("chain", False, RECOMPUTED, f"link {position} ({link['what']}) is not that of its rows")
            return
        previous = link["digest"]
    loose = sorted(set(rows) - used)
    yield Finding(
        "chain",
        not loose,
        RECOMPUTED,
        f"{len(head['chain'])} links, head {previous[:16]}" if not loose else f"rows without a link: {loose[0]}",
    )


def _rows_by_event(record: OpenRecord) -> dict[str, list[tuple[str, ...]]]:
    rows: dict[str, list[tuple[str, ...]]] = {}
    for r in record.rows("votes.csv"):
        event = f"{'late' if r['late'] == '1' else 'close'} vote {r['round']}"
        rows.setdefault(event, []).append(tuple(r.values()))
    for r in record.rows("ballots.csv"):
        # The group is computed, not cast: it is not part of what was chained.
        cast = (r["ballot"], r["row"], r["channel"], r["line"], r["vote"])
        rows.setdefault(f"close {r['ballot']}", []).append(cast)
    return rows


def _tickets(record: OpenRecord) -> Iterator[Finding]:
    head = record.json("record.json")
    if head.get("tickets") is None:
        return
    voices = {r["participant"] for r in record.rows("votes.csv") if r["channel"] != "open"}
    voices |= {r["row"] for r in record.rows("ballots.csv") if r["channel"] != "open"}
    ok = len(voices) <= head["tickets"]
    yield Finding("voices <= tickets", ok, RECOMPUTED, f"{len(voices)} voices, {head['tickets']} tickets and codes")


def _conclusion(record: OpenRecord, recompute: Recompute) -> Iterator[Finding]:
    head = record.json("record.json")
    rules = Rules.of(head["rules"])
    candidates = [Candidate(int(r["line"]), r["why"]) for r in record.rows("lines.csv")]
    ids = [c.id for c in candidates]
    among = {int(r["statement"]) for r in record.rows("statements.csv") if r["state"] == "accepted"}
    found = recompute(
        record.votes(),
        rules,
        ballots=record.ballots("shortlist", ids),
        ratification_ballots=record.ballots(
            "ratification", sorted({*record.balloted("ratification"), *record.json("slate.json")["statements"], WHOLE})
        ),
        among=among,
        candidates=None,
        tickets=head.get("tickets"),
        group_ids=tuple(head["group_ids"]),
    )
    yield from _landscape(record, found)
    yield _compare("shortlist", [vars(c) for c in found.candidates], [vars(c) for c in candidates])
    told = record.json("slate.json")
    yield _compare("slate", list(found.slate.statements), told["statements"])
    yield _compare("slate, how it was chosen", slate_document(found.slate, found.candidates), told)
    yield _compare("certificate", found.certificate, head["certificate"])
    conclusion = list(found.ratification.conclusion) if found.ratification else []
    yield _compare("conclusion", conclusion, head["conclusion"])
    proposed = bool(found.slate.statements) if head["mode"] == "export" else bool(conclusion)
    yield _compare("outcome", "conclusion" if proposed else "none", head["outcome"])
    yield _compare("what it rests on", found.slate.ballots.basis, head["outcome_basis"])
    yield from _tables(record, found)


def _landscape(record: OpenRecord, found: Any) -> Iterator[Finding]:  # noqa: ANN401 - a Conclusion
    told = record.json("landscape.json")
    landscape = found.landscape
    own = landscape_document(landscape, round_number=told["round"])
    groups, theirs = own["people"]["group"], told["people"]["group"]
    same_people = told["people"]["id"] == own["people"]["id"] and len(groups) == len(theirs)
    differ = sum(a != b for a, b in zip(groups, theirs, strict=False)) if same_people else -1
    yield Finding(
        "landscape",
        landscape.digest == told["digest"] and differ == 0,
        RECOMPUTED,
        f"{len(groups)} people, {differ} in another group" if same_people else "not the same people",
    )
    # The picture was turned to match the one before; it decides nothing.
    yield _compare("counts", own["by_statement"], told["by_statement"])
    yield _compare("figures of the landscape", _decided(own), _decided(told))


def _decided(document: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in document.items() if k not in {"people", "age_s", "by_statement"}}


def _tables(record: OpenRecord, found: Any) -> Iterator[Finding]:  # noqa: ANN401 - a Conclusion
    """What the tables repeat: each line's words, and the group of each who balloted."""
    statements = {r["statement"]: r for r in record.rows("statements.csv")}
    same = ("text", "lang", "cites")
    changed = [r["line"] for r in record.rows("lines.csv") if any(r[c] != statements[r["line"]].get(c) for c in same)]
    if record.json("record.json")["mode"] == "sitting":
        yield Finding("lines.csv", not changed, RECOMPUTED, f"line {changed[0]} reads otherwise" if changed else "")
    landscape = found.landscape
    ids = {
        str(p): "" if g < 0 else str(landscape.group_ids[g])
        for p, g in zip(landscape.participants.tolist(), landscape.assignment.tolist(), strict=True)
    }
    wrong = [r["row"] for r in record.rows("ballots.csv") if r["group"] != ids.get(r["row"], "")]
    yield Finding(
        "groups in ballots.csv", not wrong, RECOMPUTED, f"row {wrong[0]} is of another group" if wrong else ""
    )


def _compare(what: str, own: object, told: object) -> Finding:
    where = _first_difference(own, told)
    return Finding(what, where is None, RECOMPUTED, where or "")


def _first_difference(own: object, told: object, path: str = "") -> str | None:  # noqa: PLR0911 - one a kind
    """Where two documents part, as a path; None when they are equal."""
    if isinstance(own, dict) and isinstance(told, dict):
        for key in sorted(set(map(str, own)) | set(map(str, told))):
            if found := _first_difference(own.get(key), told.get(key), f"{path}/{key}"):
                return found
        return None
    if isinstance(own, (list, tuple)) and isinstance(told, (list, tuple)):
        if len(own) != len(told):
            return f"{path or '/'}: {len(own)} computed, {len(told)} stated"
        for index, (a, b) in enumerate(zip(own, told, strict=True)):
            if found := _first_difference(a, b, f"{path}/{index}"):
                return found
        return None
    if isinstance(own, float) and isinstance(told, (int, float)) and abs(own - told) <= ROUNDING:
        return None
    return None if own == told else f"{path or '/'}: computed {own!r}, stated {told!r}"
