"""A ticket follows a confirmed address, once; or the desk vouches for its holder."""

import pytest
from tests import cast

from onnuri.conference.actions import confirm, vouch
from onnuri.conference.claims import CODE_ALPHABET
from onnuri.conference.models import Ticket
from onnuri.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db


def test_the_link_in_the_mail_gives_jun_his_ticket():
    cast.conference()
    jun = cast.register("Jun")

    confirm(token=jun.confirm_token, at=cast.minutes(5))

    jun = cast.fresh(jun)
    assert (jun.confirmed_at, jun.confirmed_by) == (cast.minutes(5), "link")
    assert set(jun.first.code) <= set(CODE_ALPHABET)
    assert len(jun.first.code) == 10
    assert not jun.first.minted


def test_a_second_click_changes_nothing():
    cast.conference()
    jun = cast.register("Jun")
    confirm(token=jun.confirm_token, at=cast.minutes(5))
    before = Ticket.objects.values().get()

    confirm(token=jun.confirm_token, at=cast.minutes(50))

    assert Ticket.objects.values().get() == before
    assert cast.fresh(jun).confirmed_at == cast.minutes(5)


def test_the_desk_vouches_for_sato_who_has_no_mail_here():
    cast.conference()
    sato = cast.register("Sato")

    vouch(slug="hanbit", claim=sato.claim, at=cast.minutes(5))

    assert cast.fresh(sato).confirmed_by == "desk"
    assert cast.fresh(sato).first.code


def test_the_desk_and_then_the_link_are_one_ticket():
    cast.conference()
    sato = cast.register("Sato")
    vouch(slug="hanbit", claim=sato.claim, at=cast.minutes(5))

    confirm(token=sato.confirm_token, at=cast.minutes(9))

    assert Ticket.objects.count() == 1
    assert cast.fresh(sato).confirmed_by == "desk"


def test_who_waits_has_a_ticket_and_still_waits():
    cast.conference(capacity=1)
    cast.register("Jun")
    sato = cast.register("Sato")

    cast.confirmed(sato)

    assert cast.fresh(sato).place == "waiting"
    assert cast.fresh(sato).first.code


def test_tickets_differ():
    cast.conference(capacity=9)

    for number in range(9):
        cast.confirmed(cast.register(f"P{number}"))

    assert len(set(Ticket.objects.values_list("code", flat=True))) == 9


@pytest.mark.parametrize(
    ("door", "key"),
    [
        (lambda: confirm(token="nobody-got-this", at=cast.MORNING), "link_expired"),
        (lambda: vouch(slug="hanbit", claim="nobody-made-this", at=cast.MORNING), "claim_unknown"),
    ],
    ids=["link", "desk"],
)
def test_a_link_nobody_got_opens_nothing(door, key):
    cast.conference()
    cast.register("Jun")

    with pytest.raises(NotFound) as refused:
        door()

    assert refused.value.key == key
    assert not cast.tickets()


def test_the_desk_of_another_conference_cannot_vouch():
    cast.conference(slug="hanbit")
    cast.conference(slug="haneul")
    jun = cast.register("Jun")

    with pytest.raises(NotFound):
        vouch(slug="haneul", claim=jun.claim, at=cast.MORNING)

    assert cast.fresh(jun).confirmed_at is None


def test_a_place_that_was_given_up_is_not_confirmed_any_more():
    cast.conference()
    jun = cast.register("Jun")
    cast.give_up(jun)

    for door in (
        lambda: confirm(token=jun.confirm_token, at=cast.MORNING),
        lambda: vouch(slug="hanbit", claim=jun.claim, at=cast.MORNING),
    ):
        with pytest.raises(Conflict) as refused:
            door()
        assert refused.value.key == "given_up"

    assert not cast.tickets()
