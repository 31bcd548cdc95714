"""A verb each, in one transaction."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.db.models import F

from onnuri.conference.actions import digest_of, new_code
from onnuri.conversation import entitled, segments
from onnuri.conversation import statement as writing
from onnuri.conversation.models import (
    Clock,
    Conversation,
    Objection,
    Round,
    SeatCode,
    Statement,
    Voice,
    Vote,
)
from onnuri.conversation.moderating import UNREAD, require_unread
from onnuri.conversation.personal import masked
from onnuri.conversation.round import closing_at, grace_of
from onnuri.errors import Conflict, Forbidden, NotFound, Unprocessable
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from onnuri.conference.models import Conference
    from onnuri.conversation.models import Challenge, Evidence, Question

CODE_LENGTH: Final = 6
SEAT_CODE_LENGTH: Final = 8
ROW_NUMBERS: Final = 2**48
MOST_CODES: Final = 100_000
CHANNEL: Final = "onnuri"
"""Where processes on PostgreSQL tell each other to look."""


def touch(conversation: Conversation) -> None:
    """Say that something changed which pages or the hot path must see."""
    Clock.objects.filter(pk=1).update(version=F("version") + 1)
    Conversation.objects.filter(pk=conversation.pk).update(version=F("version") + 1)
    if connection.vendor == "postgresql":
        # Told when this commits: a host's key, not a vote, so the lock a notifying commit takes is of no weight.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def locked(code: str) -> Conversation:
    """The conversation, alone in its transaction."""
    try:
        return Conversation.objects.select_for_update().get(code=code.upper())
    except Conversation.DoesNotExist:
        raise NotFound("code_unknown") from None


def create_conversation(
    *,
    question: dict[str, str],
    rules: dict[str, Any],
    seeds: Sequence[tuple[str, str]],
    at: datetime,
    conference: Conference | None = None,
    simulated: bool = False,
    attribution: str = "",
) -> tuple[Conversation, str]:
    """Create it with the organiser's seeds as (text, language); the answer carries the host's key."""
    key = secrets.token_urlsafe(24)
    asked = {lang: plain_text(text, limit=300, field="question") for lang, text in question.items() if text.strip()}
    if not asked:
        raise Unprocessable("text_blank", field="question")
    texts: list[str] = []
    with transaction.atomic():
        conversation = Conversation.objects.create(
            code=_free_code(),
            conference=conference,
            question=asked,
            rules=rules,
            host_key_digest=digest_of(key),
            simulated=simulated,
            attribution=attribution,
            created_at=at,
        )
        for text, lang in seeds:
            kept = writing.checked_text(text, texts)
            texts.append(kept)
            add_statement(conversation, kept, lang, Statement.Kind.SEED, state=Statement.State.ACCEPTED)
        touch(conversation)
    return conversation, key


def _free_code() -> str:
    while Conversation.objects.filter(code=(code := new_code(CODE_LENGTH))).exists():
        pass
    return code


def add_statement(  # noqa: PLR0913 - one row of the table
    conversation: Conversation,
    text: str,
    lang: str,
    kind: str,
    *,
    state: str,
    author: Voice | None = None,
    cites: Sequence[int] = (),
    redraft_of: Statement | None = None,
    at: datetime | None = None,
) -> Statement:
    """Store a checked statement under the next number."""
    number = conversation.next_statement
    Conversation.objects.filter(pk=conversation.pk).update(next_statement=number + 1)
    conversation.next_statement = number + 1
    return Statement.objects.create(
        conversation=conversation,
        number=number,
        text=text,
        lang=lang,
        kind=kind,
        state=state,
        author=author,
        cites=list(cites),
        redraft_of=redraft_of,
        waiting_since=at if state == Statement.State.WAITING else None,
    )


def write_statement(*, code: str, voice: int, text: str, lang: str, at: datetime) -> Statement:
    """A participant writes; a moderator reads it before others do. Imported voices are neither paced nor read."""
    with transaction.atomic():
        conversation = locked(code)
        author = writer_in(conversation, voice)
        _refuse_when_over(conversation)
        imported = author.origin == "imported"
        if not imported:
            writing.require_pace(author.statements.count(), Vote.objects.filter(voice=author).count())
        existing = conversation.statements.exclude(state__in=("refused", "removed")).values_list("text", flat=True)
        kept = writing.checked_text(text, list(existing), imported=imported)
        state = Statement.State.ACCEPTED if imported else Statement.State.WAITING
        written = add_statement(conversation, kept, lang, Statement.Kind.PARTICIPANT, state=state, author=author, at=at)
        touch(conversation)
        return written


def propose_line(*, code: str, voice: int, text: str, lang: str, cites: Sequence[int], at: datetime) -> Statement:
    """A participant proposes a line that joins two or more statements."""
    with transaction.atomic():
        conversation = locked(code)
        author = writer_in(conversation, voice)
        _refuse_when_over(conversation)
        writing.require_pace(author.statements.count(), Vote.objects.filter(voice=author).count())
        accepted = dict(conversation.statements.filter(state="accepted").values_list("number", "text"))
        kept_cites = writing.checked_cites(cites, accepted)
        kept = writing.checked_text(text, list(accepted.values()))
        line = add_statement(
            conversation,
            kept,
            lang,
            Statement.Kind.LINE,
            state=Statement.State.WAITING,
            author=author,
            cites=kept_cites,
            at=at,
        )
        touch(conversation)
        return line


def redraft(*, code: str, voice: int, number: int, text: str, lang: str, at: datetime) -> Statement:
    """A line's author writes it anew, once; the former wording is withdrawn and stays in the record."""
    with transaction.atomic():
        conversation = locked(code)
        line = _line(conversation, number)
        if line.author_id != voice:
            raise Forbidden("not_yours")
        _refuse_when_over(conversation)
        if line.redraft_of_id is not None or Statement.objects.filter(redraft_of=line).exists():
            raise Conflict("redrafted")
        kept = writing.checked_text(text, [line.text])
        new = add_statement(
            conversation,
            kept,
            lang,
            Statement.Kind.LINE,
            state=Statement.State.WAITING,
            author=line.author,
            cites=line.cites,
            redraft_of=line,
            at=at,
        )
        line.state = Statement.State.WITHDRAWN
        line.save(update_fields=["state"])
        touch(conversation)
        return new


