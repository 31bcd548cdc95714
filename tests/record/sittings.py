"""A sitting from the first round to the sealed record, made by hand: hall, online and a few open voices.

It goes the way of `live/engine.py` and `publishing/`, without a database.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from tests.landscape.planted import hall

from onnuri import pipeline
from onnuri.conclusion.ballots import Ballots
from onnuri.conclusion.rules import Rules
from onnuri.conclusion.shortlist import shortlist
from onnuri.conclusion.slate import choose
from onnuri.landscape import Votes, fit
from onnuri.landscape.document import landscape_document
from onnuri.record.chain import START, next_link
from onnuri.record.document import SIGNATURE, SUMS, Content, json_bytes, seal, sums_of
from onnuri.record.page import PAGE, filled, parted
from onnuri.record.signature import new_key, sign
from onnuri.record.verify import verify
from onnuri.vocabulary import WHOLE

PEOPLE, OPEN, STATEMENTS = 64, 6, 24
TICKETS = 80
IDEAS = """night buses every fifteen minutes / libraries open until ten / a roof over the market square
drinking water in every park / rooms for young companies / trees along the ring road
a swimming lake without a fence / school yards open at weekends / one ticket for tram and ferry
repair shops beside the depot / cheaper rents for workshops / benches where people wait
bread from the old mill / a museum of ordinary things / quiet streets after eight
gardens on flat roofs / kitchens that neighbours share / bridges for cyclists only
an orchestra of beginners / public showers by the sea / fewer cars around hospitals
wood instead of concrete / lamps that let birds sleep / a printed map of all courtyards"""
TEXTS = {n: f"Statement {n}: {idea.strip()}" for n, idea in enumerate(IDEAS.replace("\n", "/").split("/"), start=1)}
"""Quite different words: what nearly says the same would be set apart."""
SHORTLIST = 8
RULES = Rules(size=3, shortlist=SHORTLIST, seeds=hashlib.sha256(b"seeds").hexdigest())


@dataclass(frozen=True)
class Sitting:
    """What was cast, what was computed from it, and the record's content."""

    pem: bytes
    rules: Rules
    votes: list
    ballots: list
    found: pipeline.Conclusion
    content: Content

    @property
    def data(self):
        return seal(self.content, self.pem).data


@lru_cache(maxsize=1)
def sitting():
    """Two planted groups, half of each in the hall; they agree on the first statements and ratify a slate."""
    return sit()


@lru_cache(maxsize=1)
def sitting_without_conclusion():
    """The same votes, but everybody says X to the slate as a whole."""
    return sit(whole=-1)


@lru_cache(maxsize=1)
def _landscape():
    return fit(counted(cast_votes()))


@lru_cache(maxsize=1)
def _key():
    return new_key()


def sit(*, opinion=None, whole=1, balloting=True, ratifying=True, traits=None, crowd=None, rules=RULES, who=None):
    """Go through a sitting.

    Args:
        opinion: (person, line) -> what a ballot says; None = as the planted groups lean.
        whole: what everybody says of the slate as a whole.
        balloting, ratifying: whether anybody answers the shortlist, the slate.
        traits: what people say of themselves, as `Votes` takes it.
        crowd: other numbers for `cast_votes`.
        rules: fixed before.
        who: kind and person -> whether they ballot; None = everybody does.
    """
    who = who or (lambda kind, person: True)
    opinion, pem, votes = opinion or lean, _key(), cast_votes(**(crowd or {}))
    usual = not traits and not crowd and rules is RULES
    landscape = _landscape() if usual else fit(counted(votes, rules, traits=traits))
    channel = {row[0]: row[3] for row in votes}
    candidates = shortlist(landscape, SHORTLIST, range(1, STATEMENTS + 1), texts=TEXTS)
    ids = [c.id for c in candidates]
    first = [("shortlist", p, c, str(i), opinion(p, i)) for p, c in sorted(channel.items()) for i in ids]
    first = [row for row in first if balloting and who(*row[:2])]
    ballots = ballots_of(first, "shortlist", ids)
    slate = choose(landscape, ballots, rules.size, rules=rules).statements
    second = [("ratification", p, c, str(i), opinion(p, i)) for p, c in sorted(channel.items()) for i in slate]
    second += [("ratification", p, c, "*", whole) for p, c in sorted(channel.items())]
    second = [row for row in second if ratifying and slate and who(*row[:2])]
    found = pipeline.conclude(
        counted(votes, rules, traits=traits),
        rules,
        ballots=ballots,
        # A sitting without a slate ends before it.
        ratification_ballots=ballots_of(second, "ratification", [*slate, WHOLE]) if slate else None,
        among=set(range(1, STATEMENTS + 1)),
        tickets=_tickets(crowd),
        seeds=set(range(1, STATEMENTS + 1)),
        texts=TEXTS,
        landscape=landscape,
    )
    content = content_of(votes, first + second, found, rules, pem)
    told = replace(content, head={**content.head, "tickets": _tickets(crowd)})
    return Sitting(pem, rules, votes, first + second, found, told)


def _tickets(crowd):
    return max(TICKETS, (crowd or {}).get("people", 0))


