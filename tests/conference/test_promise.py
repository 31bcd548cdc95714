"""First come, first served, whatever people, organisers and the clock do in whatever order.

The real actions on a real database against a plain list; after every step both say the same, and the published log
convinces its own checker. More, other and longer stories: ONNURI_PROMISE_STORIES=1000.
"""

import os
from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests import cast
from tests.conference.plain_hall import HOLDS, PlainHall, Refused

from onnuri.conference import actions, changes, claims, draw, queries
from onnuri.conference.book import opened
from onnuri.conference.checking import check
from onnuri.conference.claims import Ask, Known, Person
from onnuri.conference.models import Conference, Entry, Registration, Ticket
from onnuri.errors import Refusal
from onnuri.people.models import Mail

STORIES = int(os.environ.get("ONNURI_PROMISE_STORIES", "0"))
_slugs = count(1)

minutes = st.sampled_from([0, 1, 5, 9, 10, 11, 25, 30, 45, 90, 400, 1500])
which = st.integers(0, 200)
wishes = st.sampled_from(["hall", "hall", "hall_or_online", "online"])
parties = st.sampled_from([1, 1, 1, 2, 3, 4])
emails = st.sampled_from(["", "jun@example.kr", "linh@example.kr", "sato@example.kr", "mina@example.kr"])
devices = st.sampled_from(["", "", "phone-a", "phone-b"])
IN_A_GROUP = (
    "claim", "claim", "claim", "give_up", "accept", "to_online", "to_hall", "fill_in", "vouch", "capacity", "add",
    "move",
)  # fmt: skip
reasons = st.sampled_from(["two chairs broke", "two chairs broke", ""])


class Crash(Exception):  # noqa: N818 - not an error of ours
    """The power went in the middle of a transaction."""


class Act:
    """One thing to do, in the plain hall and in the book; in the book alone or among others in one transaction."""

    def __init__(self, plain, real, ask=None, alone=None):
        self.plain, self.real, self.ask, self.alone = plain, real, ask, alone


