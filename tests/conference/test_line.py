"""The line: offers, parties, hall and online, what organisers do, the draw, and the last minutes at the door."""

import pytest
from tests import cast

from onnuri.conference import actions, queries
from onnuri.conference.book import opened
from onnuri.conference.changes import late, release
from onnuri.conference.checking import check
from onnuri.conference.claims import Ask, Person
from onnuri.conference.models import Conference, Entry, Registration, Ticket
from onnuri.errors import Conflict, Refusal, TooMany, Unprocessable
from onnuri.people.models import Mail

pytestmark = pytest.mark.django_db

BY = {"who": "Mina", "reason": "wheelchair"}


@pytest.fixture(autouse=True)
def the_log_is_right_in_the_end():
    yield
    for conference in Conference.objects.all():
        assert check(queries.log_document(conference)).problems == ()
        assert conference.taken == Ticket.objects.filter(conference=conference, seat_number__isnull=False).count()


def party(name, seats, wish="hall", *, at=cast.MORNING, **about):
    person = Person(name, f"{name.lower()}@example.kr", companions=("",) * (seats - 1))
    return actions.claim("hanbit", Ask(f"key-of-{name}", wish, seats, person, **about), at=at).registration


def letters(kind):
    return [m.to for m in Mail.objects.filter(kind=kind).order_by("pk")]


# ---- holds and offers


def test_a_claim_nobody_confirms_gives_its_seat_to_the_line():
    cast.conference(capacity=1)
    jun, sato = cast.register("Jun"), cast.register("Sato", at=cast.minutes(20))

    actions.settle("hanbit", at=cast.minutes(31))

    assert cast.fresh(jun).place == "lapsed"
    assert (cast.fresh(sato).place, cast.seats()) == ("offered", {1: "Sato"})
    assert letters("offer") == ["sato@example.kr"]
    assert letters("lapsed") == ["jun@example.kr"]


def test_an_offer_is_taken_and_is_a_seat():
    cast.conference(capacity=1)
    jun, sato = cast.register("Jun"), cast.confirmed(cast.register("Sato"))
    cast.give_up(jun)

    actions.accept("hanbit", sato.claim, at=cast.minutes(1))

    assert (cast.fresh(sato).place, cast.fresh(sato).hold_until) == ("seat", None)


def test_an_offer_nobody_takes_goes_on_down_the_line():
    cast.conference(capacity=1)
    jun, sato, linh = (cast.confirmed(cast.register(n)) for n in ("Jun", "Sato", "Linh"))
    cast.give_up(jun)

    actions.settle("hanbit", at=cast.minutes(24 * 60 + 1))

    assert [cast.fresh(r).place for r in (sato, linh)] == ["lapsed", "offered"]
    with pytest.raises(Conflict) as refused:
        actions.accept("hanbit", sato.claim, at=cast.minutes(24 * 60 + 2))
    assert refused.value.key == "no_offer"


def test_who_would_also_come_online_stays_online_when_the_offer_passes():
    cast.conference(capacity=1)
    jun, linh = cast.confirmed(cast.register("Jun")), cast.confirmed(cast.register("Linh", "hall_or_online"))
    cast.give_up(jun)

    actions.settle("hanbit", at=cast.minutes(24 * 60 + 1))

    assert cast.fresh(linh).place == "online"


def test_confirming_late_takes_a_free_seat_under_a_new_number():
    cast.conference(capacity=1)
    jun = cast.register("Jun")

    made = actions.confirm(token=jun.confirm_token, at=cast.minutes(40))

    assert (made.place, made.seq, cast.seats()) == ("seat", 2, {1: "Jun"})
    assert len(cast.tickets()) == 1


def test_confirming_late_is_the_end_of_the_line_when_somebody_came_meanwhile():
    cast.conference(capacity=1)
    jun = cast.register("Jun")
    cast.confirmed(cast.register("Sato", at=cast.minutes(5)))
    actions.settle("hanbit", at=cast.minutes(31))
    sato = Registration.objects.get(name="Sato")
    actions.accept("hanbit", sato.claim, at=cast.minutes(32))

    made = actions.confirm(token=jun.confirm_token, at=cast.minutes(40))

    assert (made.place, made.seq, queries.position(made)) == ("waiting", 3, 1)


def test_no_offers_after_the_start():
    cast.conference(capacity=1, starts_at=cast.minutes(60))
    jun, sato = cast.confirmed(cast.register("Jun")), cast.confirmed(cast.register("Sato"))

    cast.give_up(jun, at=cast.minutes(61))

    assert (cast.fresh(sato).place, cast.seats()) == ("waiting", {})