def say_what_is_missing(*, code: str, voice: int, number: int, text: str, lang: str) -> Objection:
    """Who does not agree with a line may say in one sentence what is missing in it."""
    with transaction.atomic():
        conversation = locked(code)
        line = _line(conversation, number)
        speaker = writer_in(conversation, voice)
        _refuse_when_over(conversation)
        if line.author_id == voice:
            raise Forbidden("your_own_line")
        last = Vote.objects.filter(voice=speaker, statement=line).order_by("-round__number").first()
        if last is None or last.value == 1:
            raise Conflict("vote_first")
        kept = masked(plain_text(text, limit=300, field="text"))
        found, _ = Objection.objects.update_or_create(line=line, voice=speaker, defaults={"text": kept, "lang": lang})
        return found


def decide(*, code: str, number: int, accept: bool, reason: str, at: datetime, who: str = "") -> Statement:
    """The moderator publishes or refuses; a refusal needs a reason."""
    with transaction.atomic():
        conversation = locked(code)
        if conversation.segment == "published":
            raise Conflict("sealed")
        found = conversation.statements.filter(number=number).first()
        if found is None:
            raise NotFound("statement_unknown", statement=number)
        if accept and found.state in UNREAD and not takes_statements(conversation):
            raise Conflict("accept_over")
        settle(found, accept=accept, reason=reason)
        Statement.objects.filter(pk=found.pk).exclude(suggestion="").update(suggestion="")
        if not accept and (former := found.redraft_of) is not None:
            # The new wording was refused: the line stands as it stood before.
            stood = conversation.decisions.filter(kind="statements", number=former.number, act="accept").exists()
            if stood:
                Statement.objects.filter(pk=former.pk).update(state="accepted")
        conversation.decisions.create(
            number=number, act="accept" if accept else "refuse", reason=found.reason, text=found.text, at=at, who=who
        )
        touch(conversation)
        return found


def takes_statements(conversation: Conversation) -> bool:
    """Whether a statement that is published now could still be answered: until the shortlist is there."""
    return not conversation.rounds.exclude(kind=Round.Kind.VOTE).exists()


def settle(found: Statement | Question | Evidence | Challenge, *, accept: bool, reason: str) -> None:
    """Whatever waited to be read is published or refused, once; the caller holds the lock."""
    require_unread(found.state)
    _require_reason(reason, accept=accept)
    found.state = Statement.State.ACCEPTED if accept else Statement.State.REFUSED
    found.reason = "" if accept else reason
    # How long it waited matters no more, and would tie a voice to a moment.
    found.waiting_since = None
    found.save(update_fields=["state", "reason", "waiting_since"])


def _require_reason(reason: str, *, accept: bool) -> None:
    if not accept and reason not in writing.REASONS:
        raise Unprocessable("reason_needed", field="reason")


