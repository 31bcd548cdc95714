"""Ways round the line that somebody could think of, and what comes of each."""

from datetime import timedelta

import pytest
from tests import cast

from onnuri.conference import actions, changes, claims, queries
from onnuri.conference.book import opened
from onnuri.conference.checking import check
from onnuri.conference.claims import Ask, Person
from onnuri.conference.models import Conference, Registration, Ticket
from onnuri.errors import Conflict, Refusal, TooMany, Unprocessable
from onnuri.people.models import Mail

pytestmark = pytest.mark.django_db
FORM = {"email": True}


def claim(key, wish="hall", seats=1, *, at=cast.MORNING, **more):
    return actions.claim("hanbit", Ask(f"key-of-{key}", wish, seats, **more), at=at).registration


def person(email):
    return Person("Jun", email, consents=FORM)


def place_of(own):
    return cast.fresh(own).place


def log_holds():
    return check(queries.log_document(Conference.objects.get(slug="hanbit"))).problems == ()


# ---- holds


def test_going_online_and_back_does_not_make_a_hold_endless():
    cast.conference(capacity=1)
    jun = claim("jun")

    actions.to_online("hanbit", jun.claim, at=cast.minutes(1))
    actions.to_hall("hanbit", jun.claim, at=cast.minutes(2))

    assert place_of(jun) == "seat"
    actions.settle("hanbit", at=cast.minutes(10))
    assert place_of(jun) == "lapsed"


def test_one_address_is_not_live_twice_by_confirming_an_old_letter():
    cast.conference(capacity=9)
    old = claim("first", person=person("jun@example.kr"))
    actions.settle("hanbit", at=cast.minutes(31))
    new = claim("second", at=cast.minutes(32), person=person("jun@example.kr"))

    with pytest.raises(Conflict) as refused:
        actions.confirm(token=old.confirm_token, at=cast.minutes(33))

    assert refused.value.key == "already_registered"
    assert (place_of(old), place_of(new)) == ("lapsed", "seat")
    assert cast.fresh(old).confirmed_at is None


def test_a_claim_and_a_form_of_one_group_do_not_share_an_address():
    cast.conference(capacity=9)
    jun = claim("jun")
    api = Ask("key-of-program", "hall", person=person("jun@example.kr"), source="api")

    results = actions.together(
        "hanbit",
        cast.minutes(1),
        [
            (lambda book, _: claims.fill_in(book, actions.of_claim(book, jun.claim), person("jun@example.kr")), None),
            (lambda book, known: claims.claim(book, api, known), api),
        ],
    )

    assert isinstance(results[1], Refusal)
    assert results[1].key == "already_registered"
    assert Registration.objects.filter(email="jun@example.kr").count() == 1


def test_after_the_end_of_registration_an_old_letter_makes_no_new_claim():
    cast.conference(capacity=1)
    old = claim("first", person=person("jun@example.kr"))
    actions.settle("hanbit", at=cast.minutes(31))
    actions.close_registration("hanbit", at=cast.minutes(32))

    with pytest.raises(Conflict) as refused:
        actions.confirm(token=old.confirm_token, at=cast.minutes(33))

    assert refused.value.key == "registration_closed"
    assert place_of(old) == "lapsed"
    assert log_holds()


def test_a_phone_holds_eight_places_and_no_more():
    cast.conference(capacity=99)
    for n in range(8):
        claim(f"phone-{n}", device="one-phone", person=person(f"p{n}@example.kr"))

    with pytest.raises(TooMany) as refused:
        claim("phone-8", device="one-phone", person=person("p8@example.kr"))

    assert (refused.value.key, refused.value.about) == ("device_limit", {"most": 8})
    assert Registration.objects.count() == 8


# ---- the draw


def drawing():
    return cast.conference(capacity=1, opens_at=cast.MORNING, draw_minutes=60)


def test_before_the_draw_coming_by_way_of_online_gives_no_seat():
    drawing()
    jun = claim("jun", "online")

    actions.to_hall("hanbit", jun.claim, at=cast.minutes(1))

    assert place_of(jun) == "drawing"
    assert log_holds()


def test_before_the_draw_confirming_late_gives_no_seat():
    drawing()
    jun = claim("jun", person=person("jun@example.kr"))
    actions.settle("hanbit", at=cast.minutes(31))

    actions.confirm(token=jun.confirm_token, at=cast.minutes(32))

    assert place_of(jun) == "drawing"
    assert log_holds()


def test_a_log_in_which_somebody_had_a_seat_before_the_draw_does_not_hold(monkeypatch):
    drawing()
    jun = claim("jun", "online")
    monkeypatch.setattr("onnuri.conference.book.draws", lambda _conference: False)

    actions.to_hall("hanbit", jun.claim, at=cast.minutes(1))

    assert not log_holds()