def test_the_books_clock_does_not_run_backwards():
    cast.conference(capacity=2)
    cast.register("Jun", at=cast.minutes(5))
    sato = cast.register("Sato", at=cast.minutes(1))

    assert sato.claimed_at == cast.minutes(5)


# ---- parties


def test_a_party_of_three_has_three_seats_and_three_tickets():
    cast.conference(capacity=4)

    jun = cast.confirmed(party("Jun", 3))

    assert cast.seats() == {1: "Jun", 2: "Jun", 3: "Jun"}
    assert len(set(cast.tickets())) == 3
    assert cast.fresh(jun).seats == 3


def test_a_party_waits_together_and_nobody_passes_it():
    cast.conference(capacity=3)
    jun = party("Jun", 2)

    linh, sato = party("Linh", 2), party("Sato", 1)

    assert [r.place for r in (linh, sato)] == ["waiting", "waiting"]
    cast.give_up(jun)
    assert [cast.fresh(r).place for r in (linh, sato)] == ["offered", "offered"]


@pytest.mark.parametrize("seats", [0, 5, 10_000])
def test_a_party_that_is_none_is_refused(seats):
    cast.conference()

    with pytest.raises(Unprocessable) as refused:
        party("Jun", seats)

    assert (refused.value.key, refused.value.field) == ("party", "seats")
    assert not Registration.objects.exists()


# ---- devices


def test_a_second_tab_gets_the_place_of_the_first():
    cast.conference()
    ask = [Ask(f"key-of-tab-{n}", "hall", device="a-phone") for n in (1, 2)]

    first, second = (actions.claim("hanbit", one, at=cast.MORNING) for one in ask)

    assert (first.registration.pk, first.receipt) == (second.registration.pk, second.receipt)


def test_a_phone_holds_eight_places_and_no_more():
    cast.conference(capacity=20)
    for number in range(8):
        party(f"P{number}", 1, device="a-phone")

    with pytest.raises(TooMany) as refused:
        party("P9", 1, device="a-phone")

    assert refused.value.key == "device_limit"
    assert party("P10", 1, device="another-phone").place == "seat"


# ---- hall and online


def test_from_the_hall_to_online_frees_the_seat_at_once():
    cast.conference(capacity=1)
    jun, sato = cast.confirmed(cast.register("Jun")), cast.confirmed(cast.register("Sato"))

    actions.to_online("hanbit", jun.claim, at=cast.minutes(1))

    assert [cast.fresh(r).place for r in (jun, sato)] == ["online", "offered"]
    assert cast.tickets() == [t.code for t in Ticket.objects.order_by("pk")]


def test_back_to_the_hall_is_behind_everybody():
    cast.conference(capacity=1)
    jun, sato = cast.confirmed(cast.register("Jun")), cast.register("Sato")
    actions.to_online("hanbit", jun.claim, at=cast.minutes(1))

    back = actions.to_hall("hanbit", jun.claim, at=cast.minutes(2))

    assert (back.place, queries.position(back)) == ("waiting", 1)
    assert cast.fresh(sato).place == "offered"


def test_nobody_moves_whose_voice_was_taken():
    cast.conference()
    jun = cast.confirmed(cast.register("Jun"))
    Ticket.objects.update(minted=True)

    for move in (actions.to_online, actions.to_hall):
        with pytest.raises(Conflict) as refused:
            move("hanbit", jun.claim, at=cast.minutes(1))
        assert refused.value.key == "voice_taken"


# ---- organisers


def test_more_seats_go_to_the_line_in_the_same_moment():
    cast.conference(capacity=1)
    claims = [cast.confirmed(cast.register(n)) for n in ("Jun", "Sato", "Linh", "Mina")]

    actions.set_capacity("hanbit", 3, **BY, at=cast.minutes(1))

    assert [cast.fresh(r).place for r in claims] == ["seat", "offered", "offered", "waiting"]


def test_fewer_seats_throw_nobody_out():
    cast.conference(capacity=3)
    claims = [cast.confirmed(cast.register(n)) for n in ("Jun", "Sato", "Linh")]

    actions.set_capacity("hanbit", 1, **BY, at=cast.minutes(1))
    cast.give_up(claims[0], at=cast.minutes(2))
    mina = cast.register("Mina", at=cast.minutes(3))

    assert sorted(cast.seats().values()) == ["Linh", "Sato"]
    assert mina.place == "waiting"


