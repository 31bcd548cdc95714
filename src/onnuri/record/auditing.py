"""Checking a record whose rows are sealed: what its totals say by themselves, and what the auditor's rows prove."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from onnuri.conclusion.rules import Rules
from onnuri.masking import masked_document
from onnuri.record.document import SUMS
from onnuri.record.finding import AUDITOR, MATCHES, RECOMPUTED, Finding
from onnuri.record.sealed_rows import ROWS, head_in_totals
from onnuri.record.totals import small_cell_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from onnuri.record.reading import OpenRecord

    Told = dict[str, Any]

LEFT_TO_AUDITORS: Final = (
    "chain", "voices in the rows", "landscape", "counts", "shortlist", "slate", "certificate", "ballots",
)  # fmt: skip
ITS_OWN: Final = frozenset({"format", "page", "sealed"})
"""What record.json of the totals says of itself, and the whole record of itself."""


def has_sealed_rows(head: Told) -> bool:
    """Whether record.json is that of the public part of a record with sealed rows."""
    return isinstance(head.get("sealed"), dict)


def totals_hold(record: OpenRecord) -> Iterator[Finding]:
    """What follows from the totals alone."""
    head = record.json("record.json")
    rules, proof = Rules.of(head["rules"]), head["certificate"]
    sealed = rules.rows == "sealed" and head["sealed"]["auditors"] == list(rules.auditors)
    yield Finding(
        "auditors",
        sealed,
        MATCHES,
        ", ".join(rules.auditors) or "none was named" if sealed else "not those of the rules",
    )
    path = small_cell_in(proof) or small_cell_in(record.json("landscape.json"))
    yield Finding("small cells", path is None, RECOMPUTED, f"{path}: fewer than five can be told" if path else "")
    voted = sum(told["voted"] for name, told in proof["took_part"]["channels"].items() if name != "open")
    if head.get("tickets") is not None:
        yield Finding(
            "voices <= tickets",
            voted <= head["tickets"],
            MATCHES,
            f"{voted} voices, {head['tickets']} tickets and codes, as stated",
        )
    if proof["ratification"] is not None:
        yield from _ratification(proof["ratification"], rules)
    conclusion = list(proof["ratification"]["conclusion"]) if proof["ratification"] else []
    same = conclusion == head["conclusion"] and head["outcome"] == ("conclusion" if conclusion else "none")
    yield Finding("conclusion", same, RECOMPUTED, "" if same else "not that of the ratification")


def _ratification(told: Told, rules: Rules) -> Iterator[Finding]:
    """The arithmetic of what is stated; whether the counts are those of the ballots only the rows can tell."""
    wrong = [one["line"] for one in [*told["lines"], told["whole"]] if not _adds_up(one, rules)]
    yield Finding(
        "ratification", not wrong, RECOMPUTED, f"line {wrong[0]} does not follow from its counts" if wrong else ""
    )
    met = told["balloted"] > 0 and told["balloted"] >= rules.share("quorum") * told["entitled"]
    yield Finding("quorum", met == told["quorum_met"], RECOMPUTED, f"{told['balloted']} of {told['entitled']}")
    holds = met and told["whole"]["ratified"]
    kept = [one["line"] for one in told["lines"] if one["ratified"]] if holds else []
    yield Finding("lines of the conclusion", kept == told["conclusion"], RECOMPUTED)


def _adds_up(told: Told, rules: Rules) -> bool:
    overall = told["overall"]
    answered = overall["agree"] + overall["pass"] + overall["disagree"]
    support = Fraction(overall["agree"], answered) if answered else Fraction(0)
    stated = Fraction(overall["support"])
    reached = support >= rules.share("ratify_overall") and not told["misses"]
    return answered == overall["n"] and support == stated and told["ratified"] == reached


def left_to_auditors() -> list[Finding]:
    """What nobody can check without the rows."""
    return [Finding(what, True, AUDITOR) for what in LEFT_TO_AUDITORS]


def rows_belong(record: OpenRecord, whole: OpenRecord) -> Iterator[Finding]:
    """Whether the auditor's record is the one that was sealed, and the totals are those of its rows."""
    sealed = record.json("record.json")["sealed"]
    digest = hashlib.sha256(whole.files.get(SUMS, b"")).hexdigest()
    own = {name: hashlib.sha256(whole.files.get(name, b"")).hexdigest() for name in ROWS}
    same = digest == sealed["record"] and own == sealed["files"]
    yield Finding("rows are those that were sealed", same, MATCHES, "" if same else "these are other rows")
    head, told = head_in_totals(whole.json("record.json")), record.json("record.json")
    differ = sorted(name for name in {*head, *told} - ITS_OWN if head.get(name) != told.get(name))
    if masked_document(whole.json("landscape.json")) != record.json("landscape.json"):
        differ.append("landscape.json")
    differ += [
        name
        for name in ("slate.json", "statements.csv", "lines.csv", "log.csv")
        if whole.files.get(name) != record.files.get(name)
    ]
    yield Finding(
        "totals are those of the rows", not differ, RECOMPUTED, "other: " + ", ".join(differ) if differ else ""
    )
