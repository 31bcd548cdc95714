"""Books: what has arrived is one transaction, in the order it came; nobody suffers from somebody else's act."""

import asyncio
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from tests import cast

from onnuri.conference import actions, changes, claims
from onnuri.conference.claims import Ask
from onnuri.conference.models import Conference, Entry, Registration
from onnuri.errors import Busy, Conflict, NotFound, Unprocessable
from onnuri.live import books as books_of
from onnuri.live.books import Books, due

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN_S = 20


def claiming(key, wish="hall", seats=1):
    """(act, ask) of a claim."""
    ask = Ask(f"key-of-{key}", wish, seats)
    return lambda book, known: claims.claim(book, claims.checked_ask(book.conference.party_limit, ask), known), ask


def fault(_book, _known):
    raise ZeroDivisionError


class Gate:
    """An act that holds the thread until it is let go, so that what comes meanwhile is one group."""

    def __init__(self):
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self, _book, _known):
        self.reached.set()
        assert self.open.wait(WITHIN_S)


def told(work, now=lambda: cast.MORNING):
    """What `work(books)` says, on a loop of its own; the books are written to the end."""

    async def inner():
        books = Books(now)
        books.start()
        try:
            async with asyncio.timeout(WITHIN_S):
                return await work(books)
        finally:
            await asyncio.to_thread(books.stop)

    return asyncio.run(inner())


async def one_group(books, acts, slug="hanbit"):
    """All acts in one transaction: they arrive while another is held."""
    gate = Gate()
    held = asyncio.ensure_future(books.do(slug, gate))
    await asyncio.to_thread(gate.reached.wait, WITHIN_S)
    results = [asyncio.ensure_future(books.do(slug, act, ask)) for act, ask in acts]
    await asyncio.sleep(0)
    gate.open.set()
    await held
    return await asyncio.gather(*results, return_exceptions=True)


@contextmanager
def transactions(monkeypatch):
    """How many acts each transaction had."""
    sizes, real = [], actions.together

    def counted(slug, at, acts):
        sizes.append(len(acts))
        return real(slug, at, acts)

    monkeypatch.setattr(actions, "together", counted)
    yield sizes


def stored():
    return list(Registration.objects.order_by("seq").values_list("seq", "idempotency_key"))


# ---- groups


def test_who_comes_while_others_are_written_is_written_together_in_the_order_they_came(monkeypatch):
    cast.conference(capacity=3)

    with transactions(monkeypatch) as sizes:
        results = told(lambda books: one_group(books, [claiming(f"phone-{n}") for n in range(7)]))

    assert sizes == [1, 7]
    assert [r.registration.seq for r in results] == [1, 2, 3, 4, 5, 6, 7]
    assert [r.registration.place for r in results] == ["seat"] * 3 + ["waiting"] * 4
    assert stored() == [(n + 1, f"key-of-phone-{n}") for n in range(7)]


def test_a_refused_act_costs_the_others_nothing():
    cast.conference(capacity=9)

    async def work(books):
        return await one_group(
            books,
            [claiming("first-one"), claiming("too-many", seats=5), claiming("no-wish", "moon"), claiming("second")],
        )

    first, too_many, no_wish, second = told(work)

    assert (first.registration.seq, second.registration.seq) == (1, 2)
    assert (type(too_many), too_many.key) == (Unprocessable, "party")
    assert (type(no_wish), no_wish.key) == (Unprocessable, "wish")
    assert stored() == [(1, "key-of-first-one"), (2, "key-of-second")]


def test_a_fault_in_one_act_takes_nobody_with_it(monkeypatch):
    cast.conference(capacity=9)
    acts = [claiming("first-one"), (fault, None), claiming("second")]

    with transactions(monkeypatch) as sizes:
        first, broken, second = told(lambda books: one_group(books, acts))

    assert sizes == [1, 3, 1, 1, 1]
    assert type(broken) is ZeroDivisionError
    assert (first.registration.seq, second.registration.seq) == (1, 2)
    assert stored() == [(1, "key-of-first-one"), (2, "key-of-second")]


def test_a_fault_after_a_claim_leaves_nothing_of_it():
    cast.conference(capacity=1)
    claim, ask = claiming("broken-one")

    def claims_and_breaks(book, known):
        claim(book, known)
        raise ZeroDivisionError

    broken, second = told(lambda books: one_group(books, [(claims_and_breaks, ask), claiming("second")]))

    assert type(broken) is ZeroDivisionError
    assert (second.registration.seq, second.registration.place) == (1, "seat")
    assert stored() == [(1, "key-of-second")]


