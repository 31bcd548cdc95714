"""Checking a record: every digest, the signature, the chain, and the whole conclusion computed again.

Each finding says how it was checked: *recomputed* from the rows, *matches the digest*, or *auditor only* where the rows
are sealed. Records of every past format and method are checked too; of a past method the landscape is taken as stated,
and all that follows from it is computed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from onnuri.conclusion.rules import Rules
from onnuri.conclusion.shortlist import Candidate
from onnuri.conclusion.slate import slate_document
from onnuri.errors import BadInput
from onnuri.landscape.document import landscape_document
from onnuri.record.auditing import has_sealed_rows, left_to_auditors, rows_belong, totals_hold
from onnuri.record.chain import START, next_link
from onnuri.record.document import NO_WORDS, SIGNATURE, SUMS, json_bytes
from onnuri.record.finding import MATCHES, RECOMPUTED, Finding, Report
from onnuri.record.page import PAGE, block_of, digest_of, parted
from onnuri.record.reading import OpenRecord
from onnuri.record.signature import fingerprint, holds
from onnuri.record.stated import counts_of, figures_of, stated_landscape
from onnuri.record.traits import are_stated, fault_of, without_traits
from onnuri.record.versions import METHODS, files_of, is_known, method_of
from onnuri.vocabulary import METHOD_VERSION, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Recompute = Callable[..., Any]

ROUNDING = 2e-4
"""Shares are written with four digits; another machine may round the last one otherwise."""


def verify(path: Path, recompute: Recompute, *, key: str | None = None, rows: Path | None = None) -> Report:
    """Check the record at `path`.

    Args:
        path: record.zip.
        recompute: `pipeline.conclude`, passed in because it stands above this folder.
        key: the fingerprint it must be signed by. Without one a record that somebody made anew as a whole would pass:
            nothing inside it can tell.
        rows: the auditor's file, where the record's rows are sealed; with it everything is computed again.

    Raises:
        BadInput: not a zip; or rows beside a record that has its own.
    """
    record = OpenRecord.open(path)
    sums = record.files.get(SUMS, b"")
    digest = hashlib.sha256(sums).hexdigest()
    findings = _files(record)
    whole = all(f.ok for f in findings)
    findings.extend(_signature(record, digest))
    signer = _signer(record, digest)
    if key is not None:
        findings.append(_key(signer, key))
    findings.extend(_guarded(_page, record))
    if whole and has_sealed_rows(_head(record)):
        for check in (_rules, totals_hold):
            findings.extend(_guarded(check, record))
        findings.extend(left_to_auditors() if rows is None else _audited(record, rows, recompute, key))
    elif rows is not None:
        raise BadInput(str(rows), "the record has its own rows, or cannot be read")
    elif whole:
        for check in (_rules, _chain, _tickets, _traits):
            findings.extend(_guarded(check, record))
        findings.extend(_guarded(lambda r: _conclusion(r, recompute), record))
    return Report(digest, tuple(findings), signer)


def _audited(record: OpenRecord, rows: Path, recompute: Recompute, key: str | None) -> list[Finding]:
    """The auditor's record, computed again as a whole, and held against the totals."""
    whole = OpenRecord.open(rows)
    belong = _guarded(lambda r: rows_belong(r, whole), record)
    again = verify(rows, recompute, key=key)
    # A file that again has no rows would leave everything to somebody else once more.
    there = Finding("rows are there", not again.unchecked, MATCHES, "" if not again.unchecked else f"{rows} has none")
    return [there, *belong, *(replace(one, what=f"rows: {one.what}") for one in again.findings)]


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
    listed, present, needed = _listed(record), set(record.files), files_of(_head(record))
    missing = sorted((set(listed) | needed) - present)
    strange = sorted(present - set(listed) - ({SUMS, SIGNATURE, PAGE} & needed))
    yield Finding("all files are there", not missing, MATCHES, "missing: " + ", ".join(missing) if missing else "")
    if strange:
        yield Finding("no other files", False, MATCHES, "not in SHA256SUMS: " + ", ".join(strange))
    for name in sorted(set(listed) & present):
        same = hashlib.sha256(record.files[name]).hexdigest() == listed[name]
        yield Finding(f"file {name}", same, MATCHES, "" if same else f"{name} was changed")


def _listed(record: OpenRecord) -> dict[str, str]:
    """SHA256SUMS: the digest of each file by name."""
    listed = {}
    for line in record.files.get(SUMS, b"").decode("utf-8", "replace").splitlines():
        wanted, _, name = line.partition("  ")
        listed[name] = wanted
    return listed