class Promise(RuleBasedStateMachine):
    @initialize(
        capacity=st.integers(1, 4),
        starts=st.sampled_from([None, None, 45, 600]),
        hours=st.sampled_from([1, 24]),
        draw_minutes=st.sampled_from([0, 0, 0, 20]),
        first=st.lists(st.tuples(wishes, st.integers(1, 2), st.booleans()), min_size=2, max_size=6),
    )
    def a_conference(self, capacity, starts, hours, draw_minutes, first):
        self.slug = f"hall-{next(_slugs)}"
        starts_at = None if starts is None else cast.minutes(starts)
        cast.conference(
            capacity,
            self.slug,
            starts_at=starts_at,
            offer_hours=hours,
            opens_at=cast.MORNING,
            draw_minutes=draw_minutes,
        )
        self.hall = PlainHall(
            capacity=capacity, starts_at=starts_at, offer_hours=hours, opens_at=cast.MORNING,
            draw_minutes=draw_minutes, drawn_order=self.drawn_order,
        )  # fmt: skip
        self.now = cast.MORNING
        self.keys = count(1)
        self.codes = {}
        self.idle_until = 0
        # The same story must end the same, or it could not be told again.
        Conference.objects.filter(slug=self.slug, draw_minutes__gt=0).update(draw_seed="a seed that is always the same")
        for number, (wish, seats, sure) in enumerate(first):
            self.do(self.claiming(self.new_key(), wish, seats, "", "", "", "page"))
            if sure:
                self.do(self.vouching(number))

    def drawn_order(self, seqs):
        drawn = Entry.objects.get(conference__slug=self.slug, act="draw")
        before = Entry.objects.get(conference__slug=self.slug, number=drawn.number - 1)
        return draw.order(seqs, drawn.details["seed"], before.digest)

    # ---- doing it in both halls

    def do(self, act):
        """Alone: a refusal leaves everything as it was, time included."""
        self.draw_first()
        told, answered = self.outcome(lambda: self.alone(act))
        before = self.copy()
        self.hall.begin(self.now)
        expected, _ = self.outcome(lambda: act.plain(self.hall))
        self.hall.end()
        if expected is not None:
            self.restore(before)
        assert told == expected
        return answered

    def alone(self, act):
        if act.alone is not None:
            return act.alone()
        with opened(self.slug, self.now) as book:
            return act.real(book, Known(book, [act.ask] if act.ask else []))

    def together(self, acts):
        """In one transaction: a refused act leaves the others."""
        self.draw_first()
        results = actions.together(self.slug, self.now, [(act.real, act.ask) for act in acts])
        told = [r.key if isinstance(r, Refusal) else None for r in results]
        self.hall.begin(self.now)
        expected = [self.outcome(lambda act=act: act.plain(self.hall))[0] for act in acts]
        self.hall.end()
        assert told == expected

    def draw_first(self):
        # A draw hangs on the log's digest; in a transaction that is then undone nobody could know it.
        if self.hall.draw_is_due(self.now):
            actions.settle(self.slug, at=self.now)
            self.hall.begin(self.now)
            self.hall.end()

    @staticmethod
    def outcome(work):
        try:
            return None, work()
        except (Refusal, Refused) as refusal:
            return refusal.key, None

    def copy(self):
        own = self.hall
        plain = {name: value for name, value in vars(own).items() if name not in {"parties", "log", "letters"}}
        return (
            {**plain, "invitations": dict(own.invitations), "log": [*own.log], "letters": [*own.letters]},
            [{**vars(p)} for p in own.parties],
        )

    def restore(self, before):
        plain, rows = before
        vars(self.hall).update(plain)
        kept = self.hall.parties[: len(rows)]
        for own, row in zip(kept, rows, strict=True):
            vars(own).update(row)
        self.hall.parties = kept

    # ---- what people do

    def somebody(self, number):
        own = self.hall.parties[number % len(self.hall.parties)]
        return own.key, lambda book: self.row(book, own.key), own

    def row(self, book, key):
        return actions.of_claim(book, self.codes[key])

    def claiming(self, key, wish, seats, email, device, code, source):
        if source == "page":
            email = ""
        person = Person("Somebody", email, consents={"email": True}) if email else None
        ask = Ask(key, wish, seats, person, device, code, source=source)

        def real(book, known):
            told = claims.claim(book, claims.checked_ask(book.conference.party_limit, ask), known)
            self.codes.setdefault(told.registration.idempotency_key, told.registration.claim)
            return told

        def alone():
            told = actions.claim(self.slug, ask, at=self.now)
            self.codes.setdefault(told.registration.idempotency_key, told.registration.claim)
            return told

        return Act(
            lambda hall: hall.claim(key, wish, seats, email=email, device=device, code=code, source=source),
            real, ask, alone,
        )  # fmt: skip

    def new_key(self):
        return f"key-of-claim-{next(self.keys)}"

    @rule(wish=wishes, seats=parties, email=emails, device=devices, source=st.sampled_from(["page", "api"]))
    def claim(self, wish, seats, email, device, source):
        self.do(self.claiming(self.new_key(), wish, seats, email, device, "", source))

    @rule(seats=st.sampled_from([0, 5, 10_000]))
    def claim_more_than_a_party(self, seats):
        self.do(self.claiming(self.new_key(), "hall", seats, "", "", "", "page"))

    @precondition(lambda self: self.hall.parties)
    @rule(number=which, other_seats=st.booleans())
    def repeat_the_key(self, number, other_seats):
        _, _, own = self.somebody(number)
        wish, seats, email = own.content
        seats = seats % 4 + 1 if other_seats else seats
        answered = self.do(self.claiming(own.key, wish, seats, email, own.device, "", "api" if email else "page"))
        if answered is not None:
            assert (answered.registration.claim, answered.registration.seq) == (self.codes[own.key], own.seq)

    @rule(uses=st.integers(1, 2))
    def invite(self, uses):
        code = actions.invite(self.slug, note="speakers", uses=uses)
        self.hall.invitations[code] = uses

    @precondition(lambda self: self.hall.invitations)
    @rule(number=which, wish=wishes, seats=parties, email=emails)
    def claim_with_an_invitation(self, number, wish, seats, email):
        code = sorted(self.hall.invitations)[number % len(self.hall.invitations)]
        self.do(self.claiming(self.new_key(), wish, seats, email, "", code, "api"))

    @precondition(lambda self: self.hall.parties)
    @rule(number=which, email=emails.filter(bool))
    def fill_in(self, number, email):
        self.do(self.filling_in(number, email))

    def filling_in(self, number, email):
        key, real, own = self.somebody(number)
        person = Person("Somebody", email, consents={"email": True})
        return Act(
            lambda hall: hall.fill_in(own, email),
            lambda book, _: claims.fill_in(book, real(book), person),
            alone=lambda: actions.fill_in(self.slug, self.codes[key], person, at=self.now),
        )

    @precondition(lambda self: self.hall.parties)
    @rule(number=which)
    def confirm(self, number):
        key, _, own = self.somebody(number)
        token = Registration.objects.get(idempotency_key=key, conference__slug=self.slug).confirm_token
        self.do(Act(lambda hall: hall.vouch(own), None, alone=lambda: actions.confirm(token=token, at=self.now)))

    @precondition(lambda self: self.hall.parties)
    @rule(number=which)
    def the_desk_vouches(self, number):
        self.do(self.vouching(number))

    def vouching(self, number):
        key, real, own = self.somebody(number)
        return Act(
            lambda hall: hall.vouch(own),
            lambda book, _: claims.vouch(book, real(book), by="desk"),
            alone=lambda: actions.vouch(slug=self.slug, claim=self.codes[key], at=self.now),
        )

    def changing(self, number, name):
        """give_up, accept, to_online, to_hall."""
        key, real, own = self.somebody(number)
        verb = getattr(actions, name)
        named = name == "give_up"
        return Act(
            lambda hall: getattr(hall, name)(own),
            lambda book, _: getattr(changes, name)(book, real(book)),
            alone=lambda: (
                verb(slug=self.slug, claim=self.codes[key], at=self.now)
                if named
                else verb(self.slug, self.codes[key], at=self.now)
            ),
        )

    @precondition(lambda self: self.hall.parties)
    @rule(number=which, name=st.sampled_from(["give_up", "give_up", "accept", "to_online", "to_hall"]))
    def change_ones_mind(self, number, name):
        self.do(self.changing(number, name))

    @precondition(lambda self: any(p.place == "offered" for p in self.hall.parties))
    @rule(number=which, name=st.sampled_from(["accept", "give_up", "to_online"]))
    def answer_an_offer(self, number, name):
        offered = [i for i, p in enumerate(self.hall.parties) if p.place == "offered"]
        self.do(self.changing(offered[number % len(offered)], name))

    @precondition(lambda self: any(p.place == "waiting" and p.wish == "hall_or_online" for p in self.hall.parties))
    @rule(number=which)
    def take_a_voice_while_waiting(self, number):
        waiting = [i for i, p in enumerate(self.hall.parties) if p.place == "waiting" and p.wish == "hall_or_online"]
        self.do(self.vouching(waiting[number % len(waiting)]))
        self.take_a_voice_of(self.hall.parties[waiting[number % len(waiting)]])

    @precondition(lambda self: self.hall.parties)
    @rule(number=which)
    def take_a_voice(self, number):
        self.take_a_voice_of(self.somebody(number)[2])

    def take_a_voice_of(self, own):
        speaks = own.place in {"seat", "online"} or own.wish == "hall_or_online"
        if own.confirmed and own.place in {"seat", "online", "waiting", "offered"} and speaks:
            Ticket.objects.filter(registration__claim=self.codes[own.key]).update(minted=True)
            own.minted = True
            # Whoever stood behind this party is offered its turn when the book is written next.
            self.idle_until = Conference.objects.get(slug=self.slug).next_entry

    # ---- what organisers do

    @rule(seats=st.integers(1, 7), reason=reasons)
    def set_capacity(self, seats, reason):
        self.do(self.capacity_of(seats, reason))

    def capacity_of(self, seats, reason):
        return Act(
            lambda hall: hall.set_capacity(seats, reason),
            lambda book, _: changes.set_capacity(book, seats, who="Mina", reason=reason),
            alone=lambda: actions.set_capacity(self.slug, seats, who="Mina", reason=reason, at=self.now),
        )

    @precondition(lambda self: self.hall.parties)
    @rule(number=which, reason=reasons)
    def add_beyond(self, number, reason):
        self.do(self.adding(number, reason))

    def adding(self, number, reason):
        key, real, own = self.somebody(number)
        return Act(
            lambda hall: hall.add_seat(own, reason),
            lambda book, _: changes.add_seat(book, real(book), who="Mina", reason=reason),
            alone=lambda: actions.add_seat(self.slug, self.codes[key], who="Mina", reason=reason, at=self.now),
        )

    @precondition(lambda self: self.hall.parties)
    @rule(number=which, to=st.sampled_from(["head", "end"]), reason=reasons)
    def move(self, number, to, reason):
        self.do(self.moving(number, to, reason))

    def moving(self, number, to, reason):
        key, real, own = self.somebody(number)
        return Act(
            lambda hall: hall.move(own, to, reason),
            lambda book, _: changes.move(book, real(book), to, who="Mina", reason=reason),
            alone=lambda: actions.move(self.slug, self.codes[key], to, who="Mina", reason=reason, at=self.now),
        )

    @precondition(lambda self: len(self.hall.parties) > 3)
    @rule(present=st.sets(st.integers(0, 10)))
    def release_at_the_door(self, present):
        keys = {p.key for i, p in enumerate(self.hall.parties) if i in present or p.minted}
        here = set(
            Registration.objects.filter(conference__slug=self.slug, idempotency_key__in=keys).values_list(
                "pk", flat=True
            )
        )
        self.do(Act(lambda hall: hall.release(keys), lambda book, _: changes.release(book, here, who="Mina")))

    @precondition(lambda self: self.hall.released)
    @rule(number=which, name=st.sampled_from(["late", "late", "seat_at_door"]))
    def at_the_door(self, number, name):
        self.do(self.at_door(number, name))

    def at_door(self, number, name):
        _, real, own = self.somebody(number)
        return Act(lambda hall: getattr(hall, name)(own), lambda book, _: getattr(changes, name)(book, real(book)))

    @precondition(lambda self: len(self.hall.parties) > 5)
    @rule(sure=st.integers(0, 3))
    def close_registration(self, sure):
        if sure == 0:
            self.do(
                Act(
                    lambda hall: hall.close_registration(),
                    None,
                    alone=lambda: actions.close_registration(self.slug, at=self.now),
                )
            )

    # ---- many in one transaction

    def any_act(self, kind, number, wish, seats, email):
        names = ("give_up", "accept", "to_online", "to_hall")
        if not self.hall.parties or kind == "claim":
            return self.claiming(self.new_key(), wish, seats, email, "", "", "api" if email else "page")
        if kind in names:
            return self.changing(number, kind)
        reason = "two chairs broke" if number % 3 else ""
        return {
            "fill_in": lambda: self.filling_in(number, email or "jun@example.kr"),
            "vouch": lambda: self.vouching(number),
            "capacity": lambda: self.capacity_of(number % 7 + 1, reason),
            "add": lambda: self.adding(number, reason),
            "move": lambda: self.moving(number, "head" if number % 2 else "end", reason),
        }[kind]()

    several = st.lists(st.tuples(st.sampled_from(IN_A_GROUP), which, wishes, parties, emails), min_size=2, max_size=5)

    @rule(acts=several)
    def a_group(self, acts):
        self.together([self.any_act(*one) for one in acts])

    @rule(acts=several)
    def a_crash_in_the_middle(self, acts):
        def crash(_book, _known):
            raise Crash

        real = [self.any_act(*one) for one in acts]
        codes = dict(self.codes)
        with pytest.raises(Crash):
            actions.together(self.slug, self.now, [*((a.real, a.ask) for a in real), (crash, None)])
        self.codes = codes

    # ---- time

    @rule(number=minutes)
    def time_passes(self, number):
        self.now += timedelta(minutes=number)

    @rule(number=minutes)
    def time_passes_and_nobody_asks(self, number):
        self.now += timedelta(minutes=number)
        self.draw_first()
        actions.settle(self.slug, at=self.now)
        self.hall.begin(self.now)
        self.hall.end()

    @rule()
    def the_clock_is_set_back(self):
        self.now -= timedelta(minutes=7)

    @rule(second=st.booleans())
    def the_moment_a_hold_ends(self, second):
        """The second in which a hold ends, and the one before."""
        ends = [p.hold for p in self.hall.parties if p.hold]
        if ends:
            self.now = min(ends) - timedelta(seconds=0 if second else 1)

    # ---- after every step

    @invariant()
    def both_say_the_same(self):
        if not hasattr(self, "hall"):
            return
        conference = Conference.objects.get(slug=self.slug)
        rows = list(conference.registrations.prefetch_related("tickets").order_by("pk"))
        plain = {p.key: p.told() for p in self.hall.parties}
        assert {told_of(r)[0]: told_of(r)[1] for r in rows} == plain
        assert [r.idempotency_key for r in conference_line(conference)] == [p.key for p in self.hall.line()]
        assert (conference.capacity, conference.beyond, conference.taken, conference.next_seq) == (
            self.hall.capacity, self.hall.beyond, self.hall.taken, self.hall.next_seq,
        )  # fmt: skip
        entries = list(conference.entries.values_list("number", "act", "seq"))
        assert entries == [(n, act, seq) for n, (act, seq) in enumerate(self.hall.log, 1)]
        claim_of = {code: key for key, code in self.codes.items()}
        letters = Mail.objects.filter(topic=f"e/{self.slug}").order_by("pk").values_list("kind", "about")
        assert Counter((kind, claim_of[about["claim"]]) for kind, about in letters) == Counter(self.hall.letters)
        self.promised(conference, rows)

    def promised(self, conference, rows):
        """P1, P2, P3, P7 and P12, recounted from the tables alone."""
        held = sum(r.seats for r in rows if r.place in HOLDS)
        assert held == conference.taken <= conference.ceiling
        assert conference.ceiling >= conference.capacity + conference.beyond
        numbers = [t.seat_number for r in rows for t in r.tickets.all() if t.seat_number is not None]
        assert len(numbers) == len(set(numbers)) == held
        waiting = list(conference_line(conference))
        if (
            waiting
            and conference.next_entry != self.idle_until
            and (conference.starts_at is None or self.now < conference.starts_at)
        ):
            assert waiting[0].seats > max(0, conference.capacity + conference.beyond - held)
        given = [seq for act, seq in self.hall.log if act == "claim"]
        assert given == list(range(1, len(given) + 1))
        for r in rows:
            codes = {t.code is not None for t in r.tickets.all()}
            assert codes == {r.confirmed_at is not None and r.place != "given_up"}
            if r.confirmed_at is None and r.place in HOLDS and not self.hall.released:
                assert r.hold_until is not None
        addresses = Counter(r.email for r in rows if r.email and r.place in claims.LIVE)
        assert [email for email, times in addresses.items() if times > 1] == []
        told = check(queries.log_document(conference))
        assert told.problems == ()
        assert dict(told.places) == dict(Counter(r.place for r in rows))


def told_of(r):
    return r.idempotency_key, (
        r.seq, r.wish, r.seats, r.place, r.hold_until, r.email, r.confirmed_at is not None, r.beyond,
    )  # fmt: skip


def conference_line(conference):
    waiting = conference.registrations.filter(place="waiting").prefetch_related("tickets").order_by("rank")
    return [r for r in waiting if not any(t.minted for t in r.tickets.all())]


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_the_hall_and_the_plain_list_say_the_same():
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    # Making a failing story shorter takes minutes: only where somebody asked for stories and waits.
    phases = (Phase.generate, Phase.shrink) if STORIES else (Phase.generate,)
    usual = settings(
        max_examples=STORIES or 25, stateful_step_count=60 if STORIES else 30, deadline=None, database=None,
        derandomize=not STORIES, suppress_health_check=quiet, phases=phases,
    )  # fmt: skip

    run_state_machine_as_test(Promise, settings=usual)