# ---- invitations


def test_who_was_invited_can_still_say_who_they_are():
    cast.conference()
    code = actions.invite("hanbit", note="speakers")
    linh = claim("linh", invitation=code)

    actions.fill_in("hanbit", linh.claim, person("linh@example.kr"), at=cast.minutes(1))

    linh = cast.fresh(linh)
    assert (linh.name, linh.email, linh.confirmed_by) == ("Jun", "linh@example.kr", "code")
    assert list(Mail.objects.values_list("kind", "to")) == [("ticket", "linh@example.kr")]


def test_an_invitation_is_used_as_often_as_it_says():
    cast.conference(capacity=9)
    code = actions.invite("hanbit", note="speakers", uses=2)
    claim("one", invitation=code)
    claim("two", invitation=code)

    with pytest.raises(Conflict) as refused:
        claim("three", invitation=code)

    assert refused.value.key == "invitation_used"
    assert Registration.objects.count() == 2


# ---- organisers


def test_a_seat_beyond_the_capacity_leaves_the_free_seats_free():
    cast.conference(capacity=4)
    claim("jun", "hall", 2)
    family = claim("family", "hall", 4)
    linh = claim("linh")
    actions.add_seat("hanbit", linh.claim, who="Mina", reason="a chair more", at=cast.minutes(1))
    sato = claim("sato", at=cast.minutes(2))

    actions.give_up(slug="hanbit", claim=family.claim, at=cast.minutes(3))

    found = Conference.objects.get(slug="hanbit")
    assert place_of(sato) == "offered"
    assert (found.capacity, found.beyond, found.taken) == (4, 1, 4)
    assert found.ceiling == 5


def test_the_seats_left_after_one_was_added_are_not_refused_by_the_table():
    cast.conference(capacity=4)
    claim("jun", "hall", 2)
    family = claim("family", "hall", 4)
    linh = claim("linh", "hall", 2)
    actions.add_seat("hanbit", linh.claim, who="Mina", reason="two chairs more", at=cast.minutes(1))
    sato = claim("sato", "hall", 2, at=cast.minutes(2))

    actions.give_up(slug="hanbit", claim=family.claim, at=cast.minutes(3))

    assert place_of(sato) == "offered"
    assert Conference.objects.get(slug="hanbit").taken == 6


def test_a_refused_capacity_among_other_acts_changes_nothing():
    cast.conference(capacity=1)
    claim("jun")
    waiting = claim("linh")

    results = actions.together(
        "hanbit",
        cast.minutes(1),
        [
            (lambda book, _: changes.set_capacity(book, 100, who="Mina", reason=" "), None),
            (lambda book, _: book.free, None),
        ],
    )

    assert isinstance(results[0], Unprocessable)
    assert results[1] == 0
    assert Conference.objects.get(slug="hanbit").capacity == 1
    assert place_of(waiting) == "waiting"


def test_after_the_head_of_the_line_was_seated_a_newcomer_of_the_same_group_stands_behind_nobody():
    cast.conference(capacity=2)
    claim("jun")
    family = claim("family", "hall", 4)
    asks = [Ask("key-of-linh-1", "online"), Ask("key-of-sato-1", "hall")]

    results = actions.together(
        "hanbit",
        cast.minutes(1),
        [
            (lambda book, _: book.somebody_waits, None),
            (
                lambda book, _: changes.add_seat(book, actions.of_claim(book, family.claim), who="Mina", reason="x"),
                None,
            ),
            *((lambda book, known, ask=ask: claims.claim(book, ask, known), ask) for ask in asks),
        ],
    )

    assert results[-1].registration.place == "seat"
    assert log_holds()


def waiting():
    return list(Registration.objects.filter(place="waiting").order_by("rank").values_list("seq", flat=True))


def test_a_move_leads_to_the_head_or_to_the_end():
    cast.conference(capacity=1)
    _, second, third, fourth = (claim(f"{n}-of-four") for n in range(1, 5))

    actions.move("hanbit", fourth.claim, "head", who="Mina", reason="speaks first", at=cast.minutes(1))
    assert waiting() == [4, 2, 3]
    actions.move("hanbit", second.claim, "end", who="Mina", reason="asked for it", at=cast.minutes(2))
    assert waiting() == [4, 3, 2]
    actions.move("hanbit", third.claim, "head", who="Mina", reason="speaks before", at=cast.minutes(3))

    assert waiting() == [3, 4, 2]
    assert log_holds()