def _head(record: OpenRecord) -> dict[str, Any]:
    """record.json, or nothing where it cannot be read, which is told elsewhere."""
    try:
        return record.json("record.json")
    except BadInput:
        return {}


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


def _signer(record: OpenRecord, digest: str) -> str | None:
    """The fingerprint of the key whose signature holds."""
    try:
        signed = record.json(SIGNATURE)
    except BadInput:
        return None
    return fingerprint(signed["public_key"]) if holds(signed, digest) else None


def _key(signer: str | None, wanted: str) -> Finding:
    # Pages print fingerprints in groups of four.
    plain = "".join(wanted.replace(":", " ").split()).lower()
    same = signer is not None and signer == plain
    return Finding("key", same, MATCHES, "" if same else f"signed by {signer or 'nobody'}, not by {plain}")


def _page(record: OpenRecord) -> Iterator[Finding]:
    """The page stands outside SHA256SUMS, which it carries: its template is in record.json, the rest are the files."""
    head = record.json("record.json")
    if head.get("page") is None or PAGE not in record.files:
        return
    template, block = parted(record.files[PAGE]) or ("", "")
    if digest_of(template) != head["page"]:
        yield Finding("page", False, MATCHES, f"{PAGE} is not the page that was sealed")
        return
    own = {name: record.files[name] for name in {*_listed(record), SUMS, SIGNATURE} & set(record.files)}
    same = block == block_of(own)
    yield Finding("page", same, MATCHES, "" if same else f"{PAGE} holds {_other_files(block, own)}")


def _other_files(block: str, files: dict[str, bytes]) -> str:
    """In which files the page and the record differ, as far as that can be read."""
    try:
        told = json.loads(block)
        mine = json.loads(block_of(files))
        changed = sorted(name for name in {*told, *mine} if told.get(name) != mine.get(name))
    except (ValueError, AttributeError, TypeError, RecursionError):
        changed = []
    return "another " + ", ".join(changed) if changed else "what is not the record"


def _rules(record: OpenRecord) -> Iterator[Finding]:
    head = record.json("record.json")
    yield Finding("record format", is_known(head.get("format")), MATCHES, str(head.get("format")))
    rules = Rules.of(head["rules"])
    same = rules.digest == head["rules_digest"]
    yield Finding("rules", same, RECOMPUTED, rules.digest[:16] if same else "the rules are not those of their digest")
    method = method_of(head["rules"])
    made = "" if method == "today's" else f"made by method {rules.method}; this is method {METHOD_VERSION}"
    yield Finding("method version", method != "unknown", MATCHES, made)
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


def _traits(record: OpenRecord) -> Iterator[Finding]:
    """No row of anybody's traits is published: what is stated is held against the whole, and never called computed."""
    landscape, proof = record.json("landscape.json"), record.json("record.json")["certificate"]
    if are_stated(landscape, proof):
        fault = fault_of(landscape, proof)
        yield Finding("traits", fault is None, MATCHES, fault or "as stated: no row of anybody's traits is published")


def _conclusion(record: OpenRecord, recompute: Recompute) -> Iterator[Finding]:
    head = record.json("record.json")
    rules, votes = Rules.of(head["rules"]), record.votes()
    candidates = [Candidate(int(r["line"]), r["why"]) for r in record.rows("lines.csv")]
    ids = [c.id for c in candidates]
    statements = record.rows("statements.csv")
    accepted = {int(r["statement"]): r["text"] for r in statements if r["state"] == "accepted"}
    past = method_of(head["rules"]) != "today's"
    known: dict[str, Any] = {"group_ids": tuple(head["group_ids"])}
    if past:
        # The shortlist follows from the floor, which is not computed here.
        known = {"landscape": stated_landscape(votes, record.json("landscape.json")), "candidates": candidates}
    wordless = NO_WORDS in accepted.values()
    if wordless:
        # Whether two are nearly the same hangs on their words: without these the shortlist is taken as it was put.
        known["candidates"] = candidates
    found = recompute(
        votes,
        rules,
        ballots=record.ballots("shortlist", ids),
        ratification_ballots=record.ballots(
            "ratification", sorted({*record.balloted("ratification"), *record.json("slate.json")["statements"], WHOLE})
        ),
        among=set(accepted),
        tickets=head.get("tickets"),
        seeds={int(r["statement"]) for r in statements if r["kind"] == "seed"},
        texts=accepted,
        **known,
    )
    yield from _stated(record, found, rules, set(accepted)) if past else _landscape(record, found)
    yield from _past_slate(record, found, candidates) if past else _slate(record, found, candidates, wordless)
    conclusion = list(found.ratification.conclusion) if found.ratification else []
    yield _compare("conclusion", conclusion, head["conclusion"])
    proposed = bool(found.slate.statements) if head["mode"] == "export" else bool(conclusion)
    yield _compare("outcome", "conclusion" if proposed else "none", head["outcome"])
    yield _compare("what it rests on", found.slate.ballots.basis, head["outcome_basis"])
    yield from _tables(record, found)


