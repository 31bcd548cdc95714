"""One sitting, step by step: what the host's keys do. Each step is one transaction with its link of the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from onnuri.conclusion.rules import Rules
from onnuri.conversation import segments
from onnuri.conversation.actions import close_round, finish_round, locked, open_round, touch
from onnuri.conversation.citing import close_challenges
from onnuri.conversation.interludes import end_for_round
from onnuri.conversation.queries import cast, rows_of_round
from onnuri.errors import Conflict, Unprocessable
from onnuri.publishing.models import Commitment, Link, PublishedLandscape, Shortlist, Slate
from onnuri.record.chain import START, next_link
from onnuri.record.signature import sign
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from onnuri.conversation.models import Conversation, Round
    from onnuri.conversation.queries import Cast


def rules_of(conversation: Conversation) -> Rules:
    """The rules as they stand: drafted before opening, fixed after."""
    return Rules.of(conversation.rules)


def draft_rules(*, code: str, changes: dict[str, Any], attribution: str = "") -> Rules:
    """Change rules while nothing is signed yet; `attribution` is printed wherever the statements are shown."""
    with transaction.atomic():
        conversation = locked(code)
        if conversation.rules_digest:
            raise Conflict("rules_fixed")
        try:
            rules = Rules.of({**conversation.rules, **changes})
        except (ValueError, TypeError) as problem:
            raise Unprocessable("rule", field=str(problem)) from None
        conversation.rules = rules.document()
        conversation.attribution = attribution or conversation.attribution
        conversation.save(update_fields=["rules", "attribution"])
        touch(conversation)
        return rules


def add_link(conversation: Conversation, what: str, about: str = "", rows: Iterable[Sequence[object]] = ()) -> Link:
    """Lengthen the chain."""
    last = conversation.links.last()
    link = next_link(last.digest if last else START, what, about, rows)
    return Link.objects.create(
        conversation=conversation,
        number=(last.number if last else 0) + 1,
        what=link.what,
        about=link.about,
        digest=link.digest,
    )


def open_vote_round(*, code: str, at: datetime, pem: bytes, closes_at: datetime | None = None) -> Round:
    """Open a round; the first opening fixes and signs the rules."""
    with transaction.atomic():
        conversation = locked(code)
        if not conversation.rules_digest:
            _fix_rules(conversation, at, pem)
        end_for_round(conversation, at)
        opened = open_round(conversation, "vote", at=at, closes_at=closes_at)
        add_link(conversation, f"open vote {opened.number}", conversation.rules_digest)
        return opened


def _fix_rules(conversation: Conversation, at: datetime, pem: bytes) -> None:
    from hashlib import sha256  # noqa: PLC0415 - used once in the life of a conversation

    seeds = conversation.statements.filter(kind="seed").values_list("text", flat=True)
    rules = Rules.of({**conversation.rules, "seeds": sha256("\n".join(seeds).encode()).hexdigest()})
    conversation.rules = rules.document()
    conversation.rules_digest = rules.digest
    conversation.rules_signature = sign(pem, rules.digest)
    conversation.opened_at = at
    conversation.save(update_fields=["rules", "rules_digest", "rules_signature", "opened_at"])


def close(*, code: str, at: datetime) -> Round:
    """Close whatever is open. What is on its way still counts until the grace is over."""
    with transaction.atomic():
        conversation = locked(code)
        closed = close_round(conversation, at=at, grace_s=rules_of(conversation).grace_s)
        close_challenges(conversation, at)
        return closed


def ask_for_shortlist(*, code: str) -> None:
    """The host goes on to the shortlist: it is computed now and opens by itself."""
    _ask(code, "open_shortlist")


def _ask(code: str, action: str) -> None:
    with transaction.atomic():
        conversation = locked(code)
        segments.require(conversation.segment, action)
        conversation.segment = "computing"
        conversation.save(update_fields=["segment"])
        touch(conversation)


def open_shortlist(
    *, code: str, candidates: list[dict[str, Any]], at: datetime, among: Iterable[int] = ()
) -> Round | None:
    """The shortlist is there: put it to everybody. Without any candidate the sitting ends honestly.

    `among`: the statements that were shown when it was computed.
    """
    with transaction.atomic():
        conversation = locked(code)
        stored = {"candidates": candidates, "among": sorted(among)}
        Shortlist.objects.update_or_create(conversation=conversation, defaults=stored)
        conversation.segment = "where"
        end_for_round(conversation, at)
        opened = open_round(conversation, "shortlist", at=at)
        add_link(conversation, "open shortlist", ",".join(str(c["id"]) for c in candidates)[:80])
        return opened


def open_ratification(*, code: str, at: datetime) -> Round:
    """Put the slate to everybody."""
    with transaction.atomic():
        conversation = locked(code)
        end_for_round(conversation, at)
        opened = open_round(conversation, "ratification", at=at)
        add_link(
            conversation, "open ratification", ",".join(str(s) for s in conversation.slate.document["statements"])[:80]
        )
        return opened


def link_of_close(conversation: Conversation, finished: Round, found: Cast | None = None) -> Link:
    """The link of a final round, from its rows; `found` = they were read already, since it is final."""
    found = found or cast(conversation)
    if finished.kind == "vote":
        return add_link(conversation, f"close vote {finished.number}", "", rows_of_round(found, finished.number))
    return add_link(conversation, f"close {finished.kind}", "", [b for b in found.ballots if b[0] == finished.kind])


def finish_votes(
    conversation: Conversation, finished: Round, document: dict[str, Any], found: Cast | None = None, *, at: datetime
) -> None:
    """Publish the landscape of a closed round; once, whoever computed it twice."""
    with transaction.atomic():
        conversation = locked(conversation.code)
        if _is_done(finished):
            return
        link_of_close(conversation, finished, found)
        PublishedLandscape.objects.create(round=finished, document=document, digest=document["digest"], published_at=at)
        finish_round(conversation, finished, at=at)


def finish_ballot(
    conversation: Conversation, finished: Round, document: dict[str, Any], certificate: dict[str, Any], *, at: datetime
) -> None:
    """Publish the slate that the rule chose, or the outcome of the ratification.

    A slate without a line needs no ratification: the sitting ends with no common conclusion.
    """
    with transaction.atomic():
        conversation = locked(conversation.code)
        if _is_done(finished):
            return
        link_of_close(conversation, finished)
        Slate.objects.update_or_create(
            conversation=conversation, defaults={"document": document, "certificate": certificate}
        )
        empty = finished.kind == "shortlist" and not document["statements"]
        finish_round(conversation, finished, at=at, segment="result" if empty else None)


def _is_done(finished: Round) -> bool:
    """Another engine may have been faster; the caller holds the lock."""
    finished.refresh_from_db(fields=["done_at"])
    return finished.done_at is not None


def ask_to_publish(*, code: str, commitments: list[tuple[int, str, date]], today: date) -> None:
    """Name who is asked to answer each line and by when; the record is sealed now."""
    with transaction.atomic():
        conversation = locked(code)
        segments.require(conversation.segment, "publish")
        if sorted(line for line, _, _ in commitments) != sorted(conclusion_of(conversation)):
            raise Unprocessable("addressee", field="addressee")
        named = [(line, _addressee(addressee), due) for line, addressee, due in commitments]
        if any(due <= today for _, _, due in commitments):
            raise Unprocessable("due", field="due")
        conversation.commitments.all().delete()
        for line, addressee, due in named:
            Commitment.objects.create(conversation=conversation, line=line, addressee=addressee, due=due)
    _ask(code, "publish")


def _addressee(written: str) -> str:
    try:
        return plain_text(written, limit=120, field="addressee")
    except Unprocessable:
        raise Unprocessable("addressee", field="addressee") from None


def conclusion_of(conversation: Conversation) -> list[int]:
    """The ratified lines, none when there is no common conclusion."""
    slate = Slate.objects.filter(conversation=conversation).first()
    ratification = slate.certificate.get("ratification") if slate else None
    return list(ratification["conclusion"]) if ratification else []


def wanted_exposure_of(conversation: Conversation) -> dict[int, float]:
    """How often statements should be shown, as the last landscape says: statement -> share, where it is not 1."""
    last = PublishedLandscape.objects.filter(round__conversation=conversation).order_by("-round__number")
    routing = last.values_list("document__routing", flat=True).first()
    return {int(statement): share for statement, share in (routing or {}).items()}