def cast_votes(people=PEOPLE, strangers=OPEN, answers=10):
    """Rows of two rounds: the second half of the statements comes in round 2, where some answer again.

    Open voices say X to the first `answers` statements.
    """
    crowd = hall(2, people=people, statements=STATEMENTS, answered=0.8, noise=0.15, seed=3)
    rows = [
        (p, s, 1 if s <= STATEMENTS // 2 else 2, "hall" if p <= people // 2 else "online", 0, v)
        for p, s, v in crowd.rows
    ]
    again = [(p, s, 2, c, 0, 1) for p, s, r, c, _, v in rows if r == 1 and v == -1 and s <= 2]
    open_rows = [(900 + i, s, 1, "open", 0, -1) for i in range(strangers) for s in range(1, answers + 1)]
    late = [(1, STATEMENTS, 1, "hall", 1, -1), (people, STATEMENTS, 1, "online", 1, -1)]
    return sorted(rows + again + open_rows + late)


def lean(person, line):
    """The planted group's lean on a line, a stray answer now and then, and no from open voices."""
    if person >= 900:
        return -1
    stray = (person * 7 + line * 3) % 11
    if stray < 2:
        return stray - 1
    return 1 if line <= 6 or (person % 2) == (line % 2) else -1


def counted(votes, rules=RULES, traits=None):
    """As the engine counts them: late ones left out, the last round of a pair kept."""
    kept = sorted((r for r in votes if not r[4]), key=lambda r: r[2])
    columns = np.array([(r[0], r[1], r[5]) for r in kept], dtype=np.int64).reshape(-1, 3).T
    trusted = None
    if not rules.open_counts and any(r[3] == "open" for r in kept):
        trusted = frozenset(r[0] for r in kept if r[3] != "open")
    return Votes(
        participant=columns[0],
        statement=columns[1],
        value=columns[2],
        channel={r[0]: r[3] for r in kept},
        trusted=trusted,
        traits=traits,
    )


def ballots_of(rows, kind, lines, basis="balloted"):
    mine = [r for r in rows if r[0] == kind]
    cast = [(p, WHOLE if line == "*" else int(line), vote) for _, p, _, line, vote in mine]
    return Ballots.of_rows(cast, lines, {r[1]: r[2] for r in mine}, basis)


def content_of(votes, ballots, found, rules, pem):
    """The content of a record, as `publishing/sealing.py` writes it."""
    certificate = found.certificate
    conclusion = certificate["ratification"]["conclusion"] if certificate["ratification"] else []
    landscape = landscape_document(found.landscape, round_number=2)
    group = {
        int(p): found.landscape.group_ids[g]
        for p, g in zip(found.landscape.participants, found.landscape.assignment, strict=True)
        if g >= 0
    }
    return Content(
        head={
            "mode": "sitting",
            "code": "ABCDEF",
            "question": "What does our city need next?",
            "lang": "en",
            "onnuri": "0.1.0",
            "rules": rules.document(),
            "rules_digest": rules.digest,
            "rules_signature": sign(pem, rules.digest),
            "tickets": TICKETS,
            "simulated": False,
            "group_ids": list(found.landscape.group_ids),
            "outcome": "conclusion" if conclusion else "none",
            "outcome_basis": certificate["basis"],
            "conclusion": conclusion,
            "certificate": certificate,
            "commitments": [],
            "chain": chain_of(votes, ballots, rules, found),
        },
        landscape=landscape,
        slate=pipeline.slate_document(found.slate, found.candidates),
        statements=[(s, TEXTS[s], "en", "seed", "accepted", "") for s in range(1, STATEMENTS + 1)],
        lines=[(c.id, TEXTS[c.id], "en", c.why, "") for c in found.candidates],
        votes=votes,
        ballots=[(kind, p, group.get(p, ""), channel, line, vote) for kind, p, channel, line, vote in ballots],
        log=[(7, "accept", "", "")],
    )


def chain_of(votes, ballots, rules, found):
    """One link at every open and close."""
    events = []
    for number in sorted({r[2] for r in votes}):
        events.append((f"open vote {number}", rules.digest, []))
        events.append((f"close vote {number}", "", [r for r in votes if r[2] == number and not r[4]]))
    for kind in ("shortlist", "ratification") if found.slate.statements else ("shortlist",):
        events.append((f"open {kind}", "", []))
        events.append((f"close {kind}", "", [r for r in ballots if r[0] == kind]))
    late = sorted({r[2] for r in votes if r[4]})
    events += [(f"late vote {n}", "", [r for r in votes if r[2] == n and r[4]]) for n in late]
    links, previous = [], START
    for what, about, rows in events:
        link = next_link(previous, what, about, rows)
        links.append(vars(link))
        previous = link.digest
    return links


# ---- somebody changes a record ----------------------------------------------------------------------------


def files_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def resealed(files, pem):
    """Files with their sums, signature and page made anew, as somebody with a key of their own would."""
    own = {name: content for name, content in files.items() if name not in {SUMS, SIGNATURE, PAGE}}
    sums = sums_of(own)
    signed = {**own, SUMS: sums, SIGNATURE: json_bytes(sign(pem, hashlib.sha256(sums).hexdigest()))}
    return zip_of(paged(signed, files.get(PAGE)))


def paged(files, page):
    """The files with a page that holds them: its template is that of `page`."""
    others = {name: content for name, content in files.items() if name != PAGE}
    return {**others, PAGE: filled(parted(page)[0], others)} if page else others


def checked(folder, data, recompute=pipeline.conclude):
    """The report of `onnuri verify` on these bytes."""
    path = folder / "record.zip"
    path.write_bytes(data)
    return verify(path, recompute)


def failed(report):
    """The names of the findings that do not hold."""
    return [finding.what for finding in report.findings if not finding.ok]
