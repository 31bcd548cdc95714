"""Voting a real conversation again, over HTTP: export -> voices -> statements -> rounds -> (ballots -> record)."""

from __future__ import annotations

import tempfile
import time
import uuid
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from onnuri.conversation.statement import LONGEST_IMPORTED
from onnuri.errors import BadInput, Unprocessable
from onnuri.landscape import Votes, fit
from onnuri.landscape.assembly import FEWEST_VOTES
from onnuri.landscape.export import BLANK_TEXT, Export, read_export
from onnuri.landscape.figures import count
from onnuri.landscape.landscape import Landscape
from onnuri.live.client import Client, Crowd, Host, Progress, Refused
from onnuri.pipeline import conclude
from onnuri.record.verify import verify
from onnuri.text import plain_text
from onnuri.vocabulary import AGREE, DISAGREE, PASS, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from onnuri.live.client import Job

    Say = Callable[[str], None]
    Cast = tuple[int, int, int]
    Said = dict[int, dict[int, int]]

AT_ONCE: Final = 50
"""The server takes so many votes in one request."""
LOOK_S: Final = 0.1
ROUND_WITHIN_S: Final = 10.0
SETTLED_S: Final = 0.1
"""The hot path knows of a new round 20 ms after the host does."""
ANSWER_WITHIN: Final = timedelta(days=30)
ADDRESSEE: Final = "(replay)"
NO_VOTE_LEFT: Final = "people who have no vote left"
UNKNOWN_LANGUAGE: Final = "und"


def replay(export: str, url: str, *, rounds: int, record: str | None, say: Say, onward: bool = True) -> dict[str, Any]:
    """Vote `export` again in the conversation of a host's link, by one voice per former participant.

    Args:
        export: a Polis folder or a record.
        url: the host's link, `http://host:port/host/c/CODE?key=KEY`, of a conversation nobody has voted in.
        rounds: into how many rounds of equally many votes the time is cut.
        record: where to save the record, if anywhere.
        say: told what happens, about every two seconds.
        onward: after the rounds go on to ballots (simulated from the votes), slate, ratification and record.

    Returns:
        people, pairs (person, statement), votes (with the re-votes), statements, left_out {reason: n},
        votes_per_second, arrived (the server's counts are those of the export), rounds [{k, sizes, common_ground,
        seconds from the close to its landscape}], and when it went on outcome, digest and verified.

    Raises:
        BadInput: the export cannot be read, the link opens nothing, the server stops answering or refuses.
    """
    host = Host.of_link(url)
    if record is not None and not Path(record).absolute().parent.is_dir():
        raise BadInput(record, "there is no such folder to save it in")
    say(f"reading {export}")
    plan = plan_of(read_export(export))
    if not 1 <= rounds <= len(plan.cast):
        raise BadInput("--rounds", f"1 to {len(plan.cast):,}: a round needs a vote")
    _tell(plan, say)
    with closing(host.client), closing(Crowd(host.address)) as crowd:
        host.require_fresh()
        host.prepare(plan.export.attribution, say=say)
        sitting = Sitting(plan, host, crowd, say)
        sitting.join(sorted({person for person, _, _ in plan.cast}))
        sitting.write()
        shown = [sitting.vote(number, part) for number, part in enumerate(plan.parts(rounds), start=1)]
        arrived = sitting.arrived()
        ended = sitting.conclude(record) if onward else {}
    return {
        "people": len(sitting.cookies),
        "pairs": len(sitting.votes),
        "votes": len(plan.cast),
        "statements": len(plan.texts),
        "left_out": plan.left_out,
        "votes_per_second": round(len(plan.cast) / max(sitting.casting_s, 1e-9), 1),
        "arrived": arrived,
        "rounds": shown,
        "outcome": ended.get("outcome"),
        "digest": ended.get("digest"),
        "verified": ended.get("verified"),
    }