def test_the_same_key_twice_in_a_group_is_one_claim(monkeypatch):
    cast.conference(capacity=9)

    with transactions(monkeypatch) as sizes:
        one, other = told(lambda books: one_group(books, [claiming("double"), claiming("double")]))

    assert sizes == [1, 2]
    assert one.registration.claim == other.registration.claim
    assert one.receipt == other.receipt
    assert stored() == [(1, "key-of-double")]


def test_a_seat_given_up_in_a_group_goes_to_the_line_and_not_to_who_claims_in_it():
    cast.conference(capacity=1)
    jun, linh = cast.register("Jun"), cast.register("Linh")
    leaving = (lambda book, _known: changes.give_up(book, actions.of_claim(book, jun.claim)), None)

    _, sato = told(lambda books: one_group(books, [leaving, claiming("sato")]))

    assert sato.registration.place == "waiting"
    assert cast.fresh(linh).place == "offered"


def test_two_conferences_of_one_group_have_a_book_each():
    cast.conference(capacity=1)
    cast.conference(capacity=1, slug="haneul")

    async def work(books):
        gate = Gate()
        held = asyncio.ensure_future(books.do("hanbit", gate))
        await asyncio.to_thread(gate.reached.wait, WITHIN_S)
        results = [
            asyncio.ensure_future(books.do(slug, *claiming(f"{slug}-{n}")))
            for n in range(2)
            for slug in ("hanbit", "haneul", "nowhere")
        ]
        await asyncio.sleep(0)
        gate.open.set()
        await held
        return await asyncio.gather(*results, return_exceptions=True)

    results = told(work)

    for found in (results[0::3], results[1::3]):
        assert [(r.registration.seq, r.registration.place) for r in found] == [(1, "seat"), (2, "waiting")]
    assert [(type(r), r.key) for r in results[2::3]] == [(NotFound, "conference_unknown")] * 2


def test_a_group_has_its_limit(monkeypatch):
    monkeypatch.setattr(books_of, "LARGEST_GROUP", 4)
    cast.conference(capacity=9)

    with transactions(monkeypatch) as sizes:
        results = told(lambda books: one_group(books, [claiming(f"phone-{n}") for n in range(10)]))

    assert sizes == [1, 4, 4, 2]
    assert [r.registration.seq for r in results] == list(range(1, 11))


# ---- too many


def test_when_the_queue_is_full_one_is_refused_before_having_a_number(monkeypatch):
    monkeypatch.setattr(books_of, "LONGEST_QUEUE", 3)
    cast.conference(capacity=9)

    async def work(books):
        results = await one_group(books, [claiming(f"phone-{n}") for n in range(4)])
        again = await books.do("hanbit", *claiming("phone-3"))
        return results, again

    (first, second, *busy), again = told(work)

    assert [(type(b), b.key) for b in busy] == [(Busy, "busy")] * 2
    assert [first.registration.seq, second.registration.seq, again.registration.seq] == [1, 2, 3]
    assert stored() == [(1, "key-of-phone-0"), (2, "key-of-phone-1"), (3, "key-of-phone-3")]


def test_who_leaves_before_the_answer_gives_the_room_in_the_queue_back(monkeypatch):
    monkeypatch.setattr(books_of, "LONGEST_QUEUE", 3)
    cast.conference(capacity=9)

    async def work(books):
        gate = Gate()
        held = asyncio.ensure_future(books.do("hanbit", gate))
        await asyncio.to_thread(gate.reached.wait, WITHIN_S)
        gone = [asyncio.ensure_future(books.do("hanbit", *claiming(f"gone-{n}"))) for n in range(2)]
        await asyncio.sleep(0)
        for one in gone:
            one.cancel()
        gate.open.set()
        await held
        await books.do("hanbit", lambda book, _known: book.free)
        return [await books.do("hanbit", *claiming(f"stays-{n}")) for n in range(4)]

    stay = told(work)

    # Their claims were on their way and are kept: a repeat with the same key would find them.
    assert [r.registration.seq for r in stay] == [3, 4, 5, 6]


# ---- answers and the disk


def test_an_answer_comes_after_the_commit():
    cast.conference(capacity=9)

    async def work(books):
        mine = await books.do("hanbit", *claiming("jun"))
        seen = await asyncio.to_thread(seen_by_another_connection)
        return mine.registration.seq, seen

    assert told(work) == (1, [(1, "key-of-jun")])


def seen_by_another_connection():
    from django.db import connection

    try:
        return stored()
    finally:
        connection.close()


