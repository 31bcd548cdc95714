"""Two or three people at the same moment: the end is always one that they could have come to in a queue.

Each act runs in a thread with a connection of its own and stops at gates: before it takes the book, when it has it,
and before the commit. The gates open in every order that makes a difference.
"""

import threading
from itertools import permutations

import pytest
from django.db import connection
from tests import cast

from onnuri.conference import actions, book, queries
from onnuri.conference.checking import check
from onnuri.conference.claims import Ask, Person
from onnuri.conference.models import Conference, Registration, Ticket
from onnuri.errors import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = ("asks", "has read", "commits")
STUCK_S = 0.05
WITHIN_S = 20
LATER = cast.minutes(1)


class Walker(threading.Thread):
    """One act, walked from gate to gate."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.act, self.told = act, None
        self.go = threading.Semaphore(0)
        self.stands = threading.Event()

    def run(self):
        try:
            self.gate()
            self.told = outcome(self.act)
        finally:
            connection.close()
            self.stands.set()

    def gate(self):
        self.stands.set()
        assert self.go.acquire(timeout=WITHIN_S)
        self.stands.clear()

    def step(self):
        """To the next gate, to the end, or to a lock that another one holds."""
        self.stands.clear()
        self.go.release()
        self.stands.wait(STUCK_S)


def outcome(act):
    try:
        act()
    except Refusal as refusal:
        return refusal.key
    return "done"


@pytest.fixture
def gates(monkeypatch):
    """Stops every walker when it has read the conference and before it commits."""
    read, close = book.locked, book.Book.close

    def here():
        walker = threading.current_thread()
        if isinstance(walker, Walker):
            walker.gate()

    def locked(slug):
        found = read(slug)
        here()
        return found

    def closed(own):
        close(own)
        here()

    monkeypatch.setattr(book, "locked", locked)
    monkeypatch.setattr(book.Book, "close", closed)


def walked(acts, schedule):
    """What each was told, the gates opened in that order."""
    walkers = [Walker(act) for act in acts]
    for walker in walkers:
        walker.start()
        assert walker.stands.wait(WITHIN_S)
    for number in schedule:
        walkers[number].step()
    # Who stood before a lock has its gates still to go through.
    for walker in walkers:
        for _ in STEPS:
            walker.go.release()
    for walker in walkers:
        walker.join(WITHIN_S)
        assert not walker.is_alive()
    return tuple(walker.told for walker in walkers)


TWO = [
    (0, 1, 0, 1, 0, 1),
    (0, 1, 1, 0, 0, 1),
    (1, 0, 0, 1, 1, 0),
    (0, 0, 1, 1, 0, 1),
    (1, 1, 0, 0, 1, 0),
]
"""One behind the other at each gate, overtaking before and after the reading; the rest are these seen in a mirror."""


# ---- the stories


def hall():
    """One seat, held by Jun, confirmed; Linh waits, confirmed."""
    cast.conference(capacity=1)
    jun, linh = cast.register("Jun"), cast.register("Linh", "hall_or_online")
    cast.confirmed(jun)
    cast.confirmed(linh)
    return jun.claim, linh.claim


def claim(key, seats=1, email=""):
    person = Person("Somebody", email, consents={"email": True}) if email else None
    return lambda: actions.claim("hanbit", Ask(f"key-of-{key}", "hall", seats, person, source="api"), at=LATER)


def last_seat():
    cast.conference(capacity=1)
    return [claim("jun"), claim("linh")]


def last_seat_for_a_party():
    cast.conference(capacity=2)
    return [claim("party", 2), claim("linh")]


def one_key_twice():
    cast.conference(capacity=9)
    return [claim("double"), claim("double")]


def one_address_twice():
    cast.conference(capacity=9)
    return [claim("first-one", email="jun@example.kr"), claim("second", email="jun@example.kr")]


def leaving_and_claiming():
    jun, _ = hall()
    return [lambda: actions.give_up(slug="hanbit", claim=jun, at=LATER), claim("sato")]


def leaving_twice():
    jun, _ = hall()
    return [lambda: actions.give_up(slug="hanbit", claim=jun, at=LATER)] * 2


def more_room_and_claiming():
    hall()
    return [lambda: actions.set_capacity("hanbit", 2, who="Mina", reason="chairs", at=LATER), claim("sato")]


def taking_and_leaving_an_offer():
    jun, linh = hall()
    actions.give_up(slug="hanbit", claim=jun, at=LATER)
    return [
        lambda: actions.accept("hanbit", linh, at=LATER),
        lambda: actions.give_up(slug="hanbit", claim=linh, at=LATER),
    ]


def taking_an_offer_that_ends():
    jun, linh = hall()
    actions.give_up(slug="hanbit", claim=jun, at=LATER)
    ends = Registration.objects.get(claim=linh).hold_until
    return [lambda: actions.accept("hanbit", linh, at=LATER), lambda: actions.settle("hanbit", at=ends)]


def the_last_use_of_a_code():
    cast.conference(capacity=9)
    code = actions.invite("hanbit", note="speakers")

    def by(key):
        return lambda: actions.claim("hanbit", Ask(f"key-of-{key}", "hall", invitation=code), at=LATER)

    return [by("first-one"), by("second")]


def closing_and_claiming():
    cast.conference(capacity=9)
    return [lambda: actions.close_registration("hanbit", at=LATER), claim("jun")]


def to_the_hall_and_claiming():
    jun, _ = hall()
    actions.to_online("hanbit", jun, at=LATER)
    return [lambda: actions.to_hall("hanbit", jun, at=LATER), claim("sato")]


STORIES = [
    last_seat, last_seat_for_a_party, one_key_twice, one_address_twice, leaving_and_claiming, leaving_twice,
    more_room_and_claiming, taking_and_leaving_an_offer, taking_an_offer_that_ends, the_last_use_of_a_code,
    closing_and_claiming, to_the_hall_and_claiming,
]  # fmt: skip


def state():
    """Everything that two orders of acts could make different."""
    own = Conference.objects.get(slug="hanbit")
    people = own.registrations.order_by("seq").values_list("idempotency_key", "seq", "place", "wish", "confirmed_by")
    acts = own.entries.order_by("number").values_list("act", "seq")
    return (
        (own.capacity, own.taken, own.next_seq, own.closed_at is None),
        tuple((nameless(key), *more) for key, *more in people),
        tuple(Ticket.objects.order_by("registration__seq", "part").values_list("seat_number", flat=True)),
        tuple(acts),
        tuple(own.invitations.values_list("uses_left", flat=True)),
    )


def nameless(key):
    # The cast's keys go on counting from story to story.
    return "cast" if key.startswith("key-number") else key


def afresh():
    Conference.objects.all().delete()
    from onnuri.people.models import Mail

    Mail.objects.all().delete()


def one_after_another(story):
    """What can come of it in a queue: (what each was told, how the hall is then)."""
    found = set()
    for order in permutations(range(len(story_acts(story)))):
        acts = story_acts(story)
        told = [None] * len(acts)
        for number in order:
            told[number] = outcome(acts[number])
        found.add((tuple(told), state()))
    return found


def story_acts(story):
    afresh()
    return story()


@pytest.mark.parametrize("story", STORIES, ids=[s.__name__.replace("_", " ") for s in STORIES])
def test_whoever_comes_between_it_ends_as_some_queue_would(story, gates):
    possible = one_after_another(story)

    for schedule in TWO:
        acts = story_acts(story)
        told = walked(acts, schedule)

        assert (told, state()) in possible, schedule
        assert check(queries.log_document(Conference.objects.get(slug="hanbit"))).problems == (), schedule


THREE = [
    (0, 1, 2, 0, 1, 2, 0, 1, 2),
    (2, 1, 0, 0, 1, 2, 2, 1, 0),
    (1, 1, 0, 2, 0, 2, 1, 0, 2),
    (0, 0, 1, 2, 1, 2, 0, 1, 2),
]


@pytest.mark.parametrize("schedule", THREE, ids=["in turn", "there and back", "a runs ahead", "almost done"])
def test_three_at_the_same_moment(schedule, gates):
    def story():
        jun, _ = hall()
        return [lambda: actions.give_up(slug="hanbit", claim=jun, at=LATER), claim("sato"), claim("mina")]

    possible = one_after_another(story)
    acts = story_acts(story)

    told = walked(acts, schedule)

    assert (told, state()) in possible


def test_the_gates_stand_in_the_way(gates):
    """Without this the schedules above would all be one: at the second gate a walker holds the book alone."""
    acts = story_acts(last_seat)
    walkers = [Walker(act) for act in acts]
    for walker in walkers:
        walker.start()
        assert walker.stands.wait(WITHIN_S)

    walkers[0].step()
    walkers[1].step()

    assert (walkers[0].stands.is_set(), walkers[1].stands.is_set()) == (True, False)
    for walker in walkers:
        for _ in STEPS:
            walker.go.release()
    for walker in walkers:
        walker.join(WITHIN_S)
    assert sorted(Registration.objects.values_list("place", flat=True)) == ["seat", "waiting"]