def test_who_was_released_and_comes_late_stands_before_everybody_who_waits():
    cast.conference(capacity=2, starts_at=cast.minutes(60))
    seated = [cast.register(name) for name in ("Jun", "Linh")]
    for own in seated:
        cast.confirmed(own)
    claim("sato", at=cast.minutes(55))
    claim("mina", at=cast.minutes(55))
    claim("nari", at=cast.minutes(55))
    with opened("hanbit", cast.minutes(56)) as book:
        assert changes.release(book, [], who="Mina") == 2

    for own in seated:
        with opened("hanbit", cast.minutes(57)) as book:
            changes.late(book, actions.of_claim(book, own.claim))

    assert waiting() == [1, 2, 5]
    assert log_holds()


def test_fewer_seats_throw_nobody_out_and_offer_nothing_until_there_is_room():
    cast.conference(capacity=3)
    seated = [claim(f"seated-{n}") for n in range(3)]
    waiting = claim("linh")
    actions.set_capacity("hanbit", 1, who="Mina", reason="a smaller hall", at=cast.minutes(1))

    actions.give_up(slug="hanbit", claim=seated[0].claim, at=cast.minutes(2))
    actions.give_up(slug="hanbit", claim=seated[1].claim, at=cast.minutes(3))

    assert (place_of(seated[2]), place_of(waiting)) == ("seat", "waiting")
    actions.give_up(slug="hanbit", claim=seated[2].claim, at=cast.minutes(4))
    assert place_of(waiting) == "offered"


# ---- offers


def test_an_offer_is_not_revived_by_its_old_button():
    cast.conference(capacity=1)
    jun, linh, sato = (cast.register(name) for name in ("Jun", "Linh", "Sato"))
    cast.confirmed(linh)
    cast.confirmed(sato)
    actions.give_up(slug="hanbit", claim=jun.claim, at=cast.minutes(1))
    actions.give_up(slug="hanbit", claim=linh.claim, at=cast.minutes(2))

    with pytest.raises(Conflict) as refused:
        actions.accept("hanbit", linh.claim, at=cast.minutes(3))

    assert refused.value.key == "no_offer"
    assert (place_of(linh), place_of(sato)) == ("given_up", "offered")


def test_an_offer_ends_in_its_second_and_the_next_has_it_in_the_same_transaction():
    cast.conference(capacity=1)
    jun, linh, sato = (cast.register(name) for name in ("Jun", "Linh", "Sato"))
    cast.confirmed(linh)
    cast.confirmed(sato)
    actions.give_up(slug="hanbit", claim=jun.claim, at=cast.minutes(1))
    ends = cast.fresh(linh).hold_until

    actions.settle("hanbit", at=ends - timedelta(microseconds=1))
    assert (place_of(linh), place_of(sato)) == ("offered", "waiting")
    with pytest.raises(Conflict):
        actions.accept("hanbit", linh.claim, at=ends)
    actions.settle("hanbit", at=ends)

    assert (place_of(linh), place_of(sato)) == ("lapsed", "offered")


def test_who_asks_in_the_second_a_hold_ends_finds_the_seat_already_offered():
    cast.conference(capacity=1)
    claim("jun")
    linh = claim("linh", at=cast.minutes(1), person=person("linh@example.kr"))
    cast.confirmed(linh)

    actions.accept("hanbit", linh.claim, at=cast.minutes(10))

    assert place_of(linh) == "seat"


def test_after_the_start_nobody_is_offered_a_seat_by_letter_and_the_door_seats_who_is_there():
    cast.conference(capacity=1, starts_at=cast.minutes(60))
    jun, linh = cast.register("Jun"), cast.register("Linh")
    cast.confirmed(jun)
    cast.confirmed(linh)

    actions.give_up(slug="hanbit", claim=jun.claim, at=cast.minutes(60))
    sato = claim("sato", at=cast.minutes(61))

    assert (place_of(linh), place_of(sato)) == ("waiting", "waiting")
    with opened("hanbit", cast.minutes(62)) as book:
        changes.seat_at_door(book, actions.of_claim(book, linh.claim))
    assert (place_of(linh), place_of(sato)) == ("seat", "waiting")
    assert log_holds()


def test_whoever_speaks_online_keeps_no_seat_from_those_behind():
    cast.conference(capacity=1)
    jun, linh, sato = (
        cast.register(name, wish) for name, wish in (("Jun", "hall"), ("Linh", "hall_or_online"), ("Sato", "hall"))
    )
    cast.confirmed(linh)
    Ticket.objects.filter(registration=linh).update(minted=True)

    actions.give_up(slug="hanbit", claim=jun.claim, at=cast.minutes(1))

    assert (place_of(linh), place_of(sato)) == ("waiting", "offered")
    assert log_holds()


def test_the_clock_of_the_book_never_runs_backwards():
    cast.conference(capacity=1)
    first = claim("first", at=cast.minutes(30))
    second = claim("second", at=cast.minutes(5))

    assert (first.seq, second.seq) == (1, 2)
    assert second.claimed_at == cast.minutes(30)
    assert log_holds()
