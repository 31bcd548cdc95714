"""At the door: who comes in, who waits, who comes without a ticket, and whose seats go on."""

from datetime import timedelta

import pytest
from tests import cast
from tests.cast import MORNING, minutes

from onnuri.conference import actions as places
from onnuri.conference import checking, entrance, queries
from onnuri.conference.claims import Ask, Person
from onnuri.conference.entrance import Said
from onnuri.conference.models import Conference, Entry, Registration, Scan, Ticket
from onnuri.conference.pass_code import signed
from onnuri.conversation.models import SeatCode
from onnuri.conversation.replacing import replace_voice
from onnuri.errors import BadRequest, Conflict, Unprocessable
from onnuri.web.registrations import signing_key

pytestmark = pytest.mark.django_db
NOON = minutes(240)


@pytest.fixture
def hanbit():
    """Two seats; it starts at noon, and unclaimed seats go on ten minutes before."""
    return cast.conference(2, starts_at=NOON, release_minutes=10)


def take(*scans, device="north", at=None):
    verdicts, count = entrance.take("hanbit", device, scans, key=signing_key().public_key(), at=at or minutes(200))
    assert log_holds()
    return verdicts[0] if len(verdicts) == 1 else (verdicts, count)


def scan(who, counter=1, act="in", at=None, **about):
    own = who if isinstance(who, Ticket) else who.tickets.first()
    return Said(counter, act, at or minutes(199), ticket=own.pk, **about)


def log_holds():
    """What anybody can check of the published log."""
    found = checking.check(queries.log_document(Conference.objects.get(slug="hanbit")))
    return found.problems == ()


def seated(name, **about):
    return cast.confirmed(cast.register(name, **about))


def party(name, seats):
    ask = Ask(f"key-of-{name}", "hall", seats, person=Person(name, f"{name}@example.kr".lower()))
    own = places.claim("hanbit", ask, at=MORNING).registration
    return cast.confirmed(own)


def seats():
    own = Ticket.objects.filter(seat_number__isnull=False).order_by("seat_number")
    return {t.seat_number: t.registration.name for t in own.select_related("registration")}


def count():
    return entrance.headcount_of(Conference.objects.get(slug="hanbit"))


# ---- a ticket is shown


def test_jun_shows_the_qr_of_the_ticket_and_comes_in(hanbit):
    jun = seated("Jun")
    text = signed(jun.tickets.get().code, "hanbit", signing_key())

    told = take(Said(1, "in", minutes(199), code=text))

    assert (told.word, told.ticket.seat_number, told.clock_ahead) == ("in", 1, False)
    assert (count().present, count().missing, count().seats) == (1, 0, 1)


def test_a_code_that_is_typed_does_as_well(hanbit):
    code = seated("Jun").tickets.get().code

    assert take(Said(1, "in", minutes(199), code=f" {code[:5].lower()} {code[5:]} ")).word == "in"


def test_the_second_door_says_when_and_where_the_first_entry_was(hanbit):
    jun = seated("Jun")
    take(scan(jun))

    told = take(scan(jun, at=minutes(200)), device="south", at=minutes(201))

    assert (told.word, told.first.device, told.first.at) == ("duplicate", "north", minutes(199))
    assert count().present == 1


def test_an_earlier_entry_that_arrives_later_is_the_one_that_counts(hanbit):
    jun = seated("Jun")
    take(scan(jun, at=minutes(190)), device="south")

    told = take(scan(jun, at=minutes(180)), device="north", at=minutes(220))

    assert (told.word, told.first.device) == ("in", "north")
    (twice,) = entrance.twice_in(hanbit).values()
    assert [s.device for s in twice] == ["north", "south"]


def test_the_same_scan_again_is_the_same_scan(hanbit):
    jun = seated("Jun")

    first, again = take(scan(jun)), take(scan(jun), at=minutes(230))

    assert (first.word, again.word) == ("in", "in")
    assert Scan.objects.count() == 1


def test_the_same_scan_of_a_fast_clock_is_known_again(hanbit):
    jun = seated("Jun")
    fast = scan(jun, at=minutes(999))

    first, again = take(fast), take(fast, at=minutes(230))

    assert [(t.word, t.clock_ahead) for t in (first, again)] == [("in", True), ("in", True)]
    assert [s.at for s in Scan.objects.all()] == [minutes(200)]


def test_one_counter_that_brings_something_else_is_refused_and_the_rest_is_taken(hanbit):
    jun, linh = seated("Jun"), seated("Linh")
    take(scan(jun, 1))

    (refused, taken), headcount = take(scan(linh, 1), scan(linh, 2))

    assert (refused.word, refused.refusal.key, taken.word) == ("refused", "scan_used", "in")
    assert headcount.present == 2


