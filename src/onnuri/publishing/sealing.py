"""Sealing: everything that was said and computed becomes the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Q, Sum

from onnuri import __version__
from onnuri.conference.models import Ticket
from onnuri.conversation.actions import locked, touch
from onnuri.conversation.models import Decision
from onnuri.conversation.queries import cast
from onnuri.conversation.voice_keys import fingerprints
from onnuri.publishing.models import Record, Shortlist
from onnuri.publishing.sitting import add_link, conclusion_of, rules_of
from onnuri.record.document import NO_WORDS, Content, Sealed, seal
from onnuri.record.sealed_rows import seal_rows
from onnuri.record.signature import fingerprint, sign
from onnuri.vocabulary import in_language, language_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from onnuri.conversation.models import Conversation, Statement
    from onnuri.conversation.queries import Cast

WORDLESS: Final = frozenset({"unlawful", "personal"})
"""Reasons for which the words themselves are not published either."""
LOGGED: Final = ("accept", "refuse", "merge", "remove", "hide", "restore")


def seal_record(
    *, code: str, landscape: dict[str, Any], group_of: Mapping[int, int], at: datetime, pem: bytes
) -> Record:
    """Seal and publish.

    Args:
        code: the conversation.
        landscape: the full document of the last close, people included.
        group_of: participant -> lasting group id, for the group column of the ballots.
        at: now.
        pem: the installation's signing key.
    """
    with transaction.atomic():
        conversation = locked(code)
        found = cast(conversation)
        for number in sorted({r[2] for r in found.votes if r[4]}):
            late = [r for r in found.votes if r[4] and r[2] == number]
            add_link(conversation, f"late vote {number}", "", late)
        content = Content(
            head=_head(conversation, found, landscape, at),
            landscape=landscape,
            slate=conversation.slate.document,
            statements=_statements(conversation),
            lines=_lines(conversation),
            votes=found.votes,
            ballots=[
                (kind, voice, group_of.get(voice, ""), channel, line, vote)
                for kind, voice, channel, line, vote in found.ballots
            ],
            log=_log(conversation),
        )
        sealed = _sealed(conversation, content, pem)
        record = Record.objects.create(
            conversation=conversation,
            digest=sealed.digest,
            head=content.head,
            data=sealed.data,
            key_fingerprint=fingerprint(sign(pem, sealed.digest)["public_key"]),
            published_at=at,
        )
        conversation.segment = "published"
        conversation.save(update_fields=["segment"])
        touch(conversation)
        return record


def _sealed(conversation: Conversation, content: Content, pem: bytes) -> Sealed:
    """The zip to keep; of sealed rows the one everybody gets and the auditors' in one box."""
    if rules_of(conversation).rows == "open":
        return seal(content, pem)
    box = seal_rows(content, pem)
    return Sealed(box.public.digest, box.data)


def tickets_of(conversation: Conversation) -> int:
    """Codes and tickets issued: never fewer than the voices that came by them."""
    tickets = 0
    if conversation.conference is not None:
        tickets = conversation.conference.tickets.filter(code__isnull=False).count()
    return conversation.codes_issued + tickets


def _head(conversation: Conversation, found: Cast, landscape: dict[str, Any], at: datetime) -> dict[str, Any]:
    conclusion = conclusion_of(conversation)
    tickets = tickets_of(conversation)
    certificate = conversation.slate.certificate
    # Codes given out after the ballot are tickets too.
    certificate["took_part"]["tickets"] = tickets
    return {
        "mode": "sitting",
        "code": conversation.code,
        "question": in_language(conversation.question, "ko"),
        "questions": conversation.question,
        "lang": language_of(conversation.question, "ko"),
        "conference": conversation.conference.title if conversation.conference else None,
        "attribution": conversation.attribution,
        "onnuri": __version__,
        "opened": conversation.opened_at.date().isoformat() if conversation.opened_at else None,
        "published": at.date().isoformat(),
        "rules": conversation.rules,
        "rules_digest": conversation.rules_digest,
        "rules_signature": conversation.rules_signature,
        "tickets": tickets,
        "voices": _voices(conversation, found),
        "simulated": conversation.simulated or "simulated" in found.origin.values(),
        "origins": {o: sum(1 for v in found.origin.values() if v == o) for o in sorted(set(found.origin.values()))},
        "joined": {c: sum(1 for v in found.channel.values() if v == c) for c in sorted(set(found.channel.values()))},
        "group_ids": [g["id"] for g in landscape["groups"]],
        "outcome": "conclusion" if conclusion else "none",
        "outcome_basis": certificate["basis"],
        "conclusion": conclusion,
        "certificate": certificate,
        "commitments": [
            {"line": c.line, "addressee": c.addressee, "due": c.due.isoformat(), "status": "waiting"}
            for c in conversation.commitments.all()
        ],
        "chain": [{"what": link.what, "about": link.about, "digest": link.digest} for link in conversation.links.all()],
    }