def issue_codes(*, code: str, channel: str, count: int, origin: str = "person", card: bool = False) -> list[str]:
    """Make codes; only their digests are stored. `card`: the same code gives the same voice whenever it comes back."""
    if channel not in {"hall", "online"}:
        raise Unprocessable("wish", field="channel")
    if origin not in {"person", "imported", "simulated"} or not 1 <= count <= MOST_CODES:
        raise Unprocessable("count", field="count", most=MOST_CODES)
    codes = [new_code(SEAT_CODE_LENGTH) for _ in range(count)]
    with transaction.atomic():
        conversation = locked(code)
        SeatCode.objects.bulk_create(
            SeatCode(conversation=conversation, digest=digest_of(c), channel=channel, origin=origin, card=card)
            for c in codes
        )
        Conversation.objects.filter(pk=conversation.pk).update(codes_issued=F("codes_issued") + count)
    return codes


def open_round(conversation: Conversation, kind: str, *, at: datetime, closes_at: datetime | None = None) -> Round:
    """Open the next round; the caller holds the lock."""
    action = {"vote": "open_round", "shortlist": "open_shortlist", "ratification": "open_ratification"}[kind]
    segments.require(conversation.segment, action)
    if kind == "vote" and not conversation.statements.filter(state="accepted").exists():
        raise Conflict("no_statements")
    number = conversation.rounds.count() + 1
    opened = Round.objects.create(
        conversation=conversation, number=number, kind=kind, opened_at=at, closes_at=closes_at
    )
    conversation.segment = segments.DURING[kind]
    conversation.save(update_fields=["segment"])
    touch(conversation)
    return opened


def close_round(conversation: Conversation, *, at: datetime, grace_s: int) -> Round:
    """Close the open round: what arrives within the grace still counts; then it is computed."""
    segments.require(conversation.segment, "close_round")
    closing = conversation.rounds.filter(closed_at__isnull=True).get()
    closing.closed_at = at
    closing.final_at = at + grace_of(closing.kind, grace_s)
    closing.save(update_fields=["closed_at", "final_at"])
    conversation.segment = "computing"
    conversation.save(update_fields=["segment"])
    touch(conversation)
    return closing


def set_timer(*, code: str, at: datetime, seconds: int, anew: bool = False) -> datetime | None:
    """When the open round closes by the clock: so many seconds more, or from now where `anew`; 0 = no clock."""
    with transaction.atomic():
        conversation = locked(code)
        now_open = conversation.rounds.filter(closed_at__isnull=True).first()
        if now_open is None:
            raise Conflict("round_closed")
        now_open.closes_at = closing_at(now_open.closes_at, at=at, seconds=seconds, anew=anew)
        now_open.save(update_fields=["closes_at"])
        touch(conversation)
        return now_open.closes_at


def finish_round(conversation: Conversation, finished: Round, *, at: datetime, segment: str | None = None) -> None:
    """The result is there: go where a round of this kind leads."""
    finished.done_at = at
    finished.save(update_fields=["done_at"])
    conversation.segment = segment or segments.AFTER[finished.kind]
    conversation.save(update_fields=["segment"])
    touch(conversation)


def forget_voice(*, code: str, voice: int) -> None:
    """Leave and erase: everything this voice said, until the record is sealed."""
    with transaction.atomic():
        conversation = locked(code)
        if conversation.segment == "published":
            raise Conflict("sealed")
        if conversation.rounds.filter(closed_at__isnull=False).exists():
            # The link of a closed round is shown on the stage: its rows may no longer change.
            raise Conflict("sealed_round")
        for unread in (conversation.statements, conversation.questions):
            unread.filter(author_id=voice, state__in=UNREAD).delete()
        # A card that nobody wrote would be the organiser's.
        conversation.evidence.filter(author_id=voice).delete()
        conversation.challenges.filter(author_id=voice, state__in=UNREAD).delete()
        Voice.objects.filter(conversation=conversation, pk=voice).delete()
        touch(conversation)


def new_row_number(taken: Iterable[int] = ()) -> int:
    """A random row number for a voice."""
    while (number := secrets.randbelow(ROW_NUMBERS)) in set(taken):
        pass
    return number


def voice_in(conversation: Conversation, voice: int) -> Voice:
    """The voice that speaks here, or a refusal."""
    found = conversation.voices.filter(pk=voice).first()
    if found is None:
        raise Forbidden("no_voice")
    return found


def writer_in(conversation: Conversation, voice: int) -> Voice:
    """The voice that speaks here and may write, or a refusal."""
    found = voice_in(conversation, voice)
    entitled.require_entitled(entitled.policy_of(conversation.rules, "post"), found.channel, "post")
    return found


def _line(conversation: Conversation, number: int) -> Statement:
    found = conversation.statements.filter(number=number, kind="line").first()
    if found is None or found.state in {"refused", "withdrawn", "merged", "hidden", "removed"}:
        raise NotFound("statement_unknown", statement=number)
    return found


def _refuse_when_over(conversation: Conversation) -> None:
    over = conversation.segment not in {"lobby", "round", "computing", "where"}
    if over or not takes_statements(conversation):
        raise Conflict("writing_over")