def test_stopping_writes_what_is_queued():
    cast.conference(capacity=9)

    async def work():
        books = Books(lambda: cast.MORNING)
        books.start()
        gate = Gate()
        held = asyncio.ensure_future(books.do("hanbit", gate))
        await asyncio.to_thread(gate.reached.wait, WITHIN_S)
        queued = [asyncio.ensure_future(books.do("hanbit", *claiming(f"phone-{n}"))) for n in range(5)]
        await asyncio.sleep(0)
        stopping = asyncio.ensure_future(asyncio.to_thread(books.stop))
        await asyncio.sleep(0.05)
        gate.open.set()
        async with asyncio.timeout(WITHIN_S):
            await stopping
            return await asyncio.gather(held, *queued)

    _, *results = asyncio.run(work())

    assert [r.registration.seq for r in results] == [1, 2, 3, 4, 5]
    assert len(stored()) == 5


def test_after_the_end_one_is_told_to_come_again():
    cast.conference(capacity=9)

    async def work():
        books = Books(lambda: cast.MORNING)
        books.start()
        await asyncio.to_thread(books.stop)
        async with asyncio.timeout(2):
            await books.do("hanbit", *claiming("too-late"))

    with pytest.raises(Busy):
        asyncio.run(work())

    assert stored() == []


# ---- time


def test_time_does_its_part_where_nobody_asks(monkeypatch):
    monkeypatch.setattr(books_of, "SETTLE_EVERY_S", 0.05)
    cast.conference(capacity=1)
    jun = actions.claim("hanbit", Ask("key-of-jun", "hall"), at=cast.MORNING).registration
    linh = actions.claim("hanbit", Ask("key-of-linh", "hall"), at=cast.minutes(5)).registration
    clock = [cast.minutes(9)]

    async def work(books):
        await asyncio.sleep(0.3)
        before = await asyncio.to_thread(places_of, jun, linh)
        clock[0] = cast.minutes(10)
        until = time.monotonic() + WITHIN_S
        while await asyncio.to_thread(places_of, jun, linh) == before and time.monotonic() < until:  # noqa: ASYNC110 - a table changes
            await asyncio.sleep(0.02)
        return before, await asyncio.to_thread(places_of, jun, linh)

    assert told(work, lambda: clock[0]) == (["seat", "waiting"], ["lapsed", "offered"])


def places_of(*registrations):
    from django.db import connection

    try:
        return [cast.fresh(own).place for own in registrations]
    finally:
        connection.close()


def test_time_is_due_where_a_hold_ended_or_a_draw_waits():
    cast.conference(slug="quiet")
    cast.conference(slug="held")
    actions.claim("held", Ask("key-of-jun", "hall"), at=cast.MORNING)
    cast.conference(slug="drawn", opens_at=cast.MORNING, draw_minutes=10)

    assert due(cast.minutes(10) - timedelta(microseconds=1)) == []
    assert due(cast.minutes(10)) == ["drawn", "held"]
    actions.settle("drawn", at=cast.minutes(10))
    actions.settle("held", at=cast.minutes(10))
    assert due(cast.minutes(10)) == []


def test_a_book_that_cannot_be_settled_does_not_stop_the_thread(monkeypatch):
    monkeypatch.setattr(books_of, "SETTLE_EVERY_S", 0.02)
    monkeypatch.setattr(books_of, "due", fault_of_time)
    cast.conference(capacity=9)

    async def work(books):
        await asyncio.sleep(0.2)
        return await books.do("hanbit", *claiming("jun"))

    assert told(work).registration.seq == 1


def fault_of_time(_at):
    raise ZeroDivisionError


def test_a_refusal_is_not_an_error_in_the_log(caplog):
    cast.conference(capacity=9)
    nobody = (lambda book, _known: actions.of_claim(book, "nobody-made-this"), None)

    (refused,) = told(lambda books: one_group(books, [nobody]))

    assert (type(refused), refused.key) == (NotFound, "claim_unknown")
    assert [r for r in caplog.records if r.name == "onnuri.books"] == []


def test_a_closed_conference_refuses_in_the_group_that_follows():
    cast.conference(capacity=9)
    closing = (lambda book, _known: changes.close_registration(book), None)

    _, late = told(lambda books: one_group(books, [closing, claiming("late-one")]))

    assert (type(late), late.key) == (Conflict, "registration_closed")
    assert [e.act for e in Entry.objects.order_by("number")] == ["open", "close"]
    assert Conference.objects.get().next_seq == 1