def _voices(conversation: Conversation, found: Cast) -> dict[str, Any]:
    """How voices came to be, in numbers: signed unseen, made by the server, by a card that comes back, openly.

    `replaced`: lost ones for which the desk gave a new code; the lost voice itself cannot be taken back.
    """
    codes = conversation.seat_codes.filter(used=True)
    own = conversation.conference
    used = own.tickets.filter(minted=True) if own is not None else Ticket.objects.none()
    blind = codes.filter(card=False).exclude(blinded="").count() + used.exclude(blinded="").count()
    return {
        "blind": blind,
        "server": codes.filter(card=False, blinded="").count() + used.filter(blinded="").count(),
        "cards": codes.filter(card=True).count(),
        "open": sum(1 for channel in found.channel.values() if channel == "open"),
        "replaced": used.aggregate(n=Sum("replaced"))["n"] or 0,
        "keys": fingerprints(conversation.voice_keys),
    }


def _statements(conversation: Conversation) -> list[tuple[object, ...]]:
    """What was put to people; what nobody has read yet, and what was refused, is not published as a statement."""
    accepted = Decision.objects.filter(conversation=conversation, kind="statements", act="accept").values("number")
    never_read = Q(state="withdrawn") & ~Q(number__in=accepted)
    unread = ("refused", "waiting", "held", "merged")
    public = conversation.statements.exclude(state__in=unread).exclude(never_read)
    among = _shown_at_the_ballot(conversation)
    return [(s.number, _words(s), s.lang, s.kind, _state(s, among), " ".join(str(c) for c in s.cites)) for s in public]


def _shown_at_the_ballot(conversation: Conversation) -> frozenset[int]:
    """What the candidates were computed from; empty where there was no ballot."""
    shortlist: Shortlist | None = getattr(conversation, "shortlist", None)
    return frozenset(shortlist.among if shortlist is not None else ())


def _state(statement: Statement, among: frozenset[int]) -> str:
    """As it was when the candidates were computed, so that whoever recomputes has the same statements before them.

    What was decided since stands in the log.
    """
    if not among:
        return statement.state
    if statement.number in among:
        return "accepted"
    return "hidden" if statement.state == "accepted" else statement.state


def _words(statement: Statement) -> str:
    """Its text; where it was taken down because it is unlawful or personal, or is hidden now, a sign in its place."""
    gone = statement.state == "removed" and statement.reason in WORDLESS
    return NO_WORDS if gone or statement.state == "hidden" else statement.text


def _lines(conversation: Conversation) -> list[tuple[object, ...]]:
    statements = {s.number: s for s in conversation.statements.all()}
    return [
        (c["id"], _words(s), s.lang, c["why"], " ".join(str(x) for x in s.cites))
        for c in conversation.shortlist.candidates
        for s in [statements[c["id"]]]
    ]


def _log(conversation: Conversation) -> list[tuple[object, ...]]:
    """Refused texts in words, unless they are unlawful or personal; what was only put aside is no decision yet."""
    decisions = Decision.objects.filter(conversation=conversation, kind="statements", act__in=LOGGED)
    return [
        (
            d.number,
            d.act,
            d.reason,
            d.text if d.act in {"refuse", "merge"} and d.reason not in WORDLESS else "",
        )
        for d in decisions
        if d.act != "remove" or d.figures.get("done")
    ]
