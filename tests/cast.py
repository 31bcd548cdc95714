"""The cast: Mina organises, Jun sits in the hall, Linh is online and reads Vietnamese, Sato comes later.

Each helper is one thing somebody does; what a story does not name, it does not need to know.
"""

from datetime import UTC, datetime, timedelta
from itertools import count

from django.conf import settings
from django.db import connection

from onnuri.conclusion.rules import Rules
from onnuri.conference import actions as places
from onnuri.conference.models import Conference, Ticket
from onnuri.conversation.actions import create_conversation, issue_codes, new_row_number
from onnuri.conversation.models import BallotVote, Voice, Vote
from onnuri.live import engine
from onnuri.live.store import VOTES
from onnuri.live.token import cookie_name
from onnuri.publishing import sitting
from onnuri.web.voices import SIGNER

MORNING = datetime(2026, 5, 2, 0, 0, tzinfo=UTC)
SEEDS = ("물가를 걷게 하자.", "장터를 다시 열자.", "나무를 더 심자.")
_keys = count(1)


def minutes(number):
    return MORNING + timedelta(minutes=number)


# ---- places


def conference(capacity=2, slug="hanbit", **texts):
    """Mina's conference."""
    made, _key = places.create_conference(
        slug=slug, title={"ko": "한빛 도시 회의", "en": "Hanbit"}, capacity=capacity, at=MORNING, **texts
    )
    return made


def register(name, wish="hall", *, slug="hanbit", key=None, email=None, at=MORNING):
    """Somebody claims a place."""
    return places.register(
        slug=slug,
        name=name,
        email=email or f"{name.lower()}@example.kr",
        wish=wish,
        idempotency_key=key or f"key-number-{next(_keys)}",
        at=at,
    )


def confirmed(registration):
    return places.confirm(token=registration.confirm_token, at=MORNING)


def give_up(registration, at=MORNING):
    return fresh(places.give_up(slug="hanbit", claim=registration.claim, at=at))


def tickets():
    """Codes of tickets that were issued."""
    return list(Ticket.objects.filter(code__isnull=False).values_list("code", flat=True))


def line(slug="hanbit"):
    """Who waits, in order."""
    found = Conference.objects.get(slug=slug).registrations.filter(place="waiting")
    return [r.name for r in found]


def seats(slug="hanbit"):
    """Who sits where."""
    found = Ticket.objects.filter(conference__slug=slug, seat_number__isnull=False).select_related("registration")
    return {t.seat_number: t.name or t.registration.name for t in found.order_by("seat_number")}


# ---- voices


def conversation(seeds=SEEDS, *, policy="code", key=False, **about):
    """Mina's question; `key` also gives the host's key."""
    # The engine remembers by key, and every test begins with the same keys.
    engine.FITTED.clear()
    made, host_key = create_conversation(
        question={"ko": "강변을 어떻게 쓸까요?", "en": "What of the riverside?"},
        rules=Rules(vote=policy, grace_s=0).document(),
        seeds=[(text, "ko") for text in seeds],
        at=MORNING,
        **about,
    )
    return (made, host_key) if key else made


def voice(room, channel="hall", origin="person"):
    return Voice.objects.create(id=new_row_number(), conversation=room, channel=channel, origin=origin)


def open_round(room, at=MORNING):
    return sitting.open_vote_round(code=room.code, at=at, pem=settings.FOLDER.signing_key)


def answer(own, values, *, late=False):
    """A voice answers statements by number in the last round, and it is stored as the hot path stores it."""
    room = fresh(own.conversation)
    last = room.rounds.last()
    keys = dict(room.statements.values_list("number", "pk"))
    with connection.cursor() as cursor:
        for number, value in values.items():
            cursor.execute(VOTES.on_sqlite.replace("?", "%s"), [last.pk, own.pk, keys[number], value, late])


def ballot(own, values):
    """A voice answers candidates, 0 = the whole slate."""
    last = fresh(own.conversation).rounds.last()
    BallotVote.objects.bulk_create(
        BallotVote(round=last, voice=own, line=number, value=value) for number, value in values.items()
    )


def phone_of(own, client):
    """A browser that speaks for a voice."""
    client.cookies[cookie_name(own.conversation.code)] = SIGNER.voice(own.conversation_id, own.pk)
    return client


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# ---- a whole sitting

CROWD = 30
TOPICS = tuple(f"{n}번째 생각입니다." for n in range(1, 13))


def crowd(room, people=CROWD):
    """Half in the hall, half online; of two minds, equally in both; each came by a code."""
    issue_codes(code=room.code, channel="hall", count=people)
    return [voice(room, "hall" if n % 2 else "online") for n in range(people)]


def mind(index, number):
    """Everybody agrees on the first four; on the others two halves differ, with a stray answer now and then."""
    if (index * 7 + number * 3) % 11 == 0:
        return 0
    return 1 if number <= 4 or (index // 2 + number) % 2 == 0 else -1


def vote_round(room, voices):
    """Everybody answers everything in a round of its own, and it is closed and computed."""
    open_round(room)
    everybody_votes(room, voices)
    close(room)
    return fresh(room)


def everybody_votes(room, voices):
    last = fresh(room).rounds.last()
    statements = list(room.statements.filter(state="accepted"))
    Vote.objects.bulk_create(
        Vote(round=last, voice=own, statement=s, value=mind(index, s.number))
        for index, own in enumerate(voices)
        for s in statements
    )


def close(room):
    sitting.close(code=room.code, at=MORNING)
    compute(room)


def compute(room):
    """What the engine's process does."""
    return engine.work(room.pk)


def to_shortlist(room):
    sitting.ask_for_shortlist(code=room.code)
    compute(room)
    return fresh(room)


def ballot_round(room, voices, *, whole=None):
    """Everybody fills in the whole ballot; it is closed and computed."""
    room = fresh(room)
    now = room.rounds.last()
    lines = [c["id"] for c in room.shortlist.candidates]
    if now.kind == "ratification":
        lines = room.slate.document["statements"]
    BallotVote.objects.bulk_create(
        BallotVote(round=now, voice=own, line=n, value=whole if n == 0 else mind(index, n))
        for index, own in enumerate(voices)
        for n in (lines if whole is None else [*lines, 0])
    )
    close(room)
    return fresh(room)


def sitting_until(segment, **about):
    """(room, voices) of a sitting that has come to `segment`."""
    for room, voices in whole_sitting(**about):
        if room.segment == segment:
            return room, voices
    raise AssertionError(segment)


def whole_sitting(*, whole=1, people=CROWD, **about):
    """(room, voices) at every moment of a sitting, one after the other."""
    room = conversation(TOPICS, **about)
    voices = crowd(room, people)
    yield room, voices
    steps = (
        lambda: open_round(room),
        lambda: everybody_votes(room, voices),
        lambda: sitting.close(code=room.code, at=MORNING),
        lambda: compute(room),
        lambda: to_shortlist(room),
        lambda: ballot_round(room, voices),
        lambda: sitting.open_ratification(code=room.code, at=MORNING),
        lambda: ballot_round(room, voices, whole=whole),
        lambda: publish(room),
    )
    for step in steps:
        step()
        yield fresh(room), voices


def publish(room):
    """Mina names who answers each line, and the record is sealed."""
    due = (MORNING + timedelta(days=30)).date()
    sitting.ask_to_publish(
        code=room.code,
        commitments=[(n, "한빛시 도시공간과", due) for n in sitting.conclusion_of(room)],
        today=MORNING.date(),
    )
    compute(room)
    return fresh(room)