def _slate(record: OpenRecord, found: Any, candidates: list[Candidate], wordless: bool) -> Iterator[Finding]:  # noqa: ANN401
    told, proof = record.json("slate.json"), without_traits(record.json("record.json")["certificate"])
    computed = found.certificate
    if wordless:
        yield _compare("shortlist", told["shortlist"], [vars(c) for c in candidates], MATCHES)
        computed = {**computed, "set_apart": proof["set_apart"]}
    else:
        yield _compare("shortlist", [vars(c) for c in found.candidates], [vars(c) for c in candidates])
    yield _compare("slate", list(found.slate.statements), told["statements"])
    yield _compare("slate, how it was chosen", slate_document(found.slate, found.candidates), told)
    yield _compare("certificate", computed, proof)


def _past_slate(record: OpenRecord, found: Any, candidates: list[Candidate]) -> Iterator[Finding]:  # noqa: ANN401
    """Today's documents may say more than those of a past method; whatever is stated must be what is computed."""
    told, proof = record.json("slate.json"), without_traits(record.json("record.json")["certificate"])
    yield _compare("shortlist", told["shortlist"], [vars(c) for c in candidates], MATCHES)
    if found.slate.ballots.basis == "imputed":
        # What was filled in came from the method of its day; what was observed is counted again.
        for what in ("candidates", "took_part"):
            yield _compare("certificate", _kept(found.certificate[what], proof[what]), proof[what])
        yield _compare("admissible", found.slate.admissible, told["admissible"])
        yield Finding("slate", True, MATCHES, f"filled in by a past method; this is method {METHOD_VERSION}")
        return
    yield _compare("slate", list(found.slate.statements), told["statements"])
    yield _compare("slate, how it was chosen", _kept(slate_document(found.slate, found.candidates), told), told)
    stated = METHODS.get(record.json("record.json")["rules"]["method"], frozenset())
    asked = {part: content for part, content in proof.items() if part not in stated}
    yield _compare("certificate", _kept(found.certificate, asked), asked)


def _kept(document: Any, shape: Any) -> Any:  # noqa: ANN401 - JSON
    """What of a document the other one states too."""
    if isinstance(document, dict) and isinstance(shape, dict):
        return {key: _kept(document[key], shape[key]) for key in document if key in shape}
    if isinstance(document, (list, tuple)) and isinstance(shape, (list, tuple)) and len(document) == len(shape):
        return [_kept(own, other) for own, other in zip(document, shape, strict=True)]
    return document


def _stated(
    record: OpenRecord,
    found: Any,  # noqa: ANN401 - a Conclusion
    rules: Rules,
    among: set[int],
) -> Iterator[Finding]:
    """Of a past method the groups are taken as stated, and everything is counted again in them."""
    head, told = record.json("record.json"), record.json("landscape.json")
    detail = f"groups as stated, made by method {rules.method}; this is method {METHOD_VERSION}"
    yield Finding("landscape", True, MATCHES, detail)
    counts = counts_of(found.landscape)
    yield _compare("counts", sorted(counts), sorted(told["by_statement"]))
    yield _compare("counts", counts, _kept(told["by_statement"], counts))
    figures = {**figures_of(found.landscape), "threshold": float(rules.share("threshold"))}
    yield _compare("figures of the landscape", figures, _kept(told, figures))
    yield _compare("names of the groups", list(found.landscape.group_ids), head["group_ids"])
    strange = sorted({c.id for c in found.candidates} - among)
    yield Finding("candidates", not strange, RECOMPUTED, f"{strange[0]} was not accepted" if strange else "")


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
    return {k: v for k, v in document.items() if k not in {"people", "age_s", "by_statement", "by_trait"}}


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


def _compare(what: str, own: object, told: object, how: str = RECOMPUTED) -> Finding:
    where = _first_difference(own, told)
    return Finding(what, where is None, how, where or "")


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
