"""One address that claims places like a program is stopped on the hot path, and not handed on to the pages."""

import asyncio
import json
from urllib.parse import urlencode

import pytest

from onnuri.conference.ledger import Receipts
from onnuri.live.books import Books
from onnuri.live.desk import Desk
from onnuri.live.limits import CLAIMING, Limits
from onnuri.record.signature import new_key

PROGRAM, NEIGHBOUR = "203.0.113.9", "203.0.113.10"
CLAIM = {"wish": "hall", "seats": "1", "idempotency_key": "key-of-nobody"}
KINDS = {
    "a form": ("/e/hanbit/register", b"application/x-www-form-urlencoded", urlencode(CLAIM).encode()),
    "a program": ("/api/v1/conferences/hanbit/registrations", b"application/json", json.dumps(CLAIM).encode()),
}


async def no_pages(_scope, _receive, _send):
    raise AssertionError("handed on")


@pytest.fixture
def limits():
    """The address has claimed all it may."""
    told = Limits(lambda: 0.0)
    for _ in range(int(CLAIMING.burst)):
        told.take_of_address(CLAIMING, PROGRAM)
    return told


def claimed(limits, kind, address):
    """The answer of a desk whose books are closed."""
    path, content_type, body = KINDS[kind]
    headers = [(b"content-type", content_type), (b"origin", b"http://hall"), (b"host", b"hall")]
    scope = {"type": "http", "path": path, "method": "POST", "query_string": b"", "headers": headers,
             "client": (address, 5000), "scheme": "http"}  # fmt: skip
    told = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        told.append(message)

    desk = Desk(Books(), Receipts(new_key()), no_pages, limits)
    answered = asyncio.run(desk(scope, receive, send))
    return answered, told


@pytest.mark.parametrize("kind", KINDS)
def test_the_address_is_told_when_to_come_back(limits, kind):
    answered, told = claimed(limits, kind, PROGRAM)

    headers = dict(told[0]["headers"])
    assert answered is True
    assert told[0]["status"] == 429
    assert int(headers[b"retry-after"]) >= 1
    assert json.loads(told[1]["body"])["error"]["key"] == "too_fast"


@pytest.mark.parametrize("kind", KINDS)
def test_its_neighbour_is_let_through_to_the_books(limits, kind):
    _answered, told = claimed(limits, kind, NEIGHBOUR)

    # They are closed here: an open door, behind which nobody is.
    assert 429 not in [message.get("status") for message in told]
