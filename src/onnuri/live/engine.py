"""What the landscape's own process does: compute a finished round, a shortlist, a slate, a record. One at a time."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import django

if TYPE_CHECKING:
    from onnuri.conclusion.ballots import Ballots, Basis
    from onnuri.conclusion.rules import Rules
    from onnuri.conversation.models import Conversation, Round
    from onnuri.conversation.queries import Cast
    from onnuri.landscape.landscape import Landscape
    from onnuri.landscape.votes import Votes

MOST_FITTED: Final = 4
FITTED: dict[tuple[int, int, str], Landscape] = {}
"""Landscapes by conversation, rounds and votes: what was fitted during a grace is not fitted again."""


def begin() -> None:
    """Make ready: runs once when the process starts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onnuri.settings")
    # Two engines' worth of BLAS threads would only fight over the hall's small machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Ctrl-C reaches every process of the terminal; the server ends this one in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    django.setup()


def _leave_with(parent: int) -> None:
    """A server that was killed cannot stop its engine."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def ready() -> int:
    """Import what a first close would otherwise wait for."""
    import onnuri.pipeline  # noqa: F401, PLC0415 - only for its side effect of being loaded

    return os.getpid()


def work(conversation_id: int) -> str:
    """Do what this conversation waits for; the answer names what was done."""
    done = _worked(conversation_id)
    if done != "nothing":
        from onnuri.conversation.order import forget_order  # noqa: PLC0415 - after django.setup

        forget_order()
    return done


def _worked(conversation_id: int) -> str:
    from onnuri.conversation.models import Conversation  # noqa: PLC0415 - after django.setup

    conversation = Conversation.objects.select_related("conference").get(pk=conversation_id)
    unfinished = conversation.rounds.filter(closed_at__isnull=False, done_at__isnull=True).first()
    if unfinished is not None:
        return _finish(conversation, unfinished)
    if conversation.segment != "computing":
        return "nothing"
    last = conversation.rounds.last()
    if last is None:
        return "nothing"
    return _shortlist(conversation) if last.kind == "vote" else _publish(conversation)


def prepare(conversation_id: int) -> str:
    """While the grace runs: fit what is there. If nothing else comes, the result stands the moment it is over."""
    from onnuri.conversation.models import Conversation  # noqa: PLC0415 - after django.setup
    from onnuri.publishing import sitting  # noqa: PLC0415

    conversation = Conversation.objects.get(pk=conversation_id)
    closing = conversation.rounds.filter(closed_at__isnull=False, done_at__isnull=True, kind="vote").first()
    if closing is None:
        return "nothing"
    _landscape(conversation, sitting.rules_of(conversation), closing=closing)
    return "prepared"


def both_ways(conversation: Conversation, statement: int) -> dict[str, Any]:
    """The result with one statement and without it, each computed from the votes of all closed rounds.

    Asked for where somebody is about to take it down: it runs where it is called, a second or two at full size.
    `{"round": 2, "with": {"k": 2, "common_ground": [...], "candidates": [...]}, "without": {...}}`;
    empty while no round has been computed.
    """
    from onnuri.publishing import sitting  # noqa: PLC0415

    rules = sitting.rules_of(conversation)
    done = conversation.rounds.filter(kind="vote", done_at__isnull=False).count()
    if not done:
        return {}
    votes, found = _votes(conversation, rules, upto=done)
    left = replace(found, votes=[row for row in found.votes if row[1] != statement])
    fewer, _ = _votes(conversation, rules, upto=done, found=left)
    return {
        "round": done,
        "with": _result_of(conversation, rules, votes, _accepted(conversation) | {statement}),
        "without": _result_of(conversation, rules, fewer, _accepted(conversation) - {statement}),
    }


def _result_of(conversation: Conversation, rules: Rules, votes: Votes, among: set[int]) -> dict[str, Any]:
    """What the landscape of these votes says everybody shares, and what it would put to everybody."""
    from onnuri.conclusion.shortlist import shortlist  # noqa: PLC0415
    from onnuri.landscape.fit import fit  # noqa: PLC0415

    if not len(votes):
        return {"k": 1, "common_ground": [], "candidates": []}
    landscape = fit(votes, threshold=float(rules.share("threshold")))
    return {
        "k": landscape.k,
        "common_ground": [int(n) for n in landscape.common_ground if n in among],
        "candidates": [
            int(c.id) for c in shortlist(landscape, rules.shortlist, among, texts=_texts(conversation, among))
        ],
    }


def _finish(conversation: Conversation, finished: Round) -> str:
    from onnuri.conclusion.slate import slate_document  # noqa: PLC0415
    from onnuri.conversation.queries import cast  # noqa: PLC0415
    from onnuri.landscape.document import landscape_document  # noqa: PLC0415
    from onnuri.pipeline import conclude  # noqa: PLC0415
    from onnuri.publishing import sitting  # noqa: PLC0415
    from onnuri.publishing.sealing import tickets_of  # noqa: PLC0415

    rules = sitting.rules_of(conversation)
    if finished.kind == "vote":
        found = cast(conversation)
        landscape = _landscape(conversation, rules, closing=finished, found=found)
        document = landscape_document(landscape, round_number=finished.number)
        sitting.finish_votes(conversation, finished, document, found, at=_now())
        return "landscape"
    votes, said = _votes(conversation, rules)
    landscape = _landscape(conversation, rules)
    ids = [c["id"] for c in conversation.shortlist.candidates]
    # What was shown when the ballot was made decides, whatever is hidden, shown again or taken down since.
    among = set(conversation.shortlist.among or _accepted(conversation)) | set(ids)
    outcome = conclude(
        votes,
        rules,
        ballots=_ballots(said, "shortlist", ids),
        ratification_ballots=_ratified(conversation, said) if finished.kind == "ratification" else None,
        among=among,
        seeds=_seeds(conversation),
        texts=_texts(conversation, among),
        tickets=tickets_of(conversation),
        group_ids=landscape.group_ids,
        landscape=landscape,
    )
    sitting.finish_ballot(
        conversation, finished, slate_document(outcome.slate, outcome.candidates), outcome.certificate, at=_now()
    )
    return "slate" if finished.kind == "shortlist" else "ratification"


def _shortlist(conversation: Conversation) -> str:
    from onnuri.conclusion.shortlist import shortlist  # noqa: PLC0415
    from onnuri.publishing import sitting  # noqa: PLC0415

    rules = sitting.rules_of(conversation)
    landscape = _landscape(conversation, rules)
    accepted = _accepted(conversation)
    candidates = shortlist(landscape, rules.shortlist, accepted, texts=_texts(conversation))
    sitting.open_shortlist(code=conversation.code, candidates=[vars(c) for c in candidates], at=_now(), among=accepted)
    return "shortlist"


def _publish(conversation: Conversation) -> str:
    from django.conf import settings  # noqa: PLC0415

    from onnuri.landscape.document import landscape_document  # noqa: PLC0415
    from onnuri.publishing import sitting  # noqa: PLC0415
    from onnuri.publishing.sealing import seal_record  # noqa: PLC0415

    landscape = _landscape(conversation, sitting.rules_of(conversation))
    rounds = conversation.rounds.filter(kind="vote")
    document = landscape_document(landscape, round_number=rounds.count())
    group_of = {
        int(p): landscape.group_ids[g]
        for p, g in zip(landscape.participants, landscape.assignment, strict=True)
        if g >= 0
    }
    seal_record(
        code=conversation.code, landscape=document, group_of=group_of, at=_now(), pem=settings.FOLDER.signing_key
    )
    return "record"


def _landscape(
    conversation: Conversation, rules: Rules, closing: Round | None = None, found: Cast | None = None
) -> Landscape:
    """The cold landscape of everything that counted, with the names and the frame of the one shown before."""
    done = conversation.rounds.filter(kind="vote", done_at__isnull=False).count()
    return _fitted(conversation, rules, done + (closing is not None), found)


def _fitted(conversation: Conversation, rules: Rules, rounds: int, found: Cast | None = None) -> Landscape:
    """The landscape of the first so many vote rounds; the same votes are fitted once."""
    from onnuri.landscape.fit import fit  # noqa: PLC0415
    from onnuri.landscape.names import named_after  # noqa: PLC0415

    votes, _ = _votes(conversation, rules, upto=rounds, found=found)
    key = (conversation.pk, rounds, _digest(votes))
    if key not in FITTED:
        cold = fit(votes, threshold=float(rules.share("threshold")))
        while len(FITTED) >= MOST_FITTED:
            del FITTED[next(iter(FITTED))]
        FITTED[key] = cold if rounds == 1 else named_after(cold, _fitted(conversation, rules, rounds - 1))
    return FITTED[key]


def _digest(votes: Votes) -> str:
    """Tells whether a vote came or changed since."""
    rows = votes.rows
    parts = (votes.participants, votes.statements, rows.answers, rows.column, rows.value)
    return sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def _votes(
    conversation: Conversation, rules: Rules, upto: int | None = None, found: Cast | None = None
) -> tuple[Votes, Cast]:
    """What counted; `upto` = only the first so many vote rounds."""
    import numpy as np  # noqa: PLC0415

    from onnuri.conversation.queries import cast  # noqa: PLC0415
    from onnuri.conversation.traits import by_voice  # noqa: PLC0415
    from onnuri.landscape.votes import Votes  # noqa: PLC0415

    found = found or cast(conversation)
    numbers = set(list(conversation.rounds.filter(kind="vote").values_list("number", flat=True))[:upto])
    kept = sorted((r for r in found.votes if not r[4] and r[2] in numbers), key=lambda r: r[2])
    columns = np.array([(r[0], r[1], r[5]) for r in kept], dtype=np.int64).reshape(-1, 3).T
    trusted = None
    if not rules.open_counts and "open" in {r[3] for r in kept}:
        trusted = frozenset(r[0] for r in kept if r[3] != "open")
    votes = Votes(
        participant=columns[0],
        statement=columns[1],
        value=columns[2],
        channel={r[0]: r[3] for r in kept},
        trusted=trusted,
        traits=by_voice(conversation),
    )
    return votes, found


def _ballots(cast: Cast, kind: str, lines: list[int]) -> Ballots:
    from onnuri.conclusion.ballots import Ballots  # noqa: PLC0415

    rows = [(v, 0 if line == "*" else int(line), value) for k, v, _, line, value in cast.ballots if k == kind]
    people = any(cast.origin[v] == "person" for v, _, _ in rows)
    # One simulated ballot is enough for the word to stand on the whole.
    pretended = any(cast.origin[v] != "person" for v, _, _ in rows)
    basis: Basis = "simulated" if pretended or not people else "balloted"
    return Ballots.of_rows(rows, lines, cast.channel, basis)


def _ratified(conversation: Conversation, cast: Cast) -> Ballots:
    return _ballots(cast, "ratification", [*conversation.slate.document["statements"], 0])


def _accepted(conversation: Conversation) -> set[int]:
    return set(conversation.statements.filter(state="accepted").values_list("number", flat=True))


def _seeds(conversation: Conversation) -> set[int]:
    return set(conversation.statements.filter(kind="seed").values_list("number", flat=True))


def _texts(conversation: Conversation, among: set[int] | None = None) -> dict[int, str]:
    wanted = _accepted(conversation) if among is None else among
    return dict(conversation.statements.filter(number__in=wanted).values_list("number", "text"))


def _now() -> datetime:
    return datetime.now(tz=UTC)