def test_an_undo_and_in_again(hanbit):
    jun = seated("Jun")

    words = [take(s).word for s in (scan(jun), scan(jun, 2, "undo"), scan(jun, 3, "undo"), scan(jun, 4))]

    assert words == ["in", "undone", "idle", "in"]
    assert count().present == 1


def test_nothing_to_undo(hanbit):
    assert take(scan(seated("Jun"), act="undo")).word == "idle"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        (Said(1, "out", MORNING, code="X"), "scan_act"),
        (Said(0, "in", MORNING, code="X"), "scan_counter"),
        (Said(2**31, "in", MORNING, code="X"), "scan_counter"),
        (Said(1, "in", MORNING.replace(tzinfo=None), code="X"), "scan_time"),
    ],
)
def test_a_scan_that_is_none_is_refused_and_nothing_of_its_group_is_stored(hanbit, said, key):
    jun = seated("Jun")

    with pytest.raises(BadRequest) as refused:
        take(scan(jun, 7), said)

    assert refused.value.key == key
    assert Scan.objects.count() == 0


# ---- what keeps a ticket out


def test_a_ticket_nobody_made(hanbit):
    assert take(Said(1, "in", MORNING, code="AAAA")).word == "unknown"
    assert take(Said(1, "in", MORNING, ticket=999)).word == "unknown"
    assert take(Said(1, "in", MORNING, code="AAAA.BBBB")).word == "forged"


def test_a_ticket_of_another_conference(hanbit):
    cast.conference(2, slug="dalbit")
    code = cast.confirmed(cast.register("Sato", slug="dalbit")).tickets.get().code

    assert take(Said(1, "in", MORNING, code=signed(code, "dalbit", signing_key()))).word == "other"
    assert take(Said(1, "in", MORNING, code=code)).word == "other"


def test_a_ticket_that_was_given_up(hanbit):
    jun = seated("Jun")
    text = signed(jun.tickets.get().code, "hanbit", signing_key())
    places.give_up(slug="hanbit", claim=jun.claim, at=MORNING)

    assert take(Said(1, "in", minutes(199), code=text)).word == "revoked"
    assert take(scan(jun)).word == "revoked"
    assert Scan.objects.count() == 0


def test_an_online_ticket(hanbit):
    assert take(scan(seated("Linh", wish="online"))).word == "online"


def test_who_speaks_online_already_has_no_seat_to_come_for(hanbit):
    seated("Jun"), seated("Mina")
    linh = seated("Linh", wish="hall_or_online")
    linh.tickets.update(minted=True)

    assert take(scan(linh)).word == "online"


def test_an_unconfirmed_claim_comes_in_when_the_desk_knows_the_person(hanbit):
    jun = cast.register("Jun", at=minutes(190))

    told, vouched = take(scan(jun)), take(scan(jun, 2, vouch=True))

    assert (told.word, vouched.word, vouched.ticket.seat_number) == ("unconfirmed", "in", 1)
    assert Registration.objects.get().confirmed_by == "desk"


def test_a_hold_that_lapsed_gets_a_new_number_when_the_desk_knows_the_person(hanbit):
    jun = cast.register("Jun")

    told, vouched = take(scan(jun)), take(scan(jun, 2, vouch=True))

    assert (told.word, vouched.word) == ("lapsed", "in")
    assert Registration.objects.get().seq == 2


def test_after_closing_a_hold_that_lapsed_gets_no_new_number(hanbit):
    jun = cast.register("Jun")
    places.close_registration("hanbit", at=minutes(100))

    assert take(scan(jun, vouch=True)).word == "lapsed"
    assert Registration.objects.get().confirmed_at is None


# ---- the line at the door


def test_who_waits_waits_while_the_line_is_served_by_its_order(hanbit):
    seated("Jun"), seated("Mina")
    sato = seated("Sato")

    told = take(scan(sato))

    assert (told.word, told.position) == ("waiting", 1)
    assert Scan.objects.count() == 0


def test_an_offered_seat_is_taken_by_standing_at_the_door(hanbit):
    jun = seated("Jun")
    seated("Mina")
    sato = seated("Sato")
    places.give_up(slug="hanbit", claim=jun.claim, at=minutes(198))

    assert take(scan(sato)).word == "in"
    assert seats() == {1: "Sato", 2: "Mina"}


def test_after_the_start_whoever_is_there_sits_down(hanbit):
    jun = seated("Jun")
    seated("Mina"), seated("Linh")
    sato = seated("Sato")
    places.give_up(slug="hanbit", claim=jun.claim, at=NOON)

    assert take(scan(sato), at=NOON).word == "in"


def test_a_party_comes_in_one_by_one(hanbit):
    family = party("Kim", 2)
    first, second = family.tickets.all()

    assert take(scan(first)).word == "in"
    assert (count().present, count().missing) == (1, 1)
    assert take(scan(second, 2)).word == "in"
    assert (count().present, count().missing) == (2, 0)


# ---- seats nobody claimed