def test_a_seat_beyond_the_capacity_has_a_name_and_a_reason_and_is_counted():
    cast.conference(capacity=1)
    _, sato = cast.register("Jun"), cast.confirmed(cast.register("Sato"))

    actions.add_seat("hanbit", sato.claim, **BY, at=cast.minutes(1))

    conference = Conference.objects.get()
    assert (cast.fresh(sato).place, conference.taken, conference.ceiling) == ("seat", 2, 2)
    assert queries.places(conference, at=cast.MORNING).moves == 1
    cast.give_up(sato, at=cast.minutes(2))
    conference = Conference.objects.get()
    assert (conference.taken, conference.ceiling, conference.beyond) == (1, 1, 0)


def test_moves_in_the_line_are_logged_and_the_reason_stays_inside():
    cast.conference(capacity=1)
    claims = [cast.register(n) for n in ("Jun", "Sato", "Linh", "Mina")]

    actions.move("hanbit", claims[3].claim, "head", **BY, at=cast.minutes(1))
    actions.move("hanbit", claims[1].claim, "end", **BY, at=cast.minutes(2))

    assert [queries.position(cast.fresh(r)) for r in claims] == [None, 3, 2, 1]
    assert Entry.objects.get(number=Conference.objects.get().next_entry - 1).reason == "wheelchair"
    assert "wheelchair" not in str(queries.log_document(Conference.objects.get()))


@pytest.mark.parametrize("by", [{"who": " ", "reason": "x"}, {"who": "Mina", "reason": ""}])
def test_no_move_without_a_name_and_a_reason(by):
    cast.conference(capacity=1)
    _, sato = cast.register("Jun"), cast.register("Sato")

    with pytest.raises(Unprocessable) as refused:
        actions.move("hanbit", sato.claim, "head", **by, at=cast.minutes(1))

    assert refused.value.key == "reason_and_name"


def test_an_invitation_vouches_and_does_not_jump_the_line():
    cast.conference(capacity=1)
    cast.register("Jun")
    code = actions.invite("hanbit", note="speakers")

    linh = party("Linh", 1, invitation=f"{code[:5]} {code[5:].lower()}")

    assert (linh.place, linh.confirmed_by) == ("waiting", "code")
    with pytest.raises(Refusal) as refused:
        party("Sato", 1, invitation=code)
    assert refused.value.key == "invitation_used"
    assert Registration.objects.count() == 2


# ---- the draw


def test_whoever_came_in_the_first_minutes_is_drawn_and_the_rest_stands_behind():
    cast.conference(capacity=3, opens_at=cast.MORNING, draw_minutes=10)
    early = [cast.confirmed(cast.register(f"P{n}", at=cast.minutes(n / 10))) for n in range(8)]
    assert {r.place for r in early} == {"drawing"}

    last = cast.register("Late", at=cast.minutes(11))

    drawn = [cast.fresh(r).place for r in early]
    assert (drawn.count("offered"), drawn.count("waiting"), last.place) == (3, 5, "waiting")
    assert queries.position(last) == 6


def test_the_seed_was_committed_to_before():
    cast.conference(capacity=1, opens_at=cast.MORNING, draw_minutes=10)
    before = queries.places(Conference.objects.get(), at=cast.MORNING).commitment
    cast.register("Jun")

    actions.settle("hanbit", at=cast.minutes(10))

    log = queries.log_document(Conference.objects.get())
    assert log["entries"][0]["commitment"] == before
    drawn = next(e for e in log["entries"] if e["act"] == "draw")
    drawn["seed"] = "another"
    assert any("committed" in problem for problem in check(log).problems)


# ---- the last minutes


def test_seats_nobody_claimed_at_the_door_go_down_the_line_and_the_late_one_stands_first():
    cast.conference(capacity=2, starts_at=cast.minutes(60))
    jun, sato, linh, mina = (cast.confirmed(cast.register(n)) for n in ("Jun", "Sato", "Linh", "Mina"))

    with opened("hanbit", cast.minutes(50)) as book:
        assert release(book, {jun.pk}, who="Mina") == 1
    assert [cast.fresh(r).place for r in (jun, sato, linh, mina)] == ["seat", "released", "offered", "waiting"]
    assert cast.fresh(linh).hold_until == cast.minutes(60)

    with opened("hanbit", cast.minutes(55)) as book:
        late(book, cast.fresh(sato))

    assert (cast.fresh(sato).place, queries.position(cast.fresh(sato))) == ("waiting", 1)
    assert queries.position(cast.fresh(mina)) == 2
