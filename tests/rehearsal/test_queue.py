"""A phone's queue keeps each answer until the server has it, as the page's own does."""

import asyncio
import json
import random

import pytest

from onnuri.rehearsal.manners import Manners
from onnuri.rehearsal.queue import Item, Queue, together
from onnuri.rehearsal.wire import Answer

QUICK = Manners(timeout_s=0.05, first_wait_s=0.01, longest_wait_s=0.02)
NO_ANSWER = "silence"


class Server:
    """Answers as it is told, one after the other, then takes everything."""

    def __init__(self, *answers):
        self._answers = list(answers)
        self.requests = []
        self.stored_ids = []
        self.refused_ids = []

    async def post(self, batch, body):
        self.requests.append([vote["id"] for vote in json.loads(body)[batch[0].kind]])
        answer = self._answers.pop(0) if self._answers else (200, {"ok": True})
        if answer == NO_ANSWER:
            await asyncio.Event().wait()
        if isinstance(answer, OSError):
            raise answer
        status, told, *headers = answer
        return Answer(status, dict(*headers), json.dumps(told).encode(), 0)

    def stored(self, batch):
        self.stored_ids += [item.body["id"] for item in batch]

    def refused(self, batch, key):
        self.refused_ids += [(item.body["id"], key) for item in batch]


def vote(name, ticket="1.mac"):
    return Item("votes", ticket, {"id": name, "statement": 1, "value": 1})


def play(server, *items):
    async def run():
        queue = Queue(server, QUICK, random.Random(1))
        for item in items:
            queue.add(item)
        task = asyncio.create_task(queue.run())
        await queue.empty.wait()
        task.cancel()

    asyncio.run(asyncio.wait_for(run(), 5))


@pytest.mark.parametrize(
    "failure",
    [NO_ANSWER, ConnectionResetError(), (503, {"ok": False}, {"retry-after": "0"}), (429, {"ok": False}), (200, {})],
    ids=["silence", "broken", "busy", "too many", "not ours"],
)
def test_what_was_not_answered_is_sent_again_under_the_same_id(failure):
    server = Server(failure)

    play(server, vote("a"), vote("b"))

    assert server.requests == [["a", "b"], ["a", "b"]]
    assert server.stored_ids == ["a", "b"]


def test_the_answer_that_is_refused_by_name_goes_and_the_others_are_sent():
    server = Server((404, {"ok": False, "error": {"key": "statement_gone", "id": "b"}}))

    play(server, vote("a"), vote("b"), vote("c"))

    assert server.refused_ids == [("b", "statement_gone")]
    assert server.stored_ids == ["a", "c"]


def test_where_nothing_is_named_one_is_sent_at_a_time_to_find_it():
    refused = (422, {"ok": False, "error": {"key": "round_ticket"}})
    server = Server(refused, refused)

    play(server, vote("a"), vote("b"))

    assert server.requests == [["a", "b"], ["a"], ["b"]]
    assert (server.refused_ids, server.stored_ids) == ([("a", "round_ticket")], ["b"])


def test_answers_of_two_rounds_never_share_a_request_nor_more_than_fifty():
    items = [vote("a"), vote("b"), vote("c", "2.mac")]

    assert together(items, 50) == items[:2]
    assert len(together([vote(str(n)) for n in range(80)], 50)) == 50