def test_seats_are_not_handed_on_before_their_time(hanbit):
    seated("Jun")

    with pytest.raises(Conflict) as refused:
        entrance.release("hanbit", who="Mina", at=NOON - timedelta(minutes=11))

    assert refused.value.key == "release_early"
    assert seats() == {1: "Jun"}


def test_nobody_hands_seats_on_without_a_name(hanbit):
    with pytest.raises(Unprocessable) as refused:
        entrance.release("hanbit", who=" ", at=NOON)

    assert refused.value.key == "who_releases"


def test_the_preview_says_who_and_the_release_does_it(hanbit):
    jun, _linh, sato = seated("Jun"), seated("Linh"), seated("Sato")
    take(scan(jun))
    at = NOON - timedelta(minutes=10)

    preview = entrance.release_preview(Conference.objects.get())
    assert ([p.name for p in preview.parties], preview.seats, preview.waiting) == (["Linh"], 1, 1)
    assert preview.opens_at == at

    assert entrance.release("hanbit", who="Mina", at=at) == 1
    assert Entry.objects.get(act="release").who == "Mina"
    assert take(scan(sato, 2), at=at).word == "in"
    assert count().present == 2


def test_who_comes_late_stands_before_everybody(hanbit):
    jun, linh, sato = seated("Jun"), seated("Linh"), seated("Sato")
    minh = seated("Minh")
    take(scan(jun))
    at = NOON - timedelta(minutes=10)
    entrance.release("hanbit", who="Mina", at=at)
    take(scan(sato, 2), at=at)

    told = take(scan(linh, 3), at=NOON)

    assert (told.word, told.position) == ("waiting", 1)
    assert queries.position(Registration.objects.get(pk=minh.pk)) == 2


def test_a_party_of_which_one_has_come_keeps_all_its_seats(hanbit):
    family = party("Kim", 2)
    take(scan(family.tickets.first()))

    assert entrance.release("hanbit", who="Mina", at=NOON) == 0


# ---- without a ticket


def walk_in(name, key="walk-in-key-1", seats=1, at=None):
    return entrance.walk_in("hanbit", name=name, seats=seats, key=key, language="ko", at=at or minutes(200))


def test_somebody_without_a_ticket_gets_a_free_seat_by_name_alone(hanbit):
    came = walk_in("  이  슬 ")

    assert (came.registration.name, came.registration.email) == ("이 슬", "")
    assert (came.registration.place, came.registration.source) == ("seat", "desk")
    assert came.tickets[0].code is not None
    assert count().present == 1
    assert log_holds()


def test_pressing_twice_is_one_person(hanbit):
    first, again = walk_in("이슬"), walk_in("이슬")

    assert first.registration.pk == again.registration.pk
    assert (count().present, Registration.objects.count()) == (1, 1)


def test_the_same_key_for_another_person_is_refused(hanbit):
    walk_in("이슬")

    with pytest.raises(Unprocessable) as refused:
        walk_in("하루")

    assert refused.value.key == "key_used"
    assert Registration.objects.get().name == "이슬"


def test_two_people_without_an_address_are_two_people(hanbit):
    walk_in("이슬", "walk-in-key-1"), walk_in("하루", "walk-in-key-2")

    assert seats() == {1: "이슬", 2: "하루"}


def test_when_it_is_full_they_join_the_line(hanbit):
    seated("Jun"), seated("Linh")

    came = walk_in("이슬")

    assert (came.registration.place, came.position) == ("waiting", 1)
    assert count().present == 0


# ---- a lost voice


def test_a_lost_voice_is_replaced_by_a_code_that_is_counted_and_tied_to_nobody(hanbit):
    room = cast.conversation(conference=hanbit)
    jun = seated("Jun").tickets.get()
    Ticket.objects.update(minted=True)

    code, conversation, count = replace_voice("hanbit", jun.pk)
    replace_voice("hanbit", jun.pk)

    assert (conversation.pk, count, len(code)) == (room.pk, 1, 8)
    assert Ticket.objects.get().replaced == 2
    stored = SeatCode.objects.filter(digest=places.digest_of(code)).get()
    assert stored.channel == "hall"
    assert code not in str(SeatCode.objects.values())
    assert "ticket" not in {f.name for f in SeatCode._meta.get_fields()}


def test_a_voice_that_was_never_taken_is_not_replaced(hanbit):
    cast.conversation(conference=hanbit)
    jun = seated("Jun").tickets.get()

    with pytest.raises(Conflict) as refused:
        replace_voice("hanbit", jun.pk)

    assert refused.value.key == "voice_unused"
    assert (Ticket.objects.get().replaced, SeatCode.objects.count()) == (0, 0)


# ---- the door's key


def test_a_key_is_kept_as_a_digest_alone(hanbit):
    key = entrance.renew_door_key("hanbit")

    assert Conference.objects.get().door_key_digest == places.digest_of(key)