# ---- what is voted again -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What of an export counts: `cast` in time order, and the texts of the statements it names."""

    export: Export
    cast: list[Cast]
    texts: dict[int, str]
    left_out: dict[str, int]

    def parts(self, rounds: int) -> list[list[Cast]]:
        """The votes in time order, cut into parts of equal size."""
        bounds = [n * len(self.cast) // rounds for n in range(rounds + 1)]
        return [self.cast[a:b] for a, b in pairwise(bounds)]

    def channel(self, person: int) -> str:
        """A hall's people come to the hall again; everybody else is online."""
        return "hall" if (self.export.channel or {}).get(person) == "hall" else "online"


def plan_of(export: Export) -> Plan:
    """Leave out what does not count, with the reasons."""
    why: dict[int, str | None] = {s: _why_not(export, s) for s in {row[1] for row in export.cast}}
    cast = [row for row in export.cast if why[row[1]] is None]
    left_out = Counter(export.ignored)
    left_out.update(reason for row in export.cast if (reason := why[row[1]]) is not None)
    if lost := {row[0] for row in export.cast} - {row[0] for row in cast}:
        left_out[NO_VOTE_LEFT] = len(lost)
    texts = {s: _text(export, s) for s in sorted({row[1] for row in cast})}
    return Plan(export, cast, texts, dict(sorted(left_out.items())))


def _why_not(export: Export, statement: int) -> str | None:
    if (reason := export.votable(statement)) is not None:
        return reason
    try:
        plain_text(_text(export, statement), limit=LONGEST_IMPORTED, field="text")
    except Unprocessable as refusal:
        return BLANK_TEXT if refusal.key == "text_blank" else f"statement that cannot be stored ({refusal.key})"
    return None


def _text(export: Export, statement: int) -> str:
    known = export.statements.get(statement)
    return f"#{statement}" if known is None else known.text


def _tell(plan: Plan, say: Say) -> None:
    for reason, n in plan.left_out.items():
        say(f"left out: {n:,} {reason}" if reason == NO_VOTE_LEFT else f"left out: {n:,} votes ({reason})")
    people, pairs = len({c[0] for c in plan.cast}), len({c[:2] for c in plan.cast})
    again = f", {len(plan.cast) - pairs:,} of them re-votes" if len(plan.cast) > pairs else ""
    say(f"{people:,} people, {len(plan.texts):,} statements, {len(plan.cast):,} votes{again}")


# ---- the sitting ---------------------------------------------------------------------------------------------


@dataclass
class Sitting:
    """One replay. `cookies` are the voices by former participant, `numbers` the statements by former id."""

    plan: Plan
    host: Host
    crowd: Crowd
    say: Say
    cookies: dict[int, str] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    casting_s: float = 0.0

    @property
    def votes(self) -> Votes:
        """What must be on the server at the end: former participants, new statement numbers."""
        columns = np.array([(p, self.numbers[s], v) for p, s, v in self.plan.cast], dtype=np.int64).T
        return Votes(participant=columns[0], statement=columns[1], value=columns[2])

    def join(self, people: Sequence[int]) -> None:
        """A code and a voice for everybody."""
        progress, lost = Progress(self.say, "joined", len(people)), []

        def job(person: int, code: str) -> Job:
            def run(client: Client) -> None:
                try:
                    self.cookies[person] = client.post(f"{self.host.api}/join", {"seat_code": code}).cookie
                except Refused as refused:
                    if refused.key != "code_used":
                        raise
                    lost.append(person)
                progress.add(1)

            return run

        for channel in ("hall", "online"):
            own = [p for p in people if self.plan.channel(p) == channel]
            codes = self.host.codes(len(own), channel)
            self.crowd.run((p, job(p, code)) for p, code in zip(own, codes, strict=True))
        progress.end()
        if lost:  # their first answer was lost on its way: that voice is nobody's
            self.join(lost)

    def write(self) -> None:
        """The statements, one by one, so that they keep their order; by their author where the author is here."""
        progress = Progress(self.say, "statements", len(self.plan.texts))
        anybody = next(iter(self.cookies.values()))
        for former, text in self.plan.texts.items():
            known = self.plan.export.statements.get(former)
            author = known.author if known and known.author is not None else -1
            body = {"text": text, "lang": (known.lang if known else "") or UNKNOWN_LANGUAGE}
            made = self.host.client.post(f"{self.host.api}/statements", body, cookie=self.cookies.get(author, anybody))
            self.numbers[former] = made.document["id"]
            progress.add(1)
        progress.end()

    def vote(self, number: int, part: Sequence[Cast]) -> dict[str, Any]:
        """One round; the answer is its landscape in short."""
        if self.host.segment() != "round":
            self.host.act("open_round")
        ticket = self._round_ticket()
        progress = Progress(self.say, f"round {number}: votes", len(part))

        def job(cookie: str, batch: list[tuple[int, int]]) -> Job:
            votes = [{"id": str(uuid.uuid4()), "statement": self.numbers[s], "value": v} for s, v in batch]
            body = {"round_ticket": ticket, "votes": votes}

            def run(client: Client) -> None:
                client.post(f"{self.host.api}/votes", body, cookie=cookie)
                progress.add(len(votes))

            return run

        self.crowd.run((person, job(self.cookies[person], batch)) for person, batch in batches(part))
        self.casting_s += progress.end()
        return self._close(number)

    def _round_ticket(self) -> str:
        """From a deck, as a phone gets it; by then the hot path knows the round."""
        cookie = next(iter(self.cookies.values()))
        until = time.monotonic() + ROUND_WITHIN_S
        while (ticket := self.host.client.get(f"{self.host.api}/deck", cookie=cookie).document["round_ticket"]) is None:
            if time.monotonic() > until:
                raise BadInput(self.host.link, "the round is open and no deck shows it")
            time.sleep(LOOK_S)
        return str(ticket)

    def _close(self, number: int) -> dict[str, Any]:
        begun = time.monotonic()
        self.host.act("close_round")
        self.host.wait("where", say=self.say)
        seconds = round(time.monotonic() - begun, 2)
        told = self.host.landscape()
        sizes, common = [g["size"] for g in told["groups"]], len(told["common_ground"])
        self.say(f"round {number}: k = {told['k']} {sizes}, common ground {common}, {seconds} s after the close")
        return {"k": told["k"], "sizes": sizes, "common_ground": common, "seconds": seconds}

    def arrived(self) -> bool:
        """Whether the public landscape counts exactly what was sent."""
        parted = differences(self.votes, self.host.landscape())
        for line in parted[:5]:
            self.say(f"NOT as sent: {line}")
        if not parted:
            self.say(f"arrived: {len(self.cookies):,} people, {len(self.votes):,} answers, every count as sent")
        return not parted

    def conclude(self, record: str | None) -> dict[str, Any]:
        """Shortlist, slate, ratification and record, with ballots simulated from the votes."""
        self.say("ballots are SIMULATED: one's own vote where there is one, else drawn from its predicted chance")
        landscape = fit(self.votes)
        self.host.act("open_shortlist")
        self.host.wait("shortlist", say=self.say)
        self._ballot("shortlist", simulated(landscape, self.host.state()["shortlist"]))
        if self._close_ballot("slate", "result") == "slate":
            said = simulated(landscape, self.host.state()["slate"])
            self.host.act("open_ratification")
            self._ballot("ratification", {person: with_whole(own) for person, own in said.items()})
            self._close_ballot("result")
        return {**self._publish(), **self._save(record)}

    def _ballot(self, kind: str, said: Said) -> None:
        time.sleep(SETTLED_S)
        progress = Progress(self.say, f"{kind}: ballots (simulated)", len(said))

        def job(cookie: str, own: dict[int, int]) -> Job:
            body = {"ballots": [{"id": str(uuid.uuid4()), "line": n, "value": v} for n, v in own.items()]}

            def run(client: Client) -> None:
                client.post(f"{self.host.api}/ballots", body, cookie=cookie)
                progress.add(1)

            return run

        self.crowd.run((person, job(self.cookies[person], own)) for person, own in said.items() if own)
        progress.end()

    def _close_ballot(self, *segments: str) -> str:
        self.host.act("close_round")
        return self.host.wait(*segments, say=self.say)

    def _publish(self) -> dict[str, Any]:
        today = datetime.now(tz=UTC).date()
        due = (today + ANSWER_WITHIN).isoformat()
        lines = self.host.state()["conclusion"]
        self.host.act("publish", commitments=[{"line": n, "addressee": ADDRESSEE, "due": due} for n in lines])
        self.host.wait("published", say=self.say)
        self.say(f"published: {len(lines)} lines" if lines else "published: no common conclusion")
        return {"outcome": "conclusion" if lines else "none"}

    def _save(self, record: str | None) -> dict[str, Any]:
        """Save the record, at least for as long as it takes to verify it."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(record or Path(folder) / "record.zip")
            file.write_bytes(self.host.record())
            report = verify(file, conclude)
        for finding in (f for f in report.findings if not f.ok):
            self.say(f"does NOT hold: {finding.what}: {finding.detail}")
        self.say(f"{record or 'record'}: {'everything holds' if report.ok else 'not verified'}, digest {report.digest}")
        return {"digest": report.digest, "verified": report.ok}


def batches(part: Iterable[Cast]) -> list[tuple[int, list[tuple[int, int]]]]:
    """Each person's votes in their order, at most 50 at once; the batches by the time of their first vote."""
    found: list[tuple[int, list[tuple[int, int]]]] = []
    filling: dict[int, list[tuple[int, int]]] = {}
    for person, statement, value in part:
        if len(filling.get(person, range(AT_ONCE))) == AT_ONCE:
            filling[person] = []
            found.append((person, filling[person]))
        filling[person].append((statement, value))
    return found


def differences(votes: Votes, told: dict[str, Any]) -> list[str]:
    """Where a landscape document counts otherwise than `votes`; empty when all counts are equal."""
    sizes = {"participants": len(votes.participants), "votes": len(votes), "statements": len(votes.statements)}
    found = [f"{name}: {n} sent, {told[name]} there" for name, n in sizes.items() if told[name] != n]
    everyone = count(votes, np.ones(len(votes.participants), dtype=bool))
    for column, number in enumerate(votes.statements.tolist()):
        own, there = everyone.of(column), told["by_statement"].get(str(number), {})
        if any(there.get(name) != n for name, n in own.items()):
            found.append(f"statement {number}: {own} sent, { ({name: there.get(name) for name in own}) } there")
    return found


# ---- simulated ballots ---------------------------------------------------------------------------------------


def simulated(landscape: Landscape, lines: Sequence[int]) -> Said:
    """A complete ballot of everybody who answered 7 statements: own last vote, else a draw that is always the same.

    The draw is a pass as often as others passed on the line; else it agrees with the predicted probability.
    """
    votes = landscape.votes
    columns = (np.asarray(c).tolist() for c in (votes.participant, votes.statement, votes.value))
    own = {(p, s): v for p, s, v in zip(*columns, strict=True) if s in set(lines)}
    people = votes.participants[np.bincount(votes.row) >= FEWEST_VOTES]
    said: Said = {person: {} for person in people.tolist()}
    for line in lines:
        chance = landscape.probability(people, np.full(len(people), line))
        passed = _pass_share(landscape, line)
        for person, agrees in zip(people.tolist(), chance.tolist(), strict=True):
            drawn = _drawn(_fixed(person, line), agrees, passed)
            said[person][line] = own.get((person, line), drawn)
    return said


def _pass_share(landscape: Landscape, line: int) -> float:
    column = landscape.column(line)
    if column < 0:
        return 0.0
    return float(landscape.everyone.passed[column] / max(landscape.everyone.n[column], 1))


def _drawn(draw: float, agrees: float, passed: float) -> int:
    if draw < (1 - passed) * agrees:
        return AGREE
    return DISAGREE if draw < 1 - passed else PASS


def _fixed(person: int, line: int) -> float:
    """A number in 0..1 that hangs on nothing but its arguments."""
    return int.from_bytes(blake2b(f"{person}/{line}".encode(), digest_size=6).digest()) / 2**48


def with_whole(own: dict[int, int]) -> dict[int, int]:
    """A ratification ballot: to the whole says yes who agrees with at least half of its lines."""
    agreed = sum(value == AGREE for value in own.values())
    return {**own, WHOLE: AGREE if 2 * agreed >= len(own) else DISAGREE}
