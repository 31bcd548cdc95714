"""From votes to a record, top to bottom: the page to read first.

    votes -> landscape -> shortlist -> ballots -> slate -> ratification -> certificate -> record

Every step is a pure function of the one before. `onnuri conclude` runs it on an export; a live sitting runs the same
steps one by one, as its rounds close; `verify` runs it again on a record and compares.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from onnuri import __version__
from onnuri.conclusion.ballots import Ballots
from onnuri.conclusion.certificate import certificate
from onnuri.conclusion.duplicates import set_apart
from onnuri.conclusion.ratification import Ratification, ratify
from onnuri.conclusion.rules import Rules
from onnuri.conclusion.shortlist import Candidate, shortlist
from onnuri.conclusion.slate import Slate, choose, slate_document
from onnuri.landscape.document import landscape_document
from onnuri.landscape.export import POLIS_ATTRIBUTION, Export, kept_votes
from onnuri.landscape.fit import fit
from onnuri.landscape.landscape import Landscape
from onnuri.record.chain import START, next_link
from onnuri.record.document import Content, Sealed, seal
from onnuri.vocabulary import NOT_PLACED, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from onnuri.landscape.votes import Votes


@dataclass(frozen=True, eq=False)
class Conclusion:
    """Everything computed on the way."""

    landscape: Landscape
    candidates: list[Candidate]
    slate: Slate
    ratification: Ratification | None
    certificate: dict[str, Any]


def conclude(  # noqa: PLR0913 - what was said, and what was shown of it
    votes: Votes,
    rules: Rules,
    *,
    ballots: Ballots | None = None,
    ratification_ballots: Ballots | None = None,
    among: Collection[int] | None = None,
    candidates: Sequence[Candidate] | None = None,
    tickets: int | None = None,
    seeds: Collection[int] = (),
    texts: Mapping[int, str] | None = None,
    group_ids: tuple[int, ...] | None = None,
    landscape: Landscape | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Conclusion:
    """Go the whole way.

    Args:
        votes: what was voted in the rounds.
        rules: fixed before.
        ballots: the shortlist ballots; None = an export without any: completed from the votes, marked imputed.
        ratification_ballots: on the slate and the whole; None = nothing is ever called ratified.
        among: statements that may be candidates.
        candidates: the shortlist as it was put to people; None = computed.
        tickets: how many tickets and codes were issued.
        seeds: the organiser's first statements: the slate without them is printed beside it.
        texts: the statements' words, by which near-duplicates are told; None = as they came with the votes.
        group_ids: the names the groups went by in the hall; labels only, they decide nothing.
        landscape: the cold landscape of these very votes, where it is at hand.
        say: told each step's name, for progress.
    """
    say("landscape")
    if landscape is None:
        landscape = fit(votes, threshold=float(rules.share("threshold")))
    if group_ids is not None and len(set(group_ids)) == landscape.k:
        landscape = replace(landscape, group_ids=group_ids)
    say("shortlist")
    if candidates is None:
        candidates = shortlist(landscape, rules.shortlist, among, texts=texts, only_common=ballots is None)
    say("slate")
    slate = choose(landscape, ballots, rules.size, rules=rules, candidates=[c.id for c in candidates])
    ratification = None
    if ratification_ballots is not None:
        say("ratification")
        ratification = ratify(landscape, ratification_ballots, slate.statements, entitled(votes, rules), rules)
    say("certificate")
    common = landscape.common_ground if ballots is None else landscape.by_floor(np.arange(len(landscape.statements)))
    ranked = [s for s in common if among is None or s in among]
    apart = set_apart(landscape.votes, votes.texts if texts is None else texts, ranked, rules.shortlist)
    proof = certificate(landscape, slate, ratification, rules=rules, tickets=tickets, seeds=seeds, apart=apart)
    return Conclusion(landscape, list(candidates), slate, ratification, proof)


def entitled(votes: Votes, rules: Rules) -> int:
    """Voices that voted in the rounds and count for the quorum."""
    if rules.open_counts:
        return len(votes.participants)
    return int((votes.channels() != "open").sum())


def export_record(
    export: Export, *, size: int, pem: bytes, say: Callable[[str], None] = lambda _: None
) -> tuple[Conclusion, Sealed]:
    """Conclude an EXPORT: open rows, no wall-clock time, imputed where people did not vote, never called ratified."""
    votes = kept_votes(export)
    rules = Rules(size=size, vote="code")
    found = conclude(votes, rules, say=say)
    say("record")
    channels = {int(p): str(c) for p, c in zip(votes.participants, votes.channels(), strict=True)}
    rows = [
        (int(votes.participants[r]), int(votes.statements[c]), 1, channels[int(votes.participants[r])], 0, int(v))
        for r, c, v in zip(votes.row, votes.column, np.asarray(votes.value), strict=True)
    ]
    texts = export.statements
    content = Content(
        head={
            "mode": "export",
            "question": export.topic,
            "lang": "",
            "source": export.name,
            "group_ids": list(found.landscape.group_ids),
            "attribution": export.attribution or POLIS_ATTRIBUTION,
            "onnuri": __version__,
            "rules": rules.document(),
            "rules_digest": rules.digest,
            "tickets": None,
            "simulated": False,
            "outcome": "conclusion" if found.slate.statements else "none",
            "outcome_basis": "imputed",
            "conclusion": [],
            "proposed": list(found.slate.statements),
            "certificate": found.certificate,
            "left_out": dict(sorted(votes.ignored.items())),
            "commitments": [],
            "chain": [vars(next_link(START, "close vote 1", rules.digest, rows))],
        },
        landscape=landscape_document(found.landscape),
        slate=slate_document(found.slate, found.candidates),
        statements=[
            (s, texts[s].text if s in texts else "", texts[s].lang if s in texts else "", "participant", "accepted", "")
            for s in votes.statements.tolist()
        ],
        lines=[(c.id, texts[c.id].text if c.id in texts else "", "", c.why, "") for c in found.candidates],
        votes=rows,
    )
    return found, seal(content, pem)


def ballot_rows(landscape: Landscape, kind: str, ballots: Ballots) -> list[tuple[str, int, str, str, str, int]]:
    """Rows of ballots.csv. The group is empty for the not yet placed; the whole slate is `*`."""
    group = {
        int(p): "" if g == NOT_PLACED else str(landscape.group_ids[g])
        for p, g in zip(landscape.participants, landscape.assignment, strict=True)
    }
    return [
        (kind, int(person), group.get(int(person), ""), str(ballots.channel[row]), _line_name(int(line)), int(vote))
        for row, person in enumerate(ballots.people)
        for column, line in enumerate(ballots.lines)
        if (vote := ballots.value[row, column]) in {1, 0, -1}
    ]


def _line_name(line: int) -> str:
    return "*" if line == WHOLE else str(line)
