"""Claiming a place: at most as many seats as there are, in the order people came, once each."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast

from onnuri.conference import queries
from onnuri.conference.actions import create_conference, digest_of, new_code
from onnuri.conference.claims import CODE_ALPHABET
from onnuri.conference.models import Conference, Registration, Ticket
from onnuri.errors import Conflict, NotFound, Refusal, Unprocessable

pytestmark = pytest.mark.django_db

FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}\u200d\N{BOY}"


# ---- the conference


def test_mina_gets_the_hosts_key_once_and_only_its_digest_is_kept():
    conference, key = create_conference(slug="hanbit", title={"ko": "회의"}, capacity=150, at=cast.MORNING)

    assert conference.host_key_digest == digest_of(key)
    assert key not in str(Conference.objects.values().get())


@pytest.mark.parametrize("capacity", [0, -1, 100_001])
def test_a_hall_without_a_seat_is_refused(capacity):
    with pytest.raises(Unprocessable) as refused:
        cast.conference(capacity)

    assert (refused.value.key, refused.value.field) == ("seats", "capacity")


def test_an_address_belongs_to_one_conference():
    cast.conference()

    with pytest.raises(Conflict) as refused:
        cast.conference()

    assert (refused.value.key, refused.value.field) == ("slug_taken", "slug")


def test_codes_have_no_letter_that_people_read_wrong():
    assert set(CODE_ALPHABET) & set("01OI") == set()
    assert len(set(CODE_ALPHABET)) == 32
    assert set(new_code(500)) <= set(CODE_ALPHABET)


# ---- the order


def test_seats_in_order_then_a_line_in_order():
    cast.conference(capacity=2)

    claims = [cast.register(name) for name in ("Jun", "Linh", "Sato", "Mina")]

    assert [c.place for c in claims] == ["seat", "seat", "waiting", "waiting"]
    assert [c.seat_number for c in claims] == [1, 2, None, None]
    assert [c.seq for c in claims] == [1, 2, 3, 4]
    assert [queries.position(c) for c in claims] == [None, None, 1, 2]


def test_online_takes_no_seat_but_a_number():
    cast.conference(capacity=1)

    linh, jun = cast.register("Linh", "online"), cast.register("Jun")

    assert (linh.place, linh.seat_number, linh.seq) == ("online", None, 1)
    assert (jun.place, jun.seat_number, jun.seq) == ("seat", 1, 2)


def test_the_page_counts_what_was_given():
    conference = cast.conference(capacity=2)
    for name, wish in (("Jun", "hall"), ("Linh", "online"), ("Sato", "hall"), ("Mina", "hall_or_online")):
        cast.register(name, wish)

    now = queries.places(cast.fresh(conference), at=cast.MORNING)

    assert (now.seated, now.waiting, now.online, now.seats_left, now.state) == (2, 1, 1, 0, "open")


def test_a_claim_holds_a_seat_before_its_address_is_confirmed():
    cast.conference(capacity=1)

    jun = cast.register("Jun")

    assert jun.place == "seat"
    assert jun.confirmed_at is None
    assert not cast.tickets()
    assert cast.register("Sato").place == "waiting"


def test_each_conference_counts_by_itself():
    cast.conference(slug="hanbit")
    cast.conference(slug="haneul")
    cast.register("Jun")

    assert cast.register("Jun", slug="haneul").seq == 1


# ---- once


def test_a_double_click_is_one_place():
    cast.conference()

    first = cast.register("Jun", key="the-same-key")
    again = cast.register("Jun", key="the-same-key")

    assert (again.pk, again.claim, again.seq) == (first.pk, first.claim, first.seq)
    assert Registration.objects.count() == 1


def test_the_same_key_answers_the_same_after_the_doors_have_closed_on_newcomers():
    conference = cast.conference()
    first = cast.register("Jun", key="the-same-key")
    Conference.objects.filter(pk=conference.pk).update(opens_at=cast.minutes(60))

    again = cast.register("Jun", key="the-same-key")

    assert again.pk == first.pk


def test_the_same_key_for_somebody_else_is_refused():
    cast.conference()
    cast.register("Jun", key="the-same-key")

    with pytest.raises(Unprocessable) as refused:
        cast.register("Linh", key="the-same-key")

    assert (refused.value.key, refused.value.field) == ("key_used", "Idempotency-Key")
    assert Registration.objects.count() == 1


def test_an_address_holds_one_place_however_it_is_written():
    cast.conference()
    cast.register("Jun", email="jun@example.kr")

    with pytest.raises(Conflict) as refused:
        cast.register("Jun", email="  Jun@Example.KR ")

    assert (refused.value.key, refused.value.field) == ("already_registered", "email")


def test_who_gave_a_place_up_may_come_back_at_the_end():
    cast.conference(capacity=1)
    cast.give_up(cast.register("Jun", email="jun@example.kr"))
    cast.register("Linh")

    again = cast.register("Jun", email="jun@example.kr")

    assert (again.place, again.seq) == ("waiting", 3)


def test_a_key_of_one_conference_says_nothing_in_another():
    cast.conference(slug="hanbit")
    cast.conference(slug="haneul")
    cast.register("Jun", key="the-same-key")

    assert cast.register("Linh", slug="haneul", key="the-same-key").name == "Linh"


# ---- refusals

REFUSED = {
    "no name": ({"name": " \t "}, "text_blank", "name"),
    "nothing to read in the name": ({"name": "\u200d\u200b\ufeff"}, "text_blank", "name"),
    "a name of 81": ({"name": "가" * 81}, "text_too_long", "name"),
    "half a character": ({"name": "\ud800"}, "text_not_unicode", "name"),
    "a zero byte": ({"name": "Jun\x00"}, "text_not_unicode", "name"),
    "no address": ({"email": ""}, "email", "email"),
    "half an address": ({"email": "jun@"}, "email", "email"),
    "two addresses": ({"email": "jun@example.kr,linh@example.kr"}, "email", "email"),
    "an address with a line break": ({"email": "jun@example.kr\nBcc: all@example.kr"}, "email", "email"),
    "a channel that is not there": ({"wish": "balcony"}, "wish", "channel"),
    "no wish": ({"wish": ""}, "wish", "channel"),
    "no key": ({"idempotency_key": ""}, "idempotency_key", "Idempotency-Key"),
    "a short key": ({"idempotency_key": "1234567"}, "idempotency_key", "Idempotency-Key"),
    "a long key": ({"idempotency_key": "k" * 65}, "idempotency_key", "Idempotency-Key"),
    "a key in another script": ({"idempotency_key": "열쇠열쇠열쇠열쇠"}, "idempotency_key", "Idempotency-Key"),
    "a key with a line break": ({"idempotency_key": "12345678\n"}, "idempotency_key", "Idempotency-Key"),
}


@pytest.mark.parametrize(("changed", "key", "field"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_registered_is_refused_by_name_and_takes_no_number(changed, key, field):
    conference = cast.conference()
    asked = {"name": "Jun", "email": "jun@example.kr", "wish": "hall", "idempotency_key": "key-of-jun"}

    with pytest.raises(Unprocessable) as refused:
        cast.places.register(slug="hanbit", at=cast.MORNING, **{**asked, **changed})

    assert (refused.value.key, refused.value.field) == (key, field)
    assert cast.register("Jun").seq == cast.fresh(conference).next_seq - 1 == 1


def test_a_conference_that_is_not_there():
    with pytest.raises(NotFound) as refused:
        cast.register("Jun", slug="nowhere")

    assert refused.value.key == "conference_unknown"


def test_before_the_opening_nobody_is_first():
    cast.conference(opens_at=cast.minutes(10))

    with pytest.raises(Conflict) as refused:
        cast.register("Jun", at=cast.minutes(10) - timedelta(microseconds=1))

    assert (refused.value.key, refused.value.about["time"]) == ("not_open", cast.minutes(10))
    assert cast.register("Linh", at=cast.minutes(10)).seq == 1


def test_a_claim_nobody_made_is_not_found():
    cast.conference()

    with pytest.raises(NotFound) as refused:
        queries.registration_by_claim("hanbit", "nobody-made-this")

    assert refused.value.key == "claim_unknown"


def test_a_claim_is_known_at_its_own_conference_only():
    cast.conference(slug="hanbit")
    cast.conference(slug="haneul")
    jun = cast.register("Jun")

    with pytest.raises(NotFound):
        queries.registration_by_claim("haneul", jun.claim)


# ---- names at the door


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Linh  ", "Linh"),
        ("\u1109\u1161\u1110\u1169", "사토"),  # jamo, as a Mac writes file names
        ("Nguye\u0302\u0303n Linh", "Nguyễn Linh"),
        ("\u202eJun\u202c", "Jun"),  # written backwards
        ("Jun\u0007", "Jun"),
    ],
    ids=["spaces", "jamo", "marks", "backwards", "a bell"],
)
def test_a_name_is_kept_as_people_read_it(written, kept):
    cast.conference()

    assert cast.fresh(cast.register(written, email="somebody@example.kr")).name == kept


@pytest.mark.parametrize("name", [FAMILY * 80, "각" * 80, "q\u0323\u0302" * 80], ids=["families", "Hangul", "marks"])
def test_a_name_of_eighty_characters_fits_whatever_they_are_made_of(name):
    cast.conference()

    jun = cast.register(name, email="jun@example.kr")

    assert cast.fresh(jun).name == jun.name


def test_an_address_longer_than_mail_takes():
    cast.conference()
    label = "a" * 60
    long = f"jun@{label}.{label}.{label}.{label}.{label}.kr"  # mail takes 254 at most

    with pytest.raises(Refusal) as refused:
        cast.register("Jun", email=long)

    assert refused.value.key == "email"


def test_a_name_is_one_line():
    cast.conference()

    jun = cast.register("Jun\nconfirm Mina <mina@example.kr>", email="jun@example.kr")

    assert "\n" not in jun.name


# ---- what the database itself refuses


def second_claim(**changed):
    """Rows written past the book."""
    like, ticket = Registration.objects.get(), Ticket.objects.get()
    like.pk, like.claim, like.confirm_token = None, "another-claim", "another-token"
    like.seq, like.idempotency_key = 2, "another-key"
    ticket.pk, ticket.code, ticket.seat_number = None, None, 2
    for name, value in changed.items():
        setattr(ticket if name == "seat_number" else like, name, value)
    with transaction.atomic():
        like.save(force_insert=True)
        ticket.registration = like
        ticket.save(force_insert=True)


@pytest.mark.parametrize(
    "changed",
    [{"seat_number": 1}, {"seq": 1}, {"idempotency_key": "key-of-the-first"}, {"seats": 0}],
    ids=["a seat twice", "a number twice", "a key twice", "a party of nobody"],
)
def test_the_database_refuses_too(changed):
    cast.conference()
    cast.register("Jun", key="key-of-the-first")
    second_claim_without_fault = Registration.objects.count()

    with pytest.raises(IntegrityError):
        second_claim(**changed)

    assert Registration.objects.count() == second_claim_without_fault
    second_claim()


def test_the_database_refuses_a_seat_beyond_the_hall():
    conference = cast.conference(capacity=2)

    with pytest.raises(IntegrityError), transaction.atomic():
        Conference.objects.filter(pk=conference.pk).update(taken=3)


# ---- many at once


@pytest.mark.django_db(transaction=True)
def test_forty_phones_at_once_get_ten_seats_and_a_gapless_line():
    cast.conference(capacity=10)

    with ThreadPoolExecutor(40) as phones:
        claims = list(phones.map(claim_from_a_phone, range(40)))

    assert sorted(c.seq for c in claims) == list(range(1, 41))
    seated = [c for c in claims if c.place == "seat"]
    assert sorted(c.seat_number for c in seated) == list(range(1, 11))
    assert sorted(c.seq for c in seated) == list(range(1, 11))
    assert Registration.objects.filter(place="waiting").count() == 30


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_once_are_one_place():
    cast.conference(capacity=10)

    with ThreadPoolExecutor(8) as phones:
        claims = list(phones.map(claim_from_a_phone, [7] * 8))

    assert len({(c.pk, c.claim) for c in claims}) == 1
    assert Registration.objects.count() == 1


def claim_from_a_phone(number):
    try:
        return cast.register(f"Phone {number}", email=f"p{number}@example.kr", key=f"key-of-phone-{number}")
    finally:
        connections[connection.alias].close()


steps = st.lists(
    st.one_of(st.sampled_from(["hall", "hall_or_online", "online"]), st.integers(min_value=0, max_value=11)),
    max_size=16,
)


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(capacity=st.integers(min_value=1, max_value=3), steps=steps)
def test_the_stored_hall_keeps_the_promise_whatever_happens(capacity, steps):
    with transaction.atomic():
        conference, claims = cast.conference(capacity), []
        for step in steps:
            if isinstance(step, str):
                claims.append(cast.register(f"P{len(claims)}", step))
            elif step < len(claims) and cast.fresh(claims[step]).place != "given_up":
                cast.give_up(claims[step])
            now = queries.places(cast.fresh(conference), at=cast.MORNING)
            assert now.seated <= capacity
            assert now.seats_left == 0 or now.waiting == 0
        assert [c.seq for c in claims] == list(range(1, len(claims) + 1))
        transaction.set_rollback(True)
