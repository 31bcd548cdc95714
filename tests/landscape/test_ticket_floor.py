"""Many who came by ticket have a floor of their own, to which no open voice adds anything."""

import numpy as np
import pytest
from tests.landscape.planted import hall

from onnuri.landscape import fit
from onnuri.landscape.document import landscape_document
from onnuri.landscape.fit import FEWEST_TICKETS

STATEMENTS = 20


def crowd(tickets, strangers, *, decide, seed=5):
    """A hall of ticket-holders and open voices who all say X to what the hall shares; they decide only if told so."""
    own = hall(2, people=tickets, statements=STATEMENTS, noise=0.15, seed=seed)
    draw = np.random.Generator(np.random.PCG64(seed))
    rows = [
        (1000 + i, s, -1 if s in own.shared else int(draw.choice([-1, 1])))
        for i in range(strangers)
        for s in range(1, STATEMENTS + 1)
    ]
    channel = {**dict.fromkeys(own.people, "hall"), **{1000 + i: "open" for i in range(strangers)}}
    return own.joined_by(rows, channel=channel, trusted=None if decide else frozenset(own.people))


def floors(landscape, which):
    own = landscape_document(landscape, people=False)["by_statement"]
    return {s: told.get(which) for s, told in own.items()}


def test_where_open_voices_shape_the_picture_it_is_that_of_the_hall_without_them():
    many = fit(crowd(120, 60, decide=True))
    alone = fit(crowd(120, 0, decide=True))

    assert floors(many, "ticket_floor") == floors(alone, "floor")
    assert floors(many, "ticket_floor") != floors(many, "floor")
    assert (many.floor[:6] < many.ticket_floor[:6]).all()


def test_where_open_voices_only_stand_on_the_map_it_is_the_floor():
    landscape = fit(crowd(120, 60, decide=False))

    assert landscape.ticket_floor is landscape.floor


@pytest.mark.parametrize("decide", [True, False])
@pytest.mark.parametrize(("tickets", "strangers", "own"), [(99, 20, False), (100, 20, True), (120, 0, False)])
def test_it_takes_a_hundred_tickets_and_somebody_without(tickets, strangers, own, decide):
    assert FEWEST_TICKETS == 100

    found = fit(crowd(tickets, strangers, decide=decide))

    assert (found.ticket_floor is not None) == own
    assert set(floors(found, "ticket_floor").values()) == {None} or own


def test_whatever_decides_is_in_the_digest():
    landscape = fit(crowd(120, 40, decide=True))
    without = fit(crowd(120, 40, decide=True))
    object.__setattr__(without, "ticket_floor", None)

    assert landscape.digest == fit(crowd(120, 40, decide=True)).digest != without.digest


def test_a_warm_picture_has_none_since_it_decides_nothing():
    votes = crowd(120, 40, decide=True)

    assert fit(votes, fit(votes)).ticket_floor is None
