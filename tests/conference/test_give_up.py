"""Giving a place up: the transaction that frees a seat seats the first in the line."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connection, transaction
from tests import cast

from onnuri.conference import actions, changes, queries
from onnuri.conference.book import Book, opened
from onnuri.conference.models import Registration, Ticket
from onnuri.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db


def test_jun_leaves_and_sato_has_his_seat():
    cast.conference(capacity=2)
    jun, *_ = (cast.register(name) for name in ("Jun", "Linh", "Sato"))

    left = cast.give_up(jun)

    assert (left.place, left.seat_number) == ("given_up", None)
    assert cast.seats() == {1: "Sato", 2: "Linh"}
    assert cast.line() == []


def test_the_line_keeps_its_order():
    cast.conference(capacity=1)
    jun, *_ = (cast.register(name) for name in ("Jun", "Linh", "Sato", "Mina"))

    cast.give_up(jun)

    assert cast.seats() == {1: "Linh"}
    assert cast.line() == ["Sato", "Mina"]
    assert [queries.position(r) for r in Registration.objects.filter(place="waiting")] == [1, 2]


def test_who_leaves_the_line_lets_the_others_up():
    cast.conference(capacity=1)
    _, linh, sato = (cast.register(name) for name in ("Jun", "Linh", "Sato"))

    cast.give_up(linh)

    assert cast.seats() == {1: "Jun"}
    assert queries.position(cast.fresh(sato)) == 1


def test_an_online_place_frees_no_seat():
    cast.conference(capacity=1)
    linh = cast.register("Linh", "online")
    cast.register("Jun")
    cast.register("Sato")

    cast.give_up(linh)

    assert cast.seats() == {1: "Jun"}
    assert cast.line() == ["Sato"]


def test_the_numbers_of_the_others_stay():
    cast.conference(capacity=3)
    _, linh, _ = (cast.register(name) for name in ("Jun", "Linh", "Sato"))

    cast.give_up(linh)

    assert cast.seats() == {1: "Jun", 3: "Sato"}
    assert cast.register("Mina").seat_number == 2


def test_seq_is_never_given_again():
    cast.conference(capacity=1)
    cast.give_up(cast.register("Jun"))

    assert cast.register("Linh").seq == 2


def test_the_ticket_goes_with_the_place():
    cast.conference()
    jun = cast.register("Jun")
    cast.confirmed(jun)

    cast.give_up(jun)

    assert not cast.tickets()


def test_a_ticket_that_has_become_a_voice_cannot_be_given_up():
    cast.conference(capacity=1)
    jun, sato = cast.register("Jun"), cast.register("Sato")
    cast.confirmed(jun)
    Ticket.objects.update(minted=True)

    with pytest.raises(Conflict) as refused:
        cast.give_up(jun)

    assert refused.value.key == "voice_taken"
    assert cast.seats() == {1: "Jun"}
    assert cast.fresh(sato).place == "waiting"


def test_nothing_is_given_up_twice():
    cast.conference(capacity=1)
    jun, *_ = (cast.register(name) for name in ("Jun", "Linh", "Sato"))
    cast.give_up(jun)

    with pytest.raises(Conflict) as refused:
        cast.give_up(jun)

    assert refused.value.key == "given_up"
    assert cast.line() == ["Sato"]


def test_a_claim_nobody_made():
    cast.conference()

    with pytest.raises(NotFound):
        actions.give_up(slug="hanbit", claim="nobody-made-this", at=cast.MORNING)


def test_a_failing_move_leaves_the_seat_where_it_was(monkeypatch):
    cast.conference(capacity=1)
    jun, _ = cast.register("Jun"), cast.register("Sato")
    monkeypatch.setattr(Book, "close", lambda _book: 1 / 0)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        cast.give_up(jun)

    assert cast.seats() == {1: "Jun"}


# ---- who waits for a seat and meanwhile speaks online


def waiting_linh_speaks_online():
    """The hall is full; Linh waits, would also come online, and has taken her voice there."""
    cast.conference(capacity=1)
    jun, linh = cast.register("Jun"), cast.register("Linh", "hall_or_online")
    cast.confirmed(linh)
    Ticket.objects.filter(registration=linh).update(minted=True)
    return jun, linh


def test_a_voice_keeps_the_channel_it_speaks_by():
    jun, linh = waiting_linh_speaks_online()

    cast.give_up(jun)

    assert cast.fresh(linh).place == "waiting"
    assert cast.seats() == {}


def test_who_waits_behind_her_gets_the_seat():
    jun, _ = waiting_linh_speaks_online()
    cast.register("Sato")

    cast.give_up(jun)

    assert cast.seats() == {1: "Sato"}


def test_a_seat_nobody_in_the_line_can_take_is_not_kept_from_a_newcomer():
    jun, _ = waiting_linh_speaks_online()
    cast.give_up(jun)

    sato = cast.register("Sato")

    assert (sato.place, sato.seat_number) == ("seat", 1)


def test_her_voice_does_not_stand_before_those_who_can_still_be_seated():
    waiting_linh_speaks_online()

    sato = cast.register("Sato")

    assert queries.position(sato) == 1


# ---- many at once


@pytest.mark.django_db(transaction=True)
def test_ten_leave_at_once_and_the_first_ten_of_the_line_sit():
    cast.conference(capacity=10)
    seated = [cast.register(f"P{n}") for n in range(10)]
    waiting = [cast.register(f"W{n}") for n in range(15)]

    with ThreadPoolExecutor(10) as phones:
        list(phones.map(leave_from_a_phone, seated))

    assert sorted(cast.seats()) == list(range(1, 11))
    assert set(cast.seats().values()) == {r.name for r in waiting[:10]}
    assert cast.line() == [r.name for r in waiting[10:]]


def leave_from_a_phone(registration):
    try:
        return cast.give_up(registration)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_sato_confirms_while_the_seat_comes_to_him():
    cast.conference(capacity=1)
    jun, sato = cast.register("Jun"), cast.register("Sato")

    with ThreadPoolExecutor(1) as phone, opened("hanbit", cast.MORNING) as book:
        confirming = phone.submit(confirm_from_a_phone, sato)
        waits_or_is_done(confirming)
        changes.give_up(book, actions.of_claim(book, jun.claim))

    confirming.result(timeout=20)
    assert (cast.fresh(sato).place, cast.fresh(sato).confirmed_by) == ("seat", "link")


def confirm_from_a_phone(registration):
    try:
        return cast.confirmed(registration)
    finally:
        connection.close()


def waits_or_is_done(running):
    """Half a second: until it has come to a lock, or through."""
    wait([running], timeout=0.5)
